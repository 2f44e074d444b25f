#pragma once
/// Files encrypted in the age format, version 1: written, read from front to back, and read at any
/// place. Stock `age` opens what is written here and the other way round.
/// Specification: docs/spec/age.md.

#include <memory>
#include <optional>
#include <span>

#include "core/age_key.h"
#include "core/durable_file.h"
#include "core/random_access.h"

namespace casebook {

/// What stock `age` takes for passphrases: 256 MiB of memory, about a second.
inline constexpr int kAgeWorkFactor = 18;
/// 1 GiB; a file that asks for more is refused unless the caller allows it.
inline constexpr int kAgeWorkFactorMax = 20;

/// Encrypts what is written to it, in bounded memory. Unless close() succeeded the output is cut
/// and every reader refuses it.
class AgeWriter final : public ByteSink {
 public:
  /// @param out  must outlive the writer. @param recipients  1 to 256, of whom each can open it.
  static Result<AgeWriter> create(ByteSink& out, std::span<const AgeRecipient> recipients,
                                  Randomness& randomness);
  /// A passphrase must be the only way in (rule of the format). @param work_factor  1 to 22.
  static Result<AgeWriter> create(ByteSink& out, const SecretBytes& passphrase, int work_factor,
                                  Randomness& randomness);
  AgeWriter(AgeWriter&& other) noexcept;
  AgeWriter& operator=(AgeWriter&&) = delete;
  ~AgeWriter() override;

  Status write(std::span<const std::byte> bytes) override;
  /// Writes the last chunk. The writer is spent.
  Status close() &&;

 private:
  struct State;
  explicit AgeWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Identities that are held elsewhere and never shown: by the key agent.
class AgeUnwrapper {
 public:
  virtual ~AgeUnwrapper() = default;
  /// @param share, wrapped  of an X25519 stanza. @return the file key, or nothing when the stanza
  /// is for none of them.
  virtual Result<std::optional<SecretBytes>> unwrap(std::span<const std::byte> share,
                                                    std::span<const std::byte> wrapped) = 0;
};

/// What may open a file. The members point to what the caller keeps.
struct AgeUnlock {
  std::span<const AgeIdentity> identities = {};
  AgeUnwrapper* unwrapper = nullptr;  ///< Asked after the identities.
  const SecretBytes* passphrase = nullptr;
  int work_factor_max = kAgeWorkFactorMax;

  /// Nothing is here that could open anything.
  [[nodiscard]] bool is_empty() const noexcept {
    return identities.empty() && unwrapper == nullptr && passphrase == nullptr;
  }
};

/// How the file was opened, for reports.
struct AgeStanzaCount {
  std::size_t total = 0;
  std::size_t unknown = 0;  ///< Of kinds that we do not know; they are passed over.
};

/// Decrypts a stream. What read() returned is authentic, but only the end (0 bytes) tells that
/// nothing is missing. Errors of open(): `locked` when nothing given fits, `corrupt`,
/// `limit_exceeded`, `invalid_input` when it is no age file.
class AgeReader final : public ByteSource {
 public:
  /// @param in  must outlive the reader.
  static Result<AgeReader> open(ByteSource& in, const AgeUnlock& unlock);
  AgeReader(AgeReader&& other) noexcept;
  AgeReader& operator=(AgeReader&&) = delete;
  ~AgeReader() override;

  Result<std::size_t> read(std::span<std::byte> buffer) override;
  [[nodiscard]] AgeStanzaCount stanzas() const;

 private:
  struct State;
  explicit AgeReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Decrypts any part of a file. Opening decrypts the last chunk first, so a file that was cut or
/// prolonged is refused (`corrupt`) before anything of it is used. Errors as AgeReader's.
class AgeFileReader final : public RandomAccess {
 public:
  static Result<AgeFileReader> open(std::unique_ptr<RandomAccess> file, const AgeUnlock& unlock);
  AgeFileReader(AgeFileReader&& other) noexcept;
  AgeFileReader& operator=(AgeFileReader&&) = delete;
  ~AgeFileReader() override;

  [[nodiscard]] std::uint64_t size_bytes() const override;  ///< Of the plain text.
  Status read_at(std::uint64_t offset, std::span<std::byte> out) override;
  [[nodiscard]] AgeStanzaCount stanzas() const;

 private:
  struct State;
  explicit AgeFileReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// How decrypt_to_file() makes its file.
struct PlainFile {
  std::filesystem::path path;
  mode_t mode = 0600;
  IfExists if_exists = IfExists::refuse;
};

/// Decrypts `in` into a file that has its name only when all of it proved authentic.
Status decrypt_to_file(ByteSource& in, const AgeUnlock& unlock, const PlainFile& file,
                       FileCalls& calls = system_file_calls());

/// Encrypts or decrypts what fits into memory.
Result<Bytes> age_encrypt(std::span<const std::byte> plain,
                          std::span<const AgeRecipient> recipients, Randomness& randomness);
/// @return `limit_exceeded` when the plain text is longer than `size_bytes_max`.
Result<SecretBytes> age_decrypt(std::span<const std::byte> sealed, const AgeUnlock& unlock,
                                std::uint64_t size_bytes_max);

}  // namespace casebook
