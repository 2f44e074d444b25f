// `casebook open TITLE` and `casebook use CASE`: make a case, choose one.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/case_session.h"
#include "cli/code_names.h"
#include "cli/commands.h"
#include "cli/cosigning.h"
#include "cli/org_folder.h"
#include "cli/pinning.h"
#include "cli/shared_keys.h"
#include "cli/text.h"
#include "cli/unlock_command.h"
#include "core/nearest.h"
#include "core/printable.h"
#include "workflow/runbook_statement.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTitleBytesMax = 500;

struct OpenOptions {
  std::string title;
  std::vector<std::string> with;
  fs::path folder;
  std::vector<std::string> policies;
  std::string kind;
  bool is_drill = false;
  bool unlocks = false;
};

/// A key of this user: the one there is, or a new one with the one question that this takes.
Result<KeyRing> own_or_new_key(Runtime& runtime) {
  auto folder = key_folder(runtime);
  if (!folder) return std::move(folder).error();
  if (!persons_in(*folder).empty()) {
    auto person = choose_person(runtime);
    if (!person) return std::move(person).error();
    return KeyRing(runtime, *std::move(person));
  }
  std::string name = runtime.common.person;
  if (name.empty()) name = runtime.environment("USER").value_or("me");
  auto passphrase = runtime.passphrases.ask({"for your new keys, " + name, true});
  if (!passphrase) return std::move(passphrase).error();
  NewPerson wanted{.name = name, .folder = *folder};
  wanted.passphrase = &*passphrase;
  auto person = make_person(runtime, wanted);
  if (!person) return std::move(person).error();
  runtime.err << "casebook: made your keys in " << printable(folder->string())
              << "; keep a copy elsewhere\n";
  KeyRing ring(runtime, *std::move(person));
  ring.give_passphrase(*std::move(passphrase));
  return ring;
}

/// Who somebody is by the roster, else somebody new.
struct Identified {
  PersonId id;
  std::string name;
};
Result<Identified> identify(Runtime& runtime, const Person& person, const SignedRoster* roster) {
  if (roster != nullptr) {
    if (const RosterPerson* known = roster->roster.owner_of(person.key)) {
      return Identified{known->id, known->name};
    }
  }
  auto id = PersonId::make(runtime.randomness);
  if (!id) return std::move(id).error();
  return Identified{*id, person.name};
}

class Opening {
 public:
  Opening(Runtime& runtime, const OpenOptions& options) : runtime_(runtime), options_(options) {}

  Status run() {
    if (options_.title.empty() || options_.title.size() > kTitleBytesMax ||
        !is_utf8(options_.title)) {
      return Error{ErrorCode::invalid_input, "a title has 1 to 500 bytes"};
    }
    auto policies = choose_policies(options_.policies);
    if (!policies) return std::move(policies).error();
    policies_ = *std::move(policies);
    if (auto known = check_kind(); !known) return known;
    if (auto found = find_founders(); !found) return found;
    if (auto named = choose_place(); !named) return named;
    auto written = write_case();
    if (!written) {
      std::error_code ignored;
      fs::remove_all(draft_, ignored);
      return written;
    }
    return ok();
  }
  [[nodiscard]] const fs::path& place() const { return place_; }
  [[nodiscard]] const std::string& code_name() const { return code_name_; }
  [[nodiscard]] const CaseId& case_id() const { return *case_id_; }
  [[nodiscard]] std::size_t founders() const { return rings_.size(); }
  [[nodiscard]] bool has_roster() const { return roster_.has_value(); }
  [[nodiscard]] const std::vector<ChosenPolicy>& policies() const { return policies_; }

 private:
  Status check_kind() {
    if (options_.kind.empty()) return ok();
    std::vector<std::string> kinds;
    for (const ChosenPolicy& chosen : policies_) {
      for (const auto& [kind, rule] : chosen.policy.kinds) kinds.push_back(kind);
    }
    if (std::ranges::find(kinds, options_.kind) != kinds.end()) return ok();
    const std::string near = nearest(options_.kind, kinds);
    std::string all;
    for (const std::string& kind : kinds) all += (all.empty() ? "one of " : ", ") + kind;
    return Error{ErrorCode::invalid_input,
                 printable(options_.kind) + ": the runbook has no such kind",
                 near.empty() ? all : "did you mean " + near + "?"};
  }

  Status find_founders() {
    auto ring = own_or_new_key(runtime_);
    if (!ring) return std::move(ring).error();
    rings_.push_back(*std::move(ring));
    auto folder = key_folder(runtime_);
    if (!folder) return std::move(folder).error();
    for (const std::string& name : options_.with) {
      auto person = person_named(runtime_, name);
      if (!person) return std::move(person).error();
      rings_.emplace_back(runtime_, *std::move(person));
    }
    auto roster = known_roster(runtime_);
    if (!roster) return std::move(roster).error();
    roster_ = *std::move(roster);
    for (KeyRing& one : rings_) {
      auto who = identify(runtime_, one.person(), roster_ ? &*roster_ : nullptr);
      if (!who) return std::move(who).error();
      who_.push_back(*std::move(who));
    }
    return ok();
  }

