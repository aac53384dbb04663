#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tessera {

/// Where a value or a key starts. Lines and columns count from 1, columns in characters (not
/// bytes). `source` says which of the sources of a Diagnostics; line 0: the source as a whole.
struct JsonLocation {
  std::uint32_t source = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  auto operator<=>(const JsonLocation&) const = default;
};

/// Turns ascending byte offsets of one text into lines and columns, in one pass over the text.
class LocationScanner {
 public:
  explicit LocationScanner(std::string_view text, std::uint32_t source);

  /// The location of the byte at `offset`, which is not below that of an earlier call.
  JsonLocation locate(std::size_t offset);

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  JsonLocation location_;
};

}  // namespace tessera
