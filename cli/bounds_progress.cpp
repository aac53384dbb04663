#include "cli/bounds_progress.hpp"

#include "cli/explore/bounds_output.hpp"
#include "cli/number_text.hpp"

namespace tessera {

std::string bounds_step_text(const BoundsStep& step) {
  std::string text = step.layer + " at " +
                     (step.bits ? buffer_size_text(*step.bits) : std::string("any size")) +
                     " since " + std::to_string(step.since_s) + " s";
  if (step.least) {
    text += "; so far " + short_count_text(static_cast<double>(step.least->outer_words)) +
            " words with " + buffer_size_text(step.least->buffer_bits);
  }
  return text;
}

BoundsProgress::BoundsProgress(ProgressLine& line, std::size_t shapes, std::size_t sizes)
    : line_(line), shapes_(shapes), sizes_(sizes), steps_(shapes) {
  line_.update(0, shapes_);
}

void BoundsProgress::began(std::size_t shape, const std::string& layer,
                           std::optional<std::int64_t> bits) {
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
  const std::scoped_lock lock(mutex_);
  if (!steps_[shape]) {
    steps_[shape] = BoundsStep{.layer = layer};
  }
  steps_[shape]->bits = bits;
  steps_[shape]->since_s = static_cast<int>(elapsed.count());
  tell();
}

void BoundsProgress::found(std::size_t shape, const TrafficCorner& corner) {
  const std::scoped_lock lock(mutex_);
  steps_[shape]->least = corner;
  ++looked_at_;
  tell();
}

void BoundsProgress::done(std::size_t shape) {
  const std::scoped_lock lock(mutex_);
  steps_[shape].reset();
  ++done_;
  tell();
}

void BoundsProgress::tell() {
  const double searches = static_cast<double>(shapes_ * sizes_);
  line_.update(
      done_, shapes_,
      sizes_ > 0 ? std::optional(static_cast<double>(looked_at_) / searches) : std::nullopt);
  const BoundsStep* longest = nullptr;
  for (const std::optional<BoundsStep>& step : steps_) {
    if (step && (longest == nullptr || step->since_s < longest->since_s)) {
      longest = &*step;
    }
  }
  line_.note(std::to_string(looked_at_) + " sizes looked at" +
             (longest == nullptr ? "" : "; " + bounds_step_text(*longest)));
}

}  // namespace tessera
