#pragma once
/// Words that are about to be pasted into a chat or sent as mail: whether gates let them go, and
/// how long they may be.

#include "cli/case_session.h"
#include "cli/exit_status.h"
#include "workflow/values.h"

namespace casebook::cli {

inline constexpr std::size_t kChatCharactersMax = 4000;
inline constexpr std::size_t kMailCharactersMax = 60'000;

/// Asks the gates on an attempt ("sitrep", "update") before anything is printed or written, kept or
/// not. A gate that is closed refuses in one line: which one, the facts that closed it and who said
/// them, what to do.
/// @return nothing when the words may go.
std::optional<ExitStatus> refuse_to_send(CaseSession& session, const std::string& attempt,
                                         const workflow::Fields& fields = {});

/// @return `limit_exceeded` for text that is longer than a chat or a mail of ours may be: it is
/// never cut, since what was sent and what is kept have to be the same.
Status check_length(const std::string& text, bool is_chat, bool is_mail);

}  // namespace casebook::cli
