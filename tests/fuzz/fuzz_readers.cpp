// The entry of libFuzzer (tests/fuzz/README.md).
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/reader_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tessera::fuzz::ReaderCheck readers(TESSERA_SOURCE_DIR);
  readers.check(tessera::fuzz::split({reinterpret_cast<const char*>(data), size}));  // NOLINT
  return 0;
}
