#include "cli/explore/sweep_result.hpp"

#include <algorithm>
#include <ostream>

#include "cli/comma_separated.hpp"
#include "cli/explore/sweep_metrics.hpp"
#include "cli/number_text.hpp"
#include "cli/objective_names.hpp"
#include "cli/text_table.hpp"
#include "core/json/json_writer.hpp"

namespace tessera {

namespace {

constexpr std::size_t most_shown = 40;

std::string metric_text(const Totals& totals, const std::string& metric) {
  const auto value = metric_of(totals, metric);
  return value ? plain_text(*value) : "";
}

/// A value as people write it: a text without its quotes, all else as JSON.
std::string shown_value(const std::string& value) {
  return value.starts_with('"') ? Json::parse(value).get<std::string>() : value;
}

std::vector<std::string> row_of(const SweepResult& result, std::size_t position) {
  const StoredPoint& point = result.points[position];
  const bool is_best =
      std::find(result.best.begin(), result.best.end(), position) != result.best.end();
  std::vector<std::string> cells = {std::to_string(point.id), point.network,
                                    point.batch ? std::to_string(*point.batch) : ""};
  for (const auto& [path, value] : point.values) {
    cells.push_back(shown_value(value));
  }
  const Totals& totals = point.totals;
  for (std::string cell : {energy_text(totals.energy_pj), time_text(totals.latency_s),
                           four_digits_text(totals.edp_pj_s * 1e-12),
                           totals.area_mm2 ? four_digits_text(*totals.area_mm2) : std::string(),
                           percent_text(totals.utilization), std::string(is_best ? "best" : "")}) {
    cells.push_back(std::move(cell));
  }
  return cells;
}

void print_points(const SweepResult& result, const std::vector<std::size_t>& positions,
                  std::ostream& out) {
  std::vector<std::string> headings = {"point", "network", "batch"};
  for (const SweepAxis& axis : result.sweep->spec.axes) {
    headings.insert(headings.end(), axis.paths.begin(), axis.paths.end());
  }
  headings.insert(headings.end(), {"energy", "latency", "EDP, J*s", "area, mm2", "util.", ""});
  std::vector<Align> alignment(headings.size(), Align::right);
  alignment[1] = Align::left;
  alignment.back() = Align::left;
  TextTable table(headings, alignment);
  for (std::size_t i = 0; i < std::min(positions.size(), most_shown); ++i) {
    table.add_row(row_of(result, positions[i]));
  }
  table.print(out);
  if (positions.size() > most_shown) {
    out << "and " << positions.size() - most_shown << " more; --json and --csv have all\n";
  }
}

std::string listed_metrics(const std::vector<std::string>& metrics) {
  std::string text;
  for (const std::string& metric : metrics) {
    text += (text.empty() ? "" : ", ") + metric;
  }
  return text;
}

void print_counts(const SweepResult& result, std::ostream& out) {
  std::size_t infeasible = 0;
  std::size_t beyond = 0;
  std::size_t proven = 0;
  std::size_t searched = 0;
  const StoredPoint* example = nullptr;
  for (const StoredPoint& point : result.points) {
    searched += point.searched ? 1U : 0U;
    infeasible += point.why_not ? 1U : 0U;
    beyond += !point.why_not && !point.within_limits ? 1U : 0U;
    proven += point.proven_optimal ? 1U : 0U;
    example = example == nullptr && point.why_not ? &point : example;
  }
  out << '\n'
      << result.points.size() << " of " << result.expected
      << " points done; proven optimal: " << proven << " of " << searched << " searched";
  if (beyond > 0) {
    out << "; over a limit: " << beyond;
  }
  if (infeasible > 0) {
    out << "; without a mapping: " << infeasible << ", such as point " << example->id << " ("
        << values_text(*example) << "): " << *example->why_not;
  }
  out << '\n';
}

}  // namespace

std::string values_text(const StoredPoint& point) {
  std::string text;
  for (const auto& [path, value] : point.values) {
    text += text.empty() ? "" : " ";
    text += path;
    text += "=";
    text += shown_value(value);
  }
  return text;
}

void print_sweep(const SweepResult& result, std::ostream& out) {
  const SweepSpec& spec = result.sweep->spec;
  const Shard& shard = result.sweep->shard;
  out << "sweep " << spec.name << " over " << spec.architecture << ": "
      << result.sweep->points.size() << " points";
  if (shard.count > 1) {
    out << ", shard " << shard.index << " of " << shard.count;
  }
  out << "; objective " << objective_name(spec.objective) << "\n\nfront of "
      << listed_metrics(spec.front_metrics) << ": " << result.front.size() << " points\n";
  if (!result.front.empty()) {
    print_points(result, result.front, out);
  }
  std::vector<std::size_t> others;
  std::set_difference(result.best.begin(), result.best.end(), result.front.begin(),
                      result.front.end(), std::back_inserter(others));
  if (!others.empty()) {
    out << "\nleast " << objective_name(spec.objective) << ", not on the front\n";
    print_points(result, others, out);
  }
  print_counts(result, out);
}

void print_no_mapping(const SweepResult& result, std::ostream& err) {
  const auto has_none = [](const StoredPoint& point) { return point.why_not.has_value(); };
  if (!result.points.empty() && std::ranges::all_of(result.points, has_none)) {
    const StoredPoint& first = result.points.front();
    err << "tessera: no point has a mapping, such as point " << first.id << " ("
        << values_text(first) << "): " << *first.why_not << '\n';
  }
}

std::string sweep_csv(const SweepResult& result) {
  std::vector<std::string> headings = {"id", "network", "batch"};
  for (const SweepAxis& axis : result.sweep->spec.axes) {
    headings.insert(headings.end(), axis.paths.begin(), axis.paths.end());
  }
  headings.insert(headings.end(), {"feasible", "within_limits", "on_front", "proven_optimal"});
  headings.insert(headings.end(), sweep_metrics().begin(), sweep_metrics().end());
  headings.insert(headings.end(), {"utilization", "why_not"});
  std::string text = csv_line(headings);
  for (std::size_t i = 0; i < result.points.size(); ++i) {
    const StoredPoint& point = result.points[i];
    const bool on_front = std::binary_search(result.front.begin(), result.front.end(), i);
    std::vector<std::string> cells = {std::to_string(point.id), point.network,
                                      point.batch ? std::to_string(*point.batch) : ""};
    for (const auto& [path, value] : point.values) {
      cells.push_back(shown_value(value));
    }
    for (const bool claim :
         {point.feasible(), point.within_limits, on_front, point.proven_optimal}) {
      cells.emplace_back(claim ? "true" : "false");
    }
    for (const std::string& metric : sweep_metrics()) {
      const bool known = point.feasible() || metric == "area_mm2";
      cells.push_back(known ? metric_text(point.totals, metric) : "");
    }
    cells.push_back(point.feasible() ? plain_text(point.totals.utilization) : "");
    cells.push_back(point.why_not.value_or(""));
    text += csv_line(cells);
  }
  return text;
}

}  // namespace tessera
