#pragma once

#include <string>
#include <string_view>

#include "core/json/json_writer.hpp"

namespace tessera {

/// Text as it stands in HTML, between tags or in a quoted attribute.
std::string html_text(std::string_view text);

/// JSON as it may stand in a <script>.
std::string script_text(const Json& value);

/// The loop nest of a layer of a report beside the words that each store node holds and moves.
std::string nest_html(const Json& layer);

}  // namespace tessera
