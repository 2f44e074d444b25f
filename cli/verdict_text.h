#pragma once
/// What blocks an attempt, as `why` and refusals print it: who could do what, and the command.

#include "cli/case_session.h"
#include "workflow/board.h"

namespace casebook::cli {

/// One missing thing in words, the persons who could do it, and what they would type.
struct MissingText {
  std::string what, who, command;
  std::vector<std::string> notes = {};  ///< What went stale, when it opens by itself.
};
MissingText missing_text(CaseSession& session, const workflow::MissingLeaf& leaf);

/// What somebody types to get an open thing settled: `done N`, or what a step asks for first.
std::string settling_command(CaseSession& session, std::uint64_t number);

/// The whole verdict: what is missing in the order to do it, then what is satisfied and waived.
std::string verdict_text(CaseSession& session, const std::string& attempt,
                         const workflow::Verdict& verdict);
Json verdict_json(CaseSession& session, const std::string& attempt,
                  const workflow::Verdict& verdict);
/// How many things stand between now and the attempt.
std::size_t missing_count(const workflow::Verdict& verdict);

/// "approve" for `#14`: label of an open thing with what it is about, on one line.
std::string thing_text(CaseSession& session, const workflow::OpenThing& thing);

}  // namespace casebook::cli
