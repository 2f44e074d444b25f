#include "cli/runbook_saying.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/board_messages.h"
#include "cli/runbook_values.h"
#include "core/printable.h"

namespace casebook::cli {

ExitStatus show_refusal(CaseSession& session, const std::string& attempt, const Refused& refusal) {
  Runtime& runtime = session.runtime();
  if (!refusal.verdict) {
    // The rules know no options of the command line.
    const bool lacks_signer = refusal.hint.ends_with("to sign as well");
    return fail(runtime,
                {ErrorCode::invalid_input, refusal.what,
                 refusal.hint + (lacks_signer ? ": --with NAME here, --out FILE elsewhere" : "")});
  }
  if (runtime.common.is_json) {
    print_json(runtime, verdict_json(session, attempt, *refusal.verdict));
  } else {
    runtime.out << board_messages(language_of(runtime)).text("not_yet") << '\n'
                << verdict_text(session, attempt, *refusal.verdict);
  }
  return ExitStatus::gate_closed;
}

Status require_runbook(CaseSession& session) {
  if (auto folded = session.fold_runbook(); !folded) return folded;
  if (!session.runbook().missing.empty()) {
    return Error{ErrorCode::corrupt,
                 "the text of a policy that the case pins is not here: " +
                     to_hex(session.runbook().missing.front()).substr(0, 16),
                 "casebook verify tells more"};
  }
  if (session.runbook().policy != nullptr) return ok();
  return Error{ErrorCode::not_found, "this case follows no runbook",
               "cases opened before runbooks came have none; casebook open makes one that has"};
}

ExitStatus say_in(CaseSession& session, const Cosigning& cosigning, const Saying& saying,
                  const std::function<void(CaseSession&, const vault::Appended&)>& done) {
  Runtime& runtime = session.runtime();
  if (auto there = require_runbook(session); !there) return fail(runtime, there.error());
  const auto draft = [&]() -> Result<Proposal> {
    auto body = saying.body(session);
    if (!body) return std::move(body).error();
    std::vector<ProposedText> texts;
    for (const SaidWords& words : saying.words) {
      texts.push_back({words.name, words.text, words.kind});
    }
    return session.propose({std::string(verb_of(*body)), format_runbook_body(*body)}, texts,
                           saying.digests);
  };
  auto proposal = gather(session, cosigning, draft);
  if (!proposal) return fail(runtime, proposal.error());
  if (!*proposal) return ExitStatus::done;
  auto refusal = session.judge(**proposal);
  if (!refusal) return fail(runtime, refusal.error());
  if (*refusal) return show_refusal(session, saying.attempt, **refusal);
  auto appended = session.say(**proposal);
  if (!appended) return fail(runtime, appended.error());
  done(session, *appended);
  return ExitStatus::done;
}

ExitStatus say_in_case(Runtime& runtime, const Cosigning& cosigning, const Saying& saying,
                       const std::function<void(CaseSession&, const vault::Appended&)>& done) {
  auto session = CaseSession::open(runtime, kind_for(cosigning), saying.purpose);
  if (!session) return fail(runtime, session.error());
  const ExitStatus status = say_in(**session, cosigning, saying, done);
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  return status;
}

}  // namespace casebook::cli
