/// A seek table that is accepted is the one that its frames make, and frames cut from any bytes
/// stay within them.

#include <algorithm>
#include <cstdint>

#include "core/frame_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  const auto input = std::as_bytes(std::span(data, size));
  if (const auto frames = parse_seek_table(input)) {
    check(std::ranges::equal(seek_table(*frames), input), "a table has one spelling");
  }
  MemorySource source(input);
  FrameCutter cutter(source);
  Bytes frame;
  for (std::uint64_t total = 0;;) {
    const auto content = cutter.next(frame);
    if (!content || !*content) break;
    total += frame.size();
    check(!frame.empty() && total <= size && **content <= kFrameBytesMax, "a frame lies within");
  }
  MemoryAccess access(input);
  if (const auto table = FrameTable::open(access); table && table->frames() < 100) {
    (void)table->text(0,
                      std::min<std::uint64_t>(table->content_offset(table->frames()), 1U << 20U));
  }
  return 0;
}
