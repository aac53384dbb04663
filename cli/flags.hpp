#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/explore/shard.hpp"
#include "mappers/mapper.hpp"

namespace tessera {

enum class Command : std::uint8_t {
  map,
  evaluate,
  compare,
  sweep,
  bounds,
  explain,
  list,
  show,
  check
};

/// What was typed, checked as far as that is possible without reading a file. Options that a
/// command does not have keep their default.
struct Flags {
  Command command = Command::map;
  std::vector<std::string> arguments;  ///< all of them, as typed

  std::optional<std::string> architecture;
  std::optional<std::string> network;
  std::optional<std::string> mapping;  ///< file of mappings, or a report
  std::optional<std::string> dataflow;
  std::vector<std::string> layers;    ///< names or patterns; empty: all layers
  std::vector<std::string> settings;  ///< PATH=VALUE
  std::optional<std::int64_t> batch;

  std::vector<std::string> architectures;     ///< of compare
  std::vector<std::string> networks;          ///< of compare
  std::vector<std::string> dataflows;         ///< of compare; empty: the architectures' own
  std::vector<std::int64_t> batches;          ///< of compare; empty: the networks' own
  std::optional<double> perturb;              ///< of compare: error of an energy, a share
  std::optional<std::string> reports_folder;  ///< of compare: where the rows' reports go

  std::optional<std::string> database;  ///< of sweep
  std::optional<Shard> shard;           ///< of sweep
  bool resume = false;                  ///< of sweep: the database must exist

  int word_bits = 8;                 ///< of bounds
  std::optional<std::string> sizes;  ///< of bounds
  std::optional<std::string> level;  ///< of explain

  std::optional<Objective> objective;
  std::optional<std::string> accounting;
  std::string mapper;
  Mapspace mapspace;
  std::int64_t samples = 0;
  std::uint64_t seed = 0;
  std::optional<int> threads;
  std::optional<double> time_limit_s;

  std::optional<std::string> json_file;  ///< "-": standard output
  std::optional<std::string> csv_file;
  std::optional<std::string> html_file;
  std::optional<std::string> vega_folder;
  bool quiet = false;
  bool details = false;

  std::string what;                ///< of list and show: the kind of thing
  std::string name;                ///< of show: which one
  bool tree = false;               ///< of show
  std::vector<std::string> files;  ///< of check, of sweep, and the report of explain
};

/// A text that was asked for: help, the version, a completion script.
struct PlainText {
  std::string text;
};

using ParsedFlags = std::variant<Flags, PlainText>;

/// Interprets the command line. Throws InputError with what is wrong and the nearest name.
ParsedFlags parse_flags(const std::vector<std::string>& arguments);

/// The version of the program.
std::string program_version();

/// The version, and a hash of the sources that decide results: "0.1.0+12ab34cd56ef". Two programs
/// that may find something else differ in it.
std::string program_build();

}  // namespace tessera
