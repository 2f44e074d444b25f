#include "workflow/drill_player.h"

#include <algorithm>

#include "core/ssh_signer.h"
#include "workflow/embedded_packs.h"

namespace casebook::workflow {
namespace {

constexpr std::string_view kCodeName = "amber-heron";

bool is_among(const std::vector<std::string>& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

}  // namespace

Result<DrillPlayer::Player> DrillPlayer::make_player() {
  auto id = PersonId::make(*randomness_);
  if (!id) return std::move(id).error();
  auto signer = Ed25519Signer::generate(*randomness_);
  if (!signer) return std::move(signer).error();
  auto identity = AgeIdentity::make(*randomness_);
  if (!identity) return std::move(identity).error();
  return Player{*id, signer->public_key(), identity->recipient()};
}

Result<Entry> DrillPlayer::entry(std::string verb, std::string body,
                                 const std::vector<std::string>& who) {
  auto id = StatementId::make(*randomness_);
  if (!id) return std::move(id).error();
  Entry made{
      seq_, now_, {*id, *case_id_, true, std::move(verb), std::move(body), {}, now_, {}, {}}, {}};
  for (const std::string& name : who) {
    const auto player = cast_.find(name);
    if (player == cast_.end()) {
      return Error{ErrorCode::invalid_input, name + ": nobody of the cast"};
    }
    made.signers.push_back(player->second.key);
  }
  return made;
}

Status DrillPlayer::must_take(std::string verb, std::string body,
                              const std::vector<std::string>& who) {
  auto made = entry(std::move(verb), std::move(body), who);
  if (!made) return std::move(made).error();
  const PolicyLookup lookup = [this](const Digest256& digest) -> const Policy* {
    const auto found = policies_.find(digest);
    return found == policies_.end() ? nullptr : &found->second;
  };
  if (auto refusal = refuse_entry(state_, *made, lookup)) {
    return Error{ErrorCode::invalid_input, "the story cannot begin: " + refusal->what,
                 refusal->hint};
  }
  apply(state_, *made, lookup);
  ++seq_;
  return ok();
}

Status DrillPlayer::join(const DrillPerson& person, const std::vector<std::string>& founders) {
  const Player& player = cast_.find(person.id)->second;
  auto signers = founders;
  signers.push_back(person.id);
  const PersonAdd add{player.id, player.key, player.recipient};
  if (auto said = must_take("person.add", format_body(Body(add)), signers); !said) return said;
  for (const std::string& role : person.roles) {
    const RoleGive give{player.id, role};
    if (auto said = must_take("role.give", format_body(Body(give)), founders); !said) return said;
    const auto held = state_.people.find(player.id)->roles.find(role);
    const RoleAccept accept{held->second.given_by};
    auto said = must_take("role.accept", format_body(Body(accept)), {person.id});
    if (!said) return said;
  }
  return ok();
}

Status DrillPlayer::pin(const std::string& policy, const std::vector<std::string>& who) {
  auto read = parse_policy(embedded_pack(policy));
  if (!read) return std::move(read).error().context(policy);
  PolicyPin pin{state_.pinned};
  pin.policies.push_back({read->id, read->version, read->digest});
  policies_.insert_or_assign(read->digest, *std::move(read));
  return must_take("policy.pin", format_runbook_body(RunbookBody(std::move(pin))), who);
}

Status DrillPlayer::begin() {
  auto id = CaseId::make(*randomness_);
  if (!id) return std::move(id).error();
  case_id_ = *id;
  start_ = now_ = story_.start;
  auto log = Ed25519Signer::generate(*randomness_);
  if (!log) return std::move(log).error();
  CaseOpen open{std::string(kCodeName), {}, log->public_key(), {}};
  std::vector<std::string> founders;
  for (const DrillPerson& person : story_.cast) {
    auto player = make_player();
    if (!player) return std::move(player).error();
    names_.persons.emplace(person.id, player->id);
    if (person.is_founder) {
      auto roles = person.roles;
      std::ranges::sort(roles);
      open.founders.push_back({player->id, player->key, player->recipient, std::move(roles)});
      founders.push_back(person.id);
    }
    cast_.emplace(person.id, *std::move(player));
  }
  auto opened = must_take("case.open", format_body(Body(open)), founders);
  if (!opened) return opened;
  for (const DrillPerson& person : story_.cast) {
    if (person.is_founder) continue;
    if (auto joined = join(person, founders); !joined) return joined;
  }
  if (auto pinned = pin(story_.policy, founders); !pinned) return pinned;
  return must_take("kind.set", format_runbook_body(RunbookBody(KindSet{story_.kind})),
                   {founders.front()});
}

std::vector<std::uint64_t> DrillPlayer::open_steps() const {
  std::vector<std::uint64_t> numbers;
  for (const StepState& step : state_.steps) {
    if (step.is_open()) numbers.push_back(step.number);
  }
  return numbers;
}

Result<RunbookBody> DrillPlayer::body_of(const DrillEvent& event) {
  if (event.act == "pin") {
    auto read = parse_policy(embedded_pack(event.about));
    if (!read) return std::move(read).error();
    PolicyPin pin{state_.pinned};
    pin.policies.push_back({read->id, read->version, read->digest});
    policies_.insert_or_assign(read->digest, *std::move(read));
    return RunbookBody(std::move(pin));
  }
  FacetKey key{};
  if (auto filled = randomness_->fill(key); !filled) return std::move(filled).error();
  return drill_body(event, state_, names_, now_, key);
}

Result<DrillOutcome> DrillPlayer::play(const DrillEvent& event) {
  now_ = start_ + event.at;
  settle_case(state_, now_);
  const PolicyLookup lookup = [this](const Digest256& digest) -> const Policy* {
    const auto found = policies_.find(digest);
    return found == policies_.end() ? nullptr : &found->second;
  };
  if (event.act == "evidence") {
    auto made = entry("note", "{}", event.who);
    if (!made) return std::move(made).error();
    apply(state_, *made, lookup);
    ++seq_;
    names_.things.emplace(event.about, made->statement.id);
    return DrillOutcome{.taken = true, .as_told = event.refused.empty()};
  }
  auto body = body_of(event);
  if (!body) return std::move(body).error();
  auto made = entry(std::string(verb_of(*body)), format_runbook_body(*body), event.who);
  if (!made) return std::move(made).error();
  const std::string words = event.words(Language::en);
  if (!words.empty()) {
    auto digest = sha256(as_bytes(words));
    if (!digest) return std::move(digest).error();
    made->statement.digests.emplace("text", *digest);
  }
  DrillOutcome outcome;
  if (auto refusal = refuse_entry(state_, *made, lookup)) {
    outcome.why = refusal->what;
    if (refusal->verdict) {
      for (const GateVerdict& gate : refusal->verdict->gates) {
        if (gate.answer == GateAnswer::blocked) outcome.blocked.push_back(gate.gate);
      }
    }
    outcome.as_told =
        !event.refused.empty() && std::ranges::all_of(event.refused, [&](const std::string& gate) {
          return is_among(outcome.blocked, gate);
        });
    return outcome;
  }
  const auto before = open_steps();
  apply(state_, *made, lookup);
  ++seq_;
  const auto after = open_steps();
  std::ranges::set_difference(after, before, std::back_inserter(outcome.opened));
  std::ranges::set_difference(before, after, std::back_inserter(outcome.closed));
  if (!event.as.empty()) names_.things.emplace(event.as, made->statement.id);
  outcome.taken = true;
  outcome.as_told = event.refused.empty();
  return outcome;
}

std::string DrillPlayer::name_of(const PersonId& id) const {
  for (const DrillPerson& person : story_.cast) {
    const auto player = cast_.find(person.id);
    if (player != cast_.end() && player->second.id == id) return person.name;
  }
  return id.text().substr(0, 8);
}

}  // namespace casebook::workflow
