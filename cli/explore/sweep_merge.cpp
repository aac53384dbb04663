#include "cli/explore/sweep_merge.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "cli/explore/sweep_database.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

std::string value_of(const SweepIdentity& identity, const std::string& key) {
  const auto found = std::find_if(identity.begin(), identity.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  return found == identity.end() ? "" : found->second;
}

void set_value(SweepIdentity& identity, const std::string& key, const std::string& value) {
  for (auto& entry : identity) {
    if (entry.first == key) {
      entry.second = value;
    }
  }
}

/// The identity of the whole sweep that a shard belongs to.
SweepIdentity whole_of(SweepIdentity shard) {
  set_value(shard, "shard", "1/1");
  set_value(shard, "points", value_of(shard, "all_points"));
  return shard;
}

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  return std::filesystem::equivalent(a, b, error);
}

std::string short_shard(const std::string& file, const std::string& shard, std::size_t points,
                        const std::string& wanted) {
  return file + " (shard " + shard + ") has " + std::to_string(points) + " of " + wanted +
         " points";
}

}  // namespace

MergeResult merge_shards(const std::string& output, const std::vector<std::string>& inputs) {
  MergeResult result;
  std::set<std::string> seen;
  std::vector<SweepIdentity> identities;
  for (const std::string& input : inputs) {
    if (is_same_file(input, output)) {
      throw InputError(quote(input) + " is both merged and the result; take another --db");
    }
    SweepDatabase database(input);
    identities.push_back(database.identity());
    const std::string shard = value_of(identities.back(), "shard");
    const std::size_t points = database.point_ids().size();
    const std::string wanted = value_of(identities.back(), "points");
    if (std::to_string(points) != wanted) {
      result.missing.push_back(short_shard(input, shard, points, wanted));
    }
    seen.insert(shard);
  }
  const SweepIdentity whole = whole_of(identities.front());
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    if (const auto difference = difference_of(whole, whole_of(identities[i]))) {
      throw InputError(quote(inputs.front()) + " and " + quote(inputs[i]) +
                       " are of different sweeps: " + *difference);
    }
  }
  const std::string first = value_of(identities.front(), "shard");
  result.shards = std::stoul(first.substr(first.find('/') + 1));
  for (std::size_t i = 1; i <= result.shards; ++i) {
    const std::string shard = std::to_string(i) + "/" + std::to_string(result.shards);
    if (!seen.contains(shard)) {
      result.missing.push_back("shard " + shard + " is missing");
    }
  }
  SweepDatabase merged(output, whole);
  for (const std::string& input : inputs) {
    merged.take_from(input);
  }
  result.points = merged.point_ids().size();
  result.expected = std::stoul(value_of(whole, "all_points"));
  return result;
}

}  // namespace tessera
