#include <cstddef>
#include <ostream>
#include <vector>

#include "cli/number_text.hpp"
#include "cli/text_table.hpp"
#include "cli/tree_text.hpp"

namespace tessera {

namespace {

std::string ranks_text(const Layer& layer) {
  std::string text;
  for (const Rank& rank : layer.ranks) {
    if (rank.bound > 1) {
      text += (text.empty() ? "" : " ") + rank.name + "=" + std::to_string(rank.bound);
    }
  }
  return text.empty() ? "all 1" : text;
}

std::string dimension_text(const Layer& layer, const TensorDimension& dimension) {
  std::string text;
  for (const Term& term : dimension.terms) {
    text += text.empty() ? "" : " + ";
    text += term.coefficient == 1 ? "" : std::to_string(term.coefficient) + "*";
    text += layer.ranks[static_cast<std::size_t>(index(term.rank))].name;
  }
  return text.empty() ? "0" : text;
}

}  // namespace

std::string projection_text(const Layer& layer, const Tensor& tensor) {
  std::string text;
  for (const TensorDimension& dimension : tensor.dimensions) {
    text += (text.empty() ? "" : ", ") + dimension_text(layer, dimension);
  }
  return tensor.name + "[" + text + "]";
}

void print_tree(const Network& network, std::ostream& out) {
  out << network.name() << ": " << network.layers().size() << " layers ("
      << unique_layers(network).size() << " shapes), " << grouped_text(total_operations(network))
      << " MACs, " << grouped_text(total_weights(network)) << " weights\n";
  if (!network.about.empty()) {
    out << network.about << '\n';
  }
  out << '\n';
  TextTable table({"layer", "type", "count", "MACs", "after", "ranks"},
                  {Align::left, Align::left, Align::right, Align::right, Align::left, Align::left});
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    const NetworkLayer& layer = network.layers()[i];
    std::string after;
    for (const std::size_t position : network.predecessors(i)) {
      after += (after.empty() ? "" : ", ") + network.layers()[position].layer.name;
    }
    table.add_row({layer.layer.name, layer.type, std::to_string(layer.count),
                   grouped_text(operations(layer.layer)), after, ranks_text(layer.layer)});
  }
  table.print(out);
}

void print_tree(const NetworkLayer& entry, std::ostream& out) {
  const Layer& layer = entry.layer;
  out << layer.name << " (" << entry.type << "): " << grouped_text(operations(layer)) << " MACs";
  out << (entry.count == 1 ? "" : ", runs " + std::to_string(entry.count) + " times") << "\n\n";
  out << "ranks: " << ranks_text(layer) << "\n\n";
  TextTable table({"tensor", "words", "indices"}, {Align::left, Align::right, Align::left});
  for (const Tensor& tensor : layer.tensors) {
    table.add_row({tensor.is_output ? tensor.name + " (written)" : tensor.name,
                   grouped_text(box_words(layer, tensor)), projection_text(layer, tensor)});
  }
  table.print(out);
}

}  // namespace tessera
