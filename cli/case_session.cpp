#include "cli/case_session.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/case_entry.h"
#include "cli/policy_cache.h"
#include "core/openssh_key.h"
#include "core/printable.h"
#include "workflow/decide.h"
#include "workflow/embedded_packs.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kGeneral = "general";
constexpr std::string_view kRecovery = "recovery";

/// What stands at a place of the ledger. Signatures are checked where state hangs on them; of notes
/// and messages only the id is used.
Result<workflow::Skeleton> entry_of(const vault::StoredRecord& stored) {
  auto record = vault::parse_record(as_text(stored.record));
  if (!record) {
    // A note that somebody left in an inbox.
    auto left = read_entry(as_text(stored.record));
    if (!left) return std::move(left).error();
    return workflow::Skeleton{*stored.seq, left->received_at, std::move(left->statement), {}};
  }
  auto statement = parse_statement(record->statement.text);
  if (!statement) return std::move(statement).error();
  workflow::Skeleton entry{*stored.seq, record->received_at, *std::move(statement), {}};
  const std::string& verb = entry.statement.verb;
  if (!workflow::is_skeleton_verb(verb) && !workflow::is_runbook_verb(verb)) return entry;
  auto signers = statement_signers(record->statement);
  if (!signers) return std::move(signers).error();
  entry.signers = *std::move(signers);
  return entry;
}

Result<std::uint64_t> seq_of(const vault::ItemVersion& item) {
  auto fields = parse_canonical_json(item.text.fields);
  if (!fields) return std::move(fields).error();
  auto seq = json_integer_member(*fields, "seq");
  if (!seq) return std::move(seq).error();
  return static_cast<std::uint64_t>(*seq);
}

/// Whether the environment names a recovery page.
bool has_recovery(const Runtime& runtime) {
  return runtime.environment("CASEBOOK_RECOVERY").has_value();
}

/// Opens whatever opens, so that held() knows it: with a recovery page the grants do not tell.
Status open_what_opens(CaseSession& session) {
  for (const auto& [name, grants] : session.people().grants) {
    auto opened = session.compartment(name);
    if (!opened && opened.error().code != ErrorCode::locked) return std::move(opened).error();
  }
  return ok();
}

/// Slots, and the database that they open. Between the two a new generation may come into force:
/// then both are read again.
template <typename ReadSlots>
Result<vault::Compartment> open_settled(const ReadSlots& read_slots,
                                        const vault::DatabaseOptions& database) {
  constexpr int kAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    auto slots = read_slots();
    if (!slots && (slots.error().code != ErrorCode::corrupt || attempt == kAttempts)) {
      return std::move(slots).error();
    }
    if (!slots) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      continue;
    }
    auto opened = vault::Compartment::open(database, slots->data_key, slots->name);
    if (opened || attempt == kAttempts) return opened;
    auto again = read_slots();
    if (again && again->name.generation == slots->name.generation) return opened;
  }
}

/// For whoever reads with a recovery identity and has no keys here: keys that open and sign
/// nothing.
Result<Person> nobody(const Runtime& runtime) {
  auto signer = Ed25519Signer::generate(runtime.randomness);
  if (!signer) return std::move(signer).error();
  auto identity = AgeIdentity::make(runtime.randomness);
  if (!identity) return std::move(identity).error();
  return Person{"a recovery identity", {}, signer->public_key(), identity->recipient(), false};
}

Result<KeyRing> ring_for(Runtime& runtime, SessionKind kind) {
  auto person = choose_person(runtime);
  const bool is_reader = kind == SessionKind::reads || kind == SessionKind::inspects;
  const bool is_nobody = !person && person.error().code == ErrorCode::not_found &&
                         runtime.common.person.empty() && is_reader && has_recovery(runtime);
  if (is_nobody) person = nobody(runtime);
  if (!person) return std::move(person).error();
  return KeyRing(runtime, *std::move(person));
}

