#pragma once

#include <span>
#include <string>

#include "core/json/diagnostics.hpp"
#include "core/json/json_document.hpp"

namespace tessera {

/// Applies "PATH=VALUE" settings to an architecture before it is interpreted. A path is a key of
/// the file ("clock_mhz=500"), or a node's name and a key of it ("GLB.capacity_kib=256",
/// "PE.axes.x=16"). VALUE is JSON, or else taken as a string; null removes the key. A setting
/// replaces keys that say the same in another way: the other capacity keys, the other form of
/// bandwidth. Unknown nodes and axes are problems here, unknown keys when the file is interpreted.
void apply_settings(std::span<const std::string> settings, JsonValue& architecture,
                    Diagnostics& diagnostics);

}  // namespace tessera
