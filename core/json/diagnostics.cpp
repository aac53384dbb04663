#include "core/json/diagnostics.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/input_error.hpp"

namespace tessera {

namespace {
constexpr std::size_t most_problems = 1000;  // of a hostile file; nobody reads more
}

std::uint32_t Diagnostics::add_source(std::string name) {
  sources_.push_back(std::move(name));
  return static_cast<std::uint32_t>(sources_.size() - 1);
}

void Diagnostics::report(JsonLocation where, std::string_view text) {
  if (problems_.size() < most_problems) {
    problems_.push_back({.where = where, .text = std::string(text)});
  }
}

std::string Diagnostics::describe(JsonLocation where) const {
  std::string result = where.source < sources_.size() ? sources_[where.source] : "(input)";
  if (where.line > 0) {
    result += ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
  }
  return result;
}

std::vector<std::string> Diagnostics::messages() const {
  std::vector<Problem> sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Problem& a, const Problem& b) { return a.where < b.where; });
  std::vector<std::string> result;
  result.reserve(sorted.size());
  for (const Problem& problem : sorted) {
    result.push_back(describe(problem.where) + ": " + problem.text);
  }
  return result;
}

void Diagnostics::throw_first() const {
  if (!empty()) {
    throw InputError(messages().front());
  }
}

}  // namespace tessera
