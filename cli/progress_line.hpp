#pragma once

#include <cstddef>
#include <iosfwd>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "cli/commands.hpp"

namespace tessera {

/// How far a command is.
struct Progress {
  std::size_t done = 0;
  std::size_t total = 0;          ///< 0: not known
  std::optional<double> share{};  ///< of the work of this run; absent: done / total
  std::string note{};             ///< what to say behind the numbers: the best so far, say
};

/// A line on the terminal that tells how far a command is, once it takes over a second. Gone when
/// the object is.
class ProgressLine {
 public:
  /// Shows nothing where errors do not go to a terminal, or with --quiet. `things` are what is
  /// done: "shapes searched".
  ProgressLine(const Flags& flags, const Session& session, std::string things);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  /// Thread-safe.
  void update(std::size_t done, std::size_t total, std::optional<double> share = {});
  /// Stays until the next note. Thread-safe.
  void note(const std::string& text);

 private:
  void tick(const std::stop_token& stop);

  std::ostream& terminal_;
  std::size_t columns_;
  std::string things_;
  std::mutex mutex_;  ///< of what follows
  Progress progress_;
  bool shown_ = false;
  std::jthread ticker_;
};

/// "12 of 40 points, 3 s, about 7 s left; best edp: ...": time left by the mean so far, where
/// something is done.
std::string progress_text(const Progress& progress, const std::string& things, int seconds);

}  // namespace tessera
