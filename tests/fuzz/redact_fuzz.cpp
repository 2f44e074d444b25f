// Masking takes any bytes in bounded time and never crashes.
#include "collector/redact.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  using namespace casebook::collector;
  MemorySource source(std::as_bytes(std::span(data, size)));
  MaskingSource masked(source, false);
  auto all = read_all(masked, 1U << 24U);
  check(bool(all), "masking of memory");
  return 0;
}
