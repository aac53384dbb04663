#pragma once

#include <string>
#include <vector>

#include "core/convention.hpp"
#include "tests/support/random_cases.hpp"

namespace tessera::oracle {

/// Where evaluate() differs from the interpreter and from the scores worked out from its events: a
/// line each, with what was expected and what came; empty where they agree. A convention of limited
/// scope must refuse what lies outside it. A mapping that is refused gives one line that begins
/// with "refused"; a fault of the interpreter itself one that begins with "interpreter".
std::vector<std::string> differences_from_model(const support::RandomCase& one,
                                                const Convention& convention);

}  // namespace tessera::oracle
