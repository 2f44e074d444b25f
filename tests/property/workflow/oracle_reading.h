#pragma once
/// How the second opinion reads a list of statements: facts, entries, roles,
/// words and conditions, each looked up from the beginning. Included by
/// oracle.cpp alone.

#include <algorithm>
#include <numeric>
#include <set>

#include "tests/property/workflow/oracle.h"

namespace casebook::workflow::second_opinion {

enum class Answer3 { no, maybe, yes };
using enum Answer3;
inline Answer3 flip(Answer3 a) { return a == yes ? no : a == no ? yes : maybe; }
inline Answer3 sure(bool b) { return b ? yes : no; }

template <typename List, typename Item>
bool has(const List& list, const Item& item) {
  return std::find(std::begin(list), std::end(list), item) != std::end(list);
}

struct Thing {  // An entry of a register, as it stands.
  std::size_t added = 0;
  StatementId id;
  std::string kind;
  Fields fields;
  std::set<std::size_t> authors, first_authors;
  bool settled = false;
  std::int64_t number = 0;
  std::uint64_t seq = 0;
  int words = 0;  // How often its words were said.
};

struct Try {  // What is attempted.
  std::string verb, action;
  Fields fields;
};

class Reading {
 public:
  Reading(const Setup& setup, const std::vector<Said>& said, UtcSeconds now)
      : setup_(setup), policy_(*setup.policy), said_(said), now_(now), things_(said.size() + 2) {}

 protected:
  // --- what there is

  bool holds(std::size_t person, const std::string& role, std::size_t n) const {
    bool held = has(setup_.roles[person], role);
    for (std::size_t i = 0; i < n; ++i) {
      const auto* accept = std::get_if<HandoverAccept>(&said_[i].body);
      if (accept == nullptr) continue;
      for (std::size_t j = 0; j < i; ++j) {
        const auto* offer = std::get_if<HandoverOffer>(&said_[j].body);
        if (offer == nullptr || said_[j].id != accept->statement || offer->role != role) continue;
        if (said_[j].persons[0] == person) held = false;
        if (said_[i].persons[0] == person) held = true;
      }
    }
    return held;
  }

  std::vector<std::string> roles_of(std::size_t person, std::size_t n) const {
    std::vector<std::string> all;
    for (const auto& [role, rule] : policy_.roles) {
      if (holds(person, role, n)) all.push_back(role);
    }
    return all;
  }

  Value fact(const std::string& name, std::size_t n) const {
    Value value;
    const auto rule = policy_.facts.find(name);
    if (rule != policy_.facts.end()) value = rule->second.initial;
    for (std::size_t i = 0; i < n; ++i) {
      const auto* set = std::get_if<FactSet>(&said_[i].body);
      if (set != nullptr && set->name == name) value = set->value;
    }
    return value;
  }
  Value gate_fact(const std::string& name, std::size_t n) const {
    const Value value = fact(name, n);
    if (!std::holds_alternative<std::monostate>(value)) return value;
    return policy_.facts.find(name)->second.worst_unknown;
  }
  Value worst(const std::string& name, std::size_t n) const {
    const FactRule& rule = policy_.facts.find(name)->second;
    std::optional<std::int64_t> found;
    for (std::size_t i = 0; i < n; ++i) {
      const auto* set = std::get_if<FactSet>(&said_[i].body);
      if (set == nullptr || set->name != name || set->provisional) continue;
      const std::int64_t level = std::get<std::int64_t>(set->value);
      const auto far = [&](std::int64_t one) { return std::abs(one - rule.worst); };
      if (!found || far(level) < far(*found)) found = level;
    }
    if (found) return *found;
    if (!std::holds_alternative<std::monostate>(rule.initial)) return rule.initial;
    return rule.worst_unknown;
  }

