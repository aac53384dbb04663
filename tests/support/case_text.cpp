#include "tests/support/case_text.hpp"

#include <sstream>

#include "core/problem.hpp"

namespace tessera::support {

namespace {

void write_layer(const Layer& layer, std::ostream& out) {
  out << "layer " << layer.name << ':';
  for (const Rank& rank : layer.ranks) {
    if (rank.bound > 1) {
      out << ' ' << rank.name << '=' << rank.bound;
    }
  }
  out << ';';
  for (const Tensor& tensor : layer.tensors) {
    out << ' ' << tensor.name << (tensor.is_output ? "*[" : "[");
    for (std::size_t d = 0; d < tensor.dimensions.size(); ++d) {
      out << (d > 0 ? ", " : "");
      const char* plus = "";
      for (const Term& term : tensor.dimensions[d].terms) {
        const Rank& rank = layer.ranks[static_cast<std::size_t>(index(term.rank))];
        out << plus << (term.coefficient > 1 ? std::to_string(term.coefficient) : "") << rank.name;
        plus = "+";
      }
    }
    out << ']';
  }
  out << '\n';
}

void write_optional(const char* name, const std::optional<double>& value, std::ostream& out) {
  if (value) {
    out << ' ' << name << '=' << *value;
  }
}

void write_names(const char* what, const std::vector<std::string>& names, std::ostream& out) {
  out << ' ' << what << '{';
  const char* comma = "";
  for (const std::string& name : names) {
    out << comma << name;
    comma = ",";
  }
  out << '}';
}

/// The names, unless there are none.
void write_any_names(const char* what, const std::vector<std::string>& names, std::ostream& out) {
  if (!names.empty()) {
    write_names(what, names, out);
  }
}

void write_storage(const Storage& storage, std::ostream& out) {
  out << "  " << storage.name;
  if (storage.capacity_bits) {
    out << " capacity_bits=" << *storage.capacity_bits << '/' << storage.buffering;
  }
  write_optional("access_bits", storage.access_bits, out);
  out << " pj=" << storage.read_pj << ',' << storage.write_pj << ','
      << storage.update_pj.value_or(storage.write_pj) << " leakage=" << storage.leakage_mw;
  write_optional("read_bits", storage.read_bits_per_cycle, out);
  write_optional("write_bits", storage.write_bits_per_cycle, out);
  write_optional("shared_bits", storage.shared_bits_per_cycle, out);
  if (storage.word_bits_all) {
    out << " word_bits=" << *storage.word_bits_all;
  }
  for (const auto& [tensor, bits] : storage.word_bits) {
    out << ' ' << tensor << "_bits=" << bits;
  }
  write_any_names("keep", storage.keep, out);
  write_any_names("bypass", storage.bypass, out);
  if (storage.ranks) {
    write_names("ranks", *storage.ranks, out);
  }
  out << '\n';
}

void write_sharing(
    const char* name,
    const std::optional<std::vector<std::pair<std::string, std::vector<std::string>>>>& sharing,
    std::ostream& out) {
  if (!sharing) {
    return;
  }
  out << ' ' << name << "{";
  for (const auto& [tensor, axes] : *sharing) {
    out << ' ' << tensor << ':';
    for (const std::string& axis : axes) {
      out << axis;
    }
  }
  out << " }";
}

void write_array(const Array& array, std::ostream& out) {
  out << "  " << array.name;
  for (const Axis& axis : array.axes) {
    out << ' ' << axis.name << '=' << axis.size;
    if (axis.ranks) {
      write_names("ranks", *axis.ranks, out);
    }
    write_any_names("absent_from", axis.absent_from, out);
  }
  write_sharing("multicast", array.multicast, out);
  write_sharing("reduce", array.reduce, out);
  out << " delivery=" << array.delivery_pj.fallback << " hop=" << array.hop_pj;
  write_optional("words_per_cycle", array.words_per_cycle, out);
  for (const auto& [tensor, words] : array.words_per_cycle_by_tensor) {
    out << ' ' << tensor << "_words=" << words;
  }
  out << '\n';
}

}  // namespace

std::string mapping_text(const RandomCase& one) {
  const Problem problem = bind(one.architecture, one.layer);
  std::ostringstream out;
  for (const MappingNode& node : one.mapping.nodes) {
    if (node.kind == NodeKind::store) {
      out << " S" << index(node.storage) << '{';
      const char* comma = "";
      for (std::size_t t = 0; t < one.layer.tensors.size(); ++t) {
        if (has(node.tensors, static_cast<int>(t))) {
          out << comma << one.layer.tensors[t].name;
          comma = ",";
        }
      }
      out << '}';
    } else if (node.kind != NodeKind::compute) {
      const Rank& rank = one.layer.ranks[static_cast<std::size_t>(index(node.rank))];
      out << (node.kind == NodeKind::loop ? " for " : " spread ") << rank.name << ':' << node.tile;
      if (node.kind == NodeKind::spread) {
        const ProblemAxis& axis = problem.axes[static_cast<std::size_t>(index(node.axis))];
        out << "@A" << index(axis.array) << '.' << problem.axis(node.axis).name;
      }
    }
  }
  return out.str();
}

std::string case_text(const RandomCase& one) {
  std::ostringstream out;
  out << "seed " << one.seed << '\n';
  write_layer(one.layer, out);
  out << "architecture, word_bits=" << one.architecture.word_bits.fallback
      << (one.architecture.word_bits.by_tensor.empty() ? "" : " (output 24)")
      << " clock_mhz=" << one.architecture.clock_mhz
      << (one.architecture.sibling_order_fixed ? " fixed sibling order" : "") << ":\n";
  for (const ArchitectureNode& node : one.architecture.nodes) {
    if (const auto* storage = std::get_if<Storage>(&node)) {
      write_storage(*storage, out);
    } else if (const auto* array = std::get_if<Array>(&node)) {
      write_array(*array, out);
    } else {
      const auto& compute = std::get<Compute>(node);
      out << "  " << compute.name << " pj=" << compute.op_pj << " leakage=" << compute.leakage_mw
          << " ops_per_cycle=" << compute.ops_per_cycle << '\n';
    }
  }
  out << "mapping" << mapping_text(one) << '\n';
  return out.str();
}

}  // namespace tessera::support
