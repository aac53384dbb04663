#include "cli/flags.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "cli/examples.hpp"
#include "cli/grammar.hpp"
#include "cli/objective_names.hpp"
#include "core/convention.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

constexpr std::int64_t most_samples = 1'000'000'000'000;

const std::vector<std::string>& list_words() {
  static const std::vector<std::string> words = {"archs",     "networks",    "mappers",
                                                 "dataflows", "accountings", "objectives"};
  return words;
}

}  // namespace

Grammar::Grammar(Flags& flags) : flags_(flags) {
  app_.require_subcommand(1);
  app_.footer(top_examples);
  app_.set_version_flag("--version", "tessera " + program_build());
  add_map();
  add_evaluate();
  add_compare();
  add_sweep();
  add_bounds();
  add_explain();
  add_list();
  add_show();
  add_check();
  add_completion();
}

CLI::App* Grammar::add_command(const char* name, const char* about, const char* examples) {
  CLI::App* command = app_.add_subcommand(name, about);
  command->footer(examples);
  return command;
}

CLI::Option* Grammar::add_choice(CLI::App* command, const char* name,
                                 std::vector<std::string> choices,
                                 const std::function<void(const std::string&)>& set,
                                 const char* about) {
  // A positional argument needs no name in messages.
  const std::string shown = name[0] == '-' ? std::string(name) + " " : "";
  const auto check = [choices, shown](const std::string& value) {
    const bool allowed = std::find(choices.begin(), choices.end(), value) != choices.end();
    return allowed ? "" : "unknown " + shown + quote(value) + allowed_names(value, choices);
  };
  CLI::Option* option = command->add_option_function<std::string>(name, set, about);
  option->check(CLI::Validator(check, ""));
  std::string type;
  for (const std::string& choice : choices) {
    type += (type.empty() ? "" : "|") + choice;
  }
  option->type_name(type);
  choices_[option] = std::move(choices);
  return option;
}

CLI::Option* Grammar::add_text(CLI::App* command, const char* name,
                               std::optional<std::string>& value, const char* about) {
  const auto check = [shown = std::string(name)](const std::string& text) {
    const bool missing = text.empty() || text.starts_with("--");
    return missing ? shown + " needs a value, not " + quote(text) : "";
  };
  return command
      ->add_option_function<std::string>(
          name, [&value](const std::string& text) { value = text; }, about)
      ->check(CLI::Validator(check, ""));
}

void Grammar::add_inputs(CLI::App* command) {
  const char* about = "built-in name or file";
  lists_[add_text(command, "--arch", flags_.architecture, about)->type_name("A")] = "archs";
  lists_[add_text(command, "--network", flags_.network, about)->type_name("N")] = "networks";
}

void Grammar::add_layers(CLI::App* command) {
  command
      ->add_option("--layer", flags_.layers, "only layers of this name; * and ? stand for others")
      ->allow_extra_args(false)
      ->type_name("L");
}

void Grammar::add_settings(CLI::App* command) {
  command
      ->add_option("--set", flags_.settings,
                   "another value for the architecture, such as GLB.capacity_kib=256")
      ->allow_extra_args(false)
      ->type_name("PATH=VALUE");
}

void Grammar::add_changes(CLI::App* command) {
  add_layers(command);
  add_settings(command);
  add_number<std::int64_t>(
      command, "--batch", {1, most_batch}, [this](std::int64_t value) { flags_.batch = value; },
      "samples, instead of the network's");
}

void Grammar::add_work(CLI::App* command) {
  add_inputs(command);
  add_changes(command);
  add_scores(command);
}

void Grammar::add_scores(CLI::App* command) {
  add_choice(
      command, "--objective", names_of(objective_names()),
      [this](const std::string& value) {
        for (const ObjectiveName& entry : objective_names()) {
          flags_.objective = entry.name == value ? entry.objective : flags_.objective;
        }
      },
      "what a search minimises (edp)");
  add_choice(
      command, "--accounting", names_of(conventions()),
      [this](const std::string& value) { flags_.accounting = value; },
      "which events are charged (the architecture's, else tessera)");
}

