/// A line that is accepted is canonical JSON and is written again the same.

#include <cstdint>

#include <nlohmann/json.hpp>

#include "core/bag_format.h"
#include "core/json_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = parse_catalog_line(text);
  if (!line) return 0;
  std::string again;
  append_catalog_line(again, *line);
  check(again == text, "a line has one spelling");
  check(bool(parse_canonical_json(text)), "a line is canonical JSON");
  return 0;
}
