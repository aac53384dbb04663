#include "cli/explore/sweep_run.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for_each.h>
#include <oneapi/tbb/task_arena.h>

#include "cli/explore/comparison.hpp"
#include "cli/explore/sweep_metrics.hpp"
#include "cli/inputs.hpp"
#include "cli/search_report.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

namespace {

constexpr std::size_t points_per_wave = 512;

/// A point in work.
struct OpenPoint {
  StoredPoint stored;
  std::shared_ptr<const Report> search;  ///< its architecture, and how is searched
  std::string dataflow;                  ///< the text of its dataflow, if it has one
  std::size_t missing = 0;               ///< outcomes
};

/// A search in work, and the points that wait for it.
struct OpenLayer {
  std::string key;
  const Network* network = nullptr;
  LayerGroup group;
  std::shared_ptr<const Report> search;
  std::vector<std::size_t> points;
};

class SweepRun {
 public:
  SweepRun(const Sweep& sweep, SweepDatabase& database, const SweepRunOptions& options)
      : sweep_(sweep), database_(database), options_(options) {}

  std::size_t run() {
    const std::vector<std::int64_t> all = points_of_shard(sweep_.points, sweep_.shard);
    const std::vector<std::int64_t> stored = database_.point_ids();
    std::vector<std::int64_t> missing;
    std::set_difference(all.begin(), all.end(), stored.begin(), stored.end(),
                        std::back_inserter(missing));
    total_ = all.size();
    missing_ = missing.size();
    done_ = all.size() - missing.size();
    report_progress(nullptr);
    for (std::size_t i = 0; i < missing.size() && !stopped(); i += points_per_wave) {
      const std::size_t end = std::min(missing.size(), i + points_per_wave);
      before_wave_ = i;
      run_wave({missing.data() + i, missing.data() + end});
    }
    return total_ - done_;
  }

 private:
  bool stopped() const {
    return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed);
  }

  void report_progress(const StoredPoint* last) const {
    if (options_.progress) {
      options_.progress({.done = done_, .total = total_, .share = share_done(), .last = last});
    }
  }

  /// Of a wave the share of its searches that is done: its points end late, and together.
  double share_done() const {
    if (missing_ == 0) {
      return 1;
    }
    const double of_wave = layers_.empty() ? 1
                                           : static_cast<double>(searched_layers_) /
                                                 static_cast<double>(layers_.size());
    return (static_cast<double>(before_wave_) + of_wave * static_cast<double>(points_.size())) /
           static_cast<double>(missing_);
  }

  void run_wave(const std::vector<std::int64_t>& ids) {
    points_.clear();
    layers_.clear();
    searched_layers_ = 0;
    outcomes_.clear();
    by_key_.clear();
    for (const std::int64_t id : ids) {
      open_point(id);
    }
    for (std::size_t p = 0; p < points_.size(); ++p) {
      if (points_[p].missing == 0) {
        close_point(p);
      }
    }
    std::vector<OpenLayer*> work;
    for (const std::unique_ptr<OpenLayer>& layer : layers_) {
      work.push_back(layer.get());
    }
    const int threads = std::max(1, options_.threads);
    const oneapi::tbb::global_control control(oneapi::tbb::global_control::max_allowed_parallelism,
                                              static_cast<std::size_t>(threads));
    oneapi::tbb::task_arena arena(threads);
    arena.execute([&] {
      oneapi::tbb::parallel_for_each(work.begin(), work.end(),
                                     [this](OpenLayer* layer) { search(*layer); });
    });
  }

  std::shared_ptr<const Report> search_at(const SweepPoint& point, std::string& dataflow) const {
    auto search = std::make_shared<Report>();
    search->architecture = architecture_at(sweep_, point);
    if (search->architecture.dataflow) {
      SweepDataflow found = sweep_.dataflow(*search->architecture.dataflow);
      search->dataflow = std::move(found.dataflow);
      dataflow = std::move(found.text);
    }
    search->objective = sweep_.spec.objective;
    Flags flags;
    flags.accounting = sweep_.spec.accounting;
    search->convention = &convention_of(flags, search->architecture);
    search->mapspace = narrowed(sweep_.spec.mapspace, *search->convention);
    return search;
  }

  void open_point(std::int64_t id) {
    const SweepPoint point = point_of(sweep_.spec, id);
    const std::size_t batches = std::max<std::size_t>(1, sweep_.spec.batches.size());
    const Network& network = sweep_.networks[point.network * batches + point.batch];
    OpenPoint open{.stored = {.id = id,
                              .network = network.name(),
                              .batch = batch_of(network),
                              .values = values_of(sweep_.spec, point),
                              .version = options_.version},
                   .search = {},
                   .dataflow = {}};
    open.search = search_at(point, open.dataflow);
    derive_totals(open.stored.totals, open.search->architecture);
    open.stored.searched = within_area_limit(sweep_.spec, open.stored.totals);
    open.stored.within_limits = open.stored.searched;
    if (open.stored.searched) {
      open.stored.why_not = misfit_of(*open.search, network);
    }
    if (open.stored.feasible()) {
      open_layers(network, open);
    }
    points_.push_back(std::move(open));
  }

