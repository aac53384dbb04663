// The commands that compare and explore, as the command line knows them.
#include "cli/examples.hpp"
#include "cli/grammar.hpp"

namespace tessera {

void Grammar::add_compare() {
  CLI::App* command = add_command("compare", "The same work on several architectures, side by side",
                                  compare_examples);
  command->callback([this] { flags_.command = Command::compare; });
  const auto add_several = [&](const char* name, std::vector<std::string>& values,
                               const char* type) {
    CLI::Option* option =
        command->add_option(name, values, "built-in name or file; repeatable: a row each");
    option->allow_extra_args(false)->type_name(type);
    return option;
  };
  lists_[add_several("--arch", flags_.architectures, "A")] = "archs";
  lists_[add_several("--network", flags_.networks, "N")] = "networks";
  add_layers(command);
  add_settings(command);
  command->add_option("--batch", flags_.batches, "samples, instead of the network's; repeatable")
      ->allow_extra_args(false)
      ->check(CLI::Validator(number_check<std::int64_t>("--batch", {1, most_batch}), ""))
      ->type_name("N");
  add_scores(command);
  add_search(command);
  add_text(command, "--reports", flags_.reports_folder, "write each row's report into this folder")
      ->type_name("FOLDER");
  add_text(command, "--json", flags_.json_file, "write the comparison; - is standard output")
      ->type_name("FILE");
  add_text(command, "--csv", flags_.csv_file, "write a line per row; - is standard output")
      ->type_name("FILE");
  command->add_flag("--quiet", flags_.quiet, "no table and no progress");
}

}  // namespace tessera
