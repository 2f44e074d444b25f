/// An index or a seal that is accepted is written again the same.

#include <cstdint>

#include "core/bag_format.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto index = parse_catalog_index(text)) {
    check(catalog_index_text(*index) == text, "an index has one spelling");
  }
  if (const auto seal = parse_seal(text))
    check(seal_text(*seal) == text, "a seal has one spelling");
  return 0;
}
