/// An archive from anywhere is accepted or refused, and what is accepted was read whole. The input
/// is a tar stream, cut into frames here: a fuzzer would hardly find its way through compression.

#include <algorithm>
#include <cstdint>

#include "core/bag_contents.h"

namespace {

using namespace casebook;

void append_frame(Bytes& archive, std::vector<FrameSize>& sizes,
                  std::span<const std::byte> content) {
  static auto encoder = FrameEncoder::create();
  Bytes frame(frame_size_max(content.size()));
  const auto done = encoder->encode(content, frame, 1);
  check(bool(done), "compress");
  sizes.push_back({static_cast<std::uint32_t>(*done), static_cast<std::uint32_t>(content.size())});
  archive.insert(archive.end(), frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(*done));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto tar = std::as_bytes(std::span(data, size));
  if (tar.empty() || tar.size() > kFrameBytesMin) return 0;
  const std::size_t closing = as_text(tar).find("/catalog/index.json");
  const std::size_t cut =
      closing == std::string_view::npos || closing < 544 ? tar.size() : (closing - 32) / 512 * 512;
  Bytes archive;
  std::vector<FrameSize> sizes;
  append_frame(archive, sizes, tar.first(cut));
  if (cut < tar.size()) append_frame(archive, sizes, tar.subspan(cut));
  const Bytes table = seek_table(sizes);
  archive.insert(archive.end(), table.begin(), table.end());
  MemorySource source(archive);
  const auto checked = check_contents(source, {});
  check(bool(checked), "findings are data");
  check(checked->contents.whole == checked->findings.empty(), "whole or a reason");
  MemorySource raw(tar);  // The bytes as they are, for the frames' own parser.
  check(bool(check_contents(raw, {})), "findings are data");
  return 0;
}
