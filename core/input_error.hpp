#pragma once

#include <stdexcept>

namespace tessera {

/// The user's input is wrong. The text says where (file:line:column where there is a file), what is
/// wrong, what is allowed and, for a misspelt name, the nearest one. Caught once, by the program.
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace tessera