  void open_layers(const Network& network, OpenPoint& open) {
    const SweepSpec& spec = sweep_.spec;
    const Architecture searched = searched_architecture(*open.search, open.search->architecture);
    for (LayerGroup& group : unique_layers(network)) {
      const Layer& layer = network.layers()[group.layers.front()].layer;
      const Problem problem = bind(searched, layer);
      const std::string key = outcome_key(problem, *open.search,
                                          {.dataflow = open.dataflow,
                                           .mapper = spec.mapper,
                                           .seed = spec.seed,
                                           .samples = spec.samples});
      open.stored.layers.emplace_back(key, group.count);
      if (outcomes_.contains(key)) {
        continue;
      }
      if (const auto found = by_key_.find(key);
          found != by_key_.end() && found->second != nullptr) {
        if (found->second->points.back() != points_.size()) {
          found->second->points.push_back(points_.size());
          ++open.missing;
        }
        continue;
      }
      if (auto outcome = database_.outcome(key)) {
        outcomes_.emplace(key, std::move(*outcome));
        continue;
      }
      layers_.push_back(std::make_unique<OpenLayer>(OpenLayer{.key = key,
                                                              .network = &network,
                                                              .group = std::move(group),
                                                              .search = open.search,
                                                              .points = {points_.size()}}));
      by_key_[key] = layers_.back().get();
      ++open.missing;
    }
  }

  void search(OpenLayer& open) {
    if (stopped()) {
      return;
    }
    const auto begin = std::chrono::steady_clock::now();
    std::optional<LayerOutcome> outcome;
    {
      const std::scoped_lock lock(mutex_);
      outcome = database_.outcome(open.key);  // of another process, perhaps
    }
    const bool is_new = !outcome;
    if (is_new) {
      outcome = searched(open);
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    if (!outcome) {
      return;  // stopped
    }
    const std::scoped_lock lock(mutex_);
    if (is_new) {
      database_.add_outcome(open.key, *outcome, elapsed.count(), options_.version);
    }
    outcomes_.emplace(open.key, std::move(*outcome));
    by_key_.erase(open.key);
    ++searched_layers_;
    report_progress(nullptr);
    for (const std::size_t point : open.points) {
      points_[point].stored.seconds += elapsed.count() / static_cast<double>(open.points.size());
      if (--points_[point].missing == 0) {
        close_point(point);
      }
    }
  }

  std::optional<LayerOutcome> searched(const OpenLayer& open) const {
    const Report& search = *open.search;
    const SweepSpec& spec = sweep_.spec;
    SearchOptions options;
    options.objective = search.objective;
    options.mapspace = search.mapspace;
    options.convention = search.convention;
    options.seed = spec.seed;
    options.samples = spec.samples;
    options.stop = options_.stop;
    MappedGroup group =
        search_layer(search, search.architecture, open.network->layers()[open.group.layers.front()],
                     *find_mapper(spec.mapper), options);
    group.group = open.group;
    if (group.result.stopped) {
      return std::nullopt;
    }
    return outcome_of(layer_report(search, *open.network, std::move(group), spec.mapper));
  }

  /// Stores a point whose outcomes are all there.
  void close_point(std::size_t position) {
    OpenPoint& open = points_[position];
    StoredPoint& stored = open.stored;
    std::vector<CountedOutcome> layers;
    stored.proven_optimal = stored.feasible();
    for (const auto& [key, count] : stored.layers) {
      const LayerOutcome& outcome = outcomes_.at(key);
      layers.push_back({.outcome = &outcome, .count = count});
      stored.proven_optimal = stored.proven_optimal && outcome.proven_optimal;
      if (outcome.why_not && !stored.why_not) {
        stored.why_not = outcome.why_not;
      }
    }
    stored.totals = totals_of(layers, open.search->architecture);
    stored.within_limits = stored.feasible() && within_limits(sweep_.spec, stored.totals);
    database_.add_point(stored);
    ++done_;
    report_progress(&stored);
    open.search.reset();
  }

  const Sweep& sweep_;
  SweepDatabase& database_;
  const SweepRunOptions& options_;
  std::size_t total_ = 0;
  std::size_t missing_ = 0;      ///< points, when the run began
  std::size_t before_wave_ = 0;  ///< points of this run in earlier waves
  std::size_t done_ = 0;
  std::mutex mutex_;  ///< of the database and of what follows, while searches run
  std::vector<OpenPoint> points_;
  std::vector<std::unique_ptr<OpenLayer>> layers_;
  std::size_t searched_layers_ = 0;
  std::map<std::string, OpenLayer*> by_key_;
  std::map<std::string, LayerOutcome> outcomes_;
};

}  // namespace

std::size_t run_sweep(const Sweep& sweep, SweepDatabase& database, const SweepRunOptions& options) {
  return SweepRun(sweep, database, options).run();
}

}  // namespace tessera
