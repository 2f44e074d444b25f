// Which statements have to do with a gate: made from the policy, so that each gate of each pack has
// its slice without anybody writing it down. First those that open it, then those that spoil it.
#include <algorithm>

#include "tests/property/workflow/samples.h"

namespace casebook::workflow {
namespace {

class Alphabet {
 public:
  Alphabet(const Policy& policy, const Setup& setup, std::size_t each)
      : policy_(policy), setup_(setup), each_(each) {}

  Slice take(const Gate& gate) {
    gate_ = &gate;
    add_attempt(gate.on.front(), /*is_first=*/true);
    visit(gate.need);
    visit(gate.when);
    tier_ = kSpoils;
    if (gate.waive) add_waiver(gate);
    for (const std::string& attempt : gate.on) add_attempt(attempt, /*is_first=*/false);
    const bool leaves = std::ranges::any_of(
        gate.on, [&](const std::string& name) { return is_exit(policy_, name); });
    if (leaves && policy_.moves.contains("reopen")) add_reopening(gate);
    return in_order();
  }
  Slice take_fact(const std::string& fact) {
    add_fact(fact);
    for (const Found& one : found_) tries_.insert(one.event.name);
    return in_order();
  }

 private:
  Slice in_order() {
    std::ranges::stable_sort(found_, {}, &Found::tier);
    Slice slice;
    for (Found& one : found_) {
      if (one.tier == kOpens) ++slice.opening;
      if (tries_.contains(one.event.name)) slice.tries.push_back(slice.events.size());
      if (one.tier <= kAlso) ++slice.related;
      if (one.event.name == kReopen) slice.reopening = slice.events.size();
      slice.events.push_back(std::move(one.event));
    }
    const auto at = [&](const std::string& name) {
      return static_cast<std::size_t>(std::ranges::find(slice.events, name, &Event::name) -
                                      slice.events.begin());
    };
    for (const auto& [first, second] : pairs_) slice.pairs.emplace_back(at(first), at(second));
    for (const auto& [name, others] : variants_) {
      for (const std::string& other : others) slice.variants[at(name)].push_back(at(other));
    }
    return slice;
  }

  /// What a statement is there for.
  static constexpr int kOpens = 0, kAlso = 1, kSpoils = 2;
  struct Found {
    int tier;
    Event event;
  };
  /// Everything that is said while it lives is less needed.
  class Less {
   public:
    Less(int& tier, int least) : tier_(tier), before_(tier) { tier_ = std::max(tier_, least); }
    ~Less() { tier_ = before_; }
    Less(const Less&) = delete;
    Less& operator=(const Less&) = delete;

   private:
    int& tier_;
    int before_;
  };

  void add(std::string name, std::vector<std::size_t> persons,
           std::function<std::optional<RunbookBody>(const World&)> body, bool waits = false) {
    for (const std::size_t person : persons) name += " " + std::to_string(person);
    last_ = name;
    const auto known =
        std::ranges::find(found_, name, [](const Found& one) { return one.event.name; });
    if (known != found_.end()) {
      known->tier = std::min(known->tier, tier_);
      return;
    }
    found_.push_back({tier_, {std::move(name), std::move(persons), std::move(body), waits}});
  }
  void add_move(const std::string& move, std::vector<std::size_t> persons) {
    add(move, std::move(persons), [move](const World&) { return MakeMove{move}; });
  }

  [[nodiscard]] bool holds(std::size_t person, const std::string& role) const {
    const auto& roles = setup_.roles[person];
    return std::ranges::find(roles, role) != roles.end();
  }
  /// Who may add such an entry, best first: 1 adds, 2 and 0 look at it.
  [[nodiscard]] std::vector<std::size_t> adders(const Register& rule, bool by_others) const {
    std::vector<std::size_t> able, unable;
    for (const std::size_t person : by_others ? kOthersFirst : kAuthorFirst) {
      const bool may = std::ranges::none_of(rule.add_exclusions, [&](const Exclusion& one) {
        return one.kind == Exclusion::Kind::holder && holds(person, one.name);
      });
      const bool fits = rule.add_roles.empty() ||
                        std::ranges::any_of(rule.add_roles, [&](const std::string& role) {
                          return holds(person, role);
                        });
      (may && fits ? able : unable).push_back(person);
    }
    able.insert(able.end(), unable.begin(), unable.end());
    return able;
  }

