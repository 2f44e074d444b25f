// The parts of a policy file one after another; what they name is checked in policy_check.cpp.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/clock.h"
#include "core/roster.h"
#include "workflow/policy_check.h"
#include "workflow/policy_node.h"

namespace casebook::workflow {
namespace {

constexpr std::size_t kDepthMax = 16;
constexpr std::size_t kNamesMax = 256;

constexpr std::pair<std::string_view, ValueType> kTypes[] = {
    {"bool", ValueType::boolean}, {"choice", ValueType::choice}, {"level", ValueType::level},
    {"count", ValueType::count},  {"set", ValueType::set},       {"time", ValueType::time},
    {"code", ValueType::code},    {"person", ValueType::person}, {"record", ValueType::record},
    {"text", ValueType::text},    {"digest", ValueType::digest}, {"evidence", ValueType::evidence},
    {"link", ValueType::link},
};
constexpr std::pair<std::string_view, StepKind> kStepKinds[] = {
    {"step", StepKind::step},
    {"trigger", StepKind::trigger},
    {"duty", StepKind::duty},
    {"reminder", StepKind::reminder},
};

/// Words of an enumeration that the model keeps as text.
std::string word(const PolicyNode& node, std::initializer_list<std::string_view> known) {
  std::string found = node.text(64);
  if (!node.failed() && std::ranges::find(known, found) == known.end()) {
    std::string expected;
    for (const std::string_view name : known)
      expected += (expected.empty() ? "" : ", ") + std::string(name);
    node.refuse("not one of " + expected);
  }
  return found;
}

std::vector<std::int64_t> levels(const PolicyNode& node) {
  std::vector<std::int64_t> found;
  for (const PolicyNode& level : node.list(64)) {
    found.push_back(level.integer(-1'000'000, 1'000'000));
    if (std::ranges::count(found, found.back()) > 1) level.refuse("given twice");
  }
  if (!node.failed() && found.empty()) node.refuse("empty");
  return found;
}

/// Type and values of a fact or field.
template <typename Rule>
void read_type(const PolicyNode& node, Rule& rule) {
  rule.type = node.member("type").one_of(kTypes);
  const bool has_values = rule.type == ValueType::choice || rule.type == ValueType::set ||
                          rule.type == ValueType::level;
  if (!has_values && node.has("values")) node.member("values").refuse("this type has no values");
  if (!has_values) return;
  if (rule.type == ValueType::level) {
    rule.levels = levels(node.member("values"));
    return;
  }
  rule.values = node.member("values").codes(64);
  if (!node.failed() && rule.values.empty()) node.member("values").refuse("empty");
}

/// A value that this fact or field may hold.
template <typename Rule>
Value value_for(const PolicyNode& node, const Rule& rule) {
  Value value;
  if (rule.type == ValueType::set) {
    auto words = node.codes(64);
    std::ranges::sort(words);
    value = std::move(words);
  } else {
    value = node.literal();
  }
  if (!node.failed() && !holds(rule, value)) node.refuse("not a value of its type");
  return value;
}

RuleOut read_rule_out(const PolicyNode& node, const FactRule& rule) {
  node.only({"evidence", "persons", "to"});
  RuleOut out{.milder = false,
              .to = {},
              .persons = node.member("persons").small(1, 4),
              .evidence = node.member("evidence").small(0, 16)};
  const PolicyNode to = node.member("to");
  if (to.json().is_string()) {
    out.milder = true;
    if (to.text(64) != "milder" || rule.type != ValueType::level)
      to.refuse("not a list of values, nor \"milder\" for a level");
    return out;
  }
  if (rule.type != ValueType::choice) to.refuse("only values of a choice, or \"milder\"");
  for (const PolicyNode& value : to.list(64)) {
    out.to.push_back(value.text(64));
    if (!node.failed() && !holds(rule, out.to.back())) value.refuse("not a value of its type");
  }
  if (!node.failed() && out.to.empty()) to.refuse("empty");
  return out;
}

FactRule read_fact(const std::string& name, const PolicyNode& node) {
  node.only({"type", "initial", "label", "question"},
            {"values", "worst", "rule_out", "worst_unknown", "roles"});
  FactRule fact;
  fact.name = name;
  read_type(node, fact);
  if (fact.type >= ValueType::person) node.member("type").refuse("only fields have this type");
  if (fact.type == ValueType::level) {
    fact.worst = node.member("worst").integer(-1'000'000, 1'000'000);
    const auto [least, most] =
        std::ranges::minmax(fact.levels.empty() ? std::vector{fact.worst} : fact.levels);
    if (fact.worst != least && fact.worst != most)
      node.member("worst").refuse("neither the least nor the greatest level");
  } else if (node.has("worst")) {
    node.member("worst").refuse("only levels have one");
  }
  if (!node.member("initial").is_null()) fact.initial = value_for(node.member("initial"), fact);
  if (node.has("worst_unknown")) fact.worst_unknown = value_for(node.member("worst_unknown"), fact);
  fact.label = node.member("label").label();
  fact.question = node.member("question").label();
  if (node.has("rule_out")) fact.rule_out = read_rule_out(node.member("rule_out"), fact);
  if (node.has("roles")) fact.roles = node.member("roles").ids(64);
  return fact;
}

FieldRule read_field(const PolicyNode& node) {
  node.only({"name", "type", "label", "required"}, {"values", "initial", "at", "of"});
  FieldRule field;
  field.name = node.member("name").id();
  read_type(node, field);
  field.label = node.member("label").label();
  field.required = node.member("required").boolean();
  field.at_settle = node.has("at") && word(node.member("at"), {"add", "settle"}) == "settle";
  if (field.type == ValueType::record) {
    field.of = node.member("of").id();
  } else if (node.has("of")) {
    node.member("of").refuse("only fields of type record have one");
  }
  if (node.has("initial") && field.type >= ValueType::person)
    node.member("initial").refuse("this type has no initial value");
  else if (node.has("initial"))
    field.initial = value_for(node.member("initial"), field);
  return field;
}

Register read_register(const std::string& kind, const PolicyNode& node) {
  node.only(
      {"label", "help", "fields", "add", "settle", "blocks", "clock", "compartment", "owner"});
  Register made{.kind = kind,
                .label = node.member("label").label(),
                .help = node.member("help").label(),
                .fields = {}};
  for (const PolicyNode& field : node.member("fields").list(32)) {
    FieldRule next = read_field(field);
    if (next.name == "number") field.member("name").refuse("every entry has its number");
    if (made.field(next.name) != nullptr) field.member("name").refuse("given twice");
    made.fields.push_back(std::move(next));
  }
  const PolicyNode add = node.member("add");
  add.only({"roles", "phases", "attempt"}, {"not"});
  made.add_roles = add.member("roles").ids(64);
  made.add_phases = add.member("phases").ids(64);
  made.attempt = add.member("attempt").id_or_null();
  if (add.has("not")) made.add_exclusions = add.member("not").exclusions();
  if (const PolicyNode settle = node.member("settle"); !settle.is_null()) {
    settle.only({"roles", "not", "verb"});
    made.settle = SettleRule{settle.member("roles").ids(64), settle.member("not").exclusions(),
                             settle.member("verb").label()};
  }
  made.blocks = node.member("blocks").ids(64);
  made.clock = node.member("clock").id_or_null();
  made.compartment = word(node.member("compartment"), {"general", "pii", "legal"});
  made.owner = node.member("owner").id_or_null();
  return made;
}

RoleRule read_role(const std::string& name, const PolicyNode& node) {
  node.only({"label", "card", "function", "single", "excludes", "needed"});
  if (!is_role_name(name)) node.refuse("not a name of a role: more than 32 characters");
  return {.name = name,
          .label = node.member("label").label(),
          .card = node.member("card").label(),
          .function = word(node.member("function"), {"security", "engineering", "legal",
                                                     "communication", "management", "other"}),
          .single = node.member("single").boolean(),
          .excludes = node.member("excludes").ids(64),
          .needed = node.member("needed").predicate()};
}

IncidentKind read_kind(const std::string& id, const PolicyNode& node) {
  node.only({"label", "restricted", "room", "severities"});
  return {id, node.member("label").label(), node.member("restricted").boolean(),
          node.member("room").text(200), node.member("severities").id()};
}

Phase read_phase(const PolicyNode& node) {
  node.only({"id", "label", "stage", "open"});
  return {node.member("id").id(), node.member("label").label(),
          word(node.member("stage"), {"prepare", "detect", "respond", "recover", "done"}),
          node.member("open").boolean()};
}

Move read_move(const std::string& name, const PolicyNode& node) {
  node.only({"label", "from", "to", "exit", "persons", "roles", "action"});
  Move move{.name = name,
            .label = node.member("label").label(),
            .from = node.member("from").ids(64),
            .to = node.member("to").id(),
            .exit = node.member("exit").boolean(),
            .persons = node.member("persons").small(1, 2),
            .roles = node.member("roles").ids(64),
            .action = node.member("action").boolean()};
  if (move.from.empty()) node.member("from").refuse("empty");
  return move;
}

Step read_step(const PolicyNode& node) {
  node.only({"id", "number", "label", "text", "role", "opens", "done", "blocks", "clock", "kind",
             "attest"});
  Step step;
  step.id = node.member("id").id();
  if (const PolicyNode number = node.member("number"); !number.is_null())
    step.number = number.small(1, 99);
  step.label = node.member("label").label();
  step.text = node.member("text").label();
  step.role = node.member("role").id_or_null();
  step.opens = node.member("opens").predicate();
  step.attest = node.member("attest").boolean();
  if (const PolicyNode done = node.member("done"); !done.is_null()) {
    step.done = done.predicate();
  } else if (!step.attest) {
    done.refuse("nothing discharges it: give a condition, or \"attest\": true");
  }
  step.blocks = node.member("blocks").ids(64);
  step.clock = node.member("clock").id_or_null();
  step.kind = node.member("kind").one_of(kStepKinds);
  if (step.kind == StepKind::reminder && !step.blocks.empty())
    node.member("blocks").refuse("a reminder blocks nothing");
  return step;
}

/// What gates look at: "close", "rollout", "action:destructive".
std::vector<std::string> attempts(const PolicyNode& node) {
  std::vector<std::string> found;
  for (const PolicyNode& attempt : node.list(64)) {
    std::string name = attempt.text(80);
    const std::string_view id = std::string_view(name).substr(name.starts_with("action:") ? 7 : 0);
    if (!is_policy_id(id)) attempt.refuse("not an attempt");
    if (std::ranges::find(found, name) != found.end()) attempt.refuse("given twice");
    found.push_back(std::move(name));
  }
  return found;
}

WaiveRule read_waive(const PolicyNode& node) {
  node.only({"ask", "grant", "reason_chars"}, {"except_on", "only_on", "sign_within"});
  WaiveRule rule{.ask = node.member("ask").id(),
                 .grant = node.member("grant").id(),
                 .reason_chars = node.member("reason_chars").small(1, 10'000)};
  if (node.has("except_on")) rule.except_on = attempts(node.member("except_on"));
  if (node.has("only_on")) rule.only_on = attempts(node.member("only_on"));
  if (node.has("sign_within")) rule.sign_within = node.member("sign_within").duration();
  return rule;
}

Gate read_gate(const PolicyNode& node) {
  node.only({"id", "label", "on", "when", "need", "waive", "practices"});
  Gate gate{.id = node.member("id").id(),
            .label = node.member("label").label(),
            .on = attempts(node.member("on")),
            .when = node.member("when").predicate(),
            .need = node.member("need").predicate(),
            .waive = {},
            .practices = node.member("practices").texts(64)};
  if (gate.on.empty()) node.member("on").refuse("empty");
  if (const PolicyNode waive = node.member("waive"); !waive.is_null())
    gate.waive = read_waive(waive);
  return gate;
}

void read_within(const PolicyNode& within, ClockRule& clock) {
  if (!clock.until.empty()) {
    if (!within.is_null() || !clock.by.empty()) within.refuse("not null: \"until\" says when");
    return;
  }
  if (clock.by.empty()) {
    clock.within.emplace("", within.duration());
  } else if (!within.json().is_object() || within.json().empty()) {
    within.refuse("not an object: a duration or null for each value of \"by\"");
  } else {
    for (const auto& [value, limit] : within.json().items())
      clock.within.emplace(value, within.member(value).duration_or_null());
  }
}

ClockRule read_clock(const PolicyNode& node) {
  node.only({"id", "label", "start", "stop", "by", "within", "cadence", "warn_percent", "escalate",
             "audience"},
            {"until"});
  ClockRule clock;
  clock.id = node.member("id").id();
  clock.label = node.member("label").label();
  clock.start = node.member("start").text(80);
  if (const PolicyNode stop = node.member("stop"); !stop.is_null()) clock.stop = stop.predicate();
  clock.by = node.member("by").id_or_null();
  if (node.has("until")) clock.until = node.member("until").id();
  read_within(node.member("within"), clock);
  clock.cadence = node.member("cadence").boolean();
  clock.warn_percent = node.member("warn_percent").small(1, 100);
  for (const PolicyNode& rung : node.member("escalate").list(16)) {
    rung.only({"after_percent", "roles", "repeat"});
    clock.escalate.push_back({rung.member("after_percent").small(0, 1'000),
                              rung.member("roles").ids(64),
                              rung.member("repeat").duration_or_null()});
    if (clock.escalate.back().roles.empty()) rung.member("roles").refuse("empty");
  }
  if (const PolicyNode audience = node.member("audience"); !audience.is_null())
    clock.audience = word(audience, {"internal", "executives", "customers", "thread"});
  return clock;
}

std::vector<MatrixRow> read_matrix(const PolicyNode& node) {
  std::vector<MatrixRow> rows;
  for (const PolicyNode& row : node.list(64)) {
    row.only({"id", "level", "label", "when"});
    rows.push_back({row.member("id").id(), row.member("level").integer(-1'000'000, 1'000'000),
                    row.member("label").label(), row.member("when").predicate()});
    if (std::ranges::count(rows, rows.back().id, &MatrixRow::id) > 1)
      row.member("id").refuse("given twice");
  }
  if (rows.empty()) node.refuse("empty");
  return rows;
}

Checklist read_checklist(const PolicyNode& node) {
  node.only({"label", "items"});
  Checklist list{node.member("label").label(), {}};
  for (const PolicyNode& item : node.member("items").list(128)) {
    item.only({"id", "label"});
    list.items.push_back({item.member("id").id(), item.member("label").label()});
    if (std::ranges::count(list.items, list.items.back().id, &ChecklistItem::id) > 1)
      item.member("id").refuse("given twice");
  }
  return list;
}

/// A list whose members have ids, added to what the base has.
template <typename Part, typename Read>
void append(const PolicyNode& node, std::size_t most, std::vector<Part>& parts, Read read) {
  for (const PolicyNode& item : node.list(most)) {
    Part part = read(item);
    if (node.failed()) return;
    if (std::ranges::find(parts, part.id, &Part::id) != parts.end())
      item.member("id").refuse("given twice");
    parts.push_back(std::move(part));
  }
  if (parts.size() > most) node.refuse("more than " + std::to_string(most) + " items");
}

/// The same for objects. What the base has stays as it is: a policy adds, it never takes away.
template <typename Map, typename Read>
void insert(const PolicyNode& node, std::size_t most, Map& parts, Read read) {
  for (auto& [name, item] : node.entries(most)) {
    auto part = read(name, item);
    if (node.failed()) return;
    if (!parts.emplace(name, std::move(part)).second)
      item.refuse("the policy that this one extends has it already");
  }
  if (parts.size() > most) node.refuse("more than " + std::to_string(most) + " items");
}

void read_practices(const PolicyNode& node, Policy& policy) {
  if (!node.json().is_object()) return node.refuse("not an object");
  for (const auto& [practice, pointers] : node.json().items()) {
    auto& served = policy.practices[practice];
    for (std::string& pointer : node.member(practice).texts(64)) served.push_back(pointer);
  }
}

void read_parts(const PolicyNode& root, Policy& policy) {
  insert(root.member("kinds"), 64, policy.kinds, read_kind);
  insert(root.member("facts"), kNamesMax, policy.facts, read_fact);
  insert(root.member("facets"), 64, policy.facets,
         [](const std::string& /*name*/, const PolicyNode& node) { return node.texts(64); });
  insert(root.member("roles"), 64, policy.roles, read_role);
  insert(root.member("registers"), 128, policy.registers, read_register);
  append(root.member("phases"), 64, policy.phases, read_phase);
  insert(root.member("moves"), 64, policy.moves, read_move);
  append(root.member("steps"), 512, policy.steps, read_step);
  append(root.member("gates"), 512, policy.gates, read_gate);
  append(root.member("clocks"), 256, policy.clocks, read_clock);
  insert(root.member("matrices"), 16, policy.matrices,
         [](const std::string& /*id*/, const PolicyNode& node) { return read_matrix(node); });
  for (const PolicyNode& node : root.member("follow_up").list(64)) {
    node.only({"when", "form", "label"});
    policy.follow_up.push_back(
        {node.member("when").predicate(), node.member("form").id(), node.member("label").label()});
  }
  insert(root.member("checklists"), 64, policy.checklists,
         [](const std::string& /*id*/, const PolicyNode& node) { return read_checklist(node); });
  insert(root.member("templates"), kNamesMax, policy.templates,
         [](const std::string& /*id*/, const PolicyNode& node) { return node.label(); });
  read_practices(root.member("practices"), policy);
}

std::optional<PolicyReference> read_extends(const PolicyNode& node) {
  if (node.is_null()) return std::nullopt;
  node.only({"id", "digest"});
  PolicyReference extends{node.member("id").id(), {}};
  auto digest = digest_from_hex(node.member("digest").text(64));
  if (digest)
    extends.digest = *digest;
  else
    node.member("digest").refuse(digest.error().message);
  return extends;
}

bool is_date(const std::string& text) {
  return text.size() == 10 && bool(parse_utc(text + "T00:00:00Z"));
}

void read_head(const PolicyNode& root, Policy& policy) {
  if (root.member("format").text(64) != "casebook-policy/1")
    root.member("format").refuse("not \"casebook-policy/1\"");
  policy.id = root.member("id").id();
  policy.version = root.member("version").small(1, 1'000'000'000);
  policy.title = root.member("title").label();
  policy.owner = root.member("owner").id();
  policy.review_by = root.member("review_by").text(10);
  if (!root.failed() && !is_date(policy.review_by))
    root.member("review_by").refuse("not a date such as \"2027-06-01\"");
}

}  // namespace

Result<Policy> parse_policy(std::string_view canonical, const Policy* base) {
  auto json =
      parse_canonical_json(canonical, {.size_bytes_max = kPolicyBytesMax, .depth_max = kDepthMax});
  if (!json) return std::move(json).error();
  auto digest = sha256(as_bytes(canonical));
  if (!digest) return std::move(digest).error();
  PolicyReading reading;
  const PolicyNode root(reading, *json, "");
  root.only({"format",    "id",         "version",   "title",    "owner",  "review_by",
             "extends",   "kinds",      "facts",     "facets",   "roles",  "registers",
             "phases",    "moves",      "steps",     "gates",    "clocks", "matrices",
             "follow_up", "checklists", "templates", "practices"});
  if (reading.failed()) return reading.error();
  auto extends = read_extends(root.member("extends"));
  if (extends && (base == nullptr || base->id != extends->id || base->digest != extends->digest))
    root.member("extends").refuse("the policy that this one extends is not at hand");
  Policy policy = extends && base != nullptr && !reading.failed() ? *base : Policy{};
  policy.digest = *digest;
  policy.extends = std::move(extends);
  read_head(root, policy);
  read_parts(root, policy);
  if (!reading.failed()) check_policy(root, policy);
  if (reading.failed()) return reading.error();
  return policy;
}

}  // namespace casebook::workflow
