#include "cli/progress_line.hpp"

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <ostream>
#include <stop_token>
#include <utility>

namespace tessera {

std::string progress_text(std::size_t done, std::size_t total, const std::string& things,
                          int seconds) {
  std::string text = std::to_string(done);
  text += total > 0 ? " of " + std::to_string(total) : "";
  text += " " + things + ", " + std::to_string(seconds) + " s";
  if (done > 0 && total > done) {
    const double left = seconds * static_cast<double>(total - done) / static_cast<double>(done);
    text += ", about " + std::to_string(std::llround(left)) + " s left";
  }
  return text;
}

ProgressLine::ProgressLine(std::ostream* terminal, std::string things)
    : terminal_(terminal), things_(std::move(things)) {
  if (terminal != nullptr) {
    ticker_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
  }
}

ProgressLine::~ProgressLine() {
  ticker_ = {};  // asks the ticker to stop, and waits for it
  if (shown_) {
    *terminal_ << "\r\x1b[K" << std::flush;
  }
}

void ProgressLine::update(std::size_t done, std::size_t total) {
  done_ = done;
  total_ = total;
}

void ProgressLine::note(const std::string& text) {
  const std::scoped_lock lock(mutex_);
  note_ = text;
}

void ProgressLine::tick(const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any wake;
  for (int seconds = 1; !wake.wait_for(lock, stop, std::chrono::seconds(1),
                                       [&stop] { return stop.stop_requested(); });
       ++seconds) {
    std::string text = progress_text(done_, total_, things_, seconds);
    {
      const std::scoped_lock note_lock(mutex_);
      text += note_.empty() ? "" : "; " + note_;
    }
    *terminal_ << "\r\x1b[K" << text << std::flush;
    shown_ = true;
  }
}

}  // namespace tessera
