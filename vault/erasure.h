#pragma once
/// What an erasure may be called. Pure. Specification: docs/spec/compartment.md, section "Erasure".

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace casebook::vault {

enum class ErasureStanding {
  logical,    ///< Gone from the live files; some older copy can still be opened.
  destroyed,  ///< No copy that is known of can be opened any more.
};
std::string_view to_string(ErasureStanding standing) noexcept;

/// A copy of the case that was made and recorded.
struct KnownBackup {
  std::string name;
  std::uint64_t generation = 1;  ///< Of the compartment, when it was made.
  bool is_made_after_erasure = false;
  bool is_destroyed = false;  ///< Recorded as such by a person.
};

struct ErasureFacts {
  std::uint64_t erased_in_generation = 1;
  std::uint64_t current_generation = 1;
  std::vector<std::string> leftover_files;  ///< leftover_files() of rotation.h.
  std::vector<KnownBackup> backups;
  bool attachments_remain = false;  ///< Files of erased attachments that could not be removed.
};

struct ErasureReport {
  ErasureStanding standing = ErasureStanding::logical;
  /// What still stands against `destroyed`, a line each; empty exactly when it is.
  std::vector<std::string> survivors;
  /// What no program can know; goes into every report.
  std::string limits;
};
ErasureReport erasure_report(const ErasureFacts& facts);

}  // namespace casebook::vault
