#include <algorithm>
#include <cstring>

#include "core/age_unlock.h"

namespace casebook {
namespace {

using age::kChunkBytes;
using age::kSealedChunkBytes;

// Four chunks, and one byte more: whether a chunk is the last shows in whether a byte follows.
constexpr std::size_t kRawBytes = 4 * kSealedChunkBytes + 1;
constexpr std::size_t kFrontStepBytes = 4096;

/// Reads on until the front of the file is complete; what came beyond it stays in `raw`.
Result<age::Unlocked> read_front(ByteSource& in, const AgeUnlock& unlock, Bytes& raw) {
  for (;;) {
    const std::size_t had = raw.size();
    raw.resize(had + kFrontStepBytes);
    auto count = in.read(std::span(raw).subspan(had));
    if (!count) return std::move(count).error();
    raw.resize(had + *count);
    auto unlocked = age::unlock_front(as_text(raw), unlock);
    if (!unlocked) return std::move(unlocked).error();
    if (*unlocked) return *std::move(*unlocked);
    if (*count == 0) return age::ends_too_early();
  }
}

}  // namespace

struct AgeReader::State {
  State(ByteSource& source, age::Unlocked unlocked, Bytes front)
      : in(&source),
        cipher(std::move(unlocked.cipher)),
        stanzas(unlocked.stanzas),
        raw(std::move(front)),
        raw_at(unlocked.payload_offset),
        raw_end(raw.size()),
        plain(kChunkBytes) {
    raw.resize(std::max(raw.size(), kRawBytes));
  }

  Status fill();
  /// Opens the next chunk into `room`, which holds kChunkBytes. @return its size.
  Result<std::size_t> open_chunk(std::span<std::byte> room);

  ByteSource* in;
  age::ChunkCipher cipher;
  AgeStanzaCount stanzas;
  Bytes raw;
  std::size_t raw_at;   // The first byte not yet opened.
  std::size_t raw_end;  // Behind the last byte read.
  SecretBytes plain;
  std::size_t plain_at = 0;
  std::size_t plain_end = 0;
  std::uint64_t number = 0;
  bool source_ended = false;
  bool last_opened = false;
  bool failed = false;
};

/// Makes sure that a whole chunk and one byte more are there, or all that is left.
Status AgeReader::State::fill() {
  if (source_ended || raw_end - raw_at > kSealedChunkBytes) return ok();
  std::memmove(raw.data(), raw.data() + raw_at, raw_end - raw_at);
  raw_end -= raw_at;
  raw_at = 0;
  while (raw_end < raw.size()) {
    auto count = in->read(std::span(raw).subspan(raw_end));
    if (!count) return std::move(count).error();
    source_ended = *count == 0;
    if (source_ended) break;
    raw_end += *count;
  }
  return ok();
}

Result<std::size_t> AgeReader::State::open_chunk(std::span<std::byte> room) {
  if (auto filled = fill(); !filled) return std::move(filled).error();
  const std::size_t there = raw_end - raw_at;
  const bool last = there <= kSealedChunkBytes;
  const std::size_t size_bytes = std::min(there, kSealedChunkBytes);
  // Only a file that holds nothing at all ends with an empty chunk.
  if (size_bytes < age::kTagBytes || (size_bytes == age::kTagBytes && number > 0)) {
    return age::ends_too_early();
  }
  const auto sealed = std::span<const std::byte>(raw).subspan(raw_at, size_bytes);
  const auto opened = room.first(size_bytes - age::kTagBytes);
  auto done = cipher.open(number, last ? age::Place::last : age::Place::inner, sealed, opened);
  if (!done) {
    std::ranges::fill(opened, std::byte{0});  // Nothing that is not authentic is handed on.
    return std::move(done).error();
  }
  raw_at += size_bytes;
  ++number;
  last_opened = last;
  return opened.size();
}

AgeReader::AgeReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
AgeReader::AgeReader(AgeReader&& other) noexcept = default;
AgeReader::~AgeReader() = default;

Result<AgeReader> AgeReader::open(ByteSource& in, const AgeUnlock& unlock) {
  Bytes raw;
  auto unlocked = read_front(in, unlock, raw);
  if (!unlocked) return std::move(unlocked).error();
  return AgeReader(std::make_unique<State>(in, *std::move(unlocked), std::move(raw)));
}

Result<std::size_t> AgeReader::read(std::span<std::byte> buffer) {
  State& state = *state_;
  if (state.failed) return age::ends_too_early();
  while (state.plain_at == state.plain_end) {
    if (state.last_opened) return std::size_t{0};
    const bool fits = buffer.size() >= kChunkBytes;  // Then without a copy.
    auto opened = state.open_chunk(fits ? buffer.first(kChunkBytes) : state.plain.reveal_mutable());
    if (!opened) {
      state.failed = true;
      return std::move(opened).error();
    }
    if (fits && *opened > 0) return opened;
    state.plain_at = 0;
    state.plain_end = fits ? 0 : *opened;
  }
  const std::size_t count = std::min(buffer.size(), state.plain_end - state.plain_at);
  std::ranges::copy(state.plain.reveal().subspan(state.plain_at, count), buffer.begin());
  state.plain_at += count;
  return count;
}

AgeStanzaCount AgeReader::stanzas() const { return state_->stanzas; }

}  // namespace casebook
