#pragma once
/// The sealed inbox of a compartment, from both sides: whoever does not hold it leaves a note
/// there, whoever does takes the notes in. Specification: docs/spec/inbox.md, docs/spec/case.md
/// "Inbox".

#include "cli/case_session.h"
#include "vault/inbox.h"

namespace casebook::cli {

/// Kind of the item in `general` that says for which inbox the next entry is.
inline constexpr std::string_view kInboxKind = "inbox";

/// An entry whose record waits in an inbox, or waited there.
struct InboxEntry {
  std::uint64_t seq = 0;
  std::string compartment;
  Digest256 commit{};
};
/// Those that `general` names.
Result<std::vector<InboxEntry>> inbox_entries(CaseSession& session);

/// Signs a note and leaves it for a compartment that this person need not hold. @return the entry.
Result<InboxEntry> leave_note(CaseSession& session, const std::string& compartment,
                              const std::string& text);

struct TakenIn {
  std::uint64_t taken = 0;
  std::uint64_t known = 0;                 ///< In the compartment already.
  std::vector<std::string> findings = {};  ///< Missing or damaged ones, with their entry.
  std::uint64_t quarantined = 0;           ///< Files that no entry names, put out of the way.
};
Result<TakenIn> take_in(CaseSession& session, const std::string& compartment);

}  // namespace casebook::cli
