// Every built-in dataflow fits the architectures that docs/files.md names for it, and a message
// says why it does not fit some others.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "arch/architecture_json.hpp"
#include "core/input_error.hpp"
#include "mappers/dataflow_json.hpp"
#include "mappers/dataflow_names.hpp"
#include "mappers/nest/nest_search.hpp"
#include "networks/network_json.hpp"

namespace tessera {
namespace {

const std::filesystem::path root = TESSERA_SOURCE_DIR;

/// A convolution of 16 filters of 3x3x8 over 12x12.
const std::string network_text = R"({"name": "one", "layers": [{"name": "conv", "type": "conv2d",
  "input": {"channels": 8, "height": 12, "width": 12}, "filters": 16, "kernel": [3, 3]}]})";

/// "fits", or why not.
std::string fit_of(const std::string& dataflow_name, const std::string& architecture_name) {
  const Dataflow dataflow = load_dataflow(root / "mappers/dataflows" / (dataflow_name + ".json"));
  const Network network = parse_network(network_text, "one.json");
  check_names(dataflow, network);
  SearchOptions options;
  options.objective = Objective::energy;
  options.convention = &conventions().front();
  options.dataflow = &dataflow;
  try {
    const Architecture architecture = constrained(
        load_architecture(root / "arch/shipped" / (architecture_name + ".json")), dataflow);
    const SearchResult result =
        search_nest_optimally(bind(architecture, network.layers().front().layer), options);
    return result.best ? "fits" : result.nest_obstacle;
  } catch (const InputError& error) {
    return error.what();
  }
}

struct Fit {
  std::string dataflow;
  std::vector<std::string> architectures;
};

bool ends_with(const std::string& text, const std::string& end) { return text.ends_with(end); }

}  // namespace

TEST_CASE("each dataflow fits some architecture besides the study's") {
  const std::vector<Fit> fits = {
      {"rs", {"eyeriss_like", "eyeriss_168"}},
      {"rs_folded", {"eyeriss_168"}},
      {"ws", {"tpu_v1", "tiny", "simple_weight_stationary", "simple_output_stationary"}},
      {"os_a", {"eyeriss_168"}},
      {"os_b", {"eyeriss_168"}},
      {"os_c", {"eyeriss_168", "simple_weight_stationary", "simple_output_stationary"}},
      {"nlr", {"tiny", "simple_weight_stationary", "simple_output_stationary"}},
      {"is", {"eyeriss_168", "isca16_rs"}}};
  for (const Fit& fit : fits) {
    for (const std::string& architecture : fit.architectures) {
      CAPTURE(fit.dataflow);
      CAPTURE(architecture);
      CHECK(fit_of(fit.dataflow, architecture) == "fits");
    }
  }
}

TEST_CASE("where one does not fit, the message names the limit") {
  CHECK(ends_with(fit_of("ws", "eyeriss_like"),
                  "no loop over 'p' may stand right inward of storage 'weight_spad' "
                  "(" +
                      (root / "mappers/dataflows/ws.json").string() + ":22:5)"));
  CHECK(ends_with(fit_of("is", "tpu_v1"),
                  "needs a storage '@innermost' that may hold 'input', and what architecture "
                  "'tpu_v1' has there must not: weight_register"));
  CHECK(ends_with(fit_of("nlr", "eyeriss_like"),
                  "needs a storage '@outside' that may hold 'weight', and what architecture "
                  "'eyeriss_like' has there must not: GLB"));
  CHECK(ends_with(fit_of("os_a", "tiny"),
                  "needs a storage '@innermost' that may hold 'output', and what architecture "
                  "'tiny' has there must not: register"));
  CHECK(ends_with(fit_of("os_a", "simple_weight_stationary"),
                  "spreads the ranks n, p, q, and architecture 'simple_weight_stationary' allows "
                  "none of them on '@array'"));
}

}  // namespace tessera