/// Whoever writes reads the ledger once, with the writer's lock: here only what the case is.
Result<vault::CaseState> look(const Runtime& runtime, const vault::CasePaths& paths,
                              SessionKind kind) {
  if (kind == SessionKind::writes || kind == SessionKind::takes) {
    auto file = vault::load_case_file(paths);
    if (!file) return std::move(file).error();
    return vault::CaseState{*std::move(file), {}, {}};
  }
  auto home = home_heads(runtime);
  if (!home) return std::move(home).error();
  return vault::look_at_case(paths, *home);
}

}  // namespace

vault::CaseFile public_part(const workflow::CaseOpen& open, const Statement& statement) {
  vault::CaseFile file{statement.case_id, open.code_name, statement.is_drill, {},
                       open.log_key,      open.roster};
  for (const workflow::Founder& founder : open.founders) {
    file.founders.push_back({founder.person, founder.key});
  }
  return file;
}

namespace {

Result<fs::path> log_key_path(const Runtime& runtime, const CaseId& case_id) {
  auto state = runtime.state_folder();
  if (!state) return std::move(state).error();
  return *state / "log-keys" / (case_id.text() + ".ssh");
}

}  // namespace

Result<std::unique_ptr<Signer>> kept_log_key(const Runtime& runtime, const CaseId& case_id) {
  auto path = log_key_path(runtime, case_id);
  if (!path) return std::move(path).error();
  auto text = read_file(*path, kOpensshKeyBytesMax);
  if (!text) return std::move(text).error();
  return open_openssh_key(SecretBytes(*std::move(text)), SecretBytes());
}

Result<std::unique_ptr<Signer>> machine_log_key(const Runtime& runtime, const CaseId& case_id) {
  auto kept = kept_log_key(runtime, case_id);
  if (kept || kept.error().code != ErrorCode::not_found) return kept;
  auto path = log_key_path(runtime, case_id);
  if (!path) return std::move(path).error();
  std::error_code failure;
  fs::create_directories(path->parent_path(), failure);
  if (failure) {
    return system_error("make " + printable(path->parent_path().string()), failure.value());
  }
  fs::permissions(path->parent_path(), fs::perms::owner_all, failure);
  auto made = Ed25519Signer::generate(runtime.randomness);
  if (!made) return std::move(made).error();
  auto file = write_open_openssh_key(*made, "casebook log key", runtime.randomness);
  if (!file) return std::move(file).error();
  if (auto written = write_file(*path, file->reveal(), 0600); !written) {
    return std::move(written).error();
  }
  return kept_log_key(runtime, case_id);
}

Result<vault::HomeHeads> home_heads(const Runtime& runtime) {
  auto state = runtime.state_folder();
  if (!state) return std::move(state).error();
  return vault::HomeHeads(*state / "heads");
}

Result<vault::CasePaths> require_case(const Runtime& runtime) {
  const auto chosen = runtime.chosen_case();
  if (chosen) return vault::CasePaths{*chosen};
  return Error{ErrorCode::not_found, "no case is chosen",
               "casebook open TITLE makes one; casebook use CASE or --case DIR "
               "chooses one"};
}

vault::Grant grant_of(const CaseId& case_id, const workflow::AccessGrant& grant) {
  vault::Grant made{.name = {case_id, grant.compartment, grant.generation},
                    .slots_digest = grant.slots,
                    .stanza_count = grant.stanzas,
                    .public_key = grant.public_key,
                    .persons = {}};
  for (const PersonId& id : grant.persons) made.persons.push_back(id.text());
  // Ids are hex digits and sort before this word.
  for (std::uint64_t i = 0; i < grant.recovery; ++i) {
    made.persons.push_back(std::string(kRecovery) + (i == 0 ? "" : "-" + std::to_string(i)));
  }
  return made;
}

Result<workflow::AccessGrant> signed_form(const vault::Grant& grant) {
  workflow::AccessGrant made{grant.name.compartment, grant.name.generation, {}, grant.public_key, 0,
                             grant.slots_digest,     grant.stanza_count};
  for (const std::string& person : grant.persons) {
    if (person.starts_with(kRecovery)) {
      ++made.recovery;
      continue;
    }
    auto id = PersonId::parse(person);
    if (!id) return std::move(id).error().context("slots");
    made.persons.push_back(*id);
  }
  return made;
}

