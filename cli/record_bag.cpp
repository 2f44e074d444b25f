#include "cli/record_bag.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/bag_access.h"
#include "cli/case_ticket.h"
#include "cli/collect_summary.h"
#include "cli/custody_files.h"
#include "cli/note_writing.h"
#include "cli/text.h"
#include "core/bag_verify.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

/// That it was verified and is now recorded, in the bag's own custody; its length and root
/// afterwards. Nothing when the custody does not open for this person.
Result<std::optional<MerkleHead>> record_in_custody(CaseSession& session, const KnownBag& bag,
                                                    const AgeUnlock& unlock) {
  const CustodyHand hand{session.ring(), unlock, "recording " + bag.name()};
  auto log = record_custody(session.runtime(), bag, hand,
                            {.kind = CustodyKind::verified,
                             .reason = "recorded in case " + session.state().file.code_name,
                             .person = session.me()});
  if (!log && log.error().code == ErrorCode::locked) return std::optional<MerkleHead>();
  if (!log) return std::move(log).error();
  auto head = custody_head(*log, custody_tails(*log).front());
  if (!head) return std::move(head).error();
  return std::optional(*head);
}

struct Examined {
  BagReport report;
  std::vector<vault::KeptIdentity> identities;
  std::optional<TicketId> ticket;
  std::optional<MerkleHead> custody;
};
/// Verified before anything is said of it.
Result<Examined> examine(const KnownBag& bag, BagAccess& access) {
  auto unlock = access.unlock_for(bag);
  if (!unlock) return std::move(unlock).error();
  auto report = verify_bag(bag.folder, {.unlock = *unlock});
  if (!report) return std::move(report).error();
  if (!report->findings.empty() || !report->seal || !report->signature_good) {
    return Error{ErrorCode::corrupt, bag.name() + " is not what was sealed: it is not recorded",
                 "casebook verify " + bag.name() + " tells more"};
  }
  Examined examined{*std::move(report), {}, {}, {}};
  if (const AgeIdentity* identity = access.bag_identity()) {
    examined.identities.push_back({std::string(kBagPurpose), bag.id, identity->text()});
    const auto ticket = parse_ticket(examined.report.papers.ticket);
    // Another run under the ticket is sealed to the same recipient.
    if (ticket && ticket->recipient == identity->recipient()) {
      examined.ticket = ticket->id;
      examined.identities.push_back(
          {std::string(kTicketPurpose), ticket->id.text(), identity->text()});
    }
  }
  return examined;
}

Result<std::string> fields_of(const KnownBag& bag, const Examined& examined) {
  auto digest = sha256(as_bytes(examined.report.papers.seal_signature));
  if (!digest) return std::move(digest).error();
  Json custody = nullptr;
  if (examined.custody) {
    custody = {{"root", to_hex(examined.custody->root)},
               {"size", std::to_string(examined.custody->count)}};
  }
  return canonical_json(Json{{"bag", bag.id},
                             {"custody", std::move(custody)},
                             {"format", "casebook-evidence/1"},
                             {"seal_code", examined.report.seal_code},
                             {"signature", to_hex(*digest)}});
}

bool is_known(vault::Compartment& compartment, const std::string& bag) {
  bool found = false;
  const auto listed = compartment.each_item("bag", [&](const vault::ItemVersion& item) {
    const auto fields = parse_canonical_json(item.text.fields);
    const auto id = fields ? json_text_member(*fields, "bag")
                           : Result<std::string>(Error{ErrorCode::invalid_input, "no fields"});
    found = found || (id && *id == bag);
    return ok();
  });
  return listed && found;
}

}  // namespace

ExitStatus record_bag(Runtime& runtime, const RecordBagOptions& options) {
  auto bag = choose_bag(runtime.evidence_folder(), options.bag);
  if (!bag) return fail(runtime, bag.error());
  BagAccess access(runtime, options.identity);
  auto examined = examine(*bag, access);
  if (!examined) return fail(runtime, examined.error());
  auto session = CaseSession::open(runtime, SessionKind::writes, "recording evidence");
  if (!session) return fail(runtime, session.error());
  auto compartment = (*session)->compartment(options.compartment);
  if (!compartment) return fail(runtime, compartment.error());
  if (is_known(**compartment, bag->id)) {
    return fail(runtime, {ErrorCode::invalid_input, bag->name() + " is recorded already",
                          "casebook find " + bag->name()});
  }
  auto unlock = access.unlock_for(*bag);
  if (!unlock) return fail(runtime, unlock.error());
  auto custody = record_in_custody(**session, *bag, *unlock);
  if (!custody) return fail(runtime, custody.error());
  examined->custody = *custody;
  auto item = new_item(**session, {}, "bag");
  if (!item) return fail(runtime, item.error());
  item->text.title = bag->name() + " " + bag->id;
  item->text.body = "seal code " + examined->report.seal_code;
  auto fields = fields_of(*bag, *examined);
  if (!fields) return fail(runtime, fields.error());
  item->text.fields = *std::move(fields);
  if (auto given = give_leaf(*item, runtime.randomness); !given) {
    return fail(runtime, given.error());
  }
  // One identity has one place: the ticket's may be there from another run or from its making.
  if (examined->ticket && (*compartment)->identity(kTicketPurpose, examined->ticket->text())) {
    examined->identities.pop_back();
  }
  const vault::Projections more{.identities = examined->identities};
  auto said = (*session)->write(options.compartment, "bag", *item, more);
  if (!said) return fail(runtime, said.error());
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  // The case has it now, and nothing else here.
  if (auto moved = forget_at_home(runtime, examined->report.seal->recipient, examined->ticket);
      !moved) {
    return fail(runtime, moved.error());
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"bag", bag->id},
                         {"entry", said->seq},
                         {"format", "casebook-recorded-bag/1"},
                         {"opens", !examined->identities.empty()},
                         {"seal_code", examined->report.seal_code}});
    return ExitStatus::done;
  }
  runtime.out << bag->name() << " is in the case as " << said->seq << "\n  seal code "
              << examined->report.seal_code << '\n'
              << wrap_behind("  ",
                             !examined->identities.empty()
                                 ? "whoever can open " + options.compartment + " can open it now"
                                 : "its identity is not here: it opens for nobody else",
                             runtime.terminal.width_columns);
  return ExitStatus::done;
}

Result<std::optional<AgeIdentity>> identity_in_case(Runtime& runtime, const KnownBag& bag,
                                                    const std::optional<TicketId>& ticket) {
  const CommonOptions before = runtime.common;
  std::error_code ignored;
  const auto around = bag.folder.parent_path().parent_path();
  if (std::filesystem::exists(around / "case.json", ignored)) runtime.common.case_folder = around;
  if (!runtime.chosen_case()) return std::optional<AgeIdentity>();
  auto session = CaseSession::open(runtime, SessionKind::reads, "reading " + bag.name());
  runtime.common = before;
  if (!session) return std::optional<AgeIdentity>();  // Somebody else's case: nothing is lost.
  for (const std::string& name : (*session)->held()) {
    auto compartment = (*session)->compartment(name);
    if (!compartment) return std::move(compartment).error();
    auto identity = (*compartment)->identity(kBagPurpose, bag.id);
    if (!identity && identity.error().code == ErrorCode::not_found && ticket) {
      identity = (*compartment)->identity(kTicketPurpose, ticket->text());
    }
    if (identity) return std::optional<AgeIdentity>(*std::move(identity));
    if (identity.error().code != ErrorCode::not_found) return std::move(identity).error();
  }
  return std::optional<AgeIdentity>();
}

}  // namespace casebook::cli