  /// Entries after n statements; once read, kept as long as this question is asked.
  const std::vector<Thing>& things(std::size_t n) const {
    auto& kept = things_[n];
    if (!kept) kept = read_things(n);
    return *kept;
  }
  std::vector<Thing> read_things(std::size_t n) const {
    std::vector<Thing> all;
    const auto find = [&](const StatementId& id) {
      return std::find_if(all.begin(), all.end(), [&](const Thing& one) { return one.id == id; });
    };
    for (std::size_t i = 0; i < n; ++i) {
      const Said& said = said_[i];
      if (const auto* add = std::get_if<RecordAdd>(&said.body)) {
        Thing thing{i, said.id, add->kind, add->fields, {}, {}, false, said.number, said.seq, 0};
        for (const FieldRule& field : policy_.registers.find(add->kind)->second.fields) {
          if (!field.at_settle && field.initial.index() != 0)
            thing.fields.emplace(field.name, field.initial);
        }
        thing.authors.insert(said.persons.begin(), said.persons.end());
        thing.first_authors = thing.authors;
        all.push_back(std::move(thing));
      } else if (const auto* change = std::get_if<RecordChange>(&said.body)) {
        const auto thing = find(change->record);
        for (const auto& [name, value] : change->fields) thing->fields[name] = value;
        thing->authors.insert(said.persons.begin(), said.persons.end());
        ++thing->words;
      } else if (const auto* settle = std::get_if<RecordSettle>(&said.body)) {
        const auto thing = find(settle->record);
        for (const auto& [name, value] : settle->fields) thing->fields[name] = value;
        thing->settled = true;
      }
    }
    return all;
  }

  static std::string text(const Value& value) {
    if (const auto* b = std::get_if<bool>(&value)) return *b ? "yes" : "no";
    if (const auto* i = std::get_if<std::int64_t>(&value)) return std::to_string(*i);
    if (const auto* s = std::get_if<std::string>(&value)) return *s;
    if (const auto* m = std::get_if<Moment>(&value)) return "t" + std::to_string(m->seconds);
    if (const auto* v = std::get_if<std::vector<std::string>>(&value)) {
      return std::accumulate(v->begin(), v->end(), std::string("["),
                             [](std::string a, const std::string& b) { return a + b + ","; });
    }
    return "-";
  }

  /// What a facet holds after n statements.
  const std::string& look_at(const std::string& facet, std::size_t n) const {
    auto& kept = looks_[facet];
    kept.resize(said_.size() + 2);
    if (!kept[n]) kept[n] = read_facet(facet, n);
    return *kept[n];
  }
  std::string read_facet(const std::string& facet, std::size_t n) const {
    std::string all;
    const auto& every = things(n);
    for (const std::string& part : policy_.facets.find(facet)->second) {
      all += part + "=";
      if (policy_.facts.contains(part)) {
        all += text(fact(part, n)) + ";";
        continue;
      }
      const std::string kind = part.substr(0, part.find('.'));
      for (const Thing& thing : every) {
        if (thing.kind != kind) continue;
        all += "(";
        if (part == kind) {
          for (const auto& [name, value] : thing.fields) all += name + ":" + text(value) + ",";
          all += thing.settled ? "settled" : "open";
          all += std::to_string(thing.words);
        } else {
          const auto field = thing.fields.find(part.substr(kind.size() + 1));
          all += field == thing.fields.end() ? "-" : text(field->second);
        }
        all += ")";
      }
      all += ";";
    }
    return all;
  }
  bool changed(const std::string& facet, std::size_t from, std::size_t n) const {
    const std::string& then = look_at(facet, from);
    for (std::size_t i = from + 1; i <= n; ++i) {
      if (look_at(facet, i) != then) return true;
    }
    return false;
  }
  std::vector<std::size_t> last_changers(const std::string& facet, std::size_t n) const {
    for (std::size_t i = n; i > 0; --i) {
      if (look_at(facet, i) != look_at(facet, i - 1)) return said_[i - 1].persons;
    }
    return {};
  }

