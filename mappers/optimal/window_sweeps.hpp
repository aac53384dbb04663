#pragma once

#include <cstddef>
#include <vector>

#include "mappers/optimal/window_view.hpp"

namespace tessera::optimal {

/// Words of the visits that the innermost kept loop over a window rank cuts, where no kept loop
/// over a rank of the tensor stands further in and cuts them. A visit is a step of this loop or
/// begins a sweep of it, with a step of some loop further out.
class WindowSweeps {
 public:
  WindowSweeps(const WindowView& view, std::size_t rank);

  double words() const;

 private:
  /// Of a pair of groups of another window, by zone: words that may stay where a step of a loop
  /// there begins a sweep.
  struct OtherPair {
    double words = 0;
    double count = 0;
    std::vector<double> any;  ///< of a loop over a rank of no dimension or of this window
    std::vector<double> own;  ///< of a loop over its own ranks
  };
  /// What one group of each rank of this window keeps.
  struct Kept {
    double step = 0;     ///< at a step of the loop
    double back = 0;     ///< at a beginning where the partner has not moved forward
    double partner = 0;  ///< where the partner has
    double own = 0;      ///< where a loop of the rank further out has stepped
    int own_zone = -1;   ///< which stands there; -1: none has
    int partner_zone = -1;
  };

  void list_other_window();
  OtherPair other_pair(std::size_t q, const PieceGroup& g, const PieceGroup& h) const;
  double staying(std::size_t q, const PieceGroup& g, const PieceGroup& h, bool q_moves,
                 bool s_moves) const;
  double share(int zone) const;
  double share_at_first(int zone) const;
  double extent_outside(std::size_t rank, const PieceGroup& group, int zone) const;
  Kept kept(const PieceGroup& g, const PieceGroup& h) const;
  double saved(const Kept& kept, const OtherPair& pair) const;

  const WindowView& view_;
  std::size_t rank_;
  std::size_t partner_;
  std::size_t loop_;  ///< the innermost kept one of the rank
  int zones_;         ///< up to its own
  double coefficient_;
  double partner_coefficient_;
  std::vector<char> absent_in_;          ///< by zone: whether an absent rank has a loop there
  std::vector<double> shares_;           ///< by zone
  std::vector<double> shares_at_first_;  ///< by zone
  std::vector<OtherPair> pairs_;
  double pair_words_ = 0;  ///< of all pairs
};

}  // namespace tessera::optimal
