#pragma once

#include <string>
#include <vector>

namespace tessera {

/// What a merge found.
struct MergeResult {
  std::size_t shards = 0;              ///< of the sweep
  std::size_t points = 0;              ///< that the merged database has
  std::size_t expected = 0;            ///< of the whole sweep
  std::vector<std::string> missing{};  ///< "shard 3/4 is missing", "x.sqlite (shard 2/4) lacks …"
};

/// Puts the databases of a sweep's shards into one, `output`, as if one process had made it; adds
/// to it where it is of that sweep already. Throws InputError where the databases are not of one
/// sweep.
MergeResult merge_shards(const std::string& output, const std::vector<std::string>& inputs);

}  // namespace tessera
