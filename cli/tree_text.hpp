#pragma once

#include <iosfwd>
#include <string>

#include "core/architecture.hpp"
#include "core/evaluation.hpp"
#include "core/mapping.hpp"
#include "core/problem.hpp"
#include "mappers/dataflow.hpp"
#include "networks/network.hpp"

namespace tessera {

// Drawings in text.

/// The hierarchy, outermost first: what each node holds, its size, energies and bandwidths.
void print_tree(const Architecture& architecture, std::ostream& out);

/// One line per layer: type, ranks, operations, and after which layers it comes.
void print_tree(const Network& network, std::ostream& out);

/// The einsum of a layer: ranks, and each tensor's projection and words.
void print_tree(const NetworkLayer& entry, std::ostream& out);

/// Constraints, then the nest, indented, and the conditions on its parameters.
void print_tree(const Dataflow& dataflow, std::ostream& out);

/// The loop nest, indented; `cost` (or nullptr) gives the words of the tiles that stores hold.
void print_tree(const Problem& problem, const Mapping& mapping, const Cost* cost,
                std::ostream& out);

/// What is spread over the arrays, by axis: "x q14, y s11 c1".
std::string spread_text(const Problem& problem, const Mapping& mapping);

/// The index expressions of a tensor: "input[g, n, c, 4*p + r, 4*q + s]".
std::string projection_text(const Layer& layer, const Tensor& tensor);

}  // namespace tessera
