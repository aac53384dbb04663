#include "cli/layer_pattern.hpp"

#include <algorithm>

#include "core/input_error.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

bool matches(std::string_view pattern, std::string_view name) {
  // Where the last star was, and which of the name it has swallowed so far.
  std::size_t star = std::string_view::npos;
  std::size_t swallowed = 0;
  std::size_t p = 0;
  std::size_t n = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      swallowed = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++swallowed;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::vector<std::size_t> select_layers(const Network& network,
                                       const std::vector<std::string>& patterns) {
  const auto& layers = network.layers();
  std::vector<bool> chosen(layers.size(), patterns.empty());
  for (const std::string& pattern : patterns) {
    bool found = false;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      if (matches(pattern, layers[i].layer.name)) {
        chosen[i] = found = true;
      }
    }
    if (!found) {
      std::vector<std::string> names;
      for (const NetworkLayer& layer : layers) {
        names.push_back(layer.layer.name);
      }
      throw InputError("network " + quote(network.name()) + " has no layer " + quote(pattern) +
                       allowed_names(pattern, names));
    }
  }
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (chosen[i]) {
      result.push_back(i);
    }
  }
  return result;
}

}  // namespace tessera
