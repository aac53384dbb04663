#include "cli/output_files.hpp"

#include "core/input_error.hpp"

namespace tessera {

OutputFiles::OutputFiles(const Flags& flags, const Session& session)
    : wants_table_(!flags.quiet && flags.json_file != "-" && flags.csv_file != "-") {
  if (flags.json_file && flags.csv_file && *flags.json_file == *flags.csv_file) {
    throw InputError("--json and --csv both write to '" + *flags.json_file + "'");
  }
  if (flags.json_file) {
    json_.emplace(*flags.json_file, session.out);
  }
  if (flags.csv_file) {
    csv_.emplace(*flags.csv_file, session.out);
  }
}

void OutputFiles::write_json(const std::string& text) {
  if (json_) {
    json_->finish(text);
  }
}

void OutputFiles::write_csv(const std::string& text) {
  if (csv_) {
    csv_->finish(text);
  }
}

}  // namespace tessera