CaseSession::CaseSession(Runtime& runtime, KeyRing ring, vault::CasePaths paths,
                         vault::CaseState state)
    : runtime_(runtime),
      ring_(std::move(ring)),
      paths_(std::move(paths)),
      state_(std::move(state)),
      now_(runtime.clock.now_seconds()) {}

CaseSession::~CaseSession() = default;

Result<std::unique_ptr<CaseSession>> CaseSession::open(Runtime& runtime, SessionKind kind,
                                                       const std::string& purpose) {
  auto paths = require_case(runtime);
  if (!paths) return std::move(paths).error();
  auto ring = ring_for(runtime, kind);
  if (!ring) return std::move(ring).error();
  auto state = look(runtime, *paths, kind);
  if (!state) return std::move(state).error();
  std::unique_ptr<CaseSession> session(
      new CaseSession(runtime, *std::move(ring), *std::move(paths), *std::move(state)));
  if (auto begun = session->begin(kind, purpose); !begun) return std::move(begun).error();
  return session;
}

Status CaseSession::begin(SessionKind kind, const std::string& purpose) {
  if (auto good = vault::check_seen(state_); !good && kind != SessionKind::inspects) return good;
  if (auto opened = open_general(purpose); !opened) return opened;
  if (kind != SessionKind::reads && kind != SessionKind::inspects) {
    auto log_key = machine_log_key(runtime_, state_.file.case_id);
    if (!log_key) return std::move(log_key).error();
    log_key_ = *std::move(log_key);
  }
  if (kind == SessionKind::writes || kind == SessionKind::takes) {
    auto home = home_heads(runtime_);
    if (!home) return std::move(home).error();
    auto writer =
        vault::CaseWriter::open({paths_, *home, log_key_.get(), &runtime_.randomness, nullptr});
    if (!writer) return std::move(writer).error();
    writer_.emplace(*std::move(writer));
    state_ = writer_->state();
  }
  if (auto folded = fold_general(); !folded) return folded;
  if (kind == SessionKind::inspects) return ok();
  if (auto good = check_folded(kind); !good) return good;
  // Only a machine that may write finishes what a crash left.
  if (writer_) {
    if (auto recovered = recover_general(); !recovered) return recovered;
    if (auto settled = settle_changes(); !settled) return settled;
  } else if (!was_settled_) {
    auto between = lies_between();
    if (!between) return std::move(between).error();
    if (*between && settle_for_reading()) return begin_again(kind, purpose);
  }
  return check_grant_of_general();
}

Status CaseSession::compare_general() const {
  const workflow::GrantedAccess* access = people().access_to(std::string(kGeneral));
  if (access == nullptr) return Error{ErrorCode::corrupt, "nobody was ever let into general"};
  return vault::compare_grants(*general_, grant_of(state_.file.case_id, access->grant));
}

Result<vault::CompartmentReport> CaseSession::verify_compartment(const std::string& name) {
  auto slots = slots_of(name);
  if (!slots) return std::move(slots).error();
  return vault::Compartment::verify(database_of(name), slots->data_key, slots->name);
}

vault::DatabaseOptions CaseSession::database_of(const std::string& name) const {
  return {.path = vault::files_of(paths_.vault(), name).database,
          .lock_file = paths_.vault() / "lock"};
}

Status CaseSession::open_general(const std::string& purpose) {
  if (auto unlock = ring_.unlock(purpose); !unlock) return std::move(unlock).error();
  const std::string name(kGeneral);
  const auto open_it = [&] {
    return open_settled([&] { return slots_of(name); }, database_of(name));
  };
  auto general = open_it();
  const bool is_cut_short = !general && general.error().code == ErrorCode::locked &&
                            vault::is_unsettled(paths_.vault(), name);
  if (is_cut_short && settle_general()) {
    auto settled = open_it();
    if (!settled) return std::move(settled).error();
    open_.emplace(kGeneral, *std::move(settled));
    return ok();
  }
  if (!general) return std::move(general).error();
  open_.emplace(kGeneral, *std::move(general));
  return ok();
}

