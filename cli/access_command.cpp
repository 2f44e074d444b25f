// `casebook access`: who can open which compartment.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/access_change.h"
#include "cli/case_ticket.h"
#include "cli/commands.h"
#include "cli/recovery_page.h"
#include "cli/text.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

struct AccessOptions {
  std::string compartment;
  std::vector<std::string> persons;
};

ExitStatus finish(Runtime& runtime, CaseSession& session, const Status& done,
                  const std::string& text) {
  auto closed = session.close();
  if (!done) return fail(runtime, done.error());
  if (!closed) return fail(runtime, closed.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"done", text}, {"format", "casebook-said/1"}});
  } else {
    runtime.out << wrap_behind("", text, runtime.terminal.width_columns);
  }
  return ExitStatus::done;
}

Result<std::vector<PersonId>> find_persons(CaseSession& session,
                                           const std::vector<std::string>& names) {
  std::vector<PersonId> ids;
  for (const std::string& name : names) {
    auto id = session.find_person(name);
    if (!id) return std::move(id).error();
    ids.push_back(*id);
  }
  return ids;
}

ExitStatus grant(Runtime& runtime, const AccessOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::writes, "letting somebody in");
  if (!session) return fail(runtime, session.error());
  auto ids = find_persons(**session, options.persons);
  if (!ids) return fail(runtime, ids.error());
  const Status done = grant_access(**session, options.compartment, *ids);
  return finish(
      runtime, **session, done,
      counted(ids->size(), "person", "persons") + " more can open " + options.compartment);
}

/// RT-38: tickets of the old generation are named, so that they are issued again.
std::string old_tickets(CaseSession& session) {
  const auto tickets = tickets_in_case(session);
  if (!tickets) return {};
  const auto old = std::ranges::count_if(*tickets, &CaseTicket::is_old);
  if (old == 0) return {};
  return ". " + counted(static_cast<std::uint64_t>(old), "ticket is", "tickets are") +
         " from before and to be issued again: casebook ticket list";
}

ExitStatus revoke(Runtime& runtime, const AccessOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::writes, "taking somebody out");
  if (!session) return fail(runtime, session.error());
  auto ids = find_persons(**session, options.persons);
  if (!ids) return fail(runtime, ids.error());
  const Status done = revoke_access(**session, options.compartment, *ids);
  return finish(runtime, **session, done,
                options.compartment + " has new keys; " +
                    counted(ids->size(), "person is", "persons are") +
                    " out. Whatever they copied, keys or words, and every backup from before, they "
                    "can still read" +
                    old_tickets(**session));
}

ExitStatus rotate(Runtime& runtime, const std::string& compartment) {
  auto session = CaseSession::open(runtime, SessionKind::writes, "making new keys");
  if (!session) return fail(runtime, session.error());
  const Status done = revoke_access(**session, compartment, {});
  return finish(runtime, **session, done,
                compartment +
                    " has new keys, for the same persons; backups from before still open "
                    "with the old ones" +
                    old_tickets(**session));
}

ExitStatus recover(Runtime& runtime, const RecoveryOptions& options) {
  if (!options.ends) return make_recovery_page(runtime, options);
  if (!options.out.empty()) {
    return refuse_usage(runtime, {ErrorCode::invalid_input, "--end makes no page: no --out"});
  }
  auto session = CaseSession::open(runtime, SessionKind::writes, "ending recovery identities");
  if (!session) return fail(runtime, session.error());
  const Status done = end_recovery(**session, options.compartment);
  return finish(runtime, **session, done,
                options.compartment +
                    " has new keys, and no recovery identity; with an old page backups from "
                    "before still open" +
                    (done ? old_tickets(**session) : ""));
}

ExitStatus begin(Runtime& runtime, const AccessOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::writes, "making a compartment");
  if (!session) return fail(runtime, session.error());
  const Status done = begin_compartment(**session, options.compartment);
  return finish(runtime, **session, done,
                options.compartment +
                    " is made; only you can open it: casebook access grant. "
                    "If you lose your keys it is lost: casebook access recovery " +
                    options.compartment);
}

/// Somebody who may begin a compartment is named; what others leave is sealed to them.
ExitStatus open_inbox(Runtime& runtime, const AccessOptions& options) {
  if (options.persons.size() != 1) {
    return refuse_usage(runtime, {ErrorCode::invalid_input, "one person begins a compartment"});
  }
  auto session = CaseSession::open(runtime, SessionKind::writes, "opening an inbox");
  if (!session) return fail(runtime, session.error());
  auto id = (*session)->find_person(options.persons.front());
  if (!id) return fail(runtime, id.error());
  const workflow::BoundKey* key = (*session)->people().find(*id)->current_key();
  if (key == nullptr) {
    return fail(runtime, {ErrorCode::invalid_input, "that person has no key that counts"});
  }
  auto proposal =
      (*session)->propose(workflow::AccessInbox{options.compartment, *id, key->recipient});
  if (!proposal) return fail(runtime, proposal.error());
  auto said = (*session)->say(*proposal);
  return finish(runtime, **session, said ? ok() : Status(std::move(said).error()),
                "what is left for " + options.compartment + " waits for " +
                    (*session)->name_of(*id) + ": casebook note add --to " + options.compartment);
}

