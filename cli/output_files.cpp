#include "cli/output_files.hpp"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/pictures/page.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

/// Throws InputError where two of the command's files are one.
void reject_shared_files(const Flags& flags) {
  std::vector<std::pair<const char*, std::string>> files;
  const auto add = [&files](const char* option, const std::optional<std::string>& file) {
    if (!file) {
      return;
    }
    const std::filesystem::path path = std::filesystem::path(*file).lexically_normal();
    for (const auto& [other_option, other] : files) {
      std::error_code error;
      if (path == other || std::filesystem::equivalent(path, other, error)) {
        throw InputError(std::string(other_option) + " and " + option + " both write to " +
                         quote(*file));
      }
    }
    files.emplace_back(option, path.string());
  };
  add("--db", flags.database);
  add("--json", flags.json_file);
  add("--csv", flags.csv_file);
  add("--html", flags.html_file);
}

}  // namespace

OutputFiles::OutputFiles(const Flags& flags, const Session& session)
    : vega_folder_(flags.vega_folder.value_or("")),
      wants_table_(!flags.quiet && flags.json_file != "-" && flags.csv_file != "-" &&
                   flags.html_file != "-") {
  reject_shared_files(flags);
  if (flags.vega_folder) {
    make_folder("--vega", vega_folder_);
  }
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
