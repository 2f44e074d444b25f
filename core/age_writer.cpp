#include <algorithm>
#include <array>

#include "core/age_file.h"
#include "core/age_header.h"
#include "core/age_stream.h"

namespace casebook {
namespace {

using age::kChunkBytes;
using age::kSealedChunkBytes;

constexpr std::size_t kBatchChunks = 4;  // Sealed chunks that are handed on together.
constexpr int kWorkFactorLimit = 22;     // What stock age still opens.

}  // namespace

struct AgeWriter::State {
  State(ByteSink& sink, age::ChunkCipher chunk_cipher)
      : out(&sink), cipher(std::move(chunk_cipher)), pending(kChunkBytes) {
    sealed.resize(kBatchChunks * kSealedChunkBytes);
  }

  static Result<std::unique_ptr<State>> begin(ByteSink& sink, const SecretBytes& file_key,
                                              const std::vector<age::Stanza>& stanzas,
                                              Randomness& randomness);
  Status seal(std::span<const std::byte> plain, age::Place place);
  Status flush();
  Status take(std::span<const std::byte> bytes);

  ByteSink* out;
  age::ChunkCipher cipher;
  SecretBytes pending;  // Plain bytes of a chunk of which it is not known whether more will follow.
  std::size_t pending_bytes = 0;
  Bytes sealed;
  std::size_t sealed_bytes = 0;
  std::uint64_t number = 0;
  bool failed = false;
};

Result<std::unique_ptr<AgeWriter::State>> AgeWriter::State::begin(
    ByteSink& sink, const SecretBytes& file_key, const std::vector<age::Stanza>& stanzas,
    Randomness& randomness) {
  auto header = age::format_header(stanzas, file_key);
  if (!header) return std::move(header).error();
  std::array<std::byte, age::kPayloadNonceBytes> nonce{};
  if (auto filled = randomness.fill(nonce); !filled) return std::move(filled).error();
  auto cipher = age::ChunkCipher::create(age::Aead::Direction::seal, file_key, nonce);
  if (!cipher) return std::move(cipher).error();
  if (auto written = sink.write(as_bytes(*header)); !written) return std::move(written).error();
  if (auto written = sink.write(nonce); !written) return std::move(written).error();
  return std::make_unique<State>(sink, *std::move(cipher));
}

Status AgeWriter::State::flush() {
  const auto ready = std::span(sealed).first(sealed_bytes);
  sealed_bytes = 0;
  return out->write(ready);
}

Status AgeWriter::State::seal(std::span<const std::byte> plain, age::Place place) {
  const auto slot = std::span(sealed).subspan(sealed_bytes, plain.size() + age::kTagBytes);
  if (auto done = cipher.seal(number, place, plain, slot); !done) return done;
  ++number;
  sealed_bytes += slot.size();
  if (sealed_bytes + kSealedChunkBytes > sealed.size()) return flush();
  return ok();
}

Status AgeWriter::State::take(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    // A chunk is sealed as an inner one only once a byte after it is known.
    if (pending_bytes == kChunkBytes) {
      if (auto done = seal(pending.reveal(), age::Place::inner); !done) return done;
      pending_bytes = 0;
    }
    if (pending_bytes == 0 && bytes.size() > kChunkBytes) {
      if (auto done = seal(bytes.first(kChunkBytes), age::Place::inner); !done) return done;
      bytes = bytes.subspan(kChunkBytes);
      continue;
    }
    const std::size_t count = std::min(bytes.size(), kChunkBytes - pending_bytes);
    std::ranges::copy(bytes.first(count), pending.reveal_mutable().subspan(pending_bytes).begin());
    pending_bytes += count;
    bytes = bytes.subspan(count);
  }
  return ok();
}

AgeWriter::AgeWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
AgeWriter::AgeWriter(AgeWriter&& other) noexcept = default;
AgeWriter::~AgeWriter() = default;

Result<AgeWriter> AgeWriter::create(ByteSink& out, std::span<const AgeRecipient> recipients,
                                    Randomness& randomness) {
  if (recipients.empty()) return Error{ErrorCode::invalid_input, "no recipient to encrypt to"};
  if (recipients.size() > age::kStanzasMax) {
    return Error{ErrorCode::limit_exceeded, "more than 256 recipients"};
  }
  SecretBytes file_key(age::kFileKeyBytes);
  if (auto filled = randomness.fill(file_key.reveal_mutable()); !filled) {
    return std::move(filled).error();
  }
  std::vector<age::Stanza> stanzas;
  for (const AgeRecipient& recipient : recipients) {
    auto stanza = age::wrap_for(recipient, file_key, randomness);
    if (!stanza) return std::move(stanza).error();
    stanzas.push_back(*std::move(stanza));
  }
  auto state = State::begin(out, file_key, stanzas, randomness);
  if (!state) return std::move(state).error();
  return AgeWriter(*std::move(state));
}

Result<AgeWriter> AgeWriter::create(ByteSink& out, const SecretBytes& passphrase, int work_factor,
                                    Randomness& randomness) {
  if (passphrase.empty()) return Error{ErrorCode::invalid_input, "the passphrase is empty"};
  check(work_factor >= 1 && work_factor <= kWorkFactorLimit, "scrypt work factor");
  SecretBytes file_key(age::kFileKeyBytes);
  if (auto filled = randomness.fill(file_key.reveal_mutable()); !filled) {
    return std::move(filled).error();
  }
  auto stanza = age::wrap_with_passphrase(passphrase, work_factor, file_key, randomness);
  if (!stanza) return std::move(stanza).error();
  std::vector<age::Stanza> stanzas;
  stanzas.push_back(*std::move(stanza));
  auto state = State::begin(out, file_key, stanzas, randomness);
  if (!state) return std::move(state).error();
  return AgeWriter(*std::move(state));
}

Status AgeWriter::write(std::span<const std::byte> bytes) {
  if (state_->failed) return Error{ErrorCode::io, "encrypted output failed before"};
  auto taken = state_->take(bytes);
  state_->failed = !taken;
  return taken;
}

Status AgeWriter::close() && {
  const auto state = std::move(state_);
  if (state->failed) return Error{ErrorCode::io, "encrypted output failed before"};
  const auto rest = state->pending.reveal().first(state->pending_bytes);
  if (auto done = state->seal(rest, age::Place::last); !done) return done;
  return state->flush();
}

}  // namespace casebook
