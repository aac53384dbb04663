#pragma once

#include <chrono>

#include "mappers/mapper.hpp"

namespace tessera {

/// When a search has to stop, and how long it has taken.
class SearchClock {
 public:
  explicit SearchClock(const SearchOptions& options) : options_(options) {}

  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

  /// Whether the caller's flag or the time limit ends the search. Looks at the clock, so ask it
  /// every few mappings.
  bool is_over() const {
    const bool told = options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed);
    return told || (options_.time_limit_s && seconds() >= *options_.time_limit_s);
  }

 private:
  const SearchOptions& options_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace tessera
