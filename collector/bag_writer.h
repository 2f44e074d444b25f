#pragma once
/// Writes one bag: members, catalog segments, tag files, seal. Entries come one after the other;
/// every byte is read once, straight into the frame that will be compressed.
/// Specification: docs/spec/bag.md, docs/spec/seal.md.

#include <functional>
#include <memory>
#include <optional>

#include "collector/bag_output.h"
#include "collector/entry_sink.h"
#include "core/age_key.h"
#include "core/clock.h"
#include "core/ids.h"
#include "core/random.h"

namespace casebook {

struct BagWriterOptions {
  BagId bag;
  RunId run;
  std::int64_t sequence = 1;  ///< Number of this bag in its run.
  std::string software;       ///< One line of ASCII: "casebook-collect 0.1.0".
  UtcSeconds started_at{};
  std::optional<AgeRecipient> recipient;  ///< None: not encrypted.
  int level = 3;
  unsigned workers = 2;
  std::size_t frame_bytes = std::size_t{4} << 20U;
};

struct BagWriterServices {
  BagOutput& output;
  const Clock& clock;
  Randomness& randomness;
  FileCalls& calls = system_file_calls();  ///< For spools.
};

struct SealRequest {
  std::string context_json;  ///< Canonical, at most 16 MiB.
  std::string seal_key;      ///< One-line OpenSSH public key.
  /// Signs `message` in namespace casebook-seal@v1; returns the armored SSHSIG.
  std::function<Result<std::string>(std::span<const std::byte> message)> sign;
  std::string ticket = {};            ///< Exact bytes of ticket.json; empty: unratified.
  std::string ticket_signature = {};  ///< Exact bytes of ticket.json.sig.
};

struct WrittenBag {
  Seal seal;
  std::string seal_json;
  std::string seal_signature;
};

/// An EntrySink that makes a bag. Without seal() what was written stays as an unsealed bag. After
/// an error of list() or store() the bag cannot be sealed. Used by one thread.
class BagWriter final : public EntrySink {
 public:
  static Result<BagWriter> create(BagWriterOptions options, const BagWriterServices& services);
  BagWriter(BagWriter&& other) noexcept;
  BagWriter& operator=(BagWriter&&) = delete;
  ~BagWriter() override;

  Status list(CatalogLine&& line) override;
  Status store(CatalogLine&& line, Content content) override;

  /// True once this bag has taken what it can hold in memory: seal it and go on in the next one.
  [[nodiscard]] bool must_close() const { return must_close_within(0); }
  /// True when that may come to pass within so many further entries.
  [[nodiscard]] bool must_close_within(std::uint64_t entries) const;
  [[nodiscard]] std::uint64_t entries() const;
  /// Bytes of the tar stream so far.
  [[nodiscard]] std::uint64_t content_bytes() const;
  /// Bytes of the archive given to the output so far.
  [[nodiscard]] std::uint64_t archive_bytes() const;
  /// For what is still to be compressed; -1 when the host must be spared.
  void set_level(int level);

  /// Closes the archive, signs and writes the seal; the last write is seal.json.
  Result<WrittenBag> seal(SealRequest request) &&;

 private:
  struct State;
  explicit BagWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace casebook