  /// Whether what is said at i reopens a closed case by itself.
  bool alarms(std::size_t i, const std::string& phase) const {
    const auto* set = std::get_if<FactSet>(&said_[i].body);
    if (set == nullptr) return false;
    for (const Phase& one : policy_.phases) {
      if (one.id == phase && one.open) return false;
    }
    const FactRule& rule = policy_.facts.find(set->name)->second;
    const Value before = fact(set->name, i);
    if (before == set->value) return false;
    if (rule.type == ValueType::level) {
      if (set->name != "severity" && !rule.rule_out) return false;
      const auto* old = std::get_if<std::int64_t>(&before);
      const std::int64_t now = std::get<std::int64_t>(set->value);
      return old == nullptr || std::abs(now - rule.worst) < std::abs(*old - rule.worst);
    }
    const auto* now = std::get_if<std::string>(&set->value);
    return rule.rule_out && now != nullptr && *now != "unknown" && !has(rule.rule_out->to, *now);
  }
  std::string phase(std::size_t n, std::size_t* reopened = nullptr) const {
    std::string phase = policy_.phases.front().id;
    for (std::size_t i = 0; i < n; ++i) {
      std::string by;
      if (const auto* move = std::get_if<MakeMove>(&said_[i].body)) by = move->move;
      if (alarms(i, phase)) by = "reopen";
      if (by.empty()) continue;
      phase = policy_.moves.find(by)->second.to;
      if (by == "reopen" && reopened != nullptr) *reopened = i + 1;
    }
    return phase;
  }
  /// Statements before this one are from before the last reopening; 0: never.
  std::size_t reopened(std::size_t n) const {
    std::size_t at = 0;
    phase(n, &at);
    return at;
  }

  // --- predicates

  struct View {
    std::size_t n;
    const Try* attempt;
    const Thing* self;
  };

  static Value of(const Thing& thing, const std::string& field) {
    const auto found = thing.fields.find(field);
    if (found != thing.fields.end()) return found->second;
    return field == "number" ? Value(thing.number) : Value();
  }
  Value take(const Operand& operand, const View& view) const {
    using Kind = Operand::Kind;
    if (operand.kind == Kind::literal) return operand.literal;
    if (operand.kind == Kind::fact) return gate_fact(operand.name, view.n);
    if (operand.kind == Kind::max_ever) return worst(operand.name, view.n);
    if (operand.kind == Kind::self)
      return view.self == nullptr ? Value() : of(*view.self, operand.name);
    if (operand.kind == Kind::count) {
      return static_cast<std::int64_t>(found(*operand.query, view).size());
    }
    if (operand.kind == Kind::functions) return functions(*operand.query, view);
    if (operand.name == "verb") return view.attempt == nullptr ? std::string() : view.attempt->verb;
    if (view.attempt == nullptr) return operand.name == "class" ? Value(std::string()) : Value();
    const auto field = view.attempt->fields.find(operand.name);
    if (field != view.attempt->fields.end()) return field->second;
    return operand.name == "class" ? Value(std::string()) : Value();
  }

  bool excluded(const Exclusion& rule, std::size_t person, const Thing* about,
                const View& view) const {
    if (rule.kind == Exclusion::Kind::holder) return holds(person, rule.name, view.n);
    if (rule.kind == Exclusion::Kind::requester_of)
      return has(last_changers(rule.name, view.n), person);
    if (rule.kind == Exclusion::Kind::signer_of) return signed_for(rule.name, person, view.n);
    const auto& all = things(view.n);
    if (about == nullptr) about = view.self;
    if (about != nullptr && about->kind == rule.name) return about->authors.contains(person);
    if (about != nullptr) {
      for (const FieldRule& field : policy_.registers.find(about->kind)->second.fields) {
        if (field.type != ValueType::record || field.of != rule.name) continue;
        for (const Thing& thing : all) {
          if (Value(thing.number) == of(*about, field.name)) return thing.authors.contains(person);
        }
      }
    }
    return std::any_of(all.begin(), all.end(), [&](const Thing& thing) {
      return thing.kind == rule.name && thing.authors.contains(person);
    });
  }
  bool signed_for(const std::string& gate, std::size_t person, std::size_t n) const {
    for (const Gate& one : policy_.gates) {
      if (one.id != gate) continue;
      std::vector<const AttestRule*> rules;
      words_in(one.need, rules);
      for (std::size_t i = 0; i < n; ++i) {
        const auto* word = std::get_if<Attest>(&said_[i].body);
        if (word == nullptr || said_[i].persons[0] != person || !in_force(i, n)) continue;
        for (const AttestRule* rule : rules) {
          if (rule->verb == word->verb && rule->role == word->role) return true;
        }
      }
    }
    return false;
  }
  static void words_in(const Predicate& node, std::vector<const AttestRule*>& rules) {
    if (node.attest) rules.push_back(node.attest.get());
    for (const Predicate& child : node.children) words_in(child, rules);
  }
  /// Neither taken back nor from before a reopening.
  bool in_force(std::size_t i, std::size_t n) const {
    for (std::size_t j = i; j < n; ++j) {
      const auto* back = std::get_if<AttestWithdraw>(&said_[j].body);
      if (back != nullptr && back->statement == said_[i].id) return false;
    }
    return std::get<Attest>(said_[i].body).record.has_value() || i >= reopened(n);
  }

