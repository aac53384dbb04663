// What is typed: every mistake is one message with what is allowed, and exit code 2.
#include <doctest/doctest.h>

#include "tests/cli/program_run.hpp"

namespace {

void check_refused(const std::vector<std::string>& arguments, const std::string& message) {
  CAPTURE(message);
  const ProgramRun run = run_program(arguments);
  CHECK(run.code == 2);
  CHECK(run.out.empty());
  CHECK(run.err == "tessera: " + message + "\n");
}

}  // namespace

TEST_CASE("help and version") {
  for (const char* command : {"map", "evaluate", "list", "show", "check", "completion"}) {
    const ProgramRun run = run_program({command, "--help"});
    CHECK(run.code == 0);
    CHECK(run.out.find("Examples:\n  tessera " + std::string(command)) != std::string::npos);
    CHECK(run.err.empty());
  }
  CHECK(run_program({"--help"}).out.find("evaluate") != std::string::npos);
  CHECK(run_program({"--version"}).out.starts_with("tessera "));
}

TEST_CASE("mistakes on the command line") {
  const std::string commands =
      "map, evaluate, compare, sweep, bounds, explain, list, show, check, completion";
  check_refused({}, "no command; commands: " + commands + "; see tessera --help");
  check_refused({"mpa"}, "unknown command 'mpa'; allowed: " + commands + "; did you mean 'map'?");
  check_refused({"map", "--ach", "tiny"},
                "map has no option '--ach'; did you mean '--arch'?; see tessera map --help");
  check_refused({"map", "--pdf=x"}, "map has no option '--pdf'; see tessera map --help");
  check_refused({"map", "tiny"}, "map does not expect 'tiny'; see tessera map --help");
  check_refused({"map", "--samples", "0"},
                "--samples must be a whole number from 1 to 1000000000000, not '0'");
  check_refused({"map", "--samples", "1.5"},
                "--samples must be a whole number from 1 to 1000000000000, not '1.5'");
  check_refused({"map", "--seed", "-1"},
                "--seed must be a whole number from 0 to 18446744073709551615, not '-1'");
  check_refused({"map", "--arch", "--network"}, "--arch needs a value, not '--network'");
  check_refused({"map", "--objective", "power"},
                "unknown --objective 'power'; allowed: edp, energy, latency, ed2p, pareto");
  check_refused(
      {"list", "arch"},
      "unknown 'arch'; allowed: archs, networks, mappers, dataflows, accountings, objectives; did "
      "you mean 'archs'?");
  check_refused({"map", "--network", "tiny"},
                "--arch is missing: a built-in name (tessera list archs) or a file");
  check_refused({"map", "--arch", "tiny"},
                "--network is missing: a built-in name (tessera list networks) or a file");
  check_refused({"evaluate", "--arch", "tiny"},
                "--mapping is required; see tessera evaluate --help");
}

TEST_CASE("mistakes in names and settings") {
  check_refused(
      {"map", "--arch", "tinny", "--network", "tiny"},
      "unknown architecture 'tinny'; built in: eyeriss_168, eyeriss_like, "
      "isca16_nlr, isca16_os_a, isca16_os_b, isca16_os_c, isca16_rs, isca16_ws, "
      "simba_like, simple_output_stationary, simple_weight_stationary, tiny, tpu_v1; a file's name "
      "has a '/' or ends in .json; did you mean 'tiny'?");
  check_refused({"map", "--arch", "tiny", "--network", "tiny", "--layer", "cnv1"},
                "network 'tiny' has no layer 'cnv1'; allowed: conv1, conv2, conv3, fc; did you "
                "mean 'conv1'?");
  const ProgramRun run =
      run_program({"map", "--arch", "tiny", "--network", "tiny", "--set", "bufer.capacity_kib=1"});
  CHECK(run.code == 2);
  CHECK(run.err.find("did you mean 'buffer'?") != std::string::npos);
  check_refused({"map", "--arch", "tiny", "--network", "tiny", "--set", "PE.hop_pj=1"},
                "array 'PE' of architecture 'tiny' has a hop_pj above 0, and links are not "
                "counted; leave it out, or use --set PE.hop_pj=0");
  check_refused({"map", "--arch", "tiny", "--network", "tiny", "--json", "/nowhere/r.json"},
                "cannot write '/nowhere/r.json'; its folder must exist and allow new files");
  check_refused({"map", "--arch", "tiny", "--network", "tiny", "--json", "-", "--csv", "-"},
                "--json and --csv both write to '-'");
  check_refused({"map", "--arch", "tiny", "--network", "tiny", "--json", "a/../r", "--html", "./r"},
                "--json and --html both write to './r'");
  check_refused({"map", "--arch", "tiny", "--network", "tiny", "--vega", "/dev/null/v"},
                "--vega: cannot make the folder '/dev/null/v': Not a directory");
  check_refused({"compare", "--arch", "tiny", "--network", "tiny", "--reports", "/dev/null"},
                "--reports: cannot make the folder '/dev/null': Not a directory");
  check_refused(
      {"explain", "report.json", "--jsn", "-"},
      "explain has no option '--jsn'; did you mean '--json'?; see tessera explain --help");
}

TEST_CASE("completion knows every option") {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const ProgramRun run = run_program({"completion", shell});
    CHECK(run.code == 0);
    for (const char* word : {"evaluate", "objective", "ed2p", "tessera list archs"}) {
      CAPTURE(word);
      CHECK(run.out.find(word) != std::string::npos);
    }
  }
}
