#include "cli/explore/stop_signal.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace tessera {

StopSignal::StopSignal(const std::atomic<bool>* interrupt, std::optional<double> seconds)
    : flag_(interrupt != nullptr && *interrupt),
      watcher_([this, interrupt, seconds](const std::stop_token& end) {
        watch(interrupt, seconds, end);
      }) {}

void StopSignal::watch(const std::atomic<bool>* interrupt, std::optional<double> seconds,
                       const std::stop_token& end) {
  const auto begin = std::chrono::steady_clock::now();
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any wake;
  while (!end.stop_requested()) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    if ((interrupt != nullptr && *interrupt) || (seconds && elapsed.count() >= *seconds)) {
      flag_ = true;
      return;
    }
    wake.wait_for(lock, end, std::chrono::milliseconds(20), [] { return false; });
  }
}

}  // namespace tessera
