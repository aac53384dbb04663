#include "tests/fuzz/reader_check.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>

#include "arch/architecture_json.hpp"
#include "cli/explore/sweep_space.hpp"
#include "cli/explore/sweep_spec.hpp"
#include "cli/inputs.hpp"
#include "core/evaluate.hpp"
#include "core/input_error.hpp"
#include "core/problem.hpp"
#include "mappers/dataflow_json.hpp"
#include "mappers/mapping_json.hpp"
#include "mappers/nest/nest_form.hpp"
#include "networks/network_json.hpp"

namespace tessera::fuzz {

namespace {

const std::string file_name = "input.json";

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// Takes a number and the ':' behind it from the front of `text`.
std::optional<std::size_t> take_number(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end == text.data() + text.size() || *end != ':') {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return number;
}

/// Whether the text has a character at this place, or ends there.
bool has_place(std::string_view text, std::size_t line, std::size_t column) {
  for (std::size_t i = 1; i < line; ++i) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      return false;
    }
    text.remove_prefix(end + 1);
  }
  const std::string_view rest = text.substr(0, text.find('\n'));
  const auto bytes = static_cast<std::size_t>(
      std::count_if(rest.begin(), rest.end(), [](char byte) { return !is_continuation(byte); }));
  // Bytes that are no UTF-8 may count as characters or not.
  return line >= 1 && column >= 1 && column <= std::max(bytes, rest.size()) + 1;
}

/// What is wrong with a message about `input`, or "".
std::string objection(const Input& input, std::string_view message) {
  for (const std::string& setting : input.settings) {
    if (message.starts_with("--set " + setting + ": ")) {
      return "";
    }
  }
  if (!message.starts_with(file_name + ":")) {
    return "the message does not begin with the file";
  }
  if (std::any_of(message.begin(), message.end(), [](char byte) {
        return static_cast<unsigned char>(byte) < 0x20U || byte == 0x7F;
      })) {
    return "the message has control characters";
  }
  if (message.starts_with(file_name + ": a report without the key '")) {
    return "";  // the report as a whole
  }
  message.remove_prefix(file_name.size() + 1);
  const auto line = take_number(message);
  const auto column = line ? take_number(message) : std::nullopt;
  if (!column || !message.starts_with(" ")) {
    return "the message does not begin with a place";
  }
  return has_place(input.text, *line, *column) ? "" : "the message's place is not in the file";
}

/// The result of `read`, or nothing where it throws an InputError with a proper message, which goes
/// to `message`.
template <typename Read>
auto read_or_refuse(const Input& input, const Read& read, std::string& message)
    -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const InputError& error) {
    message = error.what();
    const std::string wrong = objection(input, message);
    if (!wrong.empty()) {
      throw Violation(wrong + ": " + message);
    }
    return std::nullopt;
  }
}

/// All problems together must agree with the first one.
void compare_with_list(const std::vector<std::string>& problems, const std::string& first) {
  if (first != (problems.empty() ? "" : problems.front())) {
    throw Violation("the list of problems begins with '" +
                    (problems.empty() ? "" : problems.front()) + "', and reading throws '" + first +
                    "'");
  }
}

template <typename Value, typename Write, typename Read>
void check_round_trip(const Value& value, const Write& write, const Read& read) {
  const std::string written = pretty(write(value));
  try {
    if (!(read(written) == value)) {
      throw Violation("another value is read back from:\n" + written);
    }
  } catch (const InputError& error) {
    throw Violation(std::string("what was written is refused: ") + error.what() + "\n" + written);
  }
}

void round_trip(const Architecture& architecture) {
  check_round_trip(architecture, write_architecture,
                   [](const std::string& text) { return parse_architecture(text, "written"); });
}

void round_trip(const Network& network) {
  check_round_trip(network, write_network,
                   [](const std::string& text) { return parse_network(text, "written"); });
}

std::optional<Problem> bind_or_refuse(const Architecture& architecture, const Layer& layer) {
  try {
    return bind(architecture, layer);
  } catch (const InputError&) {
    return std::nullopt;
  }
}

/// Reads the mapping of `layer`, under whatever name the file knows it.
void check_mapping_of(const Input& input, const MappingFile& file, const Problem& problem,
                      Accepted& accepted) {
  std::string message;
  const auto mapping = read_or_refuse(
      input, [&] { return file.mapping_for(problem); }, message);
  if (!mapping) {
    return;
  }
  ++accepted.mappings;
  check_round_trip(
      *mapping, [&](const Mapping& value) { return write_mapping(problem, value); },
      [&](const std::string& text) { return MappingFile(text, "written").mapping_for(problem); });
  if (const auto infeasible = tessera::check_mapping(problem, mapping->nodes)) {
    if (describe(problem, *infeasible).empty()) {
      throw Violation("an infeasible mapping without a description");
    }
  }
}

}  // namespace

Input split(std::string_view bytes) {
  Input input;
  std::size_t end = std::min(bytes.find('\0'), bytes.size());
  input.text = bytes.substr(0, end);
  while (end < bytes.size()) {
    const std::size_t start = end + 1;
    end = std::min(bytes.find('\0', start), bytes.size());
    input.settings.emplace_back(bytes.substr(start, end - start));
  }
  return input;
}

std::string join(const Input& input) {
  std::string bytes = input.text;
  for (const std::string& setting : input.settings) {
    bytes += '\0';
    bytes += setting;
  }
  return bytes;
}

