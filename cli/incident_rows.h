#pragma once
/// The register of incidents that an organisation keeps over all its cases, sealed to the persons
/// of its roster: what happened, its effects, what was done, who was told. GDPR Art. 33(5) asks for
/// it. Specification: docs/spec/org.md, section "Incidents".

#include <filesystem>
#include <vector>

#include "core/age_file.h"
#include "core/ids.h"
#include "core/merkle.h"
#include "core/roster.h"

namespace casebook::cli {

struct IncidentTexts {
  std::string nature, effects, measures, notified;
};
/// One case, as its ledger stood.
struct IncidentRow {
  CaseId case_id;
  std::string code_name;
  UtcSeconds noticed_at, as_of;
  bool is_personal_data = false;  ///< Suspected or confirmed at any time.
  MerkleHead head;
  IncidentTexts en, nl;
};

std::string format_incidents(const std::vector<IncidentRow>& rows);
/// @return `invalid_input` for anything that format_incidents() does not write.
Result<std::vector<IncidentRow>> parse_incidents(std::string_view text);

/// @return no rows when there is no file yet; `locked` when none of the identities fits.
Result<std::vector<IncidentRow>> load_incidents(const std::filesystem::path& org,
                                                std::span<const AgeIdentity> identities);
/// Seals them to everybody of the roster. @return `invalid_input` when nobody could open them.
Status save_incidents(const std::filesystem::path& org, const std::vector<IncidentRow>& rows,
                      const Roster& roster, Randomness& randomness);

enum class RowKept { added, replaced, unchanged };
/// A row takes the place of an older one of the same case. @return `invalid_input` when the row
/// that is kept saw more of the ledger: an old copy of a case adds nothing.
Result<RowKept> keep_incident(std::vector<IncidentRow>& rows, IncidentRow row);

}  // namespace casebook::cli
