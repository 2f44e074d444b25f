#include "cli/record_bag.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/bag_access.h"
#include "cli/collect_summary.h"
#include "cli/custody_files.h"
#include "cli/note_writing.h"
#include "cli/text.h"
#include "core/bag_verify.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

/// How identities of bags are named in a compartment.
constexpr std::string_view kPurpose = "bag";

/// Length and root of the custody that is beside the bag; nothing when it does not open.
std::optional<MerkleHead> custody_of(Runtime& runtime, const KnownBag& bag, const BagPapers& papers,
                                     const AgeUnlock& unlock) {
  const auto log = open_custody(bag, papers, unlock, runtime.randomness);
  if (!log) return std::nullopt;
  const auto head = custody_head(*log, custody_tails(*log).front());
  return head ? std::optional(*head) : std::nullopt;
}

struct Examined {
  BagReport report;
  std::optional<vault::KeptIdentity> identity;
  std::optional<MerkleHead> custody;
};
Result<Examined> examine(Runtime& runtime, const KnownBag& bag, const RecordBagOptions& options) {
  BagAccess access(runtime, options.identity);
  auto unlock = access.unlock_for(bag);
  if (!unlock) return std::move(unlock).error();
  auto report = verify_bag(bag.folder, {.unlock = *unlock});
  if (!report) return std::move(report).error();
  if (!report->findings.empty() || !report->seal || !report->signature_good) {
    return Error{ErrorCode::corrupt, bag.name() + " is not what was sealed: it is not recorded",
                 "casebook verify " + bag.name() + " tells more"};
  }
  Examined examined{*std::move(report), {}, {}};
  if (const AgeIdentity* identity = access.bag_identity()) {
    examined.identity = vault::KeptIdentity{std::string(kPurpose), bag.id, identity->text()};
  }
  examined.custody = custody_of(runtime, bag, examined.report.papers, *unlock);
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
  auto examined = examine(runtime, *bag, options);
  if (!examined) return fail(runtime, examined.error());
  auto session = CaseSession::open(runtime, SessionKind::writes, "recording evidence");
  if (!session) return fail(runtime, session.error());
  auto compartment = (*session)->compartment(options.compartment);
  if (!compartment) return fail(runtime, compartment.error());
  if (is_known(**compartment, bag->id)) {
    return fail(runtime, {ErrorCode::invalid_input, bag->name() + " is recorded already",
                          "casebook find " + bag->name()});
  }
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
  vault::Projections more;
  if (examined->identity) more.identities = {&*examined->identity, 1};
  auto said = (*session)->write(options.compartment, "bag", *item, more);
  if (!said) return fail(runtime, said.error());
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"bag", bag->id},
                         {"entry", said->seq},
                         {"format", "casebook-recorded-bag/1"},
                         {"opens", examined->identity.has_value()},
                         {"seal_code", examined->report.seal_code}});
    return ExitStatus::done;
  }
  runtime.out << bag->name() << " is in the case as " << said->seq << "\n  seal code "
              << examined->report.seal_code << '\n'
              << wrap_behind("  ",
                             examined->identity
                                 ? "whoever can open " + options.compartment + " can open it now"
                                 : "its identity is not here: it opens for nobody else",
                             runtime.terminal.width_columns);
  return ExitStatus::done;
}

Result<std::optional<AgeIdentity>> identity_in_case(Runtime& runtime, const KnownBag& bag) {
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
    auto identity = (*compartment)->identity(kPurpose, bag.id);
    if (identity) return std::optional<AgeIdentity>(*std::move(identity));
    if (identity.error().code != ErrorCode::not_found) return std::move(identity).error();
  }
  return std::optional<AgeIdentity>();
}

}  // namespace casebook::cli
