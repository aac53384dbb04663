#include "mappers/nest/nest_obstacle.hpp"

#include "core/evaluate.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

void NestObstacle::note(NestHurdle hurdle, const Infeasible& why, const BoundExpression* at) {
  const bool is_nearer = hurdle_ == hurdle && why.needed < why_.needed;
  if (!hurdle_ || *hurdle_ < hurdle || is_nearer) {
    hurdle_ = hurdle;
    why_ = why;
    at_ = at;
  }
}

void NestObstacle::merge(const NestObstacle& other) {
  if (other.hurdle_) {
    note(*other.hurdle_, other.why_, other.at_);
  }
}

std::optional<Infeasible> NestObstacle::why() const {
  const bool has_numbers = hurdle_ && *hurdle_ != NestHurdle::condition &&
                           *hurdle_ != NestHurdle::condition_on_all &&
                           *hurdle_ != NestHurdle::perfect_factors;
  return has_numbers ? std::optional(why_) : std::nullopt;
}

std::string NestObstacle::reason(const Problem& problem) const {
  const auto rank = [&] {
    return quote(problem.layer.ranks[static_cast<std::size_t>(index(why_.rank))].name);
  };
  switch (*hurdle_) {
    case NestHurdle::tile:
      return "whatever its parameters are, the tile " + quote(at_->expression.text()) +
             " of rank " + rank() + " is below 1, passes 2^62 or divides by 0";
    case NestHurdle::perfect_factors:
      return "whatever its parameters are, some tile of rank " + rank() +
             " does not divide what is left of it";
    case NestHurdle::innermost_tile:
      return at_ == nullptr ? "it has no loop over rank " + rank() + ", whose bound is " +
                                  std::to_string(why_.needed)
                            : describe(problem, why_);
    case NestHurdle::condition:
    case NestHurdle::condition_on_all:
      return "no tiles that fit meet the condition " + quote(at_->expression.text());
    default:
      return describe(problem, why_);
  }
}

std::string NestObstacle::text(const Problem& problem, const Dataflow& dataflow) const {
  const bool has_place = at_ != nullptr && !at_->place.empty();
  return "the nest of the dataflow " + quote(dataflow.name) + " does not fit: " + reason(problem) +
         (has_place ? " (" + at_->place + ")" : "");
}

}  // namespace tessera
