#pragma once
/// Requests for a person's word: what they cover, the sheet that a person reads, the answer.

#include "cli/runbook_saying.h"
#include "reports/paper/sign_off_sheet.h"

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

/// Null when nobody was asked that.
const workflow::Ask* ask_numbered(const CaseSession& session, std::uint64_t number);
/// The statement that answers an ask.
Result<workflow::RunbookBody> answer_of(CaseSession& session, const workflow::Ask& ask);

/// Names, in the digests of an ask, of what the asking person adds to the sheet.
inline constexpr const char* kWaitingWords = "waiting";
inline constexpr const char* kRecommendsWords = "recommends";
inline constexpr const char* kConsultedWords = "consulted";

/// The question, what it covers, if yes, if no, what waiting costs, who recommends what, who was
/// consulted, the code.
papers::SignOffInput sign_off_input(CaseSession& session, const workflow::Ask& ask);
/// At most 1,200 characters for a chat.
std::string sign_off_sheet(CaseSession& session, const workflow::Ask& ask);
/// One page as PDF. @return `invalid_input` when there is such a file already.
Status write_sign_off_page(CaseSession& session, const workflow::Ask& ask,
                           const std::filesystem::path& file);
/// Read back when somebody answers by telephone: eight hex digits in two groups.
std::string ask_code(const workflow::Ask& ask);

}  // namespace casebook::cli
