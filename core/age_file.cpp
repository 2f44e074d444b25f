#include "core/age_file.h"

namespace casebook {
namespace {

constexpr std::size_t kCopyBytes = std::size_t{256} << 10U;
constexpr std::size_t kSealedOverheadMax = std::size_t{1} << 20U;

}  // namespace

Status decrypt_to_file(ByteSource& in, const AgeUnlock& unlock, const PlainFile& file,
                       FileCalls& calls) {
  auto reader = AgeReader::open(in, unlock);
  if (!reader) return std::move(reader).error();
  auto out = DurableFile::create(file.path, file.mode, file.if_exists, calls);
  if (!out) return std::move(out).error();
  SecretBytes buffer(kCopyBytes);
  for (;;) {
    auto count = reader->read(buffer.reveal_mutable());
    if (!count) return std::move(count).error();
    if (*count == 0) return std::move(*out).commit();
    if (auto written = out->write(buffer.reveal().first(*count)); !written) return written;
  }
}

Result<Bytes> age_encrypt(std::span<const std::byte> plain,
                          std::span<const AgeRecipient> recipients, Randomness& randomness) {
  MemorySink sink(plain.size() + plain.size() / 1024 + kSealedOverheadMax);
  auto writer = AgeWriter::create(sink, recipients, randomness);
  if (!writer) return std::move(writer).error();
  if (auto written = writer->write(plain); !written) return std::move(written).error();
  if (auto closed = std::move(*writer).close(); !closed) return std::move(closed).error();
  return std::move(sink).take();
}

Result<SecretBytes> age_decrypt(std::span<const std::byte> sealed, const AgeUnlock& unlock,
                                std::uint64_t size_bytes_max) {
  auto reader = AgeFileReader::open(std::make_unique<MemoryAccess>(sealed), unlock);
  if (!reader) return std::move(reader).error();
  if (reader->size_bytes() > size_bytes_max) {
    return Error{ErrorCode::limit_exceeded, "decrypted text is too long"};
  }
  SecretBytes plain(static_cast<std::size_t>(reader->size_bytes()));
  if (auto filled = reader->read_at(0, plain.reveal_mutable()); !filled) {
    return std::move(filled).error();
  }
  return plain;
}

}  // namespace casebook
