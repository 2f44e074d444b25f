#include "workflow/runbook_statement.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/json_members.h"
#include "core/roster.h"

namespace casebook::workflow {
namespace {

constexpr std::size_t kPoliciesMax = 16;
constexpr std::size_t kEvidenceMax = 64;
constexpr std::size_t kFieldsMax = 32;
constexpr std::size_t kSetValuesMax = 64;
constexpr std::size_t kWordBytesMax = 64;
constexpr std::int64_t kReasonCharsMax = 100'000;

// In the order of the alternatives of RunbookBody.
constexpr std::array<std::string_view, 24> kVerbs = {
    "policy.pin",    "kind.set",       "fact.set",        "record.add",  "record.change",
    "record.settle", "step.done",      "step.skip",       "move",        "ask",
    "attest",        "attest.refuse",  "attest.withdraw", "spoken",      "waive.ask",
    "waive.grant",   "handover.offer", "handover.accept", "deputy.name", "deputy.accept",
    "acknowledge",   "exclude",        "time.attest",     "told"};
static_assert(kVerbs.size() == std::variant_size_v<RunbookBody>);

// --- writing

Json json_of(const Value& value) {
  return std::visit(
      [](const auto& any) -> Json {
        using Type = std::decay_t<decltype(any)>;
        if constexpr (std::is_same_v<Type, std::monostate>) {
          return nullptr;
        } else if constexpr (std::is_same_v<Type, Moment>) {
          return format_utc(UtcSeconds(std::chrono::seconds(any.seconds)));
        } else {
          return any;
        }
      },
      value);
}
Json json_of(const Fields& fields) {
  Json object = Json::object();
  for (const auto& [name, value] : fields) object[name] = json_of(value);
  return object;
}
Json json_of(const Covers& covers) {
  Json object = Json::object();
  for (const auto& [facet, digest] : covers) object[facet] = to_hex(digest);
  return object;
}
template <typename Kind>
Json json_of(const std::optional<Id<Kind>>& id) {
  return id ? Json(id->text()) : Json(nullptr);
}

Json json_of(const PolicyPin& pin) {
  Json list = Json::array();
  for (const PinnedPolicy& one : pin.policies) {
    list.push_back({{"digest", to_hex(one.digest)}, {"id", one.id}, {"version", one.version}});
  }
  return {{"policies", std::move(list)}};
}
Json json_of(const KindSet& set) { return {{"kind", set.kind}}; }
Json json_of(const FactSet& set) {
  Json evidence = Json::array();
  for (const StatementId& id : set.evidence) evidence.push_back(id.text());
  return {{"evidence", std::move(evidence)},
          {"key", to_hex(set.key)},
          {"name", set.name},
          {"provisional", set.provisional},
          {"value", json_of(set.value)}};
}
Json json_of(const RecordAdd& add) {
  return {{"fields", json_of(add.fields)}, {"key", to_hex(add.key)}, {"kind", add.kind}};
}
Json json_of(const RecordChange& change) {
  return {{"fields", json_of(change.fields)},
          {"key", to_hex(change.key)},
          {"record", change.record.text()}};
}
Json json_of(const RecordSettle& settle) {
  return {{"fields", json_of(settle.fields)},
          {"key", to_hex(settle.key)},
          {"record", settle.record.text()}};
}
Json json_of(const StepDone& done) { return {{"step", done.step}}; }
Json json_of(const StepSkip& skip) { return {{"step", skip.step}}; }
Json json_of(const MakeMove& move) {
  return {{"move", move.move}, {"record", json_of(move.record)}};
}
Json json_of(const AskFor& ask) {
  return {{"covers", json_of(ask.covers)},
          {"gate", ask.gate},
          {"leaf", ask.leaf},
          {"person", json_of(ask.person)},
          {"record", json_of(ask.record)}};
}
Json json_of(const Attest& attest) {
  return {{"ask", json_of(attest.ask)},
          {"covers", json_of(attest.covers)},
          {"record", json_of(attest.record)},
          {"role", attest.role},
          {"verb", attest.verb}};
}
Json json_of(const AttestRefuse& refuse) { return {{"ask", refuse.ask.text()}}; }
Json json_of(const AttestWithdraw& withdraw) { return {{"statement", withdraw.statement.text()}}; }
Json json_of(const Spoken& spoken) {
  return {{"ask", spoken.ask.text()}, {"code", spoken.code}, {"person", spoken.person.text()}};
}
Json json_of(const WaiveAsk& ask) {
  return {{"attempt", ask.attempt},
          {"gate", ask.gate},
          {"reason_chars", ask.reason_chars},
          {"record", json_of(ask.record)}};
}
Json json_of(const WaiveGrant& grant) { return {{"statement", grant.statement.text()}}; }
Json json_of(const HandoverOffer& offer) {
  return {{"person", offer.person.text()}, {"role", offer.role}};
}
Json json_of(const HandoverAccept& accept) { return {{"statement", accept.statement.text()}}; }
Json json_of(const DeputyName& deputy) {
  return {{"from", format_utc(deputy.from)},
          {"person", deputy.person.text()},
          {"role", deputy.role},
          {"until", format_utc(deputy.until)}};
}
Json json_of(const DeputyAccept& accept) { return {{"statement", accept.statement.text()}}; }
Json json_of(const Acknowledge& acknowledge) { return {{"thing", acknowledge.thing}}; }
Json json_of(const Exclude& exclude) { return {{"person", exclude.person.text()}}; }
Json json_of(const TimeAttest& attest) {
  return {{"seq", attest.seq}, {"time", format_utc(attest.time)}};
}
Json json_of(const TellDone& told) {
  return {{"at", format_utc(told.at)},
          {"channel", told.channel},
          {"delivered", told.delivered},
          {"record", told.record.text()}};
}

// --- reading

/// "close", "action:disable_core": ids of policies, joined by a colon at most.
bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= kWordBytesMax &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-:.") ==
             std::string_view::npos;
}

std::string word_member(JsonMembers& members, std::string_view key) {
  std::string text = members.text(key);
  if (!is_word(text)) members.refuse("\"" + std::string(key) + "\" is no name");
  return text;
}

template <typename Kind>
std::optional<Id<Kind>> id_or_null(JsonMembers& members, std::string_view key) {
  if (members.is_null(key)) return std::nullopt;
  return members.id<Kind>(key);
}

FacetKey key_member(JsonMembers& members) {
  FacetKey key{};
  const auto bytes = from_hex(members.text("key"));
  if (!bytes || bytes->size() != key.size()) {
    members.refuse("\"key\" is no key of 32 hex digits");
    return key;
  }
  std::ranges::copy(*bytes, key.begin());
  return key;
}

/// A text of the form of a time is a time, as in predicates.
std::optional<Value> value_of(const Json& json) {
  if (json.is_null()) return Value();
  if (json.is_boolean()) return Value(json.get<bool>());
  if (json.is_number_integer()) return Value(json.get<std::int64_t>());
  if (json.is_string()) {
    std::string text = json.get<std::string>();
    if (const auto time = parse_utc(text)) return Value(Moment{time->time_since_epoch().count()});
    return Value(std::move(text));
  }
  if (!json.is_array() || json.size() > kSetValuesMax) return std::nullopt;
  std::vector<std::string> words;
  for (const Json& item : json) {
    if (!item.is_string()) return std::nullopt;
    words.push_back(item.get<std::string>());
    if (words.size() > 1 && words[words.size() - 2] >= words.back()) return std::nullopt;
  }
  return Value(std::move(words));
}

Fields fields_member(JsonMembers& members) {
  Fields fields;
  const Json* object = members.object("fields");
  if (object == nullptr) return fields;
  if (object->size() > kFieldsMax) members.refuse("\"fields\" are too many");
  for (const auto& [name, json] : object->items()) {
    auto value = value_of(json);
    if (!is_word(name) || !value) {
      members.refuse("\"fields\" holds something that is no value");
      return {};
    }
    fields.emplace(name, *std::move(value));
  }
  return fields;
}

Covers covers_member(JsonMembers& members) {
  Covers covers;
  const Json* object = members.object("covers");
  if (object == nullptr) return covers;
  if (object->size() > kSetValuesMax) members.refuse("\"covers\" are too many");
  for (const auto& [facet, json] : object->items()) {
    const auto digest = json.is_string()
                            ? digest_from_hex(json.get<std::string>())
                            : Result<Digest256>(Error{ErrorCode::invalid_input, "no text"});
    if (!is_word(facet) || !digest) {
      members.refuse("\"covers\" holds something that is no digest");
      return {};
    }
    covers.emplace(facet, *digest);
  }
  return covers;
}

std::vector<StatementId> evidence_member(JsonMembers& members) {
  std::vector<StatementId> ids;
  for (const std::string& text : members.texts("evidence", kEvidenceMax)) {
    const auto id = StatementId::parse(text);
    if (!id || (!ids.empty() && *id <= ids.back())) {
      members.refuse("\"evidence\" holds no sorted ids");
      return {};
    }
    ids.push_back(*id);
  }
  return ids;
}

/// The value made by `make` unless a member was refused.
template <typename Make>
Result<RunbookBody> made(const JsonMembers& members, Make make) {
  if (members.failed()) return members.error();
  return RunbookBody(make());
}

Result<RunbookBody> parse_pin(JsonMembers& members) {
  members.only({"policies"});
  const Json* list = members.array("policies", kPoliciesMax);
  if (members.failed()) return members.error();
  PolicyPin pin;
  for (const Json& item : *list) {
    JsonMembers one(item);
    one.only({"digest", "id", "version"});
    PinnedPolicy policy;
    policy.digest = one.digest("digest");
    policy.id = word_member(one, "id");
    policy.version = static_cast<std::uint32_t>(one.integer("version", 1, 1'000'000));
    if (one.failed()) return one.error();
    pin.policies.push_back(std::move(policy));
  }
  if (pin.policies.empty()) return Error{ErrorCode::invalid_input, "\"policies\" is empty"};
  return RunbookBody(std::move(pin));
}

Result<RunbookBody> parse_fact(JsonMembers& members) {
  members.only({"evidence", "key", "name", "provisional", "value"});
  FactSet set;
  set.evidence = evidence_member(members);
  set.key = key_member(members);
  set.name = members.text("name", kWordBytesMax);
  set.provisional = members.boolean("provisional");
  if (const Json* json = members.any("value")) {
    auto value = value_of(*json);
    if (!value) members.refuse("\"value\" is no value of a fact");
    if (value) set.value = *std::move(value);
  }
  return made(members, [&] { return std::move(set); });
}

template <typename Saying>  // RecordChange or RecordSettle.
Result<RunbookBody> parse_about_record(JsonMembers& members) {
  members.only({"fields", "key", "record"});
  Fields fields = fields_member(members);
  const FacetKey key = key_member(members);
  const auto record = members.id<StatementIdKind>("record");
  return made(members, [&] { return Saying{*record, std::move(fields), key}; });
}

Result<RunbookBody> parse_record(std::string_view verb, JsonMembers& members) {
  if (verb == "record.change") return parse_about_record<RecordChange>(members);
  if (verb == "record.settle") return parse_about_record<RecordSettle>(members);
  members.only({"fields", "key", "kind"});
  RecordAdd add;
  add.fields = fields_member(members);
  add.key = key_member(members);
  add.kind = word_member(members, "kind");
  return made(members, [&] { return std::move(add); });
}

template <typename Naming>  // StepDone or StepSkip.
Result<RunbookBody> parse_step(JsonMembers& members) {
  members.only({"step"});
  std::string step = word_member(members, "step");
  return made(members, [&] { return Naming{std::move(step)}; });
}

Result<RunbookBody> parse_ask(JsonMembers& members) {
  members.only({"covers", "gate", "leaf", "person", "record"});
  AskFor ask;
  ask.covers = covers_member(members);
  ask.gate = word_member(members, "gate");
  ask.leaf = static_cast<std::uint32_t>(
      members.integer("leaf", 0, static_cast<std::int64_t>(kPredicateNodesMax)));
  ask.person = id_or_null<PersonIdKind>(members, "person");
  ask.record = id_or_null<StatementIdKind>(members, "record");
  return made(members, [&] { return std::move(ask); });
}

Result<RunbookBody> parse_attest(JsonMembers& members) {
  members.only({"ask", "covers", "record", "role", "verb"});
  Attest attest;
  attest.ask = id_or_null<StatementIdKind>(members, "ask");
  attest.covers = covers_member(members);
  attest.record = id_or_null<StatementIdKind>(members, "record");
  attest.role = word_member(members, "role");
  attest.verb = word_member(members, "verb");
  return made(members, [&] { return std::move(attest); });
}

Result<RunbookBody> parse_spoken(JsonMembers& members) {
  members.only({"ask", "code", "person"});
  const auto ask = members.id<StatementIdKind>("ask");
  std::string code = word_member(members, "code");
  const auto person = members.id<PersonIdKind>("person");
  return made(members, [&] { return Spoken{*ask, *person, std::move(code)}; });
}

Result<RunbookBody> parse_waive_ask(JsonMembers& members) {
  members.only({"attempt", "gate", "reason_chars", "record"});
  WaiveAsk ask;
  ask.attempt = word_member(members, "attempt");
  ask.gate = word_member(members, "gate");
  ask.reason_chars =
      static_cast<std::uint32_t>(members.integer("reason_chars", 0, kReasonCharsMax));
  ask.record = id_or_null<StatementIdKind>(members, "record");
  return made(members, [&] { return std::move(ask); });
}

template <typename Naming>  // AttestWithdraw, WaiveGrant, HandoverAccept or DeputyAccept.
Result<RunbookBody> parse_naming(JsonMembers& members) {
  members.only({"statement"});
  const auto id = members.id<StatementIdKind>("statement");
  return made(members, [&] { return Naming{*id}; });
}

Result<RunbookBody> parse_handover(JsonMembers& members) {
  members.only({"person", "role"});
  const auto person = members.id<PersonIdKind>("person");
  std::string role = word_member(members, "role");
  return made(members, [&] { return HandoverOffer{std::move(role), *person}; });
}

Result<RunbookBody> parse_deputy(JsonMembers& members) {
  members.only({"from", "person", "role", "until"});
  const UtcSeconds from = members.time("from");
  const auto person = members.id<PersonIdKind>("person");
  std::string role = word_member(members, "role");
  const UtcSeconds until = members.time("until");
  return made(members, [&] { return DeputyName{std::move(role), *person, from, until}; });
}

Result<RunbookBody> parse_told(JsonMembers& members) {
  members.only({"at", "channel", "delivered", "record"});
  TellDone told{*StatementId::parse(std::string(32, '0')), members.time("at"),
                word_member(members, "channel"), members.boolean("delivered")};
  const auto record = members.id<StatementIdKind>("record");
  if (record) told.record = *record;
  return made(members, [&] { return std::move(told); });
}

Result<RunbookBody> parse_other(std::string_view verb, JsonMembers& members) {
  if (verb == "kind.set") {
    members.only({"kind"});
    std::string kind = word_member(members, "kind");
    return made(members, [&] { return KindSet{std::move(kind)}; });
  }
  if (verb == "move") {
    members.only({"move", "record"});
    std::string move = word_member(members, "move");
    const auto record = id_or_null<StatementIdKind>(members, "record");
    return made(members, [&] { return MakeMove{std::move(move), record}; });
  }
  if (verb == "attest.refuse") {
    members.only({"ask"});
    const auto ask = members.id<StatementIdKind>("ask");
    return made(members, [&] { return AttestRefuse{*ask}; });
  }
  if (verb == "acknowledge") {
    members.only({"thing"});
    const std::int64_t thing = members.integer("thing", 1, kJsonIntegerMax);
    return made(members, [&] { return Acknowledge{static_cast<std::uint64_t>(thing)}; });
  }
  if (verb == "exclude") {
    members.only({"person"});
    const auto person = members.id<PersonIdKind>("person");
    return made(members, [&] { return Exclude{*person}; });
  }
  members.only({"seq", "time"});
  const std::int64_t seq = members.integer("seq", 0, kJsonIntegerMax);
  const UtcSeconds time = members.time("time");
  return made(members, [&] { return TimeAttest{static_cast<std::uint64_t>(seq), time}; });
}

Result<RunbookBody> parse_members(std::string_view verb, JsonMembers& members) {
  if (verb == "policy.pin") return parse_pin(members);
  if (verb == "fact.set") return parse_fact(members);
  if (verb.starts_with("record.")) return parse_record(verb, members);
  if (verb == "step.done") return parse_step<StepDone>(members);
  if (verb == "step.skip") return parse_step<StepSkip>(members);
  if (verb == "ask") return parse_ask(members);
  if (verb == "attest") return parse_attest(members);
  if (verb == "attest.withdraw") return parse_naming<AttestWithdraw>(members);
  if (verb == "spoken") return parse_spoken(members);
  if (verb == "waive.ask") return parse_waive_ask(members);
  if (verb == "waive.grant") return parse_naming<WaiveGrant>(members);
  if (verb == "handover.offer") return parse_handover(members);
  if (verb == "handover.accept") return parse_naming<HandoverAccept>(members);
  if (verb == "deputy.name") return parse_deputy(members);
  if (verb == "deputy.accept") return parse_naming<DeputyAccept>(members);
  if (verb == "told") return parse_told(members);
  return parse_other(verb, members);
}

}  // namespace

std::string_view verb_of(const RunbookBody& body) noexcept { return kVerbs[body.index()]; }

bool is_runbook_verb(std::string_view verb) noexcept {
  return std::ranges::find(kVerbs, verb) != kVerbs.end();
}

std::string format_runbook_body(const RunbookBody& body) {
  return canonical_json(std::visit([](const auto& any) { return json_of(any); }, body));
}

Result<RunbookBody> parse_runbook_body(std::string_view verb, std::string_view body) {
  if (!is_runbook_verb(verb)) {
    return Error{ErrorCode::invalid_input, std::string(verb) + ": not a verb of the runbook"};
  }
  auto object = parse_canonical_json(body);
  if (!object) return std::move(object).error().context(verb);
  JsonMembers members(*object);
  auto parsed = parse_members(verb, members);
  if (!parsed) return std::move(parsed).error().context(verb);
  return parsed;
}

}  // namespace casebook::workflow
