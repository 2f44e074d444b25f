#pragma once
/// The last head of each case that this user's machine saw, kept outside the case: what finds a
/// folder that was put back or went another way. Specification: docs/spec/case.md, "Heads at home".

#include <filesystem>
#include <optional>

#include "core/durable_file.h"
#include "core/ledger_head.h"

namespace casebook::vault {

class HomeHeads {
 public:
  /// @param folder  need not exist yet.
  explicit HomeHeads(std::filesystem::path folder, FileCalls& calls = system_file_calls())
      : folder_(std::move(folder)), calls_(&calls) {}
  /// @return nothing when this machine never saw the case; `corrupt` for a file that is no head.
  Result<std::optional<SignedHead>> last_seen(const LedgerId& ledger) const;
  /// Keeps a head in place of the one before.
  Status keep(const SignedHead& head) const;

 private:
  [[nodiscard]] std::filesystem::path file_of(const LedgerId& ledger) const {
    return folder_ / ledger.text();
  }
  std::filesystem::path folder_;
  FileCalls* calls_;
};

}  // namespace casebook::vault