std::string names_of(CaseSession& session, const std::vector<PersonId>& ids) {
  std::string names;
  for (const PersonId& id : ids) names += (names.empty() ? "" : ", ") + session.name_of(id);
  return names;
}

ExitStatus list_access(Runtime& runtime, bool is_log) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "reading who can open what");
  if (!session) return fail(runtime, session.error());
  Json list = Json::array();
  Table table({{""}, {"since"}, {"who"}});
  for (const auto& [name, grants] : (*session)->people().grants) {
    for (std::size_t i = is_log ? 0 : grants.size() - 1; i < grants.size(); ++i) {
      const workflow::GrantedAccess& one = grants[i];
      Json persons = Json::array();
      for (const PersonId& id : one.grant.persons) persons.push_back(id.text());
      list.push_back({{"compartment", name},
                      {"entry", one.seq},
                      {"generation", one.grant.generation},
                      {"persons", std::move(persons)},
                      {"recovery", one.grant.recovery},
                      {"since", format_utc(one.received_at)}});
      table.row({name + " " + std::to_string(one.grant.generation), format_utc(one.received_at),
                 names_of(**session, one.grant.persons) +
                     (one.grant.recovery > 0 ? " and a recovery identity" : "") + "; let in by " +
                     names_of(**session, one.granted_by)});
    }
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"access", std::move(list)}, {"format", "casebook-access/1"}});
    return ExitStatus::done;
  }
  runtime.out << table.text(runtime.terminal.width_columns);
  if (is_log) {
    runtime.out << "Access with a copied key leaves no trace here.\n";
  }
  return ExitStatus::done;
}

}  // namespace

void add_access_command(Command& root) {
  Command& access = root.add("access", "Who can open which compartment");
  auto granting = std::make_shared<AccessOptions>();
  access.add("grant", "Let persons into a compartment that you can open")
      .argument("COMPARTMENT", granting->compartment, "general, legal, pii, ...")
      .arguments("PERSON", granting->persons, "who")
      .example("casebook access grant legal jo", "")
      .run([granting](Runtime& runtime) { return grant(runtime, *granting); });
  auto revoking = std::make_shared<AccessOptions>();
  access.add("revoke", "Take persons out: new keys, everything written anew")
      .argument("COMPARTMENT", revoking->compartment, "general, legal, pii, ...")
      .arguments("PERSON", revoking->persons, "who")
      .example("casebook access revoke legal jo", "")
      .run([revoking](Runtime& runtime) { return revoke(runtime, *revoking); });
  auto making = std::make_shared<AccessOptions>();
  access.add("begin", "Make a compartment; legal takes the role legal")
      .argument("COMPARTMENT", making->compartment, "legal, pii, hr, ...")
      .example("casebook access begin legal --as cy", "")
      .run([making](Runtime& runtime) { return begin(runtime, *making); });
  auto waiting = std::make_shared<AccessOptions>();
  access.add("inbox", "Before a compartment is begun: who is to begin it, so that notes can wait")
      .argument("COMPARTMENT", waiting->compartment, "legal, pii, ...")
      .arguments("PERSON", waiting->persons, "a person who may begin it", Count::one_or_more)
      .example("casebook access inbox legal cy", "then: casebook note add --to legal")
      .run([waiting](Runtime& runtime) { return open_inbox(runtime, *waiting); });
  auto recovering = std::make_shared<RecoveryOptions>();
  access
      .add("recovery", "Make a recovery identity of a compartment, as a page to print, or end them")
      .argument("COMPARTMENT", recovering->compartment, "else general", Count::optional)
      .option("--out", "FILE", recovering->out, "to a file, closed to others; else the terminal")
      .flag("--end", recovering->ends, "new keys that no page opens: one was lost or seen")
      .example("casebook access recovery", "of general, on the terminal")
      .example("casebook access recovery legal --out page --as cy", "")
      .example("casebook access recovery legal --end", "")
      .run([recovering](Runtime& runtime) { return recover(runtime, *recovering); });
  access.add("list", "Who can open what now")
      .example("casebook access list", "")
      .run([](Runtime& runtime) { return list_access(runtime, false); });
  access.add("log", "Every grant so far")
      .example("casebook access log --json", "")
      .run([](Runtime& runtime) { return list_access(runtime, true); });
}

void add_rotate_command(Command& root) {
  auto compartment = std::make_shared<std::string>("general");
  root.add("rotate", "New keys for a compartment, everything written anew")
      .argument("COMPARTMENT", *compartment, "else general", Count::optional)
      .example("casebook rotate legal", "after a laptop was lost")
      .run([compartment](Runtime& runtime) { return rotate(runtime, *compartment); });
}

}  // namespace casebook::cli