  Status choose_place() {
    auto id = CaseId::make(runtime_.randomness);
    if (!id) return std::move(id).error();
    case_id_ = *id;
    std::error_code ignored;
    for (int attempt = 0; attempt < 100; ++attempt) {
      auto name = make_code_name(runtime_.randomness);
      if (!name) return std::move(name).error();
      code_name_ = *std::move(name);
      place_ = options_.folder.empty() ? fs::absolute(code_name_) : fs::absolute(options_.folder);
      if (!fs::exists(place_, ignored)) break;
      if (!options_.folder.empty()) {
        return Error{ErrorCode::invalid_input, printable(place_.string()) + ": is there already",
                     "a case is made in a folder of its own"};
      }
    }
    draft_ = place_;
    draft_ += ".new";
    return ok();
  }

  /// Everything is made beside its final name, so that half a case never has one.
  Status write_case() {
    const vault::CasePaths paths{draft_};
    auto log_key = machine_log_key(runtime_, *case_id_);
    if (!log_key) return std::move(log_key).error();
    vault::CaseFile file{*case_id_, code_name_, options_.is_drill, {}, (*log_key)->public_key(),
                         {}};
    if (roster_) file.roster = roster_->digest;
    for (std::size_t i = 0; i < rings_.size(); ++i) {
      file.founders.push_back({who_[i].id, rings_[i].person().key});
    }
    if (auto made = vault::create_case(paths, file); !made) return made;
    auto general = make_general(paths);
    if (!general) return std::move(general).error();
    auto home = home_heads(runtime_);
    if (!home) return std::move(home).error();
    auto writer =
        vault::CaseWriter::open({paths, *home, log_key->get(), &runtime_.randomness, nullptr});
    if (!writer) return std::move(writer).error();
    if (auto said = say_opening(*writer, *general, **log_key); !said) return said;
    if (auto said = say_grant(*writer, *general); !said) return said;
    if (auto said = say_policies(*writer, *general); !said) return said;
    if (auto settled = vault::settle_slots(paths.vault(), *grant_); !settled) return settled;
    if (auto closed = std::move(*general).close(); !closed) return closed;
    std::error_code failure;
    fs::rename(draft_, place_, failure);
    if (failure) return system_error("rename", failure.value());
    if (auto synced = sync_folder(place_.parent_path()); !synced) return synced;
    return std::move(*writer).close();
  }

  Result<vault::Compartment> make_general(const vault::CasePaths& paths) {
    std::vector<vault::SlotPerson> persons;
    for (std::size_t i = 0; i < rings_.size(); ++i) {
      persons.push_back({who_[i].id.text(), rings_[i].person().recipient});
    }
    std::ranges::sort(persons, {}, &vault::SlotPerson::person);
    const vault::CompartmentName name{*case_id_, "general", 1};
    auto slots = vault::make_slots(name, std::move(persons), runtime_.randomness);
    if (!slots) return std::move(slots).error();
    auto sealed = vault::seal_slots(*slots, runtime_.randomness);
    if (!sealed) return std::move(sealed).error();
    grant_ = sealed->grant;
    if (auto staged = vault::stage_slots(paths.vault(), *sealed); !staged) {
      return std::move(staged).error();
    }
    const vault::DatabaseOptions database{
        .path = vault::files_of(paths.vault(), "general").database,
        .lock_file = paths.vault() / "lock"};
    if (auto made = vault::Compartment::create(database, slots->data_key, name); !made) {
      return std::move(made).error();
    }
    return vault::Compartment::open(database, slots->data_key, name);
  }

  Status say_opening(vault::CaseWriter& writer, vault::Compartment& general, Signer& log_key) {
    workflow::CaseOpen open{code_name_, {}, log_key.public_key(), {}};
    if (roster_) open.roster = roster_->digest;
    std::vector<ProposedText> texts = {{"title", options_.title}};
    for (std::size_t i = 0; i < rings_.size(); ++i) {
      open.founders.push_back(
          {who_[i].id, rings_[i].person().key, rings_[i].person().recipient,
           i == 0 ? std::vector<std::string>{"commander"} : std::vector<std::string>{}});
      texts.push_back({"name_" + std::to_string(i), who_[i].name});
    }
    return append(writer, general, workflow::Body(std::move(open)), texts, rings_.size());
  }

