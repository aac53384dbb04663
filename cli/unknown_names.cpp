#include "cli/unknown_names.hpp"

#include <algorithm>
#include <ostream>
#include <set>
#include <utility>
#include <variant>

#include "core/json/spelling.hpp"
#include "networks/layer_names.hpp"

namespace tessera {

namespace {

using Names = std::vector<std::string>;

/// Collects, once each, the names of one sort that are not known.
class Sort {
 public:
  Sort(std::string word, Names known) : word_(std::move(word)), known_(std::move(known)) {}

  void check(const std::string& owner, const std::string& name,
             std::set<std::string>& sentences) const {
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      sentences.insert("node " + quote(owner) + " names the " + word_ + " " + quote(name) +
                       ", which no layer of the network has" + did_you_mean(name, known_));
    }
  }

  void check_all(const std::string& owner, const Names& names,
                 std::set<std::string>& sentences) const {
    for (const std::string& name : names) {
      check(owner, name, sentences);
    }
  }

 private:
  std::string word_;
  Names known_;
};

template <typename T>
Names first_of(const std::vector<std::pair<std::string, T>>& pairs) {
  Names names;
  for (const auto& pair : pairs) {
    names.push_back(pair.first);
  }
  return names;
}

void check_storage(const Storage& storage, const Sort& tensors, const Sort& ranks,
                   std::set<std::string>& sentences) {
  tensors.check_all(storage.name, storage.keep, sentences);
  tensors.check_all(storage.name, storage.bypass, sentences);
  tensors.check_all(storage.name, first_of(storage.word_bits), sentences);
  ranks.check_all(storage.name, storage.ranks.value_or(Names{}), sentences);
}

void check_array(const Array& array, const Sort& tensors, const Sort& ranks,
                 std::set<std::string>& sentences) {
  for (const Axis& axis : array.axes) {
    ranks.check_all(array.name, axis.ranks.value_or(Names{}), sentences);
    tensors.check_all(array.name, axis.absent_from, sentences);
  }
  for (const auto& list : {array.multicast, array.reduce}) {
    if (list) {
      tensors.check_all(array.name, first_of(*list), sentences);
    }
  }
  tensors.check_all(array.name, first_of(array.delivery_pj.by_tensor), sentences);
  tensors.check_all(array.name, first_of(array.words_per_cycle_by_tensor), sentences);
}

}  // namespace

std::vector<std::string> unknown_names(const Architecture& architecture, const Network& network) {
  LayerNames known = layer_names(network);
  const Sort tensors("tensor", std::move(known.tensors));
  const Sort ranks("rank", std::move(known.ranks));
  std::set<std::string> sentences;
  tensors.check_all(architecture.name, first_of(architecture.word_bits.by_tensor), sentences);
  for (const ArchitectureNode& node : architecture.nodes) {
    if (const auto* storage = std::get_if<Storage>(&node)) {
      check_storage(*storage, tensors, ranks, sentences);
    } else if (const auto* array = std::get_if<Array>(&node)) {
      check_array(*array, tensors, ranks, sentences);
    }
  }
  return {sentences.begin(), sentences.end()};
}

void warn_of_unknown_names(const Architecture& architecture, const Network& network,
                           std::ostream& err) {
  for (const std::string& sentence : unknown_names(architecture, network)) {
    err << "tessera: note: architecture " << quote(architecture.name) << ": " << sentence << '\n';
  }
}

}  // namespace tessera