Result<vault::Compartment*> CaseSession::compartment(const std::string& name) {
  if (const auto found = open_.find(name); found != open_.end()) return &found->second;
  if (people().access_to(name) == nullptr) {
    return Error{ErrorCode::not_found, "there is no compartment " + printable(name),
                 "casebook access list shows those there are"};
  }
  auto opened = open_settled([&] { return slots_of(name); }, database_of(name));
  if (!opened && opened.error().code == ErrorCode::locked &&
      vault::is_unsettled(paths_.vault(), name)) {
    return being_changed(name);
  }
  if (!opened) return std::move(opened).error();
  vault::Compartment* const added = &open_.emplace(name, *std::move(opened)).first->second;
  if (!writer_) return added;
  if (auto recovered = writer_->recover({&added, 1}); !recovered) {
    return std::move(recovered).error();
  }
  return added;
}

Status CaseSession::fold_general() {
  vault::Compartment& general = open_.at(std::string(kGeneral));
  std::vector<std::uint64_t> places;
  auto listed = general.each_item(kSkeletonKind, [&](const vault::ItemVersion& item) -> Status {
    auto seq = seq_of(item);
    if (!seq) return std::move(seq).error();
    places.push_back(*seq);
    return ok();
  });
  if (!listed) return listed;
  std::ranges::sort(places);
  people_ = {};
  for (const std::uint64_t seq : places) {
    auto entry = entry_at(general, seq);
    if (!entry) return std::move(entry).error();
    if (!workflow::is_skeleton_verb(entry->statement.verb)) continue;
    people_ = workflow::apply(
        std::move(people_),
        {seq, entry->received_at, std::move(entry->statement), std::move(entry->signers)});
  }
  people_ = workflow::settle(std::move(people_), now_);
  return ok();
}

std::function<const workflow::Policy*(const Digest256&)> CaseSession::policy_lookup() {
  return [this](const Digest256& digest) { return policy_text(digest); };
}

Status CaseSession::fold_runbook() {
  if (runbook_) return ok();
  std::vector<workflow::Skeleton> entries;
  auto visited =
      open_.at(std::string(kGeneral)).each_record([&](const vault::StoredRecord& stored) -> Status {
        if (!stored.seq || stored.state == vault::RecordState::erased) return ok();
        auto entry = entry_of(stored);
        if (!entry) return std::move(entry).error();
        entries.push_back(*std::move(entry));
        return ok();
      });
  if (!visited) return visited;
  runbook_ = std::make_unique<workflow::CaseState>();
  const auto lookup = policy_lookup();
  for (const workflow::Skeleton& entry : entries) workflow::apply(*runbook_, entry, lookup);
  workflow::settle_case(*runbook_, now_);
  return ok();
}

void CaseSession::take_in(const workflow::Skeleton& entry) {
  if (workflow::is_skeleton_verb(entry.statement.verb)) {
    people_ = workflow::apply(std::move(people_), entry);
  }
  if (runbook_) workflow::apply(*runbook_, entry, policy_lookup());
}

void CaseSession::learn_policy(const workflow::Policy& policy) {
  policies_.emplace(policy.digest, std::make_unique<workflow::Policy>(policy));
}

/// A pinned policy's text: one that is built in, else the one the case keeps.
const workflow::Policy* CaseSession::policy_text(const Digest256& digest) {
  if (const auto known = policies_.find(digest); known != policies_.end())
    return known->second.get();
  const auto keep = [&](std::string_view text) -> const workflow::Policy* {
    if (const workflow::Policy* read = policy_read_once(digest, text)) return read;
    auto policy = workflow::parse_policy(text);
    if (!policy || policy->digest != digest) return nullptr;
    auto kept = std::make_unique<workflow::Policy>(*std::move(policy));
    return policies_.emplace(digest, std::move(kept)).first->second.get();
  };
  for (const workflow::EmbeddedPack& pack : workflow::embedded_packs()) {
    const auto its = sha256(as_bytes(pack.text));
    if (its && *its == digest) return keep(pack.text);
  }
  const workflow::Policy* found = nullptr;
  const auto looked = open_.at(std::string(kGeneral))
                          .each_item(kPolicyKind, [&](const vault::ItemVersion& item) -> Status {
                            const auto its = sha256(as_bytes(item.text.fields));
                            if (its && *its == digest) found = keep(item.text.fields);
                            return ok();
                          });
  return looked ? found : nullptr;
}

