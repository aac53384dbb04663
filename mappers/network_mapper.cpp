#include "mappers/network_mapper.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>

#include "core/input_error.hpp"
#include "core/json/spelling.hpp"
#include "mappers/dataflow.hpp"

namespace tessera {

namespace {

/// Takes groups one after another until none is left; several threads may run it.
class GroupQueue {
 public:
  GroupQueue(std::vector<MappedGroup>& groups, const Mapper& mapper, const NetworkOptions& options)
      : groups_(groups), search_(mapper.search), options_(options) {
    // Threads that have no group of their own help inside the searches.
    const auto side_by_side = std::max<std::size_t>(1, groups.size());
    const Dataflow* dataflow = options.search.dataflow;
    if (dataflow != nullptr && !dataflow->nest.empty()) {
      search_ = mapper.search_nest;
    }
    if (search_ == nullptr) {
      throw InputError("the mapper " + quote(mapper.name) + " does not choose the parameters of " +
                       "a nest, and the dataflow " + quote(dataflow->name) +
                       " has one; take 'optimal' or 'exhaustive'");
    }
    options_.search.threads =
        std::max(1, options.threads / static_cast<int>(std::min<std::size_t>(side_by_side, 256)));
  }

  void work() {
    for (std::size_t i = next_++; i < groups_.size() && !failed_; i = next_++) {
      try {
        map(groups_[i]);
      } catch (...) {
        const std::scoped_lock lock(mutex_);
        failure_ = failure_ ? failure_ : std::current_exception();
        failed_ = true;
      }
    }
  }

  void rethrow() const {
    if (failure_) {
      std::rethrow_exception(failure_);
    }
  }

 private:
  void map(MappedGroup& group) {
    const auto* stop = options_.search.stop;
    if (stop != nullptr && stop->load(std::memory_order_relaxed)) {
      group.result = search_(group.problem, quick_look());
      group.result.stopped = true;
    } else {
      group.result = search_(group.problem, options_.search);
    }
    const std::scoped_lock lock(mutex_);
    ++done_;
    if (options_.progress) {
      options_.progress(done_, groups_.size());
    }
  }

  /// What the groups get whose turn comes after a stop, so that they have a mapping at all.
  SearchOptions quick_look() const {
    SearchOptions quick = options_.search;
    quick.stop = nullptr;
    quick.samples = std::min<std::int64_t>(quick.samples, 40);
    quick.time_limit_s = 0.02;
    return quick;
  }

  std::vector<MappedGroup>& groups_;
  SearchResult (*search_)(const Problem&, const SearchOptions&);
  NetworkOptions options_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;  ///< of what follows
  std::size_t done_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

std::vector<MappedGroup> map_network(const Network& network, const Architecture& architecture,
                                     const Mapper& mapper, const NetworkOptions& options) {
  std::vector<MappedGroup> groups;
  for (LayerGroup& group : unique_layers(network)) {
    const Layer& layer = network.layers()[group.layers.front()].layer;
    groups.push_back(
        {.group = std::move(group), .problem = bind(architecture, layer), .result = {}});
  }
  GroupQueue queue(groups, mapper, options);
  {
    const auto most = static_cast<int>(std::min<std::size_t>(groups.size(), 256));
    std::vector<std::jthread> others;
    for (int i = 1; i < std::min(options.threads, most); ++i) {
      others.emplace_back([&queue] { queue.work(); });
    }
    queue.work();
  }
  queue.rethrow();
  return groups;
}

}  // namespace tessera
