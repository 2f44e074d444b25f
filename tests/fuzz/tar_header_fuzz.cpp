/// A header that is accepted is, byte for byte, the one that its name and size make.

#include <cstdint>

#include "core/tar_header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  const auto input = std::as_bytes(std::span(data, size));
  if (input.size() < kTarBlockBytes) return 0;
  const auto bytes = tar_header_bytes(input.first(kTarBlockBytes));
  if (!bytes || *bytes > input.size()) return 0;
  const auto member = parse_tar_header(input.first(*bytes));
  if (!member) return 0;
  std::string again;
  append_tar_header(again, member->bag, member->name, member->size_bytes);
  check(again == as_text(input.first(*bytes)), "a header has one spelling");
  return 0;
}