Status CaseSession::check_folded(SessionKind kind) {
  vault::Compartment& general = open_.at(std::string(kGeneral));
  auto first = entry_at(general, 0);
  if (!first) return std::move(first).error();
  const Statement& statement = first->statement;
  if (!people_.case_id) return Error{ErrorCode::corrupt, "the case has no entry 0 that opens it"};
  auto body = workflow::parse_body(statement.verb, statement.body);
  const auto* opening = body ? std::get_if<workflow::CaseOpen>(&*body) : nullptr;
  if (opening == nullptr || vault::format_case_file(public_part(*opening, statement)) !=
                                vault::format_case_file(state_.file)) {
    return Error{ErrorCode::corrupt, "case.json is not what entry 0 says",
                 "somebody changed it; casebook verify tells more"};
  }
  if (has_recovery(runtime_)) {
    if (auto opened = open_what_opens(*this); !opened) return opened;
    if (ring_.person().folder.empty()) return ok();  // Nobody reads, and says nothing.
  }
  const workflow::BoundPerson* person = people_.owner_of(ring_.person().key);
  if (person == nullptr || person->is_removed) {
    return Error{ErrorCode::locked, ring_.person().name + " is nobody in this case",
                 "casebook person add, by two persons of the case"};
  }
  me_ = person->id;
  if (!writer_) return ok();
  const auto fingerprint = log_key_->public_key().fingerprint();
  if (!fingerprint) return Error(fingerprint.error());
  if (people().lease != *fingerprint && kind != SessionKind::takes) {
    return Error{ErrorCode::locked, "another machine writes this case",
                 "casebook use --take moves it here; what takes --out needs no taking"};
  }
  return ok();
}

std::string CaseSession::name_of(const PersonId& id) {
  if (const auto found = names_.find(id); found != names_.end()) return found->second;
  std::string name = id.text().substr(0, 8);
  const workflow::BoundPerson* person = people().find(id);
  if (person != nullptr && person->name) {
    auto& general = open_.at(std::string(kGeneral));
    const auto listed = general.each_item("text", [&](const vault::ItemVersion& item) {
      if (item.leaf && item.leaf->commit == *person->name) name = printable(item.text.body);
      return ok();
    });
    if (!listed) name = id.text().substr(0, 8);
  }
  names_.emplace(id, name);
  return name;
}

std::string CaseSession::text_of(const Digest256& leaf) {
  std::string words;
  for (const std::string& name : held()) {
    auto opened = compartment(name);
    if (!opened) continue;
    for (const std::string_view kind : {"text", "record"}) {
      const auto listed = (*opened)->each_item(kind, [&](const vault::ItemVersion& item) {
        if (item.leaf && item.leaf->commit == leaf) words = item.text.body;
        return ok();
      });
      if (listed && !words.empty()) return words;
    }
  }
  return words;
}

Result<PersonId> CaseSession::find_person(const std::string& wanted) {
  std::vector<PersonId> found;
  std::string names;
  for (const auto& [id, person] : people().persons) {
    if (person.is_removed) continue;
    const std::string name = name_of(id);
    names += (names.empty() ? "" : ", ") + name;
    const bool is_key = std::ranges::any_of(
        person.keys, [&](const workflow::BoundKey& key) { return key.fingerprint == wanted; });
    if (name == wanted || is_key || (wanted.size() >= 8 && id.text().starts_with(wanted))) {
      found.push_back(id);
    }
  }
  if (found.size() == 1) return found.front();
  return Error{found.empty() ? ErrorCode::not_found : ErrorCode::invalid_input,
               printable(wanted) + (found.empty() ? ": nobody of that name" : ": more than one"),
               "there are: " + names};
}

Status CaseSession::close_compartments() {
  for (auto& [name, compartment] : open_) {
    if (auto closed = std::move(compartment).close(); !closed) return closed;
  }
  open_.clear();
  return ok();
}

Status CaseSession::close() {
  if (auto closed = close_compartments(); !closed) return closed;
  if (!writer_) return ok();
  return std::move(*writer_).close();
}

}  // namespace casebook::cli
