#include "core/convention.hpp"

#include <array>

namespace tessera {

std::span<const Convention> conventions() {
  static constexpr std::array<Convention, 4> all = {
      Convention{.name = "tessera",
                 .about = "every word that moves is charged where it is read "
                          "and where it is written; exact overlap of windows"},
      Convention{.name = "timeloop",
                 .about = "counts as Timeloop (2025) does; even nests with perfect factors only",
                 .charge_drain_reads = false,
                 .first_visit_is_global = true,
                 .cycles_per_level = true,
                 .partial_sum_return = PartialSumReturn::to_all,
                 .window = Window::repeated_translation,
                 .sharing = Sharing::identical_requests,
                 .words_per_access = WordsPerAccess::whole_per_instance,
                 .leakage = Leakage::utilised_instances,
                 .scope = Scope::even_and_perfect},
      Convention{.name = "accelforge",
                 .about = "counts as AccelForge (2026) does; perfect factors only",
                 .stationary = false,
                 .first_visit_is_global = true,
                 .round_cycles = false,
                 .partial_sum_return = PartialSumReturn::to_all,
                 .window = Window::loop_above,
                 .sharing = Sharing::absent_ranks,
                 .update_energy = UpdateEnergy::write_pj,
                 .scope = Scope::perfect},
      Convention{.name = "isca16",
                 .about = "counts as the dataflow study of Chen, Emer and Sze (ISCA 2016) does",
                 .charge_fills = false,
                 .partial_sums = PartialSums::beyond_first,
                 .window = Window::overlap_inside,
                 .update_energy = UpdateEnergy::write_pj,
                 .words_per_access = WordsPerAccess::one,
                 .leakage = Leakage::none,
                 .scope = Scope::disjoint_outputs}};
  return all;
}

const Convention* find_convention(std::string_view name) {
  for (const Convention& convention : conventions()) {
    if (convention.name == name) {
      return &convention;
    }
  }
  return nullptr;
}

}  // namespace tessera
