#include "collector/part_stream.h"

#include <algorithm>
#include <array>

#include "core/part_name.h"
#include "core/tar_header.h"

namespace casebook {
namespace {
constexpr std::array<std::byte, 2 * kTarBlockBytes> kZeros{};
}

Status PartStream::send(std::string_view bag, std::string_view name,
                        std::span<const std::byte> bytes) {
  std::string header;
  append_tar_header(header, bag, name, bytes.size());
  if (auto sent = out_->write(as_bytes(header)); !sent) return sent;
  if (auto sent = out_->write(bytes); !sent) return sent;
  return out_->write(std::span(kZeros).first(tar_padding(bytes.size())));
}

Status PartStream::finish() { return out_->write(kZeros); }

Status PartOutput::begin(std::string_view bag, std::string_view /*archive_name*/) {
  bag_ = bag;
  part_.reserve(kPartBytes);
  return ok();
}

Status PartOutput::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto count = std::min(bytes.size(), kPartBytes - part_.size());
    part_.insert(part_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    bytes = bytes.subspan(count);
    if (part_.size() == kPartBytes) {
      if (auto sent = send_part(); !sent) return sent;
    }
  }
  return ok();
}

Status PartOutput::send_part() {
  if (parts_ == kPartsMax)
    return Error{ErrorCode::limit_exceeded, "the stream is too long for one bag"};
  if (auto sent = stream_->send(bag_, part_name(parts_++), part_); !sent) return sent;
  part_.clear();
  return ok();
}

Status PartOutput::finish_archive() { return part_.empty() ? ok() : send_part(); }

Status PartOutput::put(std::string_view name, std::span<const std::byte> bytes) {
  return stream_->send(bag_, name, bytes);
}

}  // namespace casebook