  Status say_grant(vault::CaseWriter& writer, vault::Compartment& general) {
    auto grant = signed_form(*grant_);
    if (!grant) return std::move(grant).error();
    return append(writer, general, workflow::Body(*std::move(grant)), {}, 1);
  }

  Status say_policies(vault::CaseWriter& writer, vault::Compartment& general) {
    auto items = policy_items(policies_, who_.front().id, runtime_);
    if (!items) return std::move(items).error();
    const DraftPlace place = place_now(writer);
    auto draft = draft_statement(place, pin_of(policies_), {}, {}, runtime_.randomness);
    if (auto said = append(writer, general, place, std::move(draft), 1, *items); !said) return said;
    if (options_.kind.empty()) return ok();
    const workflow::RunbookBody kind(workflow::KindSet{options_.kind});
    const DraftPlace next = place_now(writer);
    return append(writer, general, next,
                  draft_statement(next, {std::string(verb_of(kind)), format_runbook_body(kind)}, {},
                                  {}, runtime_.randomness),
                  1, {});
  }

  [[nodiscard]] DraftPlace place_now(const vault::CaseWriter& writer) const {
    return {*case_id_, options_.is_drill, who_.front().id, runtime_.clock.now_seconds(),
            writer.basis()};
  }

  Status append(vault::CaseWriter& writer, vault::Compartment& general, const workflow::Body& body,
                const std::vector<ProposedText>& texts, std::size_t signers) {
    const DraftPlace place = place_now(writer);
    return append(writer, general, place, draft_skeleton(place, body, texts, runtime_.randomness),
                  signers, {});
  }

  Status append(vault::CaseWriter& writer, vault::Compartment& general, const DraftPlace& place,
                Result<Draft> draft, std::size_t signers,
                const std::vector<vault::ItemVersion>& more) {
    if (!draft) return std::move(draft).error();
    Proposal proposal{{}, draft->items};
    proposal.items.insert(proposal.items.end(), more.begin(), more.end());
    proposal.statement.text = format_statement(draft->statement);
    for (std::size_t i = 0; i < signers; ++i) {
      auto signer = rings_[i].signer("opening a case");
      if (!signer) return std::move(signer).error();
      if (auto added = cosign_statement(proposal.statement, **signer); !added) return added;
    }
    auto appended = append_skeleton(writer, general, proposal, place, runtime_.randomness);
    if (!appended) return std::move(appended).error();
    return ok();
  }

  Runtime& runtime_;
  const OpenOptions& options_;
  std::vector<KeyRing> rings_;
  std::vector<Identified> who_;
  std::optional<SignedRoster> roster_;
  std::optional<CaseId> case_id_;
  std::string code_name_;
  fs::path place_;
  fs::path draft_;
  std::optional<vault::Grant> grant_;
  std::vector<ChosenPolicy> policies_;
};

Status remember_case(const Runtime& runtime, const fs::path& place, const std::string& code_name) {
  auto state = runtime.state_folder();
  if (!state) return std::move(state).error();
  std::error_code failure;
  fs::create_directories(*state / "cases", failure);
  if (failure) return system_error("make " + printable(state->string()), failure.value());
  const std::string line = place.string() + "\n";
  for (const fs::path& file : {*state / kChosenCase, *state / "cases" / code_name}) {
    auto written = write_file(file, as_bytes(line), 0600, IfExists::replace);
    if (!written) return written;
  }
  return ok();
}

ExitStatus open_case(Runtime& runtime, const OpenOptions& options) {
  Opening opening(runtime, options);
  if (auto opened = opening.run(); !opened) return fail(runtime, opened.error());
  if (auto kept = remember_case(runtime, opening.place(), opening.code_name()); !kept) {
    return fail(runtime, kept.error());
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"case", opening.case_id().text()},
                         {"code_name", opening.code_name()},
                         {"drill", options.is_drill},
                         {"folder", printable(opening.place().string())},
                         {"format", "casebook-opened/1"},
                         {"single_founder", opening.founders() == 1}});
    return ExitStatus::done;
  }
  runtime.out << "case " << opening.code_name() << (options.is_drill ? " (drill)" : "")
              << "; you command\n  folder   " << printable(opening.place().string())
              << "\n  founders " << opening.founders()
              << (opening.founders() == 1 ? ": every report will say single founder" : "")
              << "\n  roster   "
              << (opening.has_roster() ? "pinned" : "none: identities cannot be checked later")
              << "\n  runbook ";
  for (const ChosenPolicy& chosen : opening.policies()) {
    runtime.out << ' ' << chosen.policy.id << " v" << chosen.policy.version;
  }
  runtime.out << '\n';
  warn_of_stale(runtime, opening.policies());
  runtime.out << "First: casebook access recovery, and print the page: lost keys are lost words\n"
              << "Next: casebook status, casebook note, casebook person add NAME\n";
  return ExitStatus::done;
}