  Answer3 fits(const Query& query, const Thing& thing, const View& view) const {
    if (thing.kind != query.kind) return no;
    if (query.settled && *query.settled != thing.settled) return no;
    Answer3 answer = yes;
    for (const FieldMatch& match : query.where) {
      const Value own = of(thing, match.field);
      Answer3 one = no;
      for (const Operand& operand : match.values) {
        const Value wanted = take(operand, view);
        if (wanted.index() == 0 && own.index() != 0) one = std::max(one, maybe);
        if (wanted.index() != 0 && wanted == own) one = yes;
      }
      answer = std::min(answer, one);
    }
    for (const std::string& facet : query.covers) {
      if (changed(facet, thing.added + 1, view.n)) return no;
    }
    for (const Exclusion& rule : query.exclusions) {
      for (const std::size_t author : thing.authors) {
        if (excluded(rule, author, &thing, view)) return no;
      }
    }
    if (!query.roles.empty() &&
        std::none_of(
            thing.first_authors.begin(), thing.first_authors.end(), [&](std::size_t author) {
              return std::any_of(
                  query.roles.begin(), query.roles.end(),
                  [&](const std::string& role) { return holds(author, role, thing.added); });
            })) {
      return no;
    }
    if (query.attested && *query.attested != confirmed(thing, view.n)) return no;
    if (query.told && *query.told != told(thing, view.n)) return no;
    return answer;
  }
  bool confirmed(const Thing& thing, std::size_t n) const {
    for (std::size_t i = 0; i < n; ++i) {
      const auto* word = std::get_if<Attest>(&said_[i].body);
      if (word != nullptr && word->verb == "confirmed" && word->record == thing.id &&
          !thing.authors.contains(said_[i].persons[0]) && in_force(i, n)) {
        return true;
      }
    }
    return false;
  }
  bool told(const Thing& thing, std::size_t n) const {
    for (std::size_t i = 0; i < n; ++i) {
      const auto* one = std::get_if<TellDone>(&said_[i].body);
      if (one != nullptr && one->delivered && one->record == thing.id) return true;
    }
    return false;
  }
  std::vector<Thing> found(const Query& query, const View& view) const {
    std::vector<Thing> all = things(view.n);
    std::erase_if(all, [&](const Thing& thing) { return fits(query, thing, view) != yes; });
    return all;
  }
  std::int64_t functions(const Query& query, const View& view) const {
    std::vector<std::set<std::string>> persons;
    for (const Thing& thing : found(query, view)) {
      std::set<std::string> own;
      for (const std::size_t author : thing.first_authors) {
        for (const std::string& role : roles_of(author, thing.added)) {
          const std::string& function = policy_.roles.find(role)->second.function;
          if (query.among.empty() || has(query.among, function)) own.insert(function);
        }
      }
      persons.push_back(own);
    }
    return most(persons, 0, {});
  }
  /// Each stands for one function at most: the best of all ways to choose.
  static std::int64_t most(const std::vector<std::set<std::string>>& persons, std::size_t from,
                           std::set<std::string> taken) {
    if (from == persons.size()) return static_cast<std::int64_t>(taken.size());
    std::int64_t best = most(persons, from + 1, taken);
    for (const std::string& function : persons[from]) {
      auto more = taken;
      if (more.insert(function).second) best = std::max(best, most(persons, from + 1, more));
    }
    return best;
  }

