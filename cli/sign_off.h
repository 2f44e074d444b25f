#pragma once
/// Requests for a person's word: what they cover, the sheet that a person reads, the answer.

#include "cli/runbook_saying.h"

namespace casebook::cli {

/// A leaf of a gate that only somebody's signed word satisfies.
struct WantedWord {
  std::string gate, attempt;
  std::uint32_t leaf = 0;
  workflow::AttestRule rule;
  std::optional<StatementId> record;
  std::vector<PersonId> who;
};
/// Missing words of a gate, over all attempts that it guards. @return `not_found` for a gate the
/// policy does not have.
/// @param about  an entry whose fields are those of what is attempted: of a draft, its digest.
Result<std::vector<WantedWord>> wanted_words(CaseSession& session, const std::string& gate,
                                             const std::optional<StatementId>& about = {});

/// The statement that answers an ask.
Result<workflow::RunbookBody> answer_of(CaseSession& session, const workflow::Ask& ask);

/// At most 1,200 characters for a chat: the question, what it covers, if yes, if no, the code.
std::string sign_off_sheet(CaseSession& session, const workflow::Ask& ask);
/// Read back when somebody answers by telephone: eight hex digits in two groups.
std::string ask_code(const workflow::Ask& ask);

}  // namespace casebook::cli
