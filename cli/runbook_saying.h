#pragma once
/// The one way in which commands say something about the runbook: sign, ask the rules, append, or
/// show what stands against it.

#include <functional>

#include "cli/cosigning.h"
#include "cli/verdict_text.h"

namespace casebook::cli {

/// Words that come with a statement: kept as an item of a compartment, named in its digests.
struct SaidWords {
  std::string name;  ///< In the digests: "reason", "words".
  std::string text;
  std::string kind = "text";
};

struct Saying {
  std::string purpose;  ///< For the prompt: "recording a change".
  std::string attempt;  ///< For the verdict: "rollout".
  std::function<Result<workflow::RunbookBody>(CaseSession&)> body = {};
  std::vector<SaidWords> words = {};
  StatementDigests digests = {};  ///< Of words that are kept elsewhere.
};

/// Opens the case, says it, and calls `done` with the place it got. Exit status 5 with the verdict
/// when gates refuse.
ExitStatus say_in_case(Runtime& runtime, const Cosigning& cosigning, const Saying& saying,
                       const std::function<void(CaseSession&, const vault::Appended&)>& done);
/// The same in a session that is open.
ExitStatus say_in(CaseSession& session, const Cosigning& cosigning, const Saying& saying,
                  const std::function<void(CaseSession&, const vault::Appended&)>& done);

/// Prints a refusal of the rules: with what gates miss when they were asked.
ExitStatus show_refusal(CaseSession& session, const std::string& attempt, const Refused& refusal);

/// Folds the runbook. @return `not_found` for a case that follows none, `corrupt` when the text of
/// a pinned policy is not there.
Status require_runbook(CaseSession& session);

}  // namespace casebook::cli