/// A path, or the code name of a case that was opened or used here.
Result<fs::path> case_called(const Runtime& runtime, const std::string& wanted) {
  std::error_code ignored;
  if (fs::exists(fs::path(wanted) / "case.json", ignored)) return fs::absolute(wanted);
  auto state = runtime.state_folder();
  if (!state) return std::move(state).error();
  if (!wanted.empty() && wanted.find('/') == std::string::npos && wanted.front() != '.') {
    if (auto path = read_file(*state / "cases" / wanted, 4096)) {
      std::string text(as_text(*path));
      if (text.ends_with('\n')) text.pop_back();
      if (fs::exists(fs::path(text) / "case.json", ignored)) return fs::path(text);
    }
  }
  return Error{ErrorCode::not_found, printable(wanted) + ": no case",
               "give its folder, or the code name of one that was opened here"};
}

/// Binds this machine's log key and moves the lease to it.
Result<Carried> take_case(Runtime& runtime, const Cosigning& cosigning) {
  const SessionKind kind = cosigning.out.empty() ? SessionKind::takes : SessionKind::proposes;
  auto session = CaseSession::open(runtime, kind, "taking the case over");
  if (!session) return std::move(session).error();
  auto taken = take_lease(**session, cosigning);
  if (!taken) return taken;
  if (auto closed = (*session)->close(); !closed) return std::move(closed).error();
  return taken;
}

struct UseOptions {
  std::string wanted;
  bool is_taking = false;
  Cosigning cosigning;
};

ExitStatus use_case(Runtime& runtime, const UseOptions& options) {
  auto place = options.wanted.empty() ? Result<fs::path>(runtime.chosen_case().value_or(fs::path()))
                                      : case_called(runtime, options.wanted);
  if (!place) return fail(runtime, place.error());
  auto file = vault::load_case_file({*place});
  if (!file) return fail(runtime, file.error());
  if (auto kept = remember_case(runtime, *place, file->code_name); !kept) {
    return fail(runtime, kept.error());
  }
  const Cosigning& cosigning = options.cosigning;
  const bool is_taking = options.is_taking || !cosigning.out.empty() || !cosigning.from.empty();
  if (is_taking) {
    runtime.common.case_folder = *place;
    auto taken = take_case(runtime, cosigning);
    if (!taken) return fail(runtime, taken.error());
    if (*taken == Carried::written_out) return ExitStatus::done;
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"case", file->case_id.text()},
                         {"code_name", file->code_name},
                         {"folder", printable(place->string())},
                         {"format", "casebook-chosen/1"}});
  } else {
    runtime.out << "case " << printable(file->code_name) << " is chosen"
                << (is_taking ? "; this machine writes it now" : "") << '\n';
  }
  return ExitStatus::done;
}

}  // namespace

void add_open_command(Command& root) {
  auto options = std::make_shared<OpenOptions>();
  root.add("open", "Make a case (and your keys, if you have none)")
      .argument("TITLE", options->title, "kept inside; outside stands a harmless code name")
      .option("--with", "NAME", options->with, "a second founder, whose key is here as well")
      .option("--dir", "DIR", options->folder, "where; else ./CODE-NAME")
      .option("--policy", "POLICY", options->policies,
              "runbook: an id that is built in, or a file; else need-to-know")
      .option("--kind", "KIND", options->kind, "breach, insider, ...: as the runbook names them")
      .flag("--drill", options->is_drill, "an exercise: nothing said in it counts in earnest")
      .flag("--unlock", options->unlocks, "and keep your keys unlocked: casebook unlock")
      .example("casebook open 'Odd logins'", "you command; asks for one passphrase")
      .example("casebook open 'Odd logins' --unlock", "the next commands do not ask again")
      .example("casebook open 'Odd logins' --with ben", "two founders")
      .run([options](Runtime& runtime) {
        const SharedKeys one_question;
        const ExitStatus opened = open_case(runtime, *options);
        if (opened != ExitStatus::done || !options->unlocks) return opened;
        return unlock_keys(runtime);
      });
}

void add_use_command(Command& root) {
  auto options = std::make_shared<UseOptions>();
  options->cosigning.verbs = "log.key";
  Command& use = root.add("use", "Choose the case for your next commands");
  use.argument("CASE", options->wanted, "its folder, or its code name", Count::optional)
      .flag("--take", options->is_taking, "this machine writes it from now on");
  add_cosigning(use, options->cosigning);
  use.example("casebook use amber-heron", "")
      .example("casebook use --take --out ask", "a founder signs for a new machine: key sign ask")
      .run([options](Runtime& runtime) { return use_case(runtime, *options); });
}

}  // namespace casebook::cli
