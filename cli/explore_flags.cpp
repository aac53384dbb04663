// The commands that compare and explore, as the command line knows them.
#include "cli/examples.hpp"
#include "cli/grammar.hpp"

namespace tessera {

namespace {

/// "30%" or "0.3" as 0.3; nothing for what is not above 0 and at most 1000 %.
std::optional<double> parse_share(const std::string& text) {
  double value = 0;
  const bool percent = text.ends_with("%");
  const std::string digits = percent ? text.substr(0, text.size() - 1) : text;
  if (digits.find_first_not_of("0123456789.") != std::string::npos ||
      !CLI::detail::lexical_cast(digits, value)) {
    return std::nullopt;
  }
  value = percent ? value / 100 : value;
  return value > 0 && value <= 10 ? std::optional(value) : std::nullopt;
}

std::string check_share(const std::string& text) {
  return parse_share(text)
             ? ""
             : "--perturb must be a share above 0 % and at most 1000 %, such as 30%, not " +
                   quote(text);
}

/// "2/8" as a shard; nothing for what is none.
std::optional<Shard> parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  Shard shard;
  if (slash == std::string::npos || text.find_first_not_of("0123456789/") != std::string::npos ||
      !CLI::detail::lexical_cast(text.substr(0, slash), shard.index) ||
      !CLI::detail::lexical_cast(text.substr(slash + 1), shard.count)) {
    return std::nullopt;
  }
  const bool is_one = shard.index >= 1 && shard.index <= shard.count && shard.count <= 1'000'000;
  return is_one ? std::optional(shard) : std::nullopt;
}

std::string check_shard(const std::string& text) {
  return parse_shard(text)
             ? ""
             : "--shard must be I/N with 1 <= I <= N, such as 2/8, not " + quote(text);
}

}  // namespace

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
  lists_[add_several("--dataflow", flags_.dataflows, "D")] = "dataflows";
  add_layers(command);
  add_settings(command);
  command->add_option("--batch", flags_.batches, "samples, instead of the network's; repeatable")
      ->allow_extra_args(false)
      ->check(CLI::Validator(number_check<std::int64_t>("--batch", {1, most_batch}), ""))
      ->type_name("N");
  add_scores(command);
  add_search(command);
  command
      ->add_option_function<std::string>(
          "--perturb", [this](const std::string& text) { flags_.perturb = parse_share(text); },
          "whether rankings hold if any one energy is off by so much")
      ->check(CLI::Validator(check_share, ""))
      ->type_name("SHARE");
  add_text(command, "--reports", flags_.reports_folder, "write each row's report into this folder")
      ->type_name("FOLDER");
  add_files(command, "write the comparison; - is standard output",
            "write a line per row; - is standard output");
  command->add_flag("--quiet", flags_.quiet, "no table and no progress");
}

void Grammar::add_sweep() {
  CLI::App* command = add_command(
      "sweep", "Explore a design space, or merge the databases of its shards", sweep_examples);
  command->callback([this] { flags_.command = Command::sweep; });
  command
      ->add_option("files", flags_.files,
                   "a sweep file; or the word merge, then the databases to be merged into --db")
      ->required()
      ->type_name("FILE");
  add_text(command, "--db", flags_.database,
           "SQLite file of the results; a sweep that it holds goes on where it was")
      ->type_name("FILE");
  command
      ->add_option_function<std::string>(
          "--shard", [this](const std::string& text) { flags_.shard = parse_shard(text); },
          "only the I-th of N parts of the points")
      ->check(CLI::Validator(check_shard, ""))
      ->type_name("I/N");
  command->add_flag("--resume", flags_.resume, "go on only: the database must exist");
  add_limits(command,
             "layers searched at once (one per processor); the result does not depend on it",
             "stop after so long; starting again goes on");
  add_files(command, "write all points; - is standard output",
            "write a line per point; - is standard output");
  command->add_flag("--quiet", flags_.quiet, "no table and no progress");
}

void Grammar::add_bounds() {
  CLI::App* command =
      add_command("bounds", "Least traffic to memory of any mapping against the size of one buffer",
                  bounds_examples);
  command->callback([this] { flags_.command = Command::bounds; });
  lists_[add_text(command, "--network", flags_.network, "built-in name or file")->type_name("N")] =
      "networks";
  add_layers(command);
  add_number<std::int64_t>(
      command, "--batch", {1, most_batch}, [this](std::int64_t value) { flags_.batch = value; },
      "samples, instead of the network's");
  add_number<int>(
      command, "--word-bits", {1, 1024}, [this](int value) { flags_.word_bits = value; },
      "of every word that the network does not say the width of (8)");
  add_text(command, "--sizes", flags_.sizes,
           "only these sizes of the buffer, such as 4KiB,64KiB,1MiB; the whole curve otherwise")
      ->type_name("LIST");
  add_search(command);
  add_files(command, "write the curves; - is standard output",
            "write a line per corner; - is standard output");
  command->add_flag("--details", flags_.details, "after the tables, the corners of each layer");
  command->add_flag("--quiet", flags_.quiet, "no table and no progress");
}

void Grammar::add_files(CLI::App* command, const char* json, const char* csv) {
  add_text(command, "--json", flags_.json_file, json)->type_name("FILE");
  add_text(command, "--csv", flags_.csv_file, csv)->type_name("FILE");
  add_text(command, "--html", flags_.html_file,
           "write a page of pictures that needs no network; - is standard output")
      ->type_name("FILE");
  add_text(command, "--vega", flags_.vega_folder,
           "write each picture's Vega specification into this folder")
      ->type_name("FOLDER");
}

void Grammar::add_limits(CLI::App* command, const char* threads, const char* time_limit) {
  add_number<int>(
      command, "--threads", {1, most_threads}, [this](int value) { flags_.threads = value; },
      threads);
  add_number<double>(
      command, "--time-limit", {1e-3, 1e9}, [this](double value) { flags_.time_limit_s = value; },
      time_limit);
}

void Grammar::add_explain() {
  CLI::App* command = add_command("explain", "Why a layer costs what it costs, and what would help",
                                  explain_examples);
  command->callback([this] { flags_.command = Command::explain; });
  command->add_option("report", flags_.files, "a report that map or evaluate wrote")
      ->required()
      ->expected(1)
      ->type_name("REPORT");
  command->add_option("--layer", flags_.layers, "which layer; needless where the report has one")
      ->allow_extra_args(false)
      ->type_name("L");
  add_text(command, "--level", flags_.level,
           "the storage whose counts are spelled out (the one that costs most)")
      ->type_name("STORAGE");
  add_settings(command);
  add_choice(
      command, "--mapper", names_of(mappers()),
      [this](const std::string& value) { flags_.mapper = value; }, "how to search (the first one)");
  add_limits(command, "searches at once (one per processor); the result does not depend on it",
             "stop after so long with what there is");
  add_files(command, "write the explanation; - is standard output",
            "write a line per change and family; - is standard output");
  command->add_flag("--quiet", flags_.quiet, "no text and no progress");
}

}  // namespace tessera
