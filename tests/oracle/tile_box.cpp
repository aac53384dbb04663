#include "tests/oracle/tile_box.hpp"

#include <stdexcept>

namespace tessera::oracle {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

void append_words(const Box& box, const Box& whole, std::size_t dimension, std::int64_t prefix,
                  std::vector<int>& words) {
  if (dimension == box.sides.size()) {
    words.push_back(static_cast<int>(prefix));
    return;
  }
  const Interval& side = box.sides[dimension];
  const Interval& all = whole.sides[dimension];
  if (side.begin < all.begin || side.end > all.end) {
    throw std::logic_error("a tile reaches outside its tensor");
  }
  for (std::int64_t i = side.begin; i < side.end; ++i) {
    append_words(box, whole, dimension + 1, prefix * (all.end - all.begin) + i - all.begin, words);
  }
}

}  // namespace

void set_box(const ProblemTensor& tensor, const Intervals& ranks, Box& box) {
  box.is_empty = false;
  for (const Interval& rank : ranks) {
    box.is_empty = box.is_empty || rank.is_empty();
  }
  box.sides.assign(tensor.dimensions.size(), Interval{});
  if (box.is_empty) {
    return;
  }
  for (std::size_t d = 0; d < box.sides.size(); ++d) {
    Interval side{.begin = 0, .end = 1};
    for (const Term& term : tensor.dimensions[d].terms) {
      side.begin += term.coefficient * ranks[at(term.rank)].begin;
      side.end += term.coefficient * (ranks[at(term.rank)].end - 1);
    }
    box.sides[d] = side;
  }
}

std::vector<int> words_of(const Box& box, const Box& whole) {
  std::vector<int> words;
  if (!box.is_empty) {
    append_words(box, whole, 0, 0, words);
  }
  return words;
}

int word_at(const ProblemTensor& tensor, const std::vector<std::int64_t>& point, const Box& whole) {
  std::int64_t word = 0;
  for (std::size_t d = 0; d < tensor.dimensions.size(); ++d) {
    std::int64_t i = 0;
    for (const Term& term : tensor.dimensions[d].terms) {
      i += term.coefficient * point[at(term.rank)];
    }
    const Interval& all = whole.sides[d];
    word = word * (all.end - all.begin) + i - all.begin;
  }
  return static_cast<int>(word);
}

}  // namespace tessera::oracle