void Grammar::add_search(CLI::App* command) {
  add_choice(
      command, "--mapper", names_of(mappers()),
      [this](const std::string& value) { flags_.mapper = value; }, "how to search (the first one)");
  add_choice(
      command, "--factors", {"any", "perfect"},
      [this](const std::string& value) { flags_.mapspace.perfect_factors = value == "perfect"; },
      "perfect: only tiles that divide what they cut (any)");
  add_choice(
      command, "--nest", {"uneven", "even"},
      [this](const std::string& value) { flags_.mapspace.even_nest = value == "even"; },
      "even: all tensors of a storage at one height (uneven)");
  add_number<std::int64_t>(
      command, "--samples", {1, most_samples},
      [this](std::int64_t value) { flags_.samples = value; },
      "mappings that the random mapper tries per layer (20000)");
  add_number<std::uint64_t>(
      command, "--seed", {0, std::numeric_limits<std::uint64_t>::max()},
      [this](std::uint64_t value) { flags_.seed = value; }, "of random numbers (1)");
  add_limits(command,
             "layers searched at once (one per processor); the result does not depend on it",
             "stop after so long with the best so far");
}

void Grammar::add_output(CLI::App* command) {
  add_files(command, "write the report; - is standard output",
            "write a row per layer; - is standard output");
  command->add_flag("--details", flags_.details,
                    "after the table, each layer's levels and its mapping");
  command->add_flag("--quiet", flags_.quiet, "no table and no progress");
}

void Grammar::add_map() {
  CLI::App* command = add_command(
      "map", "Search the best mapping of every layer and say what it costs", map_examples);
  command->callback([this] { flags_.command = Command::map; });
  add_work(command);
  lists_[add_text(command, "--dataflow", flags_.dataflow,
                  "built-in name or file, instead of the architecture's")
             ->type_name("D")] = "dataflows";
  add_search(command);
  add_output(command);
}

void Grammar::add_evaluate() {
  CLI::App* command = add_command("evaluate", "Say what given mappings cost", evaluate_examples);
  command->callback([this] { flags_.command = Command::evaluate; });
  add_text(command, "--mapping", flags_.mapping,
           "mapping file, or a report, whose architecture and network are then the defaults")
      ->required()
      ->type_name("M");
  add_work(command);
  add_output(command);
}

void Grammar::add_list() {
  CLI::App* command = add_command("list", "What is built in, a line each", list_examples);
  command->callback([this] { flags_.command = Command::list; });
  add_choice(
      command, "what", list_words(), [this](const std::string& value) { flags_.what = value; },
      "what to list")
      ->required();
}

void Grammar::add_show() {
  CLI::App* command = add_command("show", "The resolved file, or a drawing of it", show_examples);
  command->callback([this] { flags_.command = Command::show; });
  add_choice(
      command, "what", {"arch", "network", "dataflow", "layer", "mapping"},
      [this](const std::string& value) { flags_.what = value; }, "what kind of thing to show")
      ->required();
  command
      ->add_option("name", flags_.name,
                   "built-in name or file; of a layer NETWORK/LAYER; of a mapping its file or a "
                   "report")
      ->required()
      ->type_name("NAME");
  command->add_flag("--tree", flags_.tree, "draw it in text");
  add_inputs(command);
  add_changes(command);
}

void Grammar::add_check() {
  CLI::App* command = add_command("check", "Report every problem of files", check_examples);
  command->callback([this] { flags_.command = Command::check; });
  command
      ->add_option("files", flags_.files,
                   "architectures, networks, reports, sweeps, and dataflows and mappings, which "
                   "--arch and --network let be checked deeply")
      ->required()
      ->type_name("FILE");
  add_inputs(command);  // of the dataflows and mappings
}