  void add_attempt(const std::string& attempt, bool is_first) {
    if (attempt == "downgrade") {
      add_fact("severity");
      tries_.insert("severity=b 0 1");
      return;
    }
    if (attempt == "policy") return add_pin();
    const auto move = policy_.moves.find(attempt);
    if (move != policy_.moves.end()) return add_exit(move->second);
    for (const auto& [kind, rule] : policy_.registers) {
      const FieldRule* field = rule.field("class");
      Fields given;
      if (attempt.starts_with("action:")) {
        const std::string value = attempt.substr(7);
        if (field == nullptr || std::ranges::find(field->values, value) == field->values.end()) {
          continue;
        }
        given = {{"class", value}};
      } else if (rule.attempt != attempt) {
        continue;
      }
      add_tries(kind, rule, given, is_first);
    }
  }
  /// The entry as it may be, and with each answer that the gate asks for.
  void add_tries(const std::string& kind, const Register& rule, const Fields& given,
                 bool is_first) {
    std::vector<Fields> tries{given};
    add_answers(gate_->need, rule, tries);
    for (const Fields& one : tries) {
      const Less less(tier_, is_first || &one == &tries.front() ? tier_ : kAlso);
      add_record(kind, one, {adders(rule, false).front()}, kTries);
      tries_.insert(last_);
    }
    const Less less(tier_, kSpoils);
    const auto others = adders(rule, false);
    for (std::size_t i = 1; i < others.size(); ++i) add_record(kind, given, {others[i]});
  }
  void add_answers(const Predicate& node, const Register& rule, std::vector<Fields>& tries) {
    for (const Predicate& child : node.children) add_answers(child, rule, tries);
    if (node.kind != Predicate::Kind::in || node.left.kind != Operand::Kind::attempt) return;
    const FieldRule* field = rule.field(node.left.name);
    if (field == nullptr) return;
    for (const std::string& value : field->values) {
      const bool is_asked = std::ranges::find(node.values, Value(value)) != node.values.end();
      if (is_asked && Value(value) != node.values.front()) continue;
      Fields one = tries.front();
      one.insert_or_assign(field->name, value);
      tries.push_back(std::move(one));
    }
  }
  /// The move, and those that lead to where it begins.
  void add_exit(const Move& move) {
    std::string from = policy_.phases.front().id;
    for (int i = 0; i < 5 && std::ranges::find(move.from, from) == move.from.end(); ++i) {
      const auto way = std::ranges::find_if(policy_.moves, [&](const auto& other) {
        return other.second.name != "reopen" &&
               std::ranges::find(other.second.from, from) != other.second.from.end() &&
               (!other.second.exit || other.second.name == "close") && other.second.to != from &&
               (move.name != "archive" || other.second.name == "close");
      });
      if (way == policy_.moves.end()) break;
      add_move(way->first, {0});
      from = way->second.to;
    }
    add_move(move.name,
             move.persons > 1 ? std::vector<std::size_t>{0, 1} : std::vector<std::size_t>{0});
    tries_.insert(last_);
    const Less less(tier_, kSpoils);
    if (move.persons > 1 || !move.roles.empty()) add_move(move.name, {2});
  }
  /// And the way back to where the gate stands.
  void add_reopening(const Gate& gate) {
    add_move("reopen", {1});
    const auto back = policy_.moves.find("reopen")->second.to;
    const auto move = policy_.moves.find(gate.on.front());
    if (move == policy_.moves.end()) return;
    const auto& from = move->second.from;
    if (std::ranges::find(from, back) != from.end()) return;
    tier_ = kAlso;
    add_move("close", {0});
    for (const Found& one : found_) {  // What is learnt reopens by itself, too.
      const bool is_fact = one.event.name.find('=') != std::string::npos;
      if (is_fact && one.tier <= kAlso) pairs_.emplace_back(one.event.name, "close 0");
    }
  }
  void add_pin() {  // Once: then the digest is in force.
    add("policy", {0, 1}, [](const World& world) -> std::optional<RunbookBody> {
      PinnedPolicy next = world.state().pinned.front();
      for (std::size_t i = 0; i < 32; ++i) next.digest[i] = std::byte{0xaa};  // As `sample` says.
      return PolicyPin{{next}};
    });
    tries_.insert(last_);
  }

