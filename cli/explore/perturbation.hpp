#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/explore/energy_knobs.hpp"
#include "cli/report.hpp"
#include "mappers/network_mapper.hpp"

namespace tessera {

/// A row of a comparison, for searching it again with other energies.
struct Design {
  std::size_t row = 0;  ///< of the comparison
  Architecture architecture;
  std::optional<Dataflow> dataflow{};
  Network chosen;  ///< the layers that are searched
  const Mapper* mapper = nullptr;
  NetworkOptions options;
  double metric = 0;                ///< the objective of the whole network: what the ranking is by
  std::vector<LayerReport> layers;  ///< as found
};

/// What an error of one energy of one design does to the ranking of two.
struct EnergyFlip {
  std::size_t row = 0;  ///< the design whose file states the energy
  EnergyKnob knob;
  double share = 0;  ///< of the design's energy
  /// The least error, as a share of the energy (0.25: a quarter more; -0.25: a quarter less), from
  /// which on the other design is ahead; mappings are searched again for it. Nothing where no
  /// error from -1 to most_error does.
  std::optional<double> error;
  bool stopped = false;  ///< before it was known: then nothing is said of it
};

/// The largest error that is looked at: eleven times the stated energy.
inline constexpr double most_error = 10;

/// Two designs for the same work.
struct PairPerturbation {
  std::size_t better = 0;  ///< row of the lower metric; of equal ones the earlier
  std::size_t worse = 0;
  double ratio = 1;      ///< metric of the worse / of the better
  bool proven = true;    ///< every mapping that was searched for it is proven optimal
  bool stopped = false;  ///< not all energies were looked at
  std::vector<EnergyFlip> energies{};
};

/// What becomes of the ranking if any one energy is off by a share.
enum class Ranking : std::uint8_t {
  holds,
  may_flip,
  unknown,  ///< no energy that was looked at flips it, and not all were
};
Ranking ranking_under(const PairPerturbation& pair, double share);

/// The energies whose errors flip the ranking, those of the smallest error first.
std::vector<EnergyFlip> flips_by_error(const PairPerturbation& pair);

/// The metric that ranks: the objective of the sums over the network (energy in pJ, cycles as
/// seconds at the design's clock).
double ranking_metric(Objective objective, double energy_pj, double latency_s);

/// Looks at every energy of both designs, one at a time: of the better design upward, of the worse
/// one downward, since a dearer access never lowers the best energy. `progress` is called after
/// each energy.
PairPerturbation perturb(const Design& first, const Design& second,
                         const std::function<void()>& progress);

}  // namespace tessera
