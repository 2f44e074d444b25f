#include "vault/erasure.h"

namespace casebook::vault {

std::string_view to_string(ErasureStanding standing) noexcept {
  return standing == ErasureStanding::destroyed ? "destroyed" : "logical";
}

ErasureReport erasure_report(const ErasureFacts& facts) {
  ErasureReport report;
  if (facts.current_generation <= facts.erased_in_generation) {
    report.survivors.emplace_back(
        "freed blocks of the disk open with the present key: make a new generation (rotate)");
  }
  for (const std::string& file : facts.leftover_files) {
    report.survivors.push_back("an older file of the compartment: " + file);
  }
  for (const KnownBackup& backup : facts.backups) {
    if (!backup.is_made_after_erasure && !backup.is_destroyed) {
      report.survivors.push_back("backup " + backup.name + " of generation " +
                                 std::to_string(backup.generation));
    }
  }
  if (facts.attachments_remain) report.survivors.emplace_back("sealed attachments not yet removed");
  if (report.survivors.empty()) report.standing = ErasureStanding::destroyed;
  report.limits =
      "not known here: copies of the folder made by other means, snapshots of the file system, and "
      "what "
      "an entitled person copied";
  return report;
}

}  // namespace casebook::vault