  bool signed_by_enough(const AttestRule& rule, const Thing* about, const View& view) const {
    std::set<std::size_t> persons;
    std::vector<std::set<std::string>> functions_of;
    for (std::size_t i = 0; i < view.n; ++i) {
      const auto* word = std::get_if<Attest>(&said_[i].body);
      if (word == nullptr || word->verb != rule.verb || word->role != rule.role) continue;
      if (about != nullptr ? word->record != about->id : word->record.has_value()) continue;
      const std::size_t person = said_[i].persons[0];
      if (!in_force(i, view.n) || (rule.valid && now_ - said_[i].at > *rule.valid)) continue;
      if (std::any_of(rule.covers.begin(), rule.covers.end(), [&](const std::string& facet) {
            return !word->covers.contains(facet) || changed(facet, i, view.n);
          })) {
        continue;
      }
      if (std::any_of(rule.exclusions.begin(), rule.exclusions.end(), [&](const Exclusion& one) {
            return excluded(one, person, about, view) ||
                   (one.kind == Exclusion::Kind::holder && holds(person, one.name, i));
          })) {
        continue;
      }
      if (!persons.insert(person).second) continue;
      std::set<std::string> own;
      for (const std::string& role : roles_of(person, i)) {
        own.insert(policy_.roles.find(role)->second.function);
      }
      functions_of.push_back(own);
    }
    return persons.size() >= rule.count &&
           (rule.distinct_functions == 0 || most(functions_of, 0, {}) >= rule.distinct_functions);
  }

  std::optional<UtcSeconds> time_of(std::uint64_t seq, std::size_t n) const {
    std::optional<UtcSeconds> time;
    for (std::size_t i = 0; i < n; ++i) {
      const auto* said = std::get_if<TimeAttest>(&said_[i].body);
      if (said != nullptr && said->seq == seq)
        time = std::max(time.value_or(said->time), said->time);
    }
    return time;
  }
  Answer3 lasted(const ElapsedRule& rule, const View& view) const {
    std::size_t from = reopened(view.n);
    if (rule.without) {
      for (const Thing& thing : found(*rule.without, view)) from = std::max(from, thing.added + 1);
    }
    std::optional<std::uint64_t> start;
    if (const auto* query = std::get_if<std::shared_ptr<const Query>>(&rule.since)) {
      for (const Thing& thing : found(**query, view)) {
        if (thing.added >= from && !start) start = thing.seq;
      }
    } else {
      for (std::size_t i = from; i < view.n && !start; ++i) {
        const auto* move = std::get_if<MakeMove>(&said_[i].body);
        if (move != nullptr && move->move == std::get<std::string>(rule.since))
          start = said_[i].seq;
      }
    }
    if (!start) return no;
    std::optional<UtcSeconds> end;
    for (std::size_t i = 0; i < view.n; ++i) {
      const auto* said = std::get_if<TimeAttest>(&said_[i].body);
      if (said != nullptr) end = std::max(end.value_or(said->time), said->time);
    }
    const auto begin = time_of(*start, view.n);
    if (!begin || !end) return maybe;
    return sure(*end - *begin >= rule.at_least);
  }

  Answer3 compare(const Predicate& node, const View& view) const {
    const Value left = take(node.left, view), right = take(node.right, view);
    if (left.index() == 0 || right.index() == 0) return maybe;
    if (node.compare == Compare::eq) return sure(left == right);
    if (node.compare == Compare::ne) return sure(left != right);
    const auto number = [](const Value& value) -> std::optional<std::int64_t> {
      if (const auto* i = std::get_if<std::int64_t>(&value)) return *i;
      if (const auto* m = std::get_if<Moment>(&value)) return m->seconds;
      return std::nullopt;
    };
    const auto a = number(left), b = number(right);
    if (!a || !b) return maybe;
    if (node.compare == Compare::lt) return sure(*a < *b);
    if (node.compare == Compare::le) return sure(*a <= *b);
    return sure(node.compare == Compare::gt ? *a > *b : *a >= *b);
  }

