#include "tests/oracle/tensor_flow.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <stdexcept>

namespace tessera::oracle {

namespace {

std::vector<int> without(const std::vector<int>& words, const std::vector<int>& others) {
  std::vector<int> rest;
  std::set_difference(words.begin(), words.end(), others.begin(), others.end(),
                      std::back_inserter(rest));
  return rest;
}

bool contains(const std::vector<int>& words, int word) {
  return std::binary_search(words.begin(), words.end(), word);
}

}  // namespace

TensorFlow::TensorFlow(const Problem& problem, const Convention& convention, const LoopNest& nest,
                       const InstanceGrid& grid, TensorId tensor, EventLedger& ledger)
    : problem_(problem),
      convention_(convention),
      nest_(nest),
      grid_(grid),
      tensor_(tensor),
      bound_(problem.tensors[static_cast<std::size_t>(index(tensor))]),
      ledger_(ledger) {
  const NodeIndices origin(nest.nodes().size(), 0);
  Intervals all;
  nest.set_intervals_above(0, origin, origin, all);
  set_box(bound_, all, whole_);
  whole_words_ = words_of(whole_, whole_);
  was_updated_.assign(whole_words_.size(), false);
  for (std::size_t n = 0; n < nest.nodes().size(); ++n) {
    const MappingNode& node = nest.nodes()[n];
    if (node.kind == NodeKind::store && has(node.tensors, index(tensor))) {
      add_holder(node.storage, static_cast<int>(n));
    }
  }
  holders_.front().tiles.front().words = whole_words_;
  ledger_.see_tile(holders_.front().storage, tensor_,
                   static_cast<std::int64_t>(whole_words_.size()));
  compute_requests_ = requests_of(static_cast<int>(problem.arrays.size()));
  to_compute_.emplace(problem, grid, tensor, holders_.back().arrays,
                      static_cast<int>(problem.arrays.size()));
}

void TensorFlow::add_holder(StorageId storage, int node) {
  Holder holder;
  holder.storage = storage;
  holder.node = node;
  holder.arrays = problem_.storages[static_cast<std::size_t>(index(storage))].arrays_above;
  for (int i = 0; i < grid_.instances(holder.arrays); ++i) {
    holder.spatial.push_back(grid_.spatial_indices(i, holder.arrays));
    Tile tile;
    if (bound_.is_output) {
      tile.sums.resize(whole_words_.size());
    }
    holder.tiles.push_back(tile);
  }
  holder.requests = requests_of(holder.arrays);
  holder.sliding_loop = sliding_loop_above(node);
  if (!holders_.empty()) {
    holder.from_parent.emplace(problem_, grid_, tensor_, holders_.back().arrays, holder.arrays);
  }
  holders_.push_back(holder);
}

/// The loop directly above `node`, loops of one trip aside, where it is temporal and its rank
/// stands in a dimension of the tensor with another rank of several values (docs/model.md,
/// accelforge).
int TensorFlow::sliding_loop_above(int node) const {
  int above = node - 1;
  while (above >= 0 && nest_.trips(above) == 1) {
    --above;
  }
  if (above < 0 || nest_.nodes()[static_cast<std::size_t>(above)].kind != NodeKind::loop) {
    return -1;
  }
  const RankId rank = nest_.nodes()[static_cast<std::size_t>(above)].rank;
  for (const TensorDimension& dimension : bound_.dimensions) {
    bool has_rank = false;
    bool has_other = false;
    for (const Term& term : dimension.terms) {
      const std::int64_t bound = problem_.bounds[static_cast<std::size_t>(index(term.rank))];
      has_rank = has_rank || term.rank == rank;
      has_other = has_other || (term.rank != rank && bound > 1);
    }
    if (has_rank && has_other) {
      return above;
    }
  }
  return -1;
}

/// Under Sharing::absent_ranks, a number for each instance below `arrays` arrays: equal where the
/// instances differ only along ranks that the tensor lacks.
std::vector<int> TensorFlow::requests_of(int arrays) const {
  std::map<NodeIndices, int> numbers;
  std::vector<int> requests;
  for (int i = 0; i < grid_.instances(arrays); ++i) {
    NodeIndices indices = grid_.spatial_indices(i, arrays);
    for (std::size_t n = 0; n < indices.size(); ++n) {
      const MappingNode& node = nest_.nodes()[n];
      const bool is_spread = node.kind == NodeKind::spread;
      indices[n] = is_spread && has(bound_.relevant, index(node.rank)) ? indices[n] : 0;
    }
    requests.push_back(numbers.insert({indices, static_cast<int>(numbers.size())}).first->second);
  }
  return requests;
}

void TensorFlow::plan(const NodeIndices& temporal, int changed_from) {
  Intervals ranks;
  for (std::size_t level = 1; level < holders_.size(); ++level) {
    Holder& holder = holders_[level];
    for (std::size_t i = 0; i < holder.tiles.size(); ++i) {
      Tile& tile = holder.tiles[i];
      tile.changes = false;
      if (holder.node > changed_from) {
        nest_.set_intervals_above(holder.node, temporal, holder.spatial[i], ranks);
        set_box(bound_, ranks, tile.next_box);
        plan_tile(holder, tile, changed_from);
      }
    }
  }
}

void TensorFlow::plan_end() {
  for (std::size_t level = 1; level < holders_.size(); ++level) {
    for (Tile& tile : holders_[level].tiles) {
      tile.changes = true;
      tile.next_box.is_empty = true;
      tile.leaving = tile.words;
      tile.arriving.clear();
      tile.next_words.clear();
    }
  }
}

void TensorFlow::plan_tile(const Holder& holder, Tile& tile, int changed_from) {
  tile.changes = convention_.window == Window::loop_above ? moves_tile(holder.node, changed_from)
                                                          : tile.next_box != tile.box;
  if (!tile.changes) {
    return;
  }
  tile.next_words = words_of(tile.next_box, whole_);
  if (sweep(holder, tile, changed_from)) {
    return;
  }
  if (fetches_only_new_words(holder, tile)) {
    tile.arriving = without(tile.next_words, tile.words);
    tile.leaving = without(tile.words, tile.next_words);
  } else {
    tile.arriving = tile.next_words;
    tile.leaving = tile.words;
  }
}

/// Under the rule of the loop above: whether a loop that fetches the tile takes a step or starts
/// again, above `node` and from the node `changed_from` inward, whether or not it leads to the same
/// words. Loops over ranks that the tensor lacks fetch it where no tile stays.
bool TensorFlow::moves_tile(int node, int changed_from) const {
  bool moves = changed_from < 0;
  for (int n = std::max(changed_from, 0); n < node; ++n) {
    const MappingNode& above = nest_.nodes()[static_cast<std::size_t>(n)];
    moves = moves || (above.kind == NodeKind::loop && nest_.trips(n) > 1 &&
                      (!convention_.stationary || has(bound_.relevant, index(above.rank))));
  }
  return moves;
}

/// Under the rule of the loop above: in a step of that loop the words arrive by which the box grows
/// that the tile has swept since the loop began, also those that no tile holds; in any other the
/// whole tile.
bool TensorFlow::sweep(const Holder& holder, Tile& tile, int changed_from) const {
  if (convention_.window != Window::loop_above) {
    return false;
  }
  tile.arriving = tile.next_words;
  tile.leaving = tile.words;
  Box swept = tile.next_box;
  if (holder.sliding_loop >= 0 && changed_from == holder.sliding_loop) {
    for (std::size_t d = 0; d < swept.sides.size(); ++d) {
      swept.sides[d].begin = std::min(swept.sides[d].begin, tile.swept.sides[d].begin);
      swept.sides[d].end = std::max(swept.sides[d].end, tile.swept.sides[d].end);
    }
    tile.arriving = without(words_of(swept, whole_), words_of(tile.swept, whole_));
  }
  tile.swept = swept;
  return true;
}

/// The rule of the sliding window (docs/model.md §5); moves the remembered translation on.
bool TensorFlow::fetches_only_new_words(const Holder& holder, Tile& tile) const {
  if (convention_.window == Window::exact_overlap || tile.box.is_empty || tile.next_box.is_empty) {
    return true;
  }
  if (convention_.window == Window::overlap_inside) {
    return bound_.is_output || holder.arrays > 0;
  }
  std::vector<std::int64_t> translation;
  int moved = 0;
  for (std::size_t d = 0; d < tile.box.sides.size(); ++d) {
    translation.push_back(tile.next_box.sides[d].begin - tile.box.sides[d].begin);
    moved += translation.back() != 0 ? 1 : 0;
  }
  if (tile.last_translation.empty() || tile.last_translation == translation) {
    tile.last_translation = translation;
    return moved == 1;
  }
  tile.last_translation.clear();
  return false;
}

void TensorFlow::drain() {
  if (!bound_.is_output) {
    return;
  }
  for (std::size_t level = holders_.size(); level-- > 1;) {
    Holder& holder = holders_[level];
    std::vector<Transfer> transfers;
    for (std::size_t i = 0; i < holder.tiles.size(); ++i) {
      Tile& tile = holder.tiles[i];
      if (!tile.changes) {
        continue;
      }
      for (const int word : tile.leaving) {
        auto& sum = tile.sums[static_cast<std::size_t>(word)];
        if (sum) {
          count(holder, static_cast<int>(i), Event::drain_read);
          transfers.push_back({.child = static_cast<int>(i), .word = word, .value = *sum});
          sum.reset();
        }
      }
    }
    mark_requests(holder.requests, transfers);
    update(holders_[level - 1], holder.from_parent->send(transfers, ledger_));
  }
}

void TensorFlow::refill() {
  for (std::size_t level = 1; level < holders_.size(); ++level) {
    if (bound_.is_output) {
      refill_output(level);
    } else {
      refill_operand(level);
    }
    for (Tile& tile : holders_[level].tiles) {
      if (tile.changes) {
        tile.box = tile.next_box;
        tile.words = tile.next_words;
        ledger_.see_tile(holders_[level].storage, tensor_,
                         static_cast<std::int64_t>(tile.words.size()));
      }
    }
  }
}

void TensorFlow::refill_operand(std::size_t level) {
  Holder& holder = holders_[level];
  Holder& parent = holders_[level - 1];
  std::vector<Transfer> transfers;
  for (std::size_t i = 0; i < holder.tiles.size(); ++i) {
    if (!holder.tiles[i].changes) {
      continue;
    }
    for (const int word : holder.tiles[i].arriving) {
      count(holder, static_cast<int>(i), Event::fill);
      transfers.push_back({.child = static_cast<int>(i), .word = word});
    }
  }
  mark_requests(holder.requests, transfers);
  for (const Arrival& arrival : holder.from_parent->send(transfers, ledger_)) {
    // What a sweep adds between two tiles need not be held.
    if (holder.sliding_loop < 0 &&
        !contains(parent.tiles[static_cast<std::size_t>(arrival.parent)].words, arrival.word)) {
      throw std::logic_error("a word is asked of a storage that does not hold it");
    }
    count(parent, arrival.parent, Event::read_for_child);
  }
}

void TensorFlow::refill_output(std::size_t level) {
  Holder& holder = holders_[level];
  Holder& parent = holders_[level - 1];
  std::vector<Transfer> transfers;
  for (std::size_t i = 0; i < holder.tiles.size(); ++i) {
    if (!holder.tiles[i].changes) {
      continue;
    }
    for (const int word : holder.tiles[i].arriving) {
      const int above = holder.from_parent->parent(static_cast<int>(i));
      if (!contains(parent.tiles[static_cast<std::size_t>(above)].words, word)) {
        throw std::logic_error("an output tile lies outside its parent's");
      }
      refill_sum(level, static_cast<int>(i), word, transfers);
    }
  }
  mark_requests(holder.requests, transfers);
  for (const Arrival& arrival : holder.from_parent->send(transfers, ledger_)) {
    count(parent, arrival.parent, Event::accumulate_read);
  }
}

/// One output word arrives at one instance. Instances come in order of position, so the lowest one
/// finds the value at the parent and takes it along.
void TensorFlow::refill_sum(std::size_t level, int child, int word,
                            std::vector<Transfer>& transfers) {
  Holder& holder = holders_[level];
  const auto w = static_cast<std::size_t>(word);
  const auto above = static_cast<std::size_t>(holder.from_parent->parent(child));
  auto& outer = holders_[level - 1].tiles[above].sums[w];
  const bool returns = convention_.first_visit_is_global ? was_updated_[w] : outer.has_value();
  if (!returns) {
    count(holder, child, Event::first_visit);
    return;
  }
  count(holder, child, Event::fill);
  transfers.push_back({.child = child, .word = word});
  // With to_all, those that come too late for the value hold a copy, of which 0 is still missing.
  holder.tiles[static_cast<std::size_t>(child)].sums[w] = outer.value_or(0);
  outer.reset();
}

void TensorFlow::update(Holder& holder, const std::vector<Arrival>& arrivals) {
  for (const Arrival& arrival : arrivals) {
    auto& sum = holder.tiles[static_cast<std::size_t>(arrival.parent)]
                    .sums[static_cast<std::size_t>(arrival.word)];
    if (sum) {
      count(holder, arrival.parent, Event::accumulate_read);
    }
    sum = sum.value_or(0) + arrival.value;
    count(holder, arrival.parent, Event::update);
  }
}

void TensorFlow::operate(const std::vector<Operation>& operations) {
  Holder& holder = holders_.back();
  std::vector<Transfer> transfers;
  for (const Operation& operation : operations) {
    transfers.push_back(
        {.child = operation.instance, .word = word(operation), .value = operation.value});
    const auto above = static_cast<std::size_t>(to_compute_->parent(operation.instance));
    if (!contains(holder.tiles[above].words, transfers.back().word)) {
      throw std::logic_error("an operation touches a word that its storage does not hold");
    }
  }
  if (convention_.sharing == Sharing::absent_ranks) {
    mark_requests(compute_requests_, transfers);
  }
  const std::vector<Arrival> arrivals = to_compute_->send(transfers, ledger_);
  if (bound_.is_output) {
    update(holder, arrivals);
    for (const Arrival& arrival : arrivals) {
      was_updated_[static_cast<std::size_t>(arrival.word)] = true;
    }
    return;
  }
  for (const Arrival& arrival : arrivals) {
    count(holder, arrival.parent, Event::read_for_child);
  }
}

void TensorFlow::report_values() {
  std::int64_t values = 0;
  for (const auto& sum : holders_.front().tiles.front().sums) {
    values += sum.has_value() ? 1 : 0;
  }
  ledger_.end_with(tensor_, values);
}

bool TensorFlow::holds(const std::vector<std::optional<std::int64_t>>& sums) const {
  return holders_.front().tiles.front().sums == sums;
}

int TensorFlow::word(const Operation& operation) const {
  return word_at(bound_, operation.point, whole_);
}

/// Tells apart the transfers that the convention does not let share; `requests` by child.
void TensorFlow::mark_requests(const std::vector<int>& requests,
                               std::vector<Transfer>& transfers) const {
  if (convention_.sharing == Sharing::identical_requests) {
    mark_identical_requests(transfers);
  }
  for (Transfer& transfer : transfers) {
    if (convention_.sharing == Sharing::absent_ranks) {
      transfer.request = requests[static_cast<std::size_t>(transfer.child)];
    }
  }
}

void TensorFlow::count(const Holder& holder, int instance, Event event) {
  ledger_.add(holder.storage, tensor_, instance, event);
}

}  // namespace tessera::oracle
