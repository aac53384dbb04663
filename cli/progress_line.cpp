#include "cli/progress_line.hpp"

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <ostream>
#include <stop_token>
#include <utility>

namespace tessera {

namespace {

/// "90 s", "12 min", "3 h 20 min".
std::string duration_text(double seconds) {
  const std::int64_t whole = std::llround(seconds);
  if (whole < 120) {
    return std::to_string(whole) + " s";
  }
  const std::int64_t minutes = std::llround(seconds / 60);
  return minutes < 120
             ? std::to_string(minutes) + " min"
             : std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

/// What is done of this run's work; nothing where that is not known.
std::optional<double> share_of(const Progress& progress) {
  if (progress.share || progress.total == 0) {
    return progress.share;
  }
  return static_cast<double>(progress.done) / static_cast<double>(progress.total);
}

}  // namespace

std::string progress_text(const Progress& progress, const std::string& things, int seconds) {
  std::string text = std::to_string(progress.done);
  text += progress.total > 0 ? " of " + std::to_string(progress.total) : "";
  text += " " + things + ", " + duration_text(seconds);
  if (const auto share = share_of(progress); share && *share > 0 && *share < 1) {
    text += ", about " + duration_text(seconds * (1 - *share) / *share) + " left";
  }
  return text + (progress.note.empty() ? "" : "; " + progress.note);
}

ProgressLine::ProgressLine(const Flags& flags, const Session& session, std::string things)
    : terminal_(session.err),
      columns_(static_cast<std::size_t>(session.environment.errors.columns)),
      things_(std::move(things)) {
  if (columns_ > 0 && !flags.quiet) {
    ticker_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
  }
}

ProgressLine::~ProgressLine() {
  ticker_ = {};  // asks the ticker to stop, and waits for it
  if (shown_) {
    terminal_ << "\r\x1b[K" << std::flush;
  }
}

void ProgressLine::update(std::size_t done, std::size_t total, std::optional<double> share) {
  const std::scoped_lock lock(mutex_);
  progress_.done = done;
  progress_.total = total;
  progress_.share = share;
}

void ProgressLine::note(const std::string& text) {
  const std::scoped_lock lock(mutex_);
  progress_.note = text;
}

void ProgressLine::tick(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  std::condition_variable_any wake;
  for (int seconds = 1; !wake.wait_for(lock, stop, std::chrono::seconds(1),
                                       [&stop] { return stop.stop_requested(); });
       ++seconds) {
    // A line that wraps could not be erased.
    const std::string text = progress_text(progress_, things_, seconds).substr(0, columns_ - 1);
    terminal_ << "\r\x1b[K" << text << std::flush;
    shown_ = true;
  }
}

}  // namespace tessera
