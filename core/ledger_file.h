#pragma once
/// A ledger on disk, open for appending. Specification: docs/spec/ledger.md, section "File".

#include "core/durable_file.h"
#include "core/ledger.h"

namespace casebook {

/// The writer of a ledger file. One writer at a time: whoever opens it holds a FileLock.
class LedgerFile {
 public:
  /// Makes an empty ledger. @return `invalid_input` when the name is taken.
  static Result<LedgerFile> create(const std::filesystem::path& path, const LedgerId& id,
                                   FileCalls& calls = system_file_calls());
  /// Reads and checks all of it, and cuts off an append that was never finished.
  static Result<LedgerFile> open(const std::filesystem::path& path, const LedgerId& id,
                                 FileCalls& calls = system_file_calls());
  /// For whoever needs more of the one reading.
  struct Reading {
    /// Called for each entry with the chain that ends with it; may be empty.
    std::function<Status(const LedgerEntry&, LedgerChain&)> visit;
    /// Called at the end, before anything is cut off: an error leaves the file as it is.
    std::function<Status(const LedgerReport&)> accept;
  };
  static Result<LedgerFile> open(const std::filesystem::path& path, const LedgerId& id,
                                 const Reading& reading, FileCalls& calls);

  /// Appends one entry and makes it durable before it is returned. After an error nothing is known
  /// of the end of the file: every later append is refused (`io`) until it is opened again.
  Result<LedgerEntry> append(const Digest256& commit);
  Result<MerkleHead> head() { return chain_.head(); }
  /// Bytes that open() cut off: worth a line in a report.
  [[nodiscard]] std::uint64_t torn_bytes() const noexcept { return torn_bytes_; }

 private:
  LedgerFile(UniqueFd fd, LedgerChain chain, std::uint64_t torn_bytes, FileCalls& calls)
      : fd_(std::move(fd)), chain_(std::move(chain)), torn_bytes_(torn_bytes), calls_(&calls) {}
  UniqueFd fd_;
  LedgerChain chain_;
  std::uint64_t torn_bytes_;
  FileCalls* calls_;
  bool failed_ = false;
};

}  // namespace casebook
