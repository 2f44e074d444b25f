// A pattern never crashes or hangs, contains itself, and a literal pattern fits its own text only.
#include "collector/glob.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  using namespace casebook::collector;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view first = text.substr(0, text.find('\n'));
  const std::string_view second = first.size() < text.size() ? text.substr(first.size() + 1) : "";
  auto pattern = parse_pattern(first);
  if (!pattern) return 0;
  check(pattern_contains(*pattern, 1, *pattern, 1), "a pattern contains itself");
  for (const GlobPart& part : pattern->parts) {
    const bool fits = part.matches(second);
    if (part.kind() == GlobPart::Kind::literal) check(fits == (second == part.text()), "literal");
  }
  if (auto other = parse_pattern(second)) pattern_contains(*pattern, 2, *other, 1);
  return 0;
}
