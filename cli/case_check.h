#pragma once
/// Everything that can be checked of a case: in clear, and further with a
/// person's keys. Findings are values; only what cannot be read at all is an
/// error.

#include "cli/case_session.h"
#include "workflow/anchors.h"

namespace casebook::cli {

struct CaseCheckOptions {
  std::vector<std::string> anchors;  ///< Fingerprints, or files: roster.json, public keys.
  bool without_keys = false;
};

struct CaseCheck {
  vault::CaseState state;
  std::vector<std::string> findings;   ///< Tampering or damage: exit status 4.
  std::vector<std::string> unchecked;  ///< What could not be told: exit status 3.
  std::vector<std::string> refused;    ///< Entries that the rules refuse: exit status 4.
  std::vector<std::string> contested;  ///< Entries in doubt since a key was stolen.
  std::uint64_t records = 0;           ///< Entries whose record was read and fits.
  std::uint64_t erased = 0;            ///< Entries whose text and salt were erased.
  std::uint64_t waiting = 0;           ///< Entries whose record lies in an inbox.
  std::uint64_t attachments = 0;       ///< Files read to their end.
  std::vector<std::string> compartments;
  std::vector<std::string> anchored;  ///< Names.
  std::vector<std::string> unknown;   ///< Persons for whom nobody outside vouches.
  bool is_single_founder = false;
};
Result<CaseCheck> check_case(Runtime& runtime, const vault::CasePaths& paths,
                             const CaseCheckOptions& options);

/// `casebook verify CASE`.
ExitStatus verify_case(Runtime& runtime, const std::filesystem::path& folder,
                       const CaseCheckOptions& options);

}  // namespace casebook::cli
