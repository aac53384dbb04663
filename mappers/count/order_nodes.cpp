#include "mappers/count/order_nodes.hpp"

#include <cmath>

namespace tessera::count {

namespace {

/// The Laguerre polynomials of degree n and n - 1 at x (the same, 22.7.12).
struct Laguerre {
  long double here = 1;
  long double before = 0;
};

Laguerre laguerre(int n, long double x) {
  Laguerre value;
  for (int k = 0; k < n; ++k) {
    const long double next = ((2 * static_cast<long double>(k) + 1 - x) * value.here -
                              static_cast<long double>(k) * value.before) /
                             (static_cast<long double>(k) + 1);
    value.before = value.here;
    value.here = next;
  }
  return value;
}

}  // namespace

std::vector<OrderNode> order_nodes(int degree) {
  const int n = degree / 2 + 1;
  std::vector<OrderNode> nodes;
  for (int i = 0; i < n; ++i) {
    // Newton steps on the polynomial divided by the roots known: from below they rise to the next.
    long double x = 0;
    for (int step = 0; step < 200; ++step) {
      const Laguerre value = laguerre(n, x);
      long double slope = x == 0 ? -static_cast<long double>(n)
                                 : static_cast<long double>(n) * (value.here - value.before) / x;
      for (const OrderNode& known : nodes) {
        slope -= value.here / (x - known.x);
      }
      const long double next = x - value.here / slope;
      const bool settled = std::fabs(next - x) <= 4e-19L * next;
      x = next;
      if (settled) {
        break;
      }
    }
    const long double after = laguerre(n + 1, x).here * (static_cast<long double>(n) + 1);
    nodes.push_back({.x = x, .weight = x / (after * after)});
  }
  return nodes;
}

}  // namespace tessera::count
