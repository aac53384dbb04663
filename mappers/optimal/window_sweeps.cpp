#include "mappers/optimal/window_sweeps.hpp"

#include <algorithm>

namespace tessera::optimal {

namespace {

std::size_t at(int zone) { return static_cast<std::size_t>(zone); }

/// Last of the outermost `loops` loops that is not in its first iteration; -1: none.
int last_stepped(const PieceGroup& group, std::size_t loops) {
  while (loops > 0 && group.loops[loops - 1].is_first) {
    --loops;
  }
  return static_cast<int>(loops) - 1;
}

/// The sum over pairs of positions of `of(a, b)`, between 0 and their box.
template <typename Of>
double over_positions(const Pieces& x, double c, const Pieces& y, double d, const Of& of) {
  double sum = 0;
  for (const Piece& a : x) {
    for (const Piece& b : y) {
      const auto x_length = static_cast<double>(a.extent);
      const auto y_length = static_cast<double>(b.extent);
      const double box = c * (x_length - 1) + d * (y_length - 1) + 1;
      sum += a.count * b.count * std::clamp(of(x_length, y_length), 0.0, box);
    }
  }
  return sum;
}

}  // namespace

WindowSweeps::WindowSweeps(const WindowView& view, std::size_t rank)
    : view_(view),
      rank_(rank),
      partner_(view.ranks()[rank].partner),
      loop_(view.kept(rank) - 1),
      zones_(view.zone(rank, loop_) + 1),
      coefficient_(static_cast<double>(view.ranks()[rank].coefficient)),
      partner_coefficient_(static_cast<double>(view.ranks()[partner_].coefficient)) {
  for (int z = 0; z < zones_; ++z) {
    bool absent = false;
    for (std::size_t r = 0; r < view.ranks().size(); ++r) {
      absent = absent || (view.ranks()[r].role == RankRole::absent && view.loops_in(r, z));
    }
    absent_in_.push_back(absent ? 1 : 0);
    shares_.push_back(share(z));
    shares_at_first_.push_back(share_at_first(z));
  }
  list_other_window();
}

/// Of the sweeps, those that a step of a loop in this zone or further out begins and that may keep
/// words: inner loops of plain ranks do not cut, and those of absent ranks begin again.
double WindowSweeps::share(int zone) const {
  double product = 1;
  for (std::size_t r = 0; r < view_.ranks().size(); ++r) {
    const RankRole role = view_.ranks()[r].role;
    double all = 0;
    double some = 0;
    for (const PieceGroup& group : view_.groups(r)) {
      const double weight = view_.weight(r, group);
      const bool counts =
          role == RankRole::plain ? !view_.is_cut(r, group, zone) : view_.at_first(r, group, zone);
      all += weight;
      some += counts ? weight : 0.0;
    }
    product *= role == RankRole::window ? 1.0 : some / all;
  }
  return product;
}

/// Of the settings of absent ranks whose loops inward of the zone begin, those where loops in it do
/// too: none of these has stepped there.
double WindowSweeps::share_at_first(int zone) const {
  double product = 1;
  for (std::size_t r = 0; r < view_.ranks().size(); ++r) {
    if (view_.ranks()[r].role != RankRole::absent) {
      continue;
    }
    double all = 0;
    double some = 0;
    for (const PieceGroup& group : view_.groups(r)) {
      all += view_.at_first(r, group, zone) ? group.count : 0.0;
      some += view_.at_first(r, group, zone - 1) ? group.count : 0.0;
    }
    product *= some / all;
  }
  return product;
}

void WindowSweeps::list_other_window() {
  std::size_t q = 0;
  const auto is_other = [&](std::size_t r) {
    return view_.ranks()[r].role == RankRole::window && r != rank_ && r != partner_;
  };
  while (q < view_.ranks().size() && !is_other(q)) {
    ++q;
  }
  if (q == view_.ranks().size()) {
    pairs_.push_back({.words = 1,
                      .count = 1,
                      .any = std::vector<double>(at(zones_), 1.0),
                      .own = std::vector<double>(at(zones_), 0.0)});
    pair_words_ = 1;
    return;
  }
  for (const PieceGroup& g : view_.groups(q)) {
    for (const PieceGroup& h : view_.groups(view_.ranks()[q].partner)) {
      pairs_.push_back(other_pair(q, g, h));
      pair_words_ += pairs_.back().words * pairs_.back().count;
    }
  }
}

WindowSweeps::OtherPair WindowSweeps::other_pair(std::size_t q, const PieceGroup& g,
                                                 const PieceGroup& h) const {
  const std::size_t s = view_.ranks()[q].partner;
  OtherPair pair{.words = least_union(g.positions, view_.ranks()[q].coefficient, h.positions,
                                      view_.ranks()[s].coefficient),
                 .count = g.count * h.count,
                 .any = std::vector<double>(at(zones_), 0.0),
                 .own = std::vector<double>(at(zones_), 0.0)};
  const auto steps_in = [&](std::size_t r, const PieceGroup& group, int zone) {
    return view_.at_first(r, group, zone) && !view_.at_first(r, group, zone - 1);
  };
  for (int z = zones_ - 1; z >= 0 && view_.at_first(q, g, z) && view_.at_first(s, h, z); --z) {
    const bool q_cut = view_.is_cut(q, g, z);
    const bool s_cut = view_.is_cut(s, h, z);
    pair.any[at(z)] = std::min(pair.words, staying(q, g, h, q_cut, s_cut));
    double own = 0;
    if (steps_in(q, g, z)) {
      own = std::max(own, staying(q, g, h, true, s_cut || view_.loops_in(s, z)));
    }
    if (steps_in(s, h, z)) {
      own = std::max(own, staying(q, g, h, q_cut || view_.loops_in(q, z), true));
    }
    pair.own[at(z)] = std::min(pair.words, own);
  }
  return pair;
}

/// Pieces of a rank that has moved are disjoint, so that boxes overlap by the extent of the other
/// rank less the coefficient, if that one stays.
double WindowSweeps::staying(std::size_t q, const PieceGroup& g, const PieceGroup& h, bool q_moves,
                             bool s_moves) const {
  const auto c = static_cast<double>(view_.ranks()[q].coefficient);
  const auto d = static_cast<double>(view_.ranks()[view_.ranks()[q].partner].coefficient);
  return over_positions(g.positions, c, h.positions, d, [&](double a, double b) {
    const double box = c * (a - 1) + d * (b - 1) + 1;
    if (q_moves == s_moves) {
      return box;
    }
    return q_moves ? d * (b - 1) + 1 - c : c * (a - 1) + 1 - d;
  });
}

/// What the rank's outermost kept loop in this zone or inward of it cuts; 0: there is none.
double WindowSweeps::extent_outside(std::size_t rank, const PieceGroup& group, int zone) const {
  for (std::size_t l = 0; l < view_.kept(rank); ++l) {
    if (view_.zone(rank, l) >= zone) {
      return static_cast<double>(group.loops[l].extent);
    }
  }
  return 0;
}

WindowSweeps::Kept WindowSweeps::kept(const PieceGroup& g, const PieceGroup& h) const {
  const double c = coefficient_;
  const double d = partner_coefficient_;
  const int own = last_stepped(g, loop_);
  const int other = last_stepped(h, view_.kept(partner_));
  const auto tile = static_cast<double>(view_.cut(rank_, loop_).tile);
  const auto spread_tile = static_cast<double>(view_.tile_inside(rank_, loop_));
  const double returns = static_cast<double>(g.loops[loop_].trips - 1) * tile;
  const auto sum = [&](const auto& of) {
    return over_positions(g.positions, c, h.positions, d, of);
  };
  Kept kept;
  kept.step = sum([&](double, double b) { return d * (b - 1) + 1 - c * (1 + tile - spread_tile); });
  kept.back = sum([&](double a, double b) { return d * (b - 1) + 1 - c * (returns - a + 1); });
  if (other >= 0) {
    kept.partner_zone = view_.zone(partner_, static_cast<std::size_t>(other));
    const auto forward =
        static_cast<double>(view_.cut(partner_, static_cast<std::size_t>(other)).tile);
    const double range = std::max(static_cast<double>(g.loops[loop_].extent),
                                  extent_outside(rank_, g, kept.partner_zone));
    kept.partner = sum([&](double a, double b) {
      return std::min(d * (b - 1 + forward) + 1 - c * (returns - a + 1), c * (range - 1) + 1 - d);
    });
  }
  if (own >= 0) {
    kept.own_zone = view_.zone(rank_, static_cast<std::size_t>(own));
    const double range = extent_outside(partner_, h, kept.own_zone);
    kept.own = sum([&](double, double b) { return d * (std::max(range, b) - 1) + 1 - c; });
  }
  return kept;
}

/// From the outermost zone inward, the most that steps up to there may keep in the other window
/// (`up_to`); of each increase the most that stays in this one at steps there or further in.
double WindowSweeps::saved(const Kept& kept, const OtherPair& pair) const {
  std::vector<double> up_to(at(zones_), 0.0);
  std::vector<double> stays(at(zones_), 0.0);
  double most_words = 0;
  double so_far = 0;
  for (int z = std::max({0, kept.own_zone, kept.partner_zone}); z < zones_; ++z) {
    double words = 0;
    const auto lead = [&](double here, double elsewhere) {
      if (here > 0 && elsewhere > 0) {
        stays[at(z)] = std::max(stays[at(z)], here);
        words = std::max(words, elsewhere);
      }
    };
    lead(z == kept.partner_zone ? kept.partner : 0.0, pair.any[at(z)]);
    lead(z == kept.own_zone ? kept.own : 0.0, pair.any[at(z)]);
    lead(kept.back, pair.own[at(z)]);
    const double without_absent = std::max(most_words, words);
    lead(absent_in_[at(z)] != 0 ? kept.back : 0.0, pair.any[at(z)]);
    most_words = std::max(most_words, words);
    if (words > 0) {
      const double first = shares_at_first_[at(z)];
      so_far =
          std::max(so_far, shares_[at(z)] * ((1 - first) * most_words + first * without_absent));
    }
    up_to[at(z)] = so_far;
  }
  double most = 0;
  double sum = 0;
  for (int z = zones_ - 1; z >= 0; --z) {
    most = std::max(most, stays[at(z)]);
    sum += (up_to[at(z)] - (z > 0 ? up_to[at(z - 1)] : 0.0)) * most;
  }
  return sum;
}

double WindowSweeps::words() const {
  double sum = 0;
  for (const PieceGroup& g : view_.groups(rank_)) {
    if (g.loops[loop_].trips < 2) {
      continue;
    }
    for (const PieceGroup& h : view_.groups(partner_)) {
      const double all = least_union(g.positions, view_.ranks()[rank_].coefficient, h.positions,
                                     view_.ranks()[partner_].coefficient);
      Kept most = kept(g, h);
      most.step = std::min(most.step, all);
      most.back = std::min(most.back, all);
      most.partner = std::min(most.partner, all);
      most.own = std::min(most.own, all);
      double words = all * pair_words_;
      if (!g.loops[loop_].is_first) {
        words -= most.step * pair_words_;
      } else {
        for (const OtherPair& pair : pairs_) {
          words -= pair.count * saved(most, pair);
        }
      }
      sum += g.count * h.count * words;
    }
  }
  for (std::size_t r = 0; r < view_.ranks().size() && sum > 0; ++r) {
    sum *= view_.ranks()[r].role == RankRole::window ? 1.0 : view_.factor(r);
  }
  return sum;
}

}  // namespace tessera::optimal
