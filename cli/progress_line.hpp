#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <mutex>
#include <string>
#include <thread>

namespace tessera {

/// A line on the terminal that tells how far a command is, once it takes over a second. Gone when
/// the object is.
class ProgressLine {
 public:
  /// `terminal` nullptr: nobody watches. `things` are what is done: "shapes searched".
  ProgressLine(std::ostream* terminal, std::string things);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  /// Thread-safe. `total` 0: not known.
  void update(std::size_t done, std::size_t total);
  /// What to say behind the numbers: the best so far, say. Thread-safe.
  void note(const std::string& text);

 private:
  void tick(const std::stop_token& stop);

  std::ostream* terminal_;
  std::string things_;
  std::atomic<std::size_t> done_ = 0;
  std::atomic<std::size_t> total_ = 0;
  std::atomic<bool> shown_ = false;
  std::mutex mutex_;  ///< of note_
  std::string note_;
  std::jthread ticker_;
};

/// "12 of 40 points, 3 s, 7 s left": time left by the mean so far, where something is done.
std::string progress_text(std::size_t done, std::size_t total, const std::string& things,
                          int seconds);

}  // namespace tessera
