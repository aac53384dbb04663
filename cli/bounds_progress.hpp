#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cli/explore/traffic_bounds.hpp"
#include "cli/progress_line.hpp"

namespace tessera {

/// What a shape of layer is at.
struct BoundsStep {
  std::string layer;
  std::optional<std::int64_t> bits{};    ///< the size that is searched for; nothing: unbounded
  int since_s = 0;                       ///< after the beginning, that search began
  std::optional<TrafficCorner> least{};  ///< what the search before it found
};

/// "conv2 at 41.34 KiB since 17 s; so far 586.1 k words with 41.35 KiB".
std::string bounds_step_text(const BoundsStep& step);

/// Tells on a line of progress how far the curves are, and what the search that has run longest is
/// for. Thread-safe.
class BoundsProgress {
 public:
  /// `sizes`: how many each shape is searched for; 0 where that is not known.
  BoundsProgress(ProgressLine& line, std::size_t shapes, std::size_t sizes);

  void began(std::size_t shape, const std::string& layer, std::optional<std::int64_t> bits);
  void found(std::size_t shape, const TrafficCorner& corner);
  void done(std::size_t shape);

 private:
  void tell();

  ProgressLine& line_;
  std::size_t shapes_;
  std::size_t sizes_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::mutex mutex_;  ///< of what follows
  std::size_t looked_at_ = 0;
  std::size_t done_ = 0;
  std::vector<std::optional<BoundsStep>> steps_;  ///< by shape: those that are searched
};

}  // namespace tessera
