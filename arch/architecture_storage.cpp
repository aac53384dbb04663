#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "arch/architecture_nodes.hpp"
#include "core/checked.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

constexpr CountRange word_bits_range{.least = 1, .most = 65536};
constexpr double bits_per_kib = 8192;

struct TensorWidths {
  std::optional<int> all;
  std::vector<std::pair<std::string, int>> by_tensor;
};

TensorWidths read_widths(ObjectReader& reader, Sources& sources) {
  TensorWidths widths;
  const JsonValue* value = reader.find("word_bits");
  Diagnostics& diagnostics = reader.diagnostics();
  if (value == nullptr) {
    return widths;
  }
  if (value->kind == JsonKind::number) {
    if (const auto bits = read_count(*value, "word_bits", word_bits_range, diagnostics)) {
      widths.all = static_cast<int>(*bits);
    }
    return widths;
  }
  if (value->kind != JsonKind::object) {
    report_kind(*value, "word_bits", "a number, or an object tensor -> number", diagnostics);
    return widths;
  }
  for_each_member(*value, "word_bits", sources, diagnostics, [&](const JsonMember& member) {
    const auto count =
        read_count(member.value, "word_bits." + member.key, word_bits_range, diagnostics);
    if (count && member.key == "default") {
      widths.all = static_cast<int>(*count);
    } else if (count) {
      widths.by_tensor.emplace_back(member.key, static_cast<int>(*count));
    }
  });
  return widths;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <typename T>
const T* find_by_name(const std::vector<std::pair<std::string, T>>& values, std::string_view name) {
  for (const auto& [key, value] : values) {
    if (key == name) {
      return &value;
    }
  }
  return nullptr;
}

/// The width of `tensor` in `storage`, as binding a layer finds it.
int width_of(const Storage& storage, const PerTensor<int>& word_bits, const std::string& tensor) {
  if (const int* bits = find_by_name(storage.word_bits, tensor)) {
    return *bits;
  }
  if (storage.word_bits_all) {
    return *storage.word_bits_all;
  }
  const int* bits = find_by_name(word_bits.by_tensor, tensor);
  return bits == nullptr ? word_bits.fallback : *bits;
}

/// The one width of the words that `storage` may hold; where there are several, a capacity in words
/// says nothing.
std::optional<int> width_of_words(ObjectReader& reader, const Storage& storage,
                                  const PerTensor<int>& word_bits) {
  std::vector<std::string> tensors = {"input", "weight", "output"};
  tensors.insert(tensors.end(), storage.keep.begin(), storage.keep.end());
  std::erase_if(tensors, [&](const auto& tensor) { return contains(storage.bypass, tensor); });
  std::optional<int> width;
  for (const std::string& tensor : tensors) {
    const int bits = width_of(storage, word_bits, tensor);
    if (width && *width != bits) {
      reader.report("capacity_words", "'capacity_words' of " + reader.what() +
                                          " is ambiguous: its tensors have "
                                          "words of " +
                                          std::to_string(*width) + " and of " +
                                          std::to_string(bits) + " bits; give 'capacity_bits'");
      return std::nullopt;
    }
    width = bits;
  }
  return width.value_or(storage.word_bits_all.value_or(word_bits.fallback));
}

void read_capacity(ObjectReader& reader, const PerTensor<int>& word_bits, Storage& storage) {
  static constexpr std::array<std::string_view, 3> keys = {"capacity_kib", "capacity_bits",
                                                           "capacity_words"};
  const JsonValue* first = nullptr;
  for (const std::string_view key : keys) {
    const JsonValue* value = reader.find(key);
    if (value != nullptr && first != nullptr) {
      reader.diagnostics().report(
          value->location, "the capacity of " + reader.what() +
                               " is given twice; give one of 'capacity_kib', 'capacity_bits' and "
                               "'capacity_words'");
    }
    first = value == nullptr ? first : value;
  }
  constexpr double most_kib = 0x1p40;
  const JsonValue* kib_value = reader.find("capacity_kib");
  if (kib_value != nullptr && kib_value->kind == JsonKind::object) {
    // Found once the whole architecture is known: apply_area_curve().
  } else if (const auto kib = reader.number("capacity_kib", {.least = 0, .most = most_kib})) {
    const double bits = *kib * bits_per_kib;
    if (std::trunc(bits) != bits) {
      reader.report("capacity_kib", "'capacity_kib' must come to whole bits");
    }
    storage.capacity_bits = static_cast<std::int64_t>(bits);
  }
  if (const auto bits = reader.count("capacity_bits", {.least = 0})) {
    storage.capacity_bits = bits;
  }
  if (const auto words = reader.count("capacity_words", {.least = 0})) {
    if (const auto width = width_of_words(reader, storage, word_bits)) {
      storage.capacity_bits = checked_multiply(*words, *width);
      if (!storage.capacity_bits) {
        reader.report("capacity_words", "'capacity_words' comes to more than 2^62 bits");
      }
    }
  }
}

void read_bandwidth(ObjectReader& reader, Storage& storage) {
  storage.read_bits_per_cycle = reader.number("read_bits_per_cycle", positive_number);
  storage.write_bits_per_cycle = reader.number("write_bits_per_cycle", positive_number);
  storage.shared_bits_per_cycle = reader.number("bandwidth_bits_per_cycle", positive_number);
  const bool one_port = reader.find("bandwidth_bits_per_cycle") != nullptr;
  const bool two_ports = reader.find("read_bits_per_cycle") != nullptr ||
                         reader.find("write_bits_per_cycle") != nullptr;
  if (one_port && two_ports) {
    reader.report("bandwidth_bits_per_cycle",
                  "both forms of bandwidth in " + reader.what() +
                      "; give 'bandwidth_bits_per_cycle' (one port for both), or "
                      "'read_bits_per_cycle' and 'write_bits_per_cycle'");
  }
}

}  // namespace