  void add_fact(const std::string& name) {
    const FactRule& rule = policy_.facts.find(name)->second;
    std::vector<Value> values;
    if (rule.type == ValueType::boolean) values = {true, false};
    if (rule.type == ValueType::level) values = {rule.levels.front(), rule.levels.back()};
    for (const std::string& value : rule.values) {
      if (value != "unknown" && rule.type == ValueType::choice) values.emplace_back(value);
    }
    if (rule.type == ValueType::set) values = {std::vector<std::string>{rule.values.front()}};
    if (values.size() > 2) values = {values.front(), values.back()};
    if (rule.rule_out && rule.type == ValueType::choice) {  // Something, and that it is not so.
      const auto& to = rule.rule_out->to;
      std::erase_if(values, [&](const Value& one) {
        return std::ranges::find(to, std::get<std::string>(one)) != to.end();
      });
      if (values.empty()) values = {rule.values.front()};
      values = {values.front(), to.front()};
    }
    for (const Value& value : values) {
      const bool both = rule.rule_out && value != values.front();
      const auto set = [name, value, both](const World& world) -> std::optional<RunbookBody> {
        FactSet said{name, value, false, {}, {}};
        if (both) said.evidence = {world.evidence()};
        said.key[0] = static_cast<std::byte>(world.said().size());
        return said;
      };
      const Less less(tier_, value == values.front() ? tier_ : kAlso);
      const std::string called = name + "=" + (value == values.front() ? "a" : "b");
      add(called, both ? std::vector<std::size_t>{0, 1} : std::vector<std::size_t>{1}, set);
      const Less more(tier_, kSpoils);
      add(called, {2}, set);
      if (!both) continue;
      add(called + " without evidence", {0, 1}, [name, value](const World& world) {
        FactSet said{name, value, false, {}, {}};
        said.key[0] = static_cast<std::byte>(world.said().size());
        return said;
      });
    }
  }

