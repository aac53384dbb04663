#include "cli/explore/sweep_space.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "core/checked.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"
#include "mappers/random_numbers.hpp"

namespace tessera {

namespace {

constexpr std::int64_t most_walked = 10'000'000;
constexpr std::int64_t most_points = std::int64_t{1} << 62;
constexpr std::int64_t tries_per_point = 10'000;

/// Networks and batches of one combination of values.
std::int64_t works_of(const SweepSpec& spec) {
  return static_cast<std::int64_t>(spec.networks.size() *
                                   std::max<std::size_t>(1, spec.batches.size()));
}

/// Combinations of values.
std::int64_t combinations_of(const SweepSpec& spec) {
  std::int64_t product = works_of(spec);
  for (const SweepAxis& axis : spec.axes) {
    const auto choices = static_cast<std::int64_t>(axis.choices.size());
    if (product > most_points / choices) {
      throw InputError(spec.locations.describe(spec.locations.vary) +
                       ": the sweep has more than 2^62 points");
    }
    product *= choices;
  }
  return product / works_of(spec);
}

/// A name of a condition: a path that is varied, or a number that stays.
struct NameSource {
  std::optional<std::size_t> axis;
  std::vector<double> values;  ///< by choice of the axis; or the one that stays
};

double number_of(const std::string& text, const std::string& path, const Expression& condition) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) {
    throw InputError("condition " + quote(condition.text()) + ": " + quote(path) + " is " + text +
                     " at some point, and no number");
  }
  return value;
}

class BoundCondition {
 public:
  BoundCondition(const SweepSpec& spec, const Expression& condition,
                 const std::function<std::optional<double>(const std::string&)>& stated)
      : condition_(condition) {
    for (const std::string& name : condition.names()) {
      names_.push_back(source_of(spec, name, stated));
    }
  }

  bool holds(const std::vector<std::size_t>& choices) const {
    std::vector<double> values;
    values.reserve(names_.size());
    for (const NameSource& source : names_) {
      values.push_back(source.values[source.axis ? choices[*source.axis] : 0]);
    }
    return condition_.holds<double>(values);
  }

 private:
  NameSource source_of(const SweepSpec& spec, const std::string& name,
                       const std::function<std::optional<double>(const std::string&)>& stated) {
    std::vector<std::string> varied;
    for (std::size_t a = 0; a < spec.axes.size(); ++a) {
      const SweepAxis& axis = spec.axes[a];
      for (std::size_t p = 0; p < axis.paths.size(); ++p) {
        varied.push_back(axis.paths[p]);
        if (axis.paths[p] != name) {
          continue;
        }
        NameSource source{.axis = a, .values = {}};
        for (const auto& choice : axis.choices) {
          source.values.push_back(number_of(choice[p], name, condition_));
        }
        return source;
      }
    }
    if (const auto value = stated(name)) {
      return {.axis = std::nullopt, .values = {*value}};
    }
    throw InputError("condition " + quote(condition_.text()) + ": " + quote(name) +
                     " is neither varied nor a number of the architecture; varied: " +
                     listed(varied) + did_you_mean(name, varied));
  }

  const Expression& condition_;
  std::vector<NameSource> names_;
};

std::vector<std::size_t> choices_of(const SweepSpec& spec, std::int64_t combination) {
  std::vector<std::size_t> choices(spec.axes.size());
  for (std::size_t a = spec.axes.size(); a-- > 0;) {
    const auto size = static_cast<std::int64_t>(spec.axes[a].choices.size());
    choices[a] = static_cast<std::size_t>(combination % size);
    combination /= size;
  }
  return choices;
}

class Combinations {
 public:
  Combinations(const SweepSpec& spec,
               const std::function<std::optional<double>(const std::string&)>& stated)
      : spec_(spec), count_(combinations_of(spec)) {
    for (std::size_t c = 0; c < spec.conditions.size(); ++c) {
      try {
        conditions_.emplace_back(spec, spec.conditions[c], stated);
      } catch (const InputError& error) {
        throw InputError(spec.locations.describe(spec.locations.conditions[c]) + ": " +
                         error.what());
      }
    }
  }