void Grammar::add_completion() {
  CLI::App* command = add_command("completion", "A script that completes command lines in a shell",
                                  completion_examples);
  add_choice(
      command, "shell", {"bash", "zsh", "fish"},
      [this](const std::string& value) { shell_ = value; }, "which shell")
      ->required();
}

std::vector<CommandWords> Grammar::words() const {
  std::vector<CommandWords> result;
  for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
    CommandWords entry{.name = command->get_name(), .about = command->get_description()};
    for (const CLI::Option* option : command->get_options()) {
      const bool positional = !option->nonpositional();
      OptionWords words{.name = positional ? "" : "--" + option->get_lnames().front(),
                        .takes_value = option->get_items_expected_max() > 0};
      if (const auto found = choices_.find(option); found != choices_.end()) {
        words.choices = found->second;
      }
      if (const auto found = lists_.find(option); found != lists_.end()) {
        words.list = found->second;
      }
      entry.options.push_back(std::move(words));
    }
    result.push_back(std::move(entry));
  }
  return result;
}

/// What CLI11 could not place: say so with the nearest option.
void Grammar::reject_unexpected(const CLI::App& command) const {
  const std::string what = command.remaining().front();
  const std::string see = "; see tessera " + command.get_name() + " --help";
  if (!what.starts_with("-")) {
    throw InputError(command.get_name() + " does not expect " + quote(what) + see);
  }
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  const std::string typed = what.substr(0, what.find('='));
  throw InputError(command.get_name() + " has no option " + quote(typed) +
                   did_you_mean(typed, names) + see);
}

/// An unknown option whose value was taken for one argument too many.
void Grammar::reject_unknown_option() const {
  for (const CLI::App* command : app_.get_subcommands()) {
    const std::vector<std::string> left = command->remaining();
    if (!left.empty() && left.front().starts_with("-")) {
      reject_unexpected(*command);
    }
  }
}

ParsedFlags Grammar::parse(const std::vector<std::string>& arguments) {
  std::vector<std::string> commands;
  for (const CommandWords& command : words()) {
    commands.push_back(command.name);
  }
  if (arguments.empty()) {
    throw InputError("no command; commands: " + listed(commands) + "; see tessera --help");
  }
  const std::string& first = arguments.front();
  if (!first.starts_with("-") &&
      std::find(commands.begin(), commands.end(), first) == commands.end()) {
    throw InputError("unknown command " + quote(first) + allowed_names(first, commands));
  }
  try {
    app_.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app_.get_subcommands();
    return PlainText{chosen.empty() ? app_.help() : chosen.front()->help("tessera")};
  } catch (const CLI::CallForVersion& version) {
    return PlainText{std::string(version.what()) + "\n"};
  } catch (const CLI::ExtrasError&) {
    const auto chosen = app_.get_subcommands();
    reject_unexpected(chosen.empty() ? app_ : *chosen.front());
  } catch (const CLI::ValidationError& error) {
    // "--name: what our validator said": the name is in what it said already.
    const std::string text = error.what();
    const std::size_t colon = text.find(": ");
    throw InputError(colon == std::string::npos ? text : text.substr(colon + 2));
  } catch (const CLI::ParseError& error) {
    reject_unknown_option();
    throw InputError(error.what() + ("; see tessera " + first + " --help"));
  }
  if (!shell_.empty()) {
    return PlainText{completion_script(shell_, words())};
  }
  return flags_;
}

ParsedFlags parse_flags(const std::vector<std::string>& arguments) {
  const SearchOptions defaults;
  Flags flags;
  flags.arguments = arguments;
  flags.mapper = mappers().front().name;
  flags.samples = defaults.samples;
  flags.seed = defaults.seed;
  return Grammar(flags).parse(arguments);
}

std::string program_version() { return TESSERA_VERSION; }

}  // namespace tessera
