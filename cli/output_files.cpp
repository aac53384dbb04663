#include "cli/output_files.hpp"

#include "cli/pictures/page.hpp"
#include "core/input_error.hpp"

namespace tessera {

OutputFiles::OutputFiles(const Flags& flags, const Session& session)
    : vega_folder_(flags.vega_folder.value_or("")),
      wants_table_(!flags.quiet && flags.json_file != "-" && flags.csv_file != "-" &&
                   flags.html_file != "-") {
  const auto differ = [](const char* a, const auto& file, const char* b, const auto& other) {
    if (file && other && *file == *other) {
      throw InputError(std::string(a) + " and " + b + " both write to '" + *file + "'");
    }
  };
  differ("--json", flags.json_file, "--csv", flags.csv_file);
  differ("--json", flags.json_file, "--html", flags.html_file);
  differ("--csv", flags.csv_file, "--html", flags.html_file);
  if (flags.json_file) {
    json_.emplace(*flags.json_file, session.out);
  }
  if (flags.csv_file) {
    csv_.emplace(*flags.csv_file, session.out);
  }
  if (flags.html_file) {
    html_.emplace(*flags.html_file, session.out);
  }
}

void OutputFiles::write_json(const std::string& text) {
  if (json_) {
    json_->finish(text);
  }
  if (html_ || !vega_folder_.empty()) {
    const Json document = Json::parse(text);
    if (html_) {
      html_->finish(picture_page(document));
    }
    if (!vega_folder_.empty()) {
      write_vega(document, vega_folder_);
    }
  }
}

void OutputFiles::write_csv(const std::string& text) {
  if (csv_) {
    csv_->finish(text);
  }
}

}  // namespace tessera
