#include "mappers/factorization.hpp"

#include <algorithm>

namespace tessera {

std::vector<std::int64_t> divisors(std::int64_t number) {
  std::vector<std::int64_t> small;
  std::vector<std::int64_t> large;
  for (std::int64_t d = 1; d <= number / d; ++d) {
    if (number % d == 0) {
      small.push_back(d);
      if (d != number / d) {
        large.push_back(number / d);
      }
    }
  }
  small.insert(small.end(), large.rbegin(), large.rend());
  return small;
}

TileChoices::TileChoices(const std::vector<std::int64_t>& bounds, bool perfect)
    : perfect_(perfect) {
  if (!perfect) {
    return;
  }
  for (const std::int64_t bound : bounds) {
    const auto more = divisors(bound);
    extents_.insert(extents_.end(), more.begin(), more.end());
  }
  std::ranges::sort(extents_);
  extents_.erase(std::unique(extents_.begin(), extents_.end()), extents_.end());
  for (const std::int64_t extent : extents_) {
    divisors_.push_back(divisors(extent));
    divisors_.back().pop_back();
  }
}

const std::vector<std::int64_t>& TileChoices::of(std::int64_t extent) const {
  const auto found = std::ranges::lower_bound(extents_, extent);
  return divisors_[static_cast<std::size_t>(found - extents_.begin())];
}

std::size_t TileChoices::count(std::int64_t extent) const {
  return perfect_ ? of(extent).size() : static_cast<std::size_t>(extent - 1);
}

std::int64_t TileChoices::tile(std::int64_t extent, std::size_t choice) const {
  return perfect_ ? of(extent)[choice] : static_cast<std::int64_t>(choice) + 1;
}

}  // namespace tessera
