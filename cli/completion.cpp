#include "cli/completion.hpp"

namespace tessera {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string result;
  for (const std::string& word : words) {
    result += (result.empty() ? "" : " ") + word;
  }
  return result;
}

std::string command_names(const std::vector<CommandWords>& commands) {
  std::vector<std::string> names;
  for (const CommandWords& command : commands) {
    names.push_back(command.name);
  }
  return joined(names);
}

/// Options of a command, and the choices of its first positional argument.
std::string words_of(const CommandWords& command) {
  std::vector<std::string> words;
  for (const OptionWords& option : command.options) {
    if (option.name.empty()) {
      words.insert(words.end(), option.choices.begin(), option.choices.end());
    } else {
      words.push_back(option.name);
    }
  }
  return joined(words);
}

/// Whether a file may stand among the positional arguments.
bool takes_files(const CommandWords& command) {
  for (const OptionWords& option : command.options) {
    if (option.name.empty() && option.choices.empty()) {
      return true;
    }
  }
  return false;
}

/// The words that may follow an option, as a piece of shell; "" where they are files.
std::string values_of(const OptionWords& option) {
  if (!option.list.empty()) {
    return "$(tessera list " + option.list + " 2>/dev/null | cut -d ' ' -f 1)";
  }
  return joined(option.choices);
}

std::string bash_script(const std::vector<CommandWords>& commands) {
  std::string script =
      "# bash completion of tessera\n"
      "_tessera() {\n"
      "  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
      "  local words='' files='-f'\n"
      "  case \"$COMP_CWORD:${COMP_WORDS[1]} $before\" in\n"
      "    1:*) words='" +
      command_names(commands) + " --help --version' files='' ;;\n";
  for (const CommandWords& command : commands) {
    for (const OptionWords& option : command.options) {
      const std::string values = values_of(option);
      if (option.takes_value && !option.name.empty() && !values.empty()) {
        script += "    *:'" + command.name + " " + option.name + "') words=\"" + values + "\"";
        script += option.list.empty() ? " files='' ;;\n" : " ;;\n";
      } else if (option.takes_value && !option.name.empty()) {
        script += "    *:'" + command.name + " " + option.name + "') ;;\n";
      }
    }
    script += "    *:'" + command.name + " '*) words='" + words_of(command) + "'";
    script += takes_files(command) ? " ;;\n" : " files='' ;;\n";
  }
  return script +
         "  esac\n"
         "  # shellcheck disable=SC2086  # no -f where no file may stand\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" $files -- \"$word\")\n"
         "}\n"
         "complete -o filenames -F _tessera tessera\n";
}

std::string zsh_script(const std::vector<CommandWords>& commands) {
  return "#compdef tessera\n"
         "autoload -U +X bashcompinit && bashcompinit\n" +
         bash_script(commands);
}

std::string fish_script(const std::vector<CommandWords>& commands) {
  std::string script = "# fish completion of tessera\n";
  for (const CommandWords& command : commands) {
    script += "complete -c tessera -n __fish_use_subcommand -f -a " + command.name + " -d '" +
              command.about + "'\n";
    const std::string here =
        "complete -c tessera -n '__fish_seen_subcommand_from " + command.name + "'";
    for (const OptionWords& option : command.options) {
      std::string values = values_of(option);
      if (values.starts_with("$(")) {
        values.erase(0, 1);  // fish has no dollar there
      }
      if (option.name.empty()) {
        if (!values.empty()) {
          script.append(here).append(" -f -a '").append(values).append("'\n");
        }
        continue;
      }
      script.append(here).append(" -l ").append(option.name.substr(2));
      script.append(option.takes_value ? " -r" : "");
      script += values.empty() ? "\n" : " -a \"" + values + "\"\n";
    }
  }
  return script;
}

}  // namespace

std::string completion_script(std::string_view shell, const std::vector<CommandWords>& commands) {
  if (shell == "zsh") {
    return zsh_script(commands);
  }
  return shell == "fish" ? fish_script(commands) : bash_script(commands);
}

}  // namespace tessera