PerTensor<int> read_word_bits(ObjectReader& reader, const PerTensor<int>& otherwise,
                              Sources& sources) {
  const TensorWidths widths = read_widths(reader, sources);
  return {.fallback = widths.all.value_or(otherwise.fallback), .by_tensor = widths.by_tensor};
}

Storage read_storage(ObjectReader& reader, const PerTensor<int>& word_bits) {
  Storage storage;
  storage.name = reader.require_text("storage");
  storage.keep = reader.texts("keep").value_or(std::vector<std::string>{});
  storage.bypass = reader.texts("bypass").value_or(std::vector<std::string>{});
  for (const std::string& tensor : storage.bypass) {
    if (contains(storage.keep, tensor)) {
      reader.report("bypass", quote(tensor) + " is in both 'keep' and 'bypass' of " +
                                  reader.what() + "; a tensor is in one of them, or in neither");
    }
  }
  const TensorWidths widths = read_widths(reader, storage.sources);
  storage.word_bits_all = widths.all;
  storage.word_bits = widths.by_tensor;
  read_capacity(reader, word_bits, storage);
  storage.buffering = static_cast<int>(
      reader.count("buffering", {.least = 1, .most = 1024}).value_or(storage.buffering));
  storage.access_bits = reader.number("access_bits", positive_number);
  storage.read_pj = required_energy(reader, "read_pj");
  storage.write_pj = required_energy(reader, "write_pj");
  if (reader.find("update_pj") != nullptr) {
    storage.update_pj = read_energy(reader, "update_pj", 0);
  }
  read_bandwidth(reader, storage);
  storage.leakage_mw = reader.number("leakage_mw").value_or(0);
  storage.area_mm2 = reader.number("area_mm2");
  storage.ranks = reader.texts("ranks");
  read_sources(reader, storage.sources);
  reader.reject_unknown_keys();
  return storage;
}

}  // namespace tessera
