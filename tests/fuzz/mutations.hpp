#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/fuzz/reader_check.hpp"
#include "tests/support/random_source.hpp"

namespace tessera::fuzz {

/// Makes inputs from the texts of a corpus: bytes, tokens, values, keys, nesting and settings
/// change, so that some inputs are no JSON, some are wrong, and some are right.
class Mutator {
 public:
  explicit Mutator(std::vector<std::string> corpus);

  /// The input of this seed.
  Input input(std::uint64_t seed) const;

 private:
  std::string mutated(std::string text, support::RandomSource& random) const;
  std::string with_bytes_changed(std::string text, support::RandomSource& random) const;
  std::string with_tokens_changed(const std::string& text, support::RandomSource& random) const;
  std::string setting(support::RandomSource& random) const;

  std::vector<std::string> corpus_;
  std::vector<std::string> strings_;     // every string of the corpus, between its quotes
  std::vector<std::string> node_names_;  // those that name a storage, an array or a compute
};

}  // namespace tessera::fuzz
