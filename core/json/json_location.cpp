#include "core/json/json_location.hpp"

namespace tessera {

LocationScanner::LocationScanner(std::string_view text, std::uint32_t source)
    : text_(text), location_{.source = source, .line = 1, .column = 1} {}

JsonLocation LocationScanner::locate(std::size_t offset) {
  for (; offset_ < offset && offset_ < text_.size(); ++offset_) {
    const auto byte = static_cast<unsigned char>(text_[offset_]);
    if (byte == '\n') {
      ++location_.line;
      location_.column = 1;
    } else if ((byte & 0xC0U) != 0x80U) {  // not the continuation of a UTF-8 character
      ++location_.column;
    }
  }
  return location_;
}

}  // namespace tessera
