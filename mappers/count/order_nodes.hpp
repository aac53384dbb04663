#pragma once

#include <vector>

namespace tessera::count {

/// A node of a quadrature.
struct OrderNode {
  long double x = 0;
  long double weight = 0;
};

/// Nodes and weights that turn powers into numbers of orders: for k <= `degree` the sum of
/// weight * x^k is k!, the integral of x^k exp(-x) over x >= 0 (Gauss-Laguerre quadrature,
/// M. Abramowitz and I. Stegun, Handbook of Mathematical Functions, 25.4.45). If every rank that
/// may have a loop in a gap contributes a factor 1 + x f, the sum of weight times the product is
/// the sum over all sets of loops of the product of their f, once for each order of the set.
std::vector<OrderNode> order_nodes(int degree);

}  // namespace tessera::count