  void add_record(const std::string& kind, const Fields& given,
                  const std::vector<std::size_t>& persons, std::size_t tries = 1) {
    const auto found = policy_.registers.find(kind);
    if (found == policy_.registers.end()) return;
    const Register& rule = found->second;
    for (const FieldRule& field : rule.fields) {  // What it has to name.
      if (field.type != ValueType::record || !field.required || field.at_settle) continue;
      if (field.of == kind || given.contains(field.name)) continue;
      add_any(field.of);
    }
    std::string name = kind;
    for (const auto& [field, value] : given) {
      if (const auto* text = std::get_if<std::string>(&value)) name += "=" + *text;
    }
    const std::size_t most = std::max(tries, each_);
    add(name, persons,
        [kind, given, persons, most, &rule](const World& world) -> std::optional<RunbookBody> {
          if (times_said(world, kind, given, persons) >= most) return std::nullopt;
          auto fields = filled(rule, given, world);
          if (!fields) return std::nullopt;
          RecordAdd body{kind, *std::move(fields), {}};
          body.key[0] = static_cast<std::byte>(world.said().size());
          return body;
        });
  }
  /// @param given  of what is said when it is settled.
  void add_settle(const std::string& kind, const Register& rule, const Fields& given) {
    std::string name = "settle " + kind;
    for (const auto& [field, value] : given) {
      if (const auto* text = std::get_if<std::string>(&value)) name += "=" + *text;
    }
    const auto settle = [kind, given, &rule](const World& world) -> std::optional<RunbookBody> {
      const auto open = world.state().unsettled.find(kind);
      if (open == world.state().unsettled.end() || open->second.empty()) return std::nullopt;
      RecordSettle body{world.state().records[*open->second.begin()].id, given, {}};
      for (const FieldRule& field : rule.fields) {
        if (!field.at_settle || !field.required || given.contains(field.name)) continue;
        if (field.type != ValueType::text && field.type != ValueType::link) {
          body.fields.emplace(field.name, sample(field, world));
        }
      }
      return body;
    };
    add(name, {0}, settle);
  }
  /// Settled in another way than is asked for.
  void add_other_ends(const Query& query, const Register& rule, const Fields& at_end) {
    const Less less(tier_, kSpoils);
    add_settle(query.kind, rule, at_end);
    const std::string original = last_;
    for (const auto& [name, value] : at_end) {
      const auto match = std::ranges::find(query.where, name, &FieldMatch::field);
      for (const std::string& other : rule.field(name)->values) {
        const bool is_asked = std::ranges::any_of(
            match->values, [&](const Operand& one) { return one.literal == Value(other); });
        if (is_asked) continue;
        Fields fields = at_end;
        fields.insert_or_assign(name, other);
        add_settle(query.kind, rule, fields);
        variants_[original].insert(last_);
        break;
      }
    }
  }
  /// @param count  how many of them, by different persons, somebody wants.
  void add_query(const Query& query, std::size_t count = 1) {
    const auto rule = policy_.registers.find(query.kind);
    if (rule == policy_.registers.end()) return;
    const auto [given, at_end] = asked_of(query, rule->second);
    const bool by_others = !query.exclusions.empty();
    const auto persons = adders(rule->second, by_others);
    for (std::size_t i = 0; i < persons.size(); ++i) {
      const Less less(tier_, i < count ? tier_ : i == count ? kAlso : kSpoils);
      add_record(query.kind, given, {persons[i]});
    }
    for (std::size_t i = 0; i < std::min(count, persons.size()); ++i) {
      add_others(query, rule->second, given, persons[i]);
    }
    if ((query.settled || !at_end.empty()) && rule->second.settle) {
      add_settle(query.kind, rule->second, at_end);
      add_other_ends(query, rule->second, at_end);
    }
    add_exclusions(query.exclusions);
    if (query.attested) {
      const auto about = std::make_shared<const Query>(query);
      add_word({"confirmed", "person", {}}, about, 0);
      const Less less(tier_, kSpoils);
      add_word({"confirmed", "person", {}}, about, persons.front());
    }
    if (query.told) {
      add("told", {0}, [kind = query.kind](const World& world) -> std::optional<RunbookBody> {
        const auto id = world.last(kind);
        if (!id) return std::nullopt;
        return TellDone{*id, world.now(), "mail", true};
      });
    }
    add_covers(query.covers);
  }
  /// Entries that differ in one thing from what is asked for.
  void add_others(const Query& query, const Register& rule, const Fields& given,
                  std::size_t person) {
    const Less less(tier_, kSpoils);
    add_record(query.kind, given, {person});
    const std::string original = last_;
    for (const FieldMatch& match : query.where) {
      const FieldRule* field = rule.field(match.field);
      if (field == nullptr || field->at_settle) continue;
      Fields other = given;
      if (field->type == ValueType::code) {
        other.insert_or_assign(field->name, kOther);
      } else if (field->type == ValueType::digest) {
        other.insert_or_assign(field->name, std::string(64, 'b'));
      } else if (field->type == ValueType::choice) {
        const auto value = std::ranges::find_if(field->values, [&](const std::string& one) {
          return std::ranges::none_of(
              match.values, [&](const Operand& asked) { return asked.literal == Value(one); });
        });
        if (value == field->values.end()) continue;
        other.insert_or_assign(field->name, *value);
      } else {
        continue;
      }
      add_record(query.kind, other, {person});
      variants_[original].insert(last_);
    }
  }
  void add_covers(const std::vector<std::string>& facets) {
    const Less less(tier_, kAlso);
    for (const std::string& facet : facets) {
      const std::string& part = policy_.facets.find(facet)->second.front();
      if (policy_.facts.contains(part)) {
        add_fact(part);
      } else {
        add_any(part.substr(0, part.find('.')));
      }
    }
  }
  void add_any(const std::string& kind) {
    const auto rule = policy_.registers.find(kind);
    if (rule == policy_.registers.end()) return;
    const auto able = adders(rule->second, false);
    add_record(kind, {}, {signer_ == able.front() ? able[1] : able.front()});
  }
  void add_exclusions(const std::vector<Exclusion>& exclusions) {
    const Less less(tier_, kAlso);
    for (const Exclusion& one : exclusions) {
      if (one.kind == Exclusion::Kind::author_of) {
        const auto rule = policy_.registers.find(one.name);
        if (rule == policy_.registers.end()) continue;
        add_any(one.name);
        const Less more(tier_, kSpoils);  // By whoever may sign.
        for (const std::size_t person : kOthersFirst) add_record(one.name, {}, {person});
      }
      if (one.kind == Exclusion::Kind::requester_of) add_covers({one.name});
      if (one.kind == Exclusion::Kind::signer_of) {
        const Gate* gate = policy_.gate(one.name);
        if (gate != nullptr) visit(gate->need);
      }
      if (one.kind == Exclusion::Kind::holder) add_handover(one.name);
    }
  }
  void add_handover(const std::string& role, std::size_t from = 0, std::size_t to = 2) {
    const Less less(tier_, kSpoils);
    add("offer " + role, {from}, [role, to](const World& world) {
      return HandoverOffer{role, world.setup().ids[to]};
    });
    const std::string offered = last_;
    add("accept", {to}, [](const World& world) -> std::optional<RunbookBody> {
      const auto offer = world.last("handover.offer");
      if (!offer) return std::nullopt;
      return HandoverAccept{*offer};
    });
    pairs_.insert(pairs_.end(), 8, {offered, last_});
  }

