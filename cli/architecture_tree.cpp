#include <ostream>
#include <vector>

#include "cli/number_text.hpp"
#include "cli/text_table.hpp"
#include "cli/tree_text.hpp"

namespace tessera {

namespace {

std::string joined(const std::vector<std::string>& words, const std::string& between) {
  std::string result;
  for (const std::string& word : words) {
    result += (result.empty() ? "" : between) + word;
  }
  return result;
}

std::string held_text(const Storage& storage) {
  std::vector<std::string> parts;
  if (!storage.keep.empty()) {
    parts.push_back("keeps " + joined(storage.keep, ", "));
  }
  if (!storage.bypass.empty()) {
    parts.push_back("never " + joined(storage.bypass, ", "));
  }
  return joined(parts, "; ");
}

std::string energy_of(const Storage& storage) {
  std::string text =
      "read " + exact_text(storage.read_pj) + ", write " + exact_text(storage.write_pj);
  if (storage.update_pj) {
    text += ", update " + exact_text(*storage.update_pj);
  }
  return text + " pJ per " +
         (storage.access_bits ? exact_text(*storage.access_bits) + " bits" : "word");
}

std::string bandwidth_of(const Storage& storage) {
  std::vector<std::string> parts;
  if (storage.shared_bits_per_cycle) {
    parts.push_back(exact_text(*storage.shared_bits_per_cycle));
  }
  if (storage.read_bits_per_cycle) {
    parts.push_back("read " + exact_text(*storage.read_bits_per_cycle));
  }
  if (storage.write_bits_per_cycle) {
    parts.push_back("write " + exact_text(*storage.write_bits_per_cycle));
  }
  return parts.empty() ? "" : joined(parts, ", ") + " bits/cycle";
}

std::string axis_text(const Axis& axis) {
  std::string text = axis.name + " " + std::to_string(axis.size);
  if (axis.ranks) {
    text += " (" + joined(*axis.ranks, " ") + ")";
  } else if (!axis.absent_from.empty()) {
    text += " (ranks absent from " + joined(axis.absent_from, ", ") + ")";
  }
  return text;
}

std::string array_text(const Array& array) {
  std::vector<std::string> axes;
  for (const Axis& axis : array.axes) {
    axes.push_back(axis_text(axis));
  }
  return joined(axes, " x ");
}

}  // namespace

void print_tree(const Architecture& architecture, std::ostream& out) {
  out << architecture.name << ": ";
  if (architecture.technology_nm) {
    out << exact_text(*architecture.technology_nm) << " nm, ";
  }
  out << exact_text(architecture.clock_mhz) << " MHz, words of " << architecture.word_bits.fallback
      << " bits\n";
  if (!architecture.about.empty()) {
    out << architecture.about << '\n';
  }
  out << '\n';
  TextTable table({"node", "instances", "size", "energy", "bandwidth", "holds"},
                  {Align::left, Align::right, Align::left, Align::left, Align::left, Align::left});
  std::string margin;
  std::int64_t instances = 1;
  for (const ArchitectureNode& node : architecture.nodes) {
    if (const auto* storage = std::get_if<Storage>(&node)) {
      table.add_row({margin + storage->name, grouped_text(instances),
                     storage->capacity_bits ? capacity_text(*storage->capacity_bits) : "unbounded",
                     energy_of(*storage), bandwidth_of(*storage), held_text(*storage)});
    } else if (const auto* array = std::get_if<Array>(&node)) {
      table.add_row(
          {margin + array->name + " [array]", grouped_text(instances), array_text(*array)});
      instances *= instances_of(*array);
      margin += "  ";
    } else {
      const auto& compute = std::get<Compute>(node);
      table.add_row({margin + compute.name, grouped_text(instances),
                     exact_text(compute.ops_per_cycle) + " op/cycle",
                     exact_text(compute.op_pj) + " pJ per op"});
    }
  }
  table.print(out);
}

}  // namespace tessera
