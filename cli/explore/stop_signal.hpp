#pragma once

#include <atomic>
#include <optional>
#include <stop_token>
#include <thread>

namespace tessera {

/// A flag that is set when the user interrupts, or the time is over.
class StopSignal {
 public:
  /// `interrupt` may be nullptr. The time starts now.
  StopSignal(const std::atomic<bool>* interrupt, std::optional<double> seconds);

  const std::atomic<bool>* flag() const { return &flag_; }

 private:
  void watch(const std::atomic<bool>* interrupt, std::optional<double> seconds,
             const std::stop_token& end);

  std::atomic<bool> flag_;
  std::jthread watcher_;
};

}  // namespace tessera
