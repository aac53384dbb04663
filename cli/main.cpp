#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

#include <sys/ioctl.h>

#include "cli/run.hpp"

namespace {

/// Set by the first interrupt; the second one ends the program.
std::atomic<bool> interrupted = false;  // NOLINT: a signal handler reaches nothing else
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_interrupt(int signal) {
  interrupted = true;
  std::signal(signal, SIG_DFL);  // NOLINT(cert-err33-c)
}

/// PREFIX/share/tessera, where the program is PREFIX/bin/tessera (or another folder of PREFIX).
std::vector<std::filesystem::path> shared_directories() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) {
    return {};
  }
  return {program.parent_path().parent_path() / "share" / "tessera"};
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? "" : value;
}

/// NO_COLOR: see no-color.org. The locale says whether Unicode can be shown.
tessera::Terminal terminal_of(int descriptor) {
  winsize size{};
  if (isatty(descriptor) != 1) {
    return {};
  }
  const bool known = ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  std::string locale;
  for (const char* name : {"LANG", "LC_CTYPE", "LC_ALL"}) {
    locale = variable(name).empty() ? locale : variable(name);
  }
  const bool dumb = variable("TERM").empty() || variable("TERM") == "dumb";
  return {.columns = known ? size.ws_col : 80,
          .colours = !dumb && variable("NO_COLOR").empty(),
          .blocks = !dumb && (locale.find("UTF-8") != std::string::npos ||
                              locale.find("utf8") != std::string::npos)};
}

}  // namespace

int main(int count, char** values) {
  std::ios::sync_with_stdio(false);
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);  // of a batch system, before its time is over
  const unsigned processors = std::thread::hardware_concurrency();
  const tessera::Environment environment{
      .shared_directories = shared_directories(),
      .output = terminal_of(STDOUT_FILENO),
      .errors = terminal_of(STDERR_FILENO),
      .stop = &interrupted,
      .processors = processors == 0 ? 1 : static_cast<int>(processors)};
  return tessera::run({values + 1, values + count}, std::cout, std::cerr, environment);
}