ReaderCheck::ReaderCheck(const std::filesystem::path& source) {
  for (const char* name : {"tiny.json", "eyeriss_like.json"}) {
    architectures_.push_back(load_architecture(source / "arch" / "shipped" / name));
  }
  for (const char* name : {"tiny.json", "alexnet.json"}) {
    const Network network = load_network(source / "networks" / "shipped" / name);
    for (const NetworkLayer& layer : network.layers()) {
      layers_.push_back(layer.layer);
    }
  }
}

Accepted ReaderCheck::check(const Input& input) const {
  Accepted accepted;
  check_architecture_text(input, accepted);
  check_network_text(input, accepted);
  check_sweep_text(input, accepted);
  check_dataflow_text(input, accepted);
  check_mapping_text(input, accepted);
  return accepted;
}

void ReaderCheck::check_architecture_text(const Input& input, Accepted& accepted) const {
  std::string message;
  const auto architecture = read_or_refuse(
      input, [&] { return parse_architecture(input.text, file_name, input.settings); }, message);
  if (input.settings.empty()) {
    compare_with_list(check_architecture(input.text, file_name), message);
  }
  if (!architecture) {
    return;
  }
  accepted.architecture = true;
  round_trip(*architecture);
  for (const Layer& layer : layers_) {
    accepted.problems += bind_or_refuse(*architecture, layer) ? 1 : 0;
  }
}

void ReaderCheck::check_network_text(const Input& input, Accepted& accepted) const {
  std::string message;
  const auto network = read_or_refuse(
      input, [&] { return parse_network(input.text, file_name); }, message);
  compare_with_list(check_network(input.text, file_name), message);
  if (!network) {
    return;
  }
  accepted.network = true;
  round_trip(*network);
  for (const LayerGroup& group : unique_layers(*network)) {
    const Layer& layer = network->layers()[group.layers.front()].layer;
    accepted.problems += bind_or_refuse(architectures_.front(), layer) ? 1 : 0;
  }
}

/// A sweep that is read lists its points, or says why it cannot.
void ReaderCheck::check_sweep_text(const Input& input, Accepted& accepted) const {
  std::string message;
  const auto sweep = read_or_refuse(
      input, [&] { return parse_sweep(input.text, file_name); }, message);
  compare_with_list(check_sweep(input.text, file_name), message);
  if (!sweep) {
    return;
  }
  accepted.sweep = true;
  try {
    const auto points =
        sweep_points(*sweep, [](const std::string&) { return std::optional<double>(1); });
    for (std::size_t i = 0; i < std::min<std::size_t>(points.size(), 100); ++i) {
      const SweepPoint point = point_of(*sweep, points[i]);
      if (point.id != points[i] || values_of(*sweep, point).empty()) {
        throw Violation("a point that is another one's");
      }
    }
  } catch (const InputError&) {
    return;
  }
}

/// A dataflow that is read narrows the architectures, and its nest has readings on them; or it is
/// said why not.
void ReaderCheck::check_dataflow_text(const Input& input, Accepted& accepted) const {
  std::string message;
  const auto dataflow = read_or_refuse(
      input, [&] { return parse_dataflow(input.text, file_name); }, message);
  compare_with_list(check_dataflow(input.text, file_name), message);
  if (!dataflow) {
    return;
  }
  accepted.dataflow = true;
  const Json written = write_dataflow(*dataflow);
  if (write_dataflow(parse_dataflow(pretty(written), "written")) != written) {
    throw Violation("another dataflow is read back from:\n" + pretty(written));
  }
  for (const Architecture& architecture : architectures_) {
    const auto narrowed = read_or_refuse(
        input, [&] { return constrained(architecture, *dataflow); }, message);
    const auto problem = narrowed ? bind_or_refuse(*narrowed, layers_.front()) : std::nullopt;
    const auto forms = problem && !dataflow->nest.empty()
                           ? read_or_refuse(
                                 input, [&] { return nest_forms(*problem, *dataflow); }, message)
                           : std::nullopt;
    accepted.nests += forms ? static_cast<int>(forms->size()) : 0;
  }
}

void ReaderCheck::check_mapping_text(const Input& input, Accepted& accepted) const {
  std::string message;
  const auto problems = check_mapping_file(input.text, file_name);
  auto file = read_or_refuse(
      input, [&] { return MappingFile(input.text, file_name); }, message);
  if (!file) {
    if (problems.empty()) {
      throw Violation("checking finds nothing, and reading throws " + message);
    }
    return;
  }
  for (const std::string& name : file->layers()) {
    for (const Architecture& architecture : architectures_) {
      Layer layer = layers_.front();
      layer.name = name;
      check_mapping_of(input, *file, bind(architecture, layer), accepted);
    }
  }
  if (!file->is_report()) {
    return;
  }
  const MappingInput report{.name = file_name, .file = std::move(*file)};
  const auto architecture = read_or_refuse(
      input, [&] { return architecture_of_report(report, input.settings); }, message);
  const auto network = read_or_refuse(
      input, [&] { return network_of_report(report); }, message);
  if (!architecture || !network) {
    return;
  }
  accepted.report = true;
  round_trip(*architecture);
  round_trip(*network);
  for (const NetworkLayer& layer : network->layers()) {
    const auto problem = bind_or_refuse(*architecture, layer.layer);
    accepted.problems += problem ? 1 : 0;
    if (problem && report.file.has_mapping_for(layer.layer.name)) {
      check_mapping_of(input, report.file, *problem, accepted);
    }
  }
}

}  // namespace tessera::fuzz