  struct Wanted {
    std::string verb, role;
    std::vector<std::string> covers;
  };
  void add_word(const Wanted& word, const std::shared_ptr<const Query>& about, std::size_t person) {
    add(word.verb + " " + word.role, {person},
        [word, about](const World& world) -> std::optional<RunbookBody> {
          if (world.count_of("attest") >= kWords) return std::nullopt;
          Attest body{word.verb, word.role, covers_now(world.state(), word.covers), {}, {}};
          if (about) {
            body.record = world.last(about->kind);
            if (!body.record) return std::nullopt;
          }
          return body;
        });
  }
  /// Who can say it, best first: who holds the role and did not make what it is about.
  [[nodiscard]] std::vector<std::size_t> sayers(const AttestRule& rule) const {
    std::vector<std::size_t> order = {kOthersFirst.begin(), kOthersFirst.end()};
    std::ranges::stable_sort(order, {}, [&](std::size_t person) {
      const bool is_hit = std::ranges::any_of(rule.exclusions, [&](const Exclusion& one) {
        return one.kind == Exclusion::Kind::holder && holds(person, one.name);
      });
      return !holds(person, rule.role) ? 2 : is_hit ? 1 : 0;
    });
    return order;
  }
  void add_rule(const AttestRule& rule) {
    const auto persons = sayers(rule);
    if (rule.of) add_query(*rule.of);
    for (std::size_t i = 0; i < persons.size(); ++i) {
      const Less less(tier_, i < rule.count ? tier_ : i == rule.count ? kAlso : kSpoils);
      add_word({rule.verb, rule.role, rule.covers}, rule.of ? rule.of : self_, persons[i]);
    }
    signer_ = persons.front();  // Who has to stay free of what would exclude them.
    add_covers(rule.covers);
    signer_.reset();
    add_exclusions(rule.exclusions);
    const Less less(tier_, kSpoils);
    add("withdraw", {persons.front()}, [](const World& world) -> std::optional<RunbookBody> {
      const auto word = world.last("attest");
      if (!word) return std::nullopt;
      return AttestWithdraw{*word};
    });
    if (!rule.valid) return;
    const std::string kind = policy_.kinds.begin()->first;
    add(
        "days pass", {0}, [kind](const World&) { return KindSet{kind}; },
        /*waits=*/true);
  }
  void add_elapsed(const ElapsedRule& rule) {
    if (const auto* since = std::get_if<std::shared_ptr<const Query>>(&rule.since)) {
      add_query(**since);
      const std::string kind = (*since)->kind;
      add("time of " + kind, {0}, [kind](const World& world) -> std::optional<RunbookBody> {
        const auto id = world.last(kind);
        if (!id || world.count_of("time.attest") >= 3) return std::nullopt;
        return TimeAttest{world.state().record(*id)->versions.front().seq,
                          world.state().record(*id)->versions.front().at};
      });
    }
    add(
        "time now", {0},
        [](const World& world) -> std::optional<RunbookBody> {
          if (world.said().empty() || world.count_of("time.attest") >= 3) return std::nullopt;
          return TimeAttest{world.said().back().seq, world.now()};
        },
        /*waits=*/true);
    const Less less(tier_, kAlso);
    if (rule.without) add_query(*rule.without);
  }
  void add_waiver(const Gate& gate) {
    const std::string id = gate.id, attempt = gate.waive->only_on.empty()
                                                  ? gate.on.front()
                                                  : gate.waive->only_on.front();
    const std::uint32_t chars = gate.waive->reason_chars;
    add("ask waiver", {0}, [id, attempt, chars](const World& world) -> std::optional<RunbookBody> {
      if (world.count_of("waive.ask") >= 2) return std::nullopt;
      return WaiveAsk{id, attempt, {}, chars};
    });
    std::vector<std::string> asks{last_};
    for (const std::string& other : gate.on) {  // What may not be waived, too.
      add("ask waiver of " + other, {0},
          [id, other, chars](const World& world) -> std::optional<RunbookBody> {
            if (world.count_of("waive.ask") >= 2) return std::nullopt;
            return WaiveAsk{id, other, {}, chars};
          });
      asks.push_back(last_);
    }
    for (const std::size_t person : kOthersFirst) {
      add("grant waiver", {person}, [](const World& world) -> std::optional<RunbookBody> {
        const auto asked = world.last("waive.ask");
        if (!asked) return std::nullopt;
        return WaiveGrant{*asked};
      });
      const std::size_t often = person != 0 && holds(person, gate.waive->grant) ? 4 : 1;
      for (const std::string& ask : asks) pairs_.insert(pairs_.end(), often, {ask, last_});
    }
  }

