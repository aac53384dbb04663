#pragma once

#include <string>
#include <vector>

#include "mappers/mapper.hpp"

namespace tessera {

/// An objective as the command line and reports name it.
struct ObjectiveName {
  Objective objective;
  std::string name;
  std::string about;
};

/// Every objective, the default first.
const std::vector<ObjectiveName>& objective_names();

std::string objective_name(Objective objective);

}  // namespace tessera
