#include "tests/property/workflow/world.h"

#include <algorithm>

namespace casebook::workflow {
namespace {

constexpr std::size_t kPersons = 3;
constexpr auto kWait = std::chrono::hours(80);

Digest256 digest_of(std::uint8_t first) {
  Digest256 digest{};
  digest[0] = std::byte{first};
  return digest;
}

bool is_for(const std::string& role, std::size_t person) {
  if (role == "legal" || role == "executive") return person == 2;
  if (role == "public_relations") return person == 1;
  if (role == "qa") return person == 2;
  if (role == "responder" || role == "security") return person != 2;
  return !role.starts_with("engineer") || person != 2;
}

/// All roles to everybody, as far as roles may be held together; commander is the first.
std::vector<std::vector<std::string>> give_roles(const Policy& policy) {
  std::vector<std::vector<std::string>> held(kPersons);
  const auto clash = [&](const std::string& one, const std::string& other) {
    const auto lists = [&](const std::string& a, const std::string& b) {
      const auto& excludes = policy.roles.find(a)->second.excludes;
      return std::ranges::find(excludes, b) != excludes.end();
    };
    return lists(one, other) || lists(other, one);
  };
  for (std::size_t person = 0; person < kPersons; ++person) {
    for (const auto& [role, rule] : policy.roles) {
      if (rule.single && person != 0) continue;
      // Nobody holds all, so that words by the wrong person are tried, too.
      if (!is_for(role, person)) continue;
      if (std::ranges::none_of(held[person],
                               [&](const std::string& other) { return clash(role, other); })) {
        held[person].push_back(role);
      }
    }
  }
  return held;
}

}  // namespace

Stage::Stage(std::shared_ptr<const Policy> original, Cast cast)
    : case_id(*CaseId::parse(std::string(32, 'c'))), start(*parse_utc("2026-11-21T02:00:00Z")) {
  SeededRandomness randomness(11);
  setup.policy = std::move(original);
  setup.roles = give_roles(*setup.policy);
  if (cast == Cast::bare_commander) setup.roles.front() = {"commander"};
  if (cast == Cast::spokesman_last) {
    const std::string role = "public_relations";
    if (std::erase(setup.roles[1], role) > 0) setup.roles[2].push_back(role);
  }
  CaseOpen open{"amber-heron", {}, Ed25519Signer::generate(randomness)->public_key(), {}};
  for (std::size_t i = 0; i < kPersons; ++i) {
    keys.push_back(Ed25519Signer::generate(randomness)->public_key());
    setup.ids.push_back(*PersonId::make(randomness));
    auto roles = setup.roles[i];
    std::ranges::sort(roles);
    open.founders.push_back(
        {setup.ids[i], keys[i], AgeIdentity::make(randomness)->recipient(), roles});
  }
  opening.push_back({0,
                     start,
                     {*StatementId::make(randomness),
                      case_id,
                      false,
                      std::string(verb_of(Body(open))),
                      format_body(open),
                      {},
                      start,
                      {},
                      {}},
                     keys});
  PinnedPolicy pinned{setup.policy->id, setup.policy->version, digest_of(1)};
  const PolicyPin pin{{pinned}};
  opening.push_back({1,
                     start,
                     {*StatementId::make(randomness),
                      case_id,
                      false,
                      "policy.pin",
                      format_runbook_body(pin),
                      {},
                      start,
                      {},
                      {}},
                     keys});
}

World::World(const Stage& stage, std::shared_ptr<const Policy> mutant, Sabotage sabotage)
    : stage_(&stage),
      mutant_(std::move(mutant)),
      sabotage_(std::move(sabotage)),
      now_(stage.start) {
  const auto lookup = [&](const Digest256&) { return mutant_.get(); };
  state_ = fold_case(stage.opening, lookup);
  seq_ = stage.opening.size();
  check(bool(state_.policy), "the stage is set");
}

std::optional<StatementId> World::last(std::string_view verb) const {
  for (auto said = said_.rbegin(); said != said_.rend(); ++said) {
    const auto* add = std::get_if<RecordAdd>(&said->body);
    if (verb_of(said->body) == verb || (add != nullptr && add->kind == verb)) return said->id;
  }
  return std::nullopt;
}

std::optional<std::int64_t> World::number_of(const std::string& kind) const {
  const auto all = state_.records_of.find(kind);
  if (all == state_.records_of.end()) return std::nullopt;
  return static_cast<std::int64_t>(state_.records[all->second.back()].number);
}

std::size_t World::count_of(std::string_view verb) const {
  return static_cast<std::size_t>(std::ranges::count_if(said_, [&](const Said& said) {
    const auto* add = std::get_if<RecordAdd>(&said.body);
    return verb_of(said.body) == verb || (add != nullptr && add->kind == verb);
  }));
}

/// A statement as the engine and the oracle get it.
struct World::Next {
  Entry entry;
  Said said;
  Played played;
};

/// What apply() would say, without reading the words of the statement again.
std::optional<RunbookRefusal> World::refusal_of(const Entry& entry, const RunbookBody& body,
                                                const std::vector<std::size_t>& signers) const {
  const auto lookup = [&](const Digest256&) { return mutant_.get(); };
  if (std::holds_alternative<PolicyPin>(body)) return refuse_entry(state_, entry, lookup);
  std::vector<PersonId> persons;
  for (const std::size_t person : signers) persons.push_back(stage_->setup.ids[person]);
  return refuse_runbook(state_, body, persons, entry.statement.digests, entry.received_at);
}

std::optional<World::Next> World::next(const Event& event) const {
  const auto body = event.body(*this);
  if (!body) return std::nullopt;
  const UtcSeconds at = now_ + std::chrono::minutes(1);
  std::array<std::byte, 16> raw{};
  raw[0] = std::byte{0xee};
  raw[14] = static_cast<std::byte>(seq_ >> 8U);
  raw[15] = static_cast<std::byte>(seq_ & 0xffU);
  const StatementId id = *StatementId::parse(to_hex(raw));
  const bool is_pin = std::holds_alternative<PolicyPin>(*body);
  Next made{Entry{seq_,
                  at,
                  {id,
                   stage_->case_id,
                   false,
                   std::string(verb_of(*body)),
                   is_pin ? format_runbook_body(*body) : std::string(),
                   {{"reason", {}}, {"text", {}}},
                   at,
                   {},
                   {}},
                  {}},
            Said{*body, event.persons, at, id, seq_, 0},
            {}};
  for (const std::size_t person : event.persons) {
    made.entry.signers.push_back(stage_->keys[person]);
  }
  made.played = judge(event, made);
  return made;
}

Played World::judge(const Event& event, const Next& made) const {
  Played played;
  const auto refusal = refusal_of(made.entry, made.said.body, event.persons);
  played.how = refusal ? Played::How::refused : Played::How::taken;
  played.met_gate = refusal && refusal->verdict;
  if (refusal && !refusal->verdict) return played;
  const std::string objection = oracle_objects(stage_->setup, said_, made.said);
  if (refusal && objection.empty()) {
    played.wrong = event.name + " was refused for nothing: " + refusal->what;
  } else if (!refusal && !objection.empty()) {
    played.wrong = event.name + " was taken against: " + objection;
  }
  if (!refusal) {
    const auto attempt = attempt_of(state_, made.said.body, stage_->setup.ids);
    played.met_gate = attempt && !gate_answers(state_, *attempt, made.entry.received_at).empty();
  }
  return played;
}

void World::take(Next made) {
  const auto lookup = [&](const Digest256&) { return mutant_.get(); };
  now_ = made.entry.received_at;
  made.entry.statement.body = format_runbook_body(made.said.body);
  apply(state_, made.entry, lookup);
  check(state_.refused.empty(), "apply() takes what refuse_entry() lets pass");
  if (sabotage_) sabotage_(state_);
  ++seq_;
  if (const Record* record = state_.record(made.said.id))
    made.said.number = static_cast<std::int64_t>(record->number);
  said_.push_back(std::move(made.said));
}

Played World::play(const Event& event) {
  if (event.waits) now_ += kWait;
  auto made = next(event);
  if (!made) return {};
  Played played = made->played;
  if (played.how == Played::How::taken) take(*std::move(made));
  return played;
}

Played World::try_out(const Event& event, std::optional<World>& after) const {
  if (event.waits) {
    World later = *this;
    const Played played = later.play(event);
    if (played.how == Played::How::taken) after = std::move(later);
    return played;
  }
  auto made = next(event);
  if (!made) return {};
  Played played = made->played;
  if (played.how == Played::How::taken) {
    after = *this;
    after->take(*std::move(made));
  }
  return played;
}

}  // namespace casebook::workflow
