#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/architecture.hpp"
#include "core/json/json_reader.hpp"

// The readers of the parts of an architecture file, for architecture_json.cpp. Each asks `reader`
// for the keys of its part, reports what is wrong, and rejects the keys that it does not know.

namespace tessera {

/// `word_bits` is that of the architecture: capacity_words need it.
Storage read_storage(ObjectReader& reader, const PerTensor<int>& word_bits);
Array read_array(ObjectReader& reader);
Compute read_compute(ObjectReader& reader);

/// The value of "word_bits": a number, or an object by tensor in which "default" is the rest.
PerTensor<int> read_word_bits(ObjectReader& reader, const PerTensor<int>& otherwise,
                              Sources& sources);

/// An energy: a number. A component would be priced by an estimator, of which there is none yet.
double read_energy(ObjectReader& reader, std::string_view key, double otherwise);
double required_energy(ObjectReader& reader, std::string_view key);

/// Puts the value of "source" before what `sources` already holds from inside the object. Asks
/// whether each key exists, so this comes after the other keys.
void read_sources(ObjectReader& reader, Sources& sources);
void add_source(Sources& sources, const std::string& key, const std::string& text);

/// Calls `read` for each member of an object by name (of tensors, of axes), except "source", which
/// goes to `sources` under `key`.
void for_each_member(const JsonValue& value, const std::string& key, Sources& sources,
                     Diagnostics& diagnostics, const std::function<void(const JsonMember&)>& read);

/// A node or axis may be called so: letters, digits, '_' and '-', because paths join names by dots.
bool is_node_name(std::string_view name);

}  // namespace tessera