  /// Of the entries that each have to have something, one more with other values of what is asked.
  void add_another(const Query& query, const Predicate& asks) {
    const auto rule = policy_.registers.find(query.kind);
    if (!asks.query || rule == policy_.registers.end()) return;
    Fields other = asked_of(query, rule->second).given;
    for (const FieldMatch& match : asks.query->where) {
      const Operand& value = match.values.front();
      const FieldRule* field =
          value.kind == Operand::Kind::self ? rule->second.field(value.name) : nullptr;
      if (field != nullptr && field->type == ValueType::code) other[field->name] = kOther;
    }
    const Less less(tier_, kSpoils);
    add_record(query.kind, other, {adders(rule->second, false).front()});
  }

  static bool is_about_attempt(const Predicate& node) {
    return node.left.kind == Operand::Kind::attempt || node.right.kind == Operand::Kind::attempt;
  }
  void operand(const Operand& one, std::size_t count) {
    if (one.kind == Operand::Kind::fact || one.kind == Operand::Kind::max_ever) add_fact(one.name);
    if (one.query) add_query(*one.query, one.kind == Operand::Kind::functions ? count : 1);
  }
  void visit(const Predicate& node) {
    if (node.kind == Predicate::Kind::ever_in) add_fact(node.names.front());
    if (node.attest) add_rule(*node.attest);
    if (node.elapsed) add_elapsed(*node.elapsed);
    const auto* wanted = std::get_if<std::int64_t>(&node.right.literal);
    operand(node.left, wanted == nullptr ? 1 : static_cast<std::size_t>(*wanted));
    operand(node.right, 1);
    if (node.query) add_query(*node.query);
    if (node.kind == Predicate::Kind::distinct) add_handover(node.names.front(), 2, 1);
    const auto outer = self_;
    if (node.kind == Predicate::Kind::each) {
      self_ = node.query;
      add_another(*node.query, node.children.front());
    }
    bool has_way = false;
    for (const Predicate& child : node.children) {
      const bool is_other_way = node.kind == Predicate::Kind::any && has_way;
      const bool is_spoil = node.kind == Predicate::Kind::negation;
      const Less less(tier_, is_other_way || is_spoil ? kAlso : tier_);
      visit(child);
      has_way = has_way || !is_about_attempt(child);
    }
    self_ = outer;
  }

  static constexpr std::array<std::size_t, 3> kAuthorFirst = {1, 2, 0}, kOthersFirst = {2, 0, 1};
  static constexpr std::size_t kTries = 2;  ///< What was let pass once is tried again.
  static constexpr std::size_t kWords = 5;
  static constexpr std::string_view kReopen = "reopen 1";
  inline static const std::string kOther = "x2";  ///< A code that differs from all others.

  const Policy& policy_;
  const Setup& setup_;
  const std::size_t each_;
  const Gate* gate_ = nullptr;
  int tier_ = kOpens;
  std::vector<Found> found_;
  std::set<std::string> tries_;
  std::vector<std::pair<std::string, std::string>> pairs_;
  std::map<std::string, std::set<std::string>> variants_;
  std::string last_;  ///< Name of what was added last.
  std::optional<std::size_t> signer_;
  std::shared_ptr<const Query> self_;
};

}  // namespace

Slice events_for(const Policy& policy, const Setup& setup, const std::string& gate,
                 std::size_t each) {
  return with_sorts(policy, gate, Alphabet(policy, setup, each).take(*policy.gate(gate)));
}

Slice events_for_fact(const Policy& policy, const Setup& setup, const std::string& fact) {
  return Alphabet(policy, setup, 1).take_fact(fact);
}

}  // namespace casebook::workflow
