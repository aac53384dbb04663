#include "mappers/dataflow_names.hpp"

#include <algorithm>

#include "core/input_error.hpp"
#include "core/json/spelling.hpp"
#include "networks/layer_names.hpp"

namespace tessera {

namespace {

using Names = std::vector<std::string>;

class NameCheck {
 public:
  NameCheck(const Dataflow& dataflow, const Network& network)
      : dataflow_(dataflow), network_(network), known_(layer_names(network)) {}

  void run() const {
    for (const DataflowConstraint& constraint : dataflow_.constraints) {
      check_ranks(constraint.ranks.value_or(Names{}), constraint.place);
      for (const Names& tensors : {constraint.absent_from, constraint.keep, constraint.bypass}) {
        check_tensors(tensors, constraint.place);
      }
    }
    for (const DataflowNode& node : dataflow_.nest) {
      check_tensors(node.tensors, node.place);
      if (node.kind != NodeKind::store) {
        check_ranks({node.rank}, node.place);
        check_expression(node.tile, node.place);
      }
    }
    for (const DataflowCondition& condition : dataflow_.where) {
      check_expression(condition.condition, condition.place);
    }
  }

 private:
  void check(const char* sort, const std::string& name, const Names& known,
             const std::string& place) const {
    if (std::ranges::find(known, name) == known.end()) {
      throw InputError(place + ": the dataflow " + quote(dataflow_.name) + " names the " + sort +
                       " " + quote(name) + ", which no layer of network " + quote(network_.name()) +
                       " has" + allowed_names(name, known));
    }
  }

  void check_ranks(const Names& ranks, const std::string& place) const {
    for (const std::string& rank : ranks) {
      check("rank", rank, known_.ranks, place);
    }
  }

  void check_tensors(const Names& tensors, const std::string& place) const {
    for (const std::string& tensor : tensors) {
      check("tensor", tensor, known_.tensors, place);
    }
  }

  /// A rank; TENSOR.RANK; STORAGE.capacity_words, which is looked up in the architecture;
  /// $parameter.
  void check_expression(const Expression& expression, const std::string& place) const {
    for (const std::string& name : expression.names()) {
      const std::size_t dot = name.find('.');
      if (name.starts_with('$') || name.ends_with(".capacity_words")) {
        continue;
      }
      if (name.starts_with('@')) {
        throw InputError(place + ": unknown name " + quote(name) +
                         "; a storage has one number here, " +
                         quote(name.substr(0, dot) + ".capacity_words"));
      }
      if (dot == std::string::npos) {
        check("rank", name, known_.ranks, place);
      } else {
        check("tensor", name.substr(0, dot), known_.tensors, place);
        check("rank", name.substr(dot + 1), known_.ranks, place);
      }
    }
  }

  const Dataflow& dataflow_;
  const Network& network_;
  LayerNames known_;
};

}  // namespace

void check_names(const Dataflow& dataflow, const Network& network) {
  NameCheck(dataflow, network).run();
}

}  // namespace tessera
