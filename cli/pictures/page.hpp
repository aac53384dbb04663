#pragma once

#include <string>

#include "cli/pictures/figure.hpp"

namespace tessera {

/// One HTML page with the pictures of a document that --json wrote, the numbers behind each as a
/// table, and of a report the loop nest of every layer. Needs no network: all scripts are in it.
std::string picture_page(const Json& document);

/// Writes each picture's Vega specification to FOLDER/NAME.vg.json. Throws
/// InputError where that fails.
void write_vega(const Json& document, const std::string& folder);

}  // namespace tessera
