#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "core/checked.hpp"
#include "core/json/spelling.hpp"
#include "networks/layer_json.hpp"

namespace tessera {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_identifier(std::string_view name) {
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

/// Names that stand for something else where architectures give values by tensor.
bool is_reserved(std::string_view name) {
  return name == "default" || name == "together" || name == "source";
}

std::vector<std::string> names_of(const std::vector<Rank>& ranks) {
  std::vector<std::string> names;
  for (const Rank& rank : ranks) {
    names.push_back(rank.name);
  }
  return names;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

/// One term, "p" or "2*p"; or what is wrong with it.
std::variant<Term, std::string> parse_term(std::string_view text, const std::vector<Rank>& ranks) {
  Term term;
  std::string_view name = text;
  const std::size_t star = text.find('*');
  if (star != std::string_view::npos) {
    const std::string_view number = trimmed(text.substr(0, star));
    name = trimmed(text.substr(star + 1));
    const char* const end = number.data() + number.size();
    const auto parsed = std::from_chars(number.data(), end, term.coefficient);
    if (parsed.ec != std::errc{} || parsed.ptr != end || term.coefficient < 1) {
      return "the coefficient " + quote(number) + " is not a whole number of at least 1";
    }
  }
  const auto rank =
      std::find_if(ranks.begin(), ranks.end(), [&](const Rank& r) { return r.name == name; });
  if (rank == ranks.end()) {
    return "unknown rank " + quote(name) + allowed_names(name, names_of(ranks));
  }
  term.rank = static_cast<RankId>(rank - ranks.begin());
  return term;
}

std::optional<TensorDimension> read_dimension(const JsonValue& value,
                                              const std::vector<Rank>& ranks,
                                              Diagnostics& diagnostics) {
  const auto text = read_text(value, "tensors", diagnostics);
  if (!text) {
    return std::nullopt;
  }
  const std::string_view whole = *text;
  TensorDimension dimension;
  for (std::size_t start = 0; start <= whole.size();) {
    const std::size_t plus = std::min(whole.find('+', start), whole.size());
    auto term = parse_term(trimmed(whole.substr(start, plus - start)), ranks);
    start = plus + 1;
    if (const auto* problem = std::get_if<std::string>(&term)) {
      diagnostics.report(value.location, "in the dimension " + quote(whole) + ": " + *problem +
                                             (whole.find_first_of("-/()") != std::string_view::npos
                                                  ? "; a dimension is a sum like '2*p + r'"
                                                  : ""));
      return std::nullopt;
    }
    const Term& added = std::get<Term>(term);
    const bool repeated =
        std::any_of(dimension.terms.begin(), dimension.terms.end(),
                    [&](const Term& earlier) { return earlier.rank == added.rank; });
    if (repeated) {
      diagnostics.report(value.location, "a rank stands twice in the dimension " + quote(whole));
      return std::nullopt;
    }
    dimension.terms.push_back(added);
  }
  return dimension;
}

std::vector<Rank> read_ranks(ObjectReader& reader) {
  std::vector<Rank> ranks;
  Diagnostics& diagnostics = reader.diagnostics();
  const JsonValue* value = reader.require("ranks");
  if (value == nullptr) {
    return ranks;
  }
  if (value->kind != JsonKind::object || value->members.empty()) {
    report_kind(*value, "ranks", "an object rank -> bound with at least one rank", diagnostics);
    return ranks;
  }
  for (const JsonMember& member : value->members) {
    if (!is_identifier(member.key)) {
      diagnostics.report(member.location, "a rank cannot be called " + quote(member.key) +
                                              "; allowed: a letter, then letters, digits and '_'");
    }
    const auto bound =
        read_count(member.value, member.key, {.least = 1, .most = max_count}, diagnostics);
    ranks.push_back({.name = member.key, .bound = bound.value_or(1)});
  }
  return ranks;
}

std::vector<Tensor> read_tensors(ObjectReader& reader, const std::vector<Rank>& ranks) {
  std::vector<Tensor> tensors;
  Diagnostics& diagnostics = reader.diagnostics();
  const JsonValue* value = reader.require("tensors");
  if (value == nullptr) {
    return tensors;
  }
  if (value->kind != JsonKind::object) {
    report_kind(*value, "tensors", "an object tensor -> list of dimensions", diagnostics);
    return tensors;
  }
  for (const JsonMember& member : value->members) {
    if (!is_identifier(member.key) || is_reserved(member.key)) {
      diagnostics.report(member.location,
                         "a tensor cannot be called " + quote(member.key) +
                             "; allowed: a letter, then letters, digits and '_', but not "
                             "'default', 'together' or 'source'");
    }
    Tensor tensor;
    tensor.name = member.key;
    if (member.value.kind != JsonKind::array) {
      report_kind(member.value, member.key, "a list of dimensions", diagnostics);
    }
    for (const JsonValue& element : member.value.elements) {
      if (auto dimension = read_dimension(element, ranks, diagnostics)) {
        tensor.dimensions.push_back(std::move(*dimension));
      }
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

void mark_output(ObjectReader& reader, std::vector<Tensor>& tensors) {
  const JsonValue* value = reader.require("output");
  const auto output = reader.text("output");
  std::vector<std::string> names;
  bool found = false;
  for (Tensor& tensor : tensors) {
    names.push_back(tensor.name);
    tensor.is_output = output && tensor.name == *output;
    found = found || tensor.is_output;
    if (output && tensor.name == "output" && *output != "output") {
      reader.diagnostics().report(value->location,
                                  "the output is " + quote(*output) +
                                      ", but another tensor is called 'output'; architectures "
                                      "mean the output by that name");
    }
  }
  if (output && !found) {
    reader.diagnostics().report(value->location, "the output " + quote(*output) +
                                                     " is not one of the tensors" +
                                                     allowed_names(*output, names));
  }
}

}  // namespace

std::optional<LayerShape> read_einsum(ObjectReader& reader) {
  Einsum shape;
  shape.ranks = read_ranks(reader);
  shape.tensors = read_tensors(reader, shape.ranks);
  mark_output(reader, shape.tensors);
  shape.batch_rank = reader.text("batch_rank");
  const std::vector<std::string> names = names_of(shape.ranks);
  if (shape.batch_rank && std::find(names.begin(), names.end(), *shape.batch_rank) == names.end()) {
    reader.report("batch_rank", "unknown rank " + quote(*shape.batch_rank) +
                                    allowed_names(*shape.batch_rank, names));
    return std::nullopt;
  }
  return shape;
}

std::string write_dimension(const Layer& layer, const TensorDimension& dimension) {
  std::string result;
  for (const Term& term : dimension.terms) {
    result += result.empty() ? "" : " + ";
    result += term.coefficient == 1 ? "" : std::to_string(term.coefficient) + "*";
    result += layer.ranks[static_cast<std::size_t>(index(term.rank))].name;
  }
  return result;
}

}  // namespace tessera
