#pragma once
/// A copy of a whole case as files: taken while nobody writes, checked byte for byte, put back only
/// where nothing is. Needs no key: what is copied is sealed already. Specification:
/// docs/spec/backup.md.

#include <filesystem>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/digest.h"
#include "core/durable_file.h"

namespace casebook::vault {

struct BackupReport {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  Digest256 manifest{};               ///< SHA-256 of the manifest: names this backup.
  std::vector<std::string> findings;  ///< Of a verification: what is missing, changed or too much.
};

struct BackupOptions {
  std::filesystem::path case_folder;
  /// The new folder; its parent exists, it does not.
  std::filesystem::path target;
  FileCalls* calls = nullptr;
};

/// Copies `case.json`, `ledger`, `head`, `vault/`, `evidence/`, `releases/`, then reads the copy
/// again. The caller holds the case's own lock, has brought the logs of its compartments into their
/// files, and has none of them open. @return `locked` when somebody else has; `invalid_input` for
/// links and devices.
Result<BackupReport> back_up(const BackupOptions& options, UtcSeconds now);
/// Compares a backup with its manifest: every byte, nothing missing, nothing too much.
Result<BackupReport> verify_backup(const std::filesystem::path& backup);
/// Verifies, copies into a folder that does not exist yet, and verifies the copy.
/// @return `corrupt` when the backup has findings, `invalid_input` when the target exists.
Result<BackupReport> restore(const std::filesystem::path& backup,
                             const std::filesystem::path& target,
                             FileCalls& calls = system_file_calls());

}  // namespace casebook::vault
