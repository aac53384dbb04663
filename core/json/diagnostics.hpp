#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/json_location.hpp"

namespace tessera {

/// Collects the problems of what is read, so that one pass over a file finds all of them. Readers
/// report here and go on with a value that is allowed; whoever called them looks here at the end.
class Diagnostics {
 public:
  Diagnostics() = default;

  /// Names one more source (a file, or a setting of the command line); returns its number.
  std::uint32_t add_source(std::string name);

  /// Something is wrong at `where`. `text` is "what is wrong; what is allowed".
  void report(JsonLocation where, std::string_view text);

  bool empty() const { return problems_.empty(); }
  std::size_t count() const { return problems_.size(); }

  /// "file:line:column: text" of each problem, in the order of the file.
  std::vector<std::string> messages() const;

  /// Throws InputError with the first of messages(), if there is any.
  void throw_first() const;

  /// "file:line:column" of a location.
  std::string describe(JsonLocation where) const;

 private:
  struct Problem {
    JsonLocation where;
    std::string text;
  };
  std::vector<std::string> sources_;
  std::vector<Problem> problems_;
};

}  // namespace tessera
