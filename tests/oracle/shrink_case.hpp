#pragma once

#include <functional>

#include "tests/support/random_cases.hpp"

namespace tessera::oracle {

/// A smaller case that still fails: nodes, storages' tensors, spreads, trips, bounds, coefficients
/// and properties of the architecture are taken away one by one as long as `fails` holds.
/// `fails` must hold for `one`; every case that it is given is valid.
support::RandomCase shrink_case(const support::RandomCase& one,
                                const std::function<bool(const support::RandomCase&)>& fails);

}  // namespace tessera::oracle