  std::vector<std::int64_t> chosen() const {
    if (count_ > most_walked) {
      return drawn();
    }
    std::vector<std::int64_t> all;
    for (std::int64_t i = 0; i < count_; ++i) {
      if (holds(i)) {
        all.push_back(i);
      }
    }
    return spec_.sample ? sampled(std::move(all)) : all;
  }

 private:
  bool holds(std::int64_t combination) const {
    const auto choices = choices_of(spec_, combination);
    return std::all_of(conditions_.begin(), conditions_.end(),
                       [&](const BoundCondition& condition) { return condition.holds(choices); });
  }

  std::vector<std::int64_t> sampled(std::vector<std::int64_t> all) const {
    RandomNumbers random(spec_.sample->seed);
    const auto count = std::min(all.size(), static_cast<std::size_t>(spec_.sample->count));
    for (std::size_t i = 0; i < count; ++i) {
      std::swap(all[i], all[i + random.below(all.size() - i)]);
    }
    all.resize(count);
    std::sort(all.begin(), all.end());
    return all;
  }

  /// A sample of a space that is too large to be walked.
  std::vector<std::int64_t> drawn() const {
    if (!spec_.sample || spec_.sample->count > most_walked) {
      throw InputError(spec_.locations.describe(spec_.locations.vary) + ": the sweep has " +
                       std::to_string(count_) + " combinations of values, over " +
                       std::to_string(most_walked) + "; ask for a 'sample' of them");
    }
    RandomNumbers random(spec_.sample->seed);
    std::set<std::int64_t> found;
    const std::int64_t tries = spec_.sample->count * tries_per_point;
    for (std::int64_t i = 0;
         i < tries && static_cast<std::int64_t>(found.size()) < spec_.sample->count; ++i) {
      const std::int64_t candidate = random.between(0, count_ - 1);
      if (holds(candidate)) {
        found.insert(candidate);
      }
    }
    return {found.begin(), found.end()};
  }

  const SweepSpec& spec_;
  std::int64_t count_;
  std::vector<BoundCondition> conditions_;
};

}  // namespace

SweepPoint point_of(const SweepSpec& spec, std::int64_t id) {
  const std::int64_t works = works_of(spec);
  const auto work = static_cast<std::size_t>(id % works);
  const std::size_t batches = std::max<std::size_t>(1, spec.batches.size());
  return {.id = id,
          .choices = choices_of(spec, id / works),
          .network = work / batches,
          .batch = work % batches};
}

std::vector<std::pair<std::string, std::string>> values_of(const SweepSpec& spec,
                                                           const SweepPoint& point) {
  std::vector<std::pair<std::string, std::string>> values;
  for (std::size_t a = 0; a < spec.axes.size(); ++a) {
    const SweepAxis& axis = spec.axes[a];
    for (std::size_t p = 0; p < axis.paths.size(); ++p) {
      values.emplace_back(axis.paths[p], axis.choices[point.choices[a]][p]);
    }
  }
  return values;
}

std::vector<std::int64_t> sweep_points(
    const SweepSpec& spec, const std::function<std::optional<double>(const std::string&)>& stated) {
  std::vector<std::int64_t> points;
  const std::int64_t works = works_of(spec);
  for (const std::int64_t combination : Combinations(spec, stated).chosen()) {
    for (std::int64_t work = 0; work < works; ++work) {
      points.push_back(combination * works + work);
    }
  }
  return points;
}

std::vector<std::int64_t> points_of_shard(const std::vector<std::int64_t>& points,
                                          const Shard& shard) {
  std::vector<std::int64_t> part;
  for (std::size_t i = static_cast<std::size_t>(shard.index - 1); i < points.size();
       i += static_cast<std::size_t>(shard.count)) {
    part.push_back(points[i]);
  }
  return part;
}

}  // namespace tessera
