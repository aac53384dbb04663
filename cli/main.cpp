#include <atomic>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

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

}  // namespace

int main(int count, char** values) {
  std::ios::sync_with_stdio(false);
  std::signal(SIGINT, on_interrupt);
  const unsigned processors = std::thread::hardware_concurrency();
  const tessera::Environment environment{
      .shared_directories = shared_directories(),
      .errors_go_to_terminal = isatty(STDERR_FILENO) == 1,
      .stop = &interrupted,
      .processors = processors == 0 ? 1 : static_cast<int>(processors)};
  return tessera::run({values + 1, values + count}, std::cout, std::cerr, environment);
}
