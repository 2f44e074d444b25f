#include "tests/property/workflow/doer.h"

#include <algorithm>

#include "tests/property/workflow/samples.h"
#include "workflow/evaluate.h"

namespace casebook::workflow {
namespace {

using Kind = Predicate::Kind;
const std::vector<std::size_t> kAll = {1, 2, 0};

}  // namespace

bool Doer::say(const RunbookBody& body, const Persons& persons, bool waits) {
  const Event event{"done", persons, [&](const World&) { return std::optional(body); }, waits};
  const Played played = world_.play(event);
  if (!played.wrong.empty()) wrong_ = played.wrong;
  return played.how == Played::How::taken;
}

bool Doer::say_by_one_of(const RunbookBody& body, const Persons& persons) {
  return std::ranges::any_of(persons, [&](std::size_t person) { return say(body, {person}); });
}

Doer::Persons Doer::able(const MissingLeaf& leaf) const {
  Persons persons;
  const auto& ids = world_.setup().ids;
  for (const PersonId& id : leaf.who) {
    persons.push_back(static_cast<std::size_t>(std::ranges::find(ids, id) - ids.begin()));
  }
  return persons;
}

const Record* Doer::about() const { return about_ ? world_.state().record(*about_) : nullptr; }
Scene Doer::scene() const { return {world_.state(), attempt_, world_.now(), about()}; }
FacetKey Doer::key() const {
  FacetKey key{};
  key[0] = static_cast<std::byte>(world_.said().size());
  return key;
}

bool Doer::solve_all(const std::vector<MissingLeaf>& leaves) {
  return std::ranges::all_of(leaves, [&](const MissingLeaf& leaf) { return solve(leaf); });
}

bool Doer::solve(const MissingLeaf& leaf) {
  about_ = leaf.about;
  was_coming_ = leaf.predicate.attest && leaf.predicate.attest->of && !about_;
  if (was_coming_) {  // Nobody knew who would be its author.
    about_ = world_.last(leaf.predicate.attest->of->kind);
    if (!about_) return false;
  }
  if (leaf.predicate.kind == Kind::negation) return undo(leaf.predicate.children.front());
  return fulfil(leaf.predicate, able(leaf));
}

bool Doer::fulfil(const Predicate& leaf, const Persons& persons) {
  switch (leaf.kind) {
    case Kind::attest:
      return attest(leaf, persons);
    case Kind::exists:
      return add(*leaf.query, persons);
    case Kind::compare:
      return leaf.left.query ? until_it_holds(leaf, persons) : set_fact(leaf);
    case Kind::in:
    case Kind::ever_in:
      return set_fact(leaf);
    case Kind::elapsed:
      return wait(*leaf.elapsed);
    default:
      return false;
  }
}

bool Doer::attest(const Predicate& leaf, const Persons& persons) {
  const AttestRule& rule = *leaf.attest;
  for (const std::size_t person : persons) {
    const Attest word{rule.verb, rule.role, covers_now(world_.state(), rule.covers), about_, {}};
    const bool is_author = about() != nullptr && about()->is_author(world_.setup().ids[person]);
    if (!is_author || !was_coming_) {
      if (!say(word, {person})) return false;
    }
    if (attested(rule, about(), scene()) == Truth::yes) return true;
  }
  return false;
}

/// So many entries, or functions of those who made them.
bool Doer::until_it_holds(const Predicate& leaf, const Persons& persons) {
  for (std::size_t i = 0; i < 4; ++i) {
    if (evaluate(leaf, scene()) == Truth::yes) return true;
    Persons others = persons;
    if (!others.empty()) {
      std::ranges::rotate(others, others.begin() + static_cast<std::ptrdiff_t>(i % others.size()));
    }
    if (!add(*leaf.left.query, others)) return false;
  }
  return evaluate(leaf, scene()) == Truth::yes;
}

bool Doer::set_fact(const std::string& name, const Value& value) {
  const FactSet set{name, value, false, {}, key()};
  if (say_by_one_of(set, kAll)) return true;
  FactSet shown = set;
  shown.evidence = {world_.evidence()};
  return say(shown, {0, 1});
}

bool Doer::set_fact(const Predicate& leaf) {
  const std::string& name = leaf.kind == Kind::ever_in ? leaf.names.front() : leaf.left.name;
  const auto rule = world_.state().policy->facts.find(name);
  if (rule == world_.state().policy->facts.end()) return false;
  if (leaf.kind != Kind::compare) {
    const Value& one = leaf.values.front();
    if (rule->second.type != ValueType::set) return set_fact(name, one);
    return set_fact(name, std::vector<std::string>{std::get<std::string>(one)});
  }
  if (leaf.compare == Compare::eq) return set_fact(name, leaf.right.literal);
  return std::ranges::any_of(rule->second.values, [&](const std::string& other) {
    return Value(other) != leaf.right.literal && other != "unknown" && set_fact(name, other);
  });
}

/// The fields that a query asks for, with what the attempt and the entry in question say.
Fields Doer::wanted(const Query& query, const Register& rule) const {
  Fields fields = asked_of(query, rule).given;
  for (const FieldMatch& match : query.where) {
    const Operand& operand = match.values.front();
    const Fields* said = operand.kind == Operand::Kind::attempt ? &attempt_.fields
                         : operand.kind == Operand::Kind::self && about() != nullptr
                             ? &about()->fields()
                             : nullptr;
    if (said == nullptr) continue;
    if (operand.kind == Operand::Kind::self && operand.name == "number") {
      fields[match.field] = static_cast<std::int64_t>(about()->number);
    }
    const auto value = said->find(operand.name);
    if (value != said->end()) fields[match.field] = value->second;
  }
  return fields;
}

/// Where it is free what an entry says, it does not say what the item left out asks for.
Fields Doer::apart_from_left_out(const Register& rule, Fields fields) const {
  if (left_out_ == nullptr) return fields;
  const Predicate& leaf = left_out_->predicate;
  const Query* query = leaf.query ? leaf.query.get() : leaf.left.query.get();
  if (query == nullptr || query->kind != rule.kind) return fields;
  for (const FieldMatch& match : query->where) {
    const FieldRule* field = rule.field(match.field);
    if (field == nullptr || field->at_settle || fields.contains(field->name)) continue;
    for (const std::string& value : field->values) {
      const bool is_asked = std::ranges::any_of(
          match.values, [&](const Operand& one) { return one.literal == Value(value); });
      if (!is_asked) fields.emplace(field->name, value);
    }
  }
  return fields;
}

bool Doer::add(const std::string& kind, const Fields& given, const Persons& persons) {
  const Register& rule = world_.state().policy->registers.find(kind)->second;
  auto fields = filled(rule, apart_from_left_out(rule, given), world_);
  for (const FieldRule& field : rule.fields) {
    if (fields || left_out_ != nullptr) break;
    if (field.type != ValueType::record || !field.required || field.at_settle) continue;
    if (world_.number_of(field.of) || given.contains(field.name)) continue;
    if (!add(field.of, {}, kAll)) return false;
    fields = filled(rule, given, world_);
  }
  return fields && say_by_one_of(RecordAdd{kind, *std::move(fields), key()}, persons);
}

bool Doer::add(const Query& query, Persons persons) {
  const auto rule = world_.state().policy->registers.find(query.kind);
  if (rule == world_.state().policy->registers.end()) return false;
  if (persons.empty()) persons = kAll;
  if (!add(query.kind, wanted(query, rule->second), persons)) return false;
  return after_adding(query, asked_of(query, rule->second).at_end);
}

bool Doer::after_adding(const Query& query, const Fields& at_end) {
  const StatementId added = *world_.last(query.kind);
  if (query.attested.value_or(false)) {
    Persons others = kAll;
    std::erase_if(others, [&](std::size_t person) {
      return world_.state().record(added)->is_author(world_.setup().ids[person]);
    });
    if (!say_by_one_of(Attest{"confirmed", "person", {}, added, {}}, others)) return false;
  }
  if (query.told.value_or(false) && !say(TellDone{added, world_.now(), "mail", true}, {0})) {
    return false;
  }
  return !(query.settled.value_or(false) || !at_end.empty()) || settle(added, at_end);
}

bool Doer::settle(const StatementId& id, Fields fields) {
  const Record& record = *world_.state().record(id);
  const Register& rule = world_.state().policy->registers.find(record.kind)->second;
  for (const FieldRule& field : rule.fields) {
    const bool is_words = field.type == ValueType::text || field.type == ValueType::link;
    if (!field.at_settle || !field.required || is_words || fields.contains(field.name)) continue;
    fields.emplace(field.name, sample(field, world_));
  }
  return say_by_one_of(RecordSettle{id, fields, key()}, kAll);
}

/// Says another value of a field, so that the entry is no longer meant.
bool Doer::change(const Query& query, const StatementId& id) {
  const std::string kind = world_.state().record(id)->kind;
  const Register& rule = world_.state().policy->registers.find(kind)->second;
  for (const FieldMatch& match : query.where) {
    const FieldRule* field = rule.field(match.field);
    for (const std::string& value : field->values) {
      const bool is_meant = std::ranges::any_of(
          match.values, [&](const Operand& operand) { return operand.literal == Value(value); });
      if (!is_meant && say_by_one_of(RecordChange{id, {{field->name, value}}, key()}, kAll)) {
        return true;
      }
    }
  }
  return false;
}

bool Doer::undo(const Predicate& leaf) {
  if (leaf.kind != Kind::exists) return false;
  std::vector<StatementId> meant;
  each_match(*leaf.query, scene(), [&](const Record& record, Truth) {
    meant.push_back(record.id);
    return true;
  });
  return !meant.empty() && std::ranges::all_of(meant, [&](const StatementId& id) {
    const bool is_over = leaf.query->settled.has_value() && !*leaf.query->settled;
    return is_over ? settle(id, {}) : change(*leaf.query, id);
  });
}

bool Doer::wait(const ElapsedRule& rule) {
  const auto* since = std::get_if<std::shared_ptr<const Query>>(&rule.since);
  if (since == nullptr) return false;
  const Predicate leaf{.kind = Kind::elapsed, .elapsed = std::make_shared<ElapsedRule>(rule)};
  if (!elapsed(rule, scene()).since && !add(**since, {})) return false;
  const auto start = elapsed(rule, scene()).since;
  if (!start) return false;
  const auto entry = std::ranges::find(world_.said(), *start, &Said::seq);
  const auto said_by_another = [&](std::uint64_t seq, UtcSeconds time, bool waits) {
    return std::ranges::any_of(kAll, [&](std::size_t person) {
      const auto found = std::ranges::find(world_.said(), seq, &Said::seq);
      const bool is_signer = found != world_.said().end() &&
                             std::ranges::find(found->persons, person) != found->persons.end();
      return !is_signer && say(TimeAttest{seq, time}, {person}, waits);
    });
  };
  if (entry == world_.said().end() || !said_by_another(*start, entry->at, /*waits=*/false)) {
    return false;
  }
  if (!say(KindSet{world_.state().policy->kinds.begin()->first}, {0}, /*waits=*/true)) return false;
  (void)said_by_another(world_.said().back().seq, world_.now(), /*waits=*/false);
  return evaluate(leaf, scene()) == Truth::yes;
}

}  // namespace casebook::workflow
