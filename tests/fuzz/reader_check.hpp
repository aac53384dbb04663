#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/architecture.hpp"
#include "networks/network.hpp"

namespace tessera::fuzz {

/// What readers are given: the text of a file, and `--set` strings for it.
struct Input {
  std::string text;
  std::vector<std::string> settings;
};

/// Bytes as an Input and back: the file, then each setting behind a NUL.
Input split(std::string_view bytes);
std::string join(const Input& input);

/// What an input was accepted as.
struct Accepted {
  bool architecture = false;
  bool network = false;
  bool sweep = false;
  bool dataflow = false;
  bool report = false;  ///< with its architecture and network
  int problems = 0;     ///< pairs of a layer and an architecture that bind() accepted
  int nests = 0;        ///< readings of a dataflow's nest on one of those
  int mappings = 0;     ///< of one of those, read back from what was written
};

/// A reader did something that is not allowed.
struct Violation : std::logic_error {
  using std::logic_error::logic_error;
};

/// Gives every reader the same input. Two outcomes are allowed: an InputError whose one line begins
/// with the file and a place in it (or with the setting), or a value that is equal when it was
/// written and read again. What is accepted is also bound to a partner, and mappings are checked
/// against their problem: neither may throw anything but an InputError.
class ReaderCheck {
 public:
  /// `source` is the root of the source tree, where the partners are.
  explicit ReaderCheck(const std::filesystem::path& source);

  /// Throws Violation; other exceptions of readers pass through.
  Accepted check(const Input& input) const;

 private:
  void check_architecture_text(const Input& input, Accepted& accepted) const;
  void check_network_text(const Input& input, Accepted& accepted) const;
  void check_sweep_text(const Input& input, Accepted& accepted) const;
  void check_dataflow_text(const Input& input, Accepted& accepted) const;
  void check_mapping_text(const Input& input, Accepted& accepted) const;

  std::vector<Architecture> architectures_;
  std::vector<Layer> layers_;
};

}  // namespace tessera::fuzz