  Answer3 ask(const Predicate& node, const View& view) const {
    using Kind = Predicate::Kind;
    Answer3 answer = yes;
    switch (node.kind) {
      case Kind::always:
        return yes;
      case Kind::all:
        for (const Predicate& child : node.children) answer = std::min(answer, ask(child, view));
        return answer;
      case Kind::any:
        answer = no;
        for (const Predicate& child : node.children) answer = std::max(answer, ask(child, view));
        return answer;
      case Kind::negation:
        return flip(ask(node.children[0], view));
      case Kind::compare:
        return compare(node, view);
      case Kind::in: {
        const Value value = take(node.left, view);
        if (value.index() == 0) return maybe;
        if (const auto* set = std::get_if<std::vector<std::string>>(&value)) {
          return sure(std::any_of(set->begin(), set->end(), [&](const std::string& one) {
            return has(node.values, Value(one));
          }));
        }
        return sure(has(node.values, value));
      }
      case Kind::ever_in:
        for (std::size_t i = 0; i < view.n; ++i) {
          const auto* set = std::get_if<FactSet>(&said_[i].body);
          if (set == nullptr || set->name != node.names[0] || set->provisional) continue;
          if (has(node.values, set->value)) return yes;
        }
        return no;
      case Kind::exists:
        answer = no;
        for (const Thing& thing : things(view.n))
          answer = std::max(answer, fits(*node.query, thing, view));
        return answer;
      case Kind::each:
        for (const Thing& thing : things(view.n)) {
          const Answer3 meant = fits(*node.query, thing, view);
          if (meant == no) continue;
          answer = std::min(answer, ask(node.children[0], {view.n, view.attempt, &thing}));
        }
        return answer;
      case Kind::attest:
        if (!node.attest->of) return sure(signed_by_enough(*node.attest, view.self, view));
        for (const Thing& thing : things(view.n)) {
          if (fits(*node.attest->of, thing, view) == no) continue;
          answer = std::min(answer, sure(signed_by_enough(*node.attest, &thing, view)));
        }
        return answer;
      case Kind::held:
        return sure(anybody(node.names[0], view.n));
      case Kind::distinct:
        for (std::size_t p = 0; p < setup_.ids.size(); ++p) {
          if (holds(p, node.names[0], view.n) && holds(p, node.names[1], view.n)) return no;
        }
        return sure(anybody(node.names[0], view.n) && anybody(node.names[1], view.n));
      case Kind::elapsed:
        return lasted(*node.elapsed, view);
      case Kind::phase:
        return sure(has(node.names, phase(view.n)));
      case Kind::step:
        return sure(is_done(*policy_.step(node.names[0]), view.n));
      case Kind::unique: {
        const auto all = found(*node.query, view);
        for (std::size_t i = 0; i < all.size(); ++i) {
          for (std::size_t j = 0; j < i; ++j) {
            const Value one = of(all[i], node.names[0]);
            if (one.index() != 0 && one == of(all[j], node.names[0])) return no;
          }
        }
        return yes;
      }
    }
    return maybe;
  }
  bool anybody(const std::string& role, std::size_t n) const {
    for (std::size_t p = 0; p < setup_.ids.size(); ++p) {
      if (holds(p, role, n)) return true;
    }
    return false;
  }

  // --- steps

  bool was_opened(const Step& step, std::size_t n) const {
    for (std::size_t i = 0; i <= n; ++i) {
      if (ask(step.opens, {i, nullptr, nullptr}) != no) return true;
    }
    return false;
  }
  bool is_done(const Step& step, std::size_t n) const {
    if (!was_opened(step, n)) return false;
    bool word = !step.attest;
    for (std::size_t i = step.blocks.empty() ? 0 : reopened(n); i < n; ++i) {
      const auto* skip = std::get_if<StepSkip>(&said_[i].body);
      if (skip != nullptr && skip->step == step.id) return true;
      const auto* done = std::get_if<StepDone>(&said_[i].body);
      if (done != nullptr && done->step == step.id) word = true;
    }
    return word && (!step.done || ask(*step.done, {n, nullptr, nullptr}) == yes);
  }
  const Setup& setup_;
  const Policy& policy_;
  const std::vector<Said>& said_;
  UtcSeconds now_;

 private:
  mutable std::vector<std::optional<std::vector<Thing>>> things_;
  mutable std::map<std::string, std::vector<std::optional<std::string>>> looks_;
};

}  // namespace casebook::workflow::second_opinion
