#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// One option of a command, as a completion script needs it.
struct OptionWords {
  std::string name;  ///< with its dashes; "" for the first positional argument
  bool takes_value = true;
  std::vector<std::string> choices{};  ///< what its value may be
  std::string list{};                  ///< "archs", …: `tessera list` names its values; or ""
};

struct CommandWords {
  std::string name;
  std::string about;
  std::vector<OptionWords> options{};
};

/// A script that completes the program's command line in `shell`: bash, zsh or fish.
std::string completion_script(std::string_view shell, const std::vector<CommandWords>& commands);

}  // namespace tessera
