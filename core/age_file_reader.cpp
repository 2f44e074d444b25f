#include <algorithm>

#include "core/age_unlock.h"

namespace casebook {
namespace {

using age::kChunkBytes;
using age::kSealedChunkBytes;
using age::kTagBytes;

constexpr std::size_t kBatchChunks = 16;  // Whole chunks that are read from the file together.

Result<age::Unlocked> unlock_file(RandomAccess& file, const AgeUnlock& unlock) {
  Bytes front(
      static_cast<std::size_t>(std::min<std::uint64_t>(file.size_bytes(), age::kFrontBytesMax)));
  if (auto filled = file.read_at(0, front); !filled) return std::move(filled).error();
  auto unlocked = age::unlock_front(as_text(front), unlock);
  if (!unlocked) return std::move(unlocked).error();
  if (!*unlocked) return age::ends_too_early();
  return *std::move(*unlocked);
}

}  // namespace

struct AgeFileReader::State {
  State(std::unique_ptr<RandomAccess> access, age::Unlocked unlocked)
      : file(std::move(access)),
        cipher(std::move(unlocked.cipher)),
        stanzas(unlocked.stanzas),
        payload_offset(unlocked.payload_offset),
        chunk(kChunkBytes) {}

  Status measure();
  [[nodiscard]] std::size_t plain_bytes_of(std::uint64_t number) const;
  Status open_chunk(std::uint64_t number, std::span<const std::byte> sealed,
                    std::span<std::byte> out);
  Status load(std::uint64_t number);
  Result<std::size_t> read_batch(std::uint64_t first, std::span<std::byte> out);

  std::unique_ptr<RandomAccess> file;
  age::ChunkCipher cipher;
  AgeStanzaCount stanzas;
  std::uint64_t payload_offset;
  std::uint64_t size_bytes = 0;
  std::uint64_t chunk_count = 0;
  SecretBytes chunk;  // The chunk opened last, for reads that begin or end inside one.
  std::uint64_t chunk_number = UINT64_MAX;
  Bytes sealed;
};

/// From the size of the file follows where each chunk lies; no chunk but the last may be short.
Status AgeFileReader::State::measure() {
  const std::uint64_t payload_bytes = file->size_bytes() - payload_offset;
  chunk_count = (payload_bytes + kSealedChunkBytes - 1) / kSealedChunkBytes;
  if (chunk_count == 0) return age::ends_too_early();
  const std::uint64_t last_bytes = payload_bytes - (chunk_count - 1) * kSealedChunkBytes;
  if (last_bytes < kTagBytes || (last_bytes == kTagBytes && chunk_count > 1)) {
    return age::ends_too_early();
  }
  size_bytes = payload_bytes - chunk_count * kTagBytes;
  return load(chunk_count - 1);
}

std::size_t AgeFileReader::State::plain_bytes_of(std::uint64_t number) const {
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(kChunkBytes, size_bytes - number * kChunkBytes));
}

Status AgeFileReader::State::open_chunk(std::uint64_t number, std::span<const std::byte> bytes,
                                        std::span<std::byte> out) {
  const auto place = number + 1 == chunk_count ? age::Place::last : age::Place::inner;
  return cipher.open(number, place, bytes, out);
}

Status AgeFileReader::State::load(std::uint64_t number) {
  if (chunk_number == number) return ok();
  chunk_number = UINT64_MAX;
  const std::size_t plain_bytes = plain_bytes_of(number);
  sealed.resize(std::max(sealed.size(), kSealedChunkBytes));
  const auto bytes = std::span(sealed).first(plain_bytes + kTagBytes);
  if (auto filled = file->read_at(payload_offset + number * kSealedChunkBytes, bytes); !filled) {
    return filled;
  }
  auto opened = open_chunk(number, bytes, chunk.reveal_mutable().first(plain_bytes));
  if (opened) chunk_number = number;
  return opened;
}

/// Opens whole chunks straight into `out`, as many as fit into it and into one read of the file.
/// @return the bytes filled; 0 when not one whole chunk fits.
Result<std::size_t> AgeFileReader::State::read_batch(std::uint64_t first,
                                                     std::span<std::byte> out) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(
      {kBatchChunks, out.size() / kChunkBytes, size_bytes / kChunkBytes - first}));
  sealed.resize(std::max(sealed.size(), count * kSealedChunkBytes));
  const auto bytes = std::span(sealed).first(count * kSealedChunkBytes);
  if (auto filled = file->read_at(payload_offset + first * kSealedChunkBytes, bytes); !filled) {
    return std::move(filled).error();
  }
  for (std::size_t i = 0; i < count; ++i) {
    auto opened = open_chunk(first + i, bytes.subspan(i * kSealedChunkBytes, kSealedChunkBytes),
                             out.subspan(i * kChunkBytes, kChunkBytes));
    if (!opened) return std::move(opened).error();
  }
  return count * kChunkBytes;
}

AgeFileReader::AgeFileReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
AgeFileReader::AgeFileReader(AgeFileReader&& other) noexcept = default;
AgeFileReader::~AgeFileReader() = default;

Result<AgeFileReader> AgeFileReader::open(std::unique_ptr<RandomAccess> file,
                                          const AgeUnlock& unlock) {
  auto unlocked = unlock_file(*file, unlock);
  if (!unlocked) return std::move(unlocked).error();
  auto state = std::make_unique<State>(std::move(file), *std::move(unlocked));
  if (auto measured = state->measure(); !measured) return std::move(measured).error();
  return AgeFileReader(std::move(state));
}

std::uint64_t AgeFileReader::size_bytes() const { return state_->size_bytes; }
AgeStanzaCount AgeFileReader::stanzas() const { return state_->stanzas; }

Status AgeFileReader::read_at(std::uint64_t offset, std::span<std::byte> out) {
  State& state = *state_;
  if (offset > state.size_bytes || out.size() > state.size_bytes - offset) {
    return age::ends_too_early();
  }
  const auto whole = out;
  const auto fail = [&](Error error) -> Status {
    std::ranges::fill(whole, std::byte{0});  // Nothing unproven is handed out.
    return error;
  };
  while (!out.empty()) {
    const std::uint64_t number = offset / kChunkBytes;
    const auto inside = static_cast<std::size_t>(offset % kChunkBytes);
    std::size_t count = 0;
    if (inside == 0 && out.size() >= kChunkBytes) {
      auto filled = state.read_batch(number, out);
      if (!filled) return fail(std::move(filled).error());
      count = *filled;
    } else {
      if (auto loaded = state.load(number); !loaded) return fail(std::move(loaded).error());
      count = std::min(out.size(), state.plain_bytes_of(number) - inside);
      std::ranges::copy(state.chunk.reveal().subspan(inside, count), out.begin());
    }
    offset += count;
    out = out.subspan(count);
  }
  return ok();
}

}  // namespace casebook
