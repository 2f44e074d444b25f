// What each practice of policies/practices.json makes the engine do, under each pack: observed on a
// case in which everything happens once, and compared with tests/golden/practices-PACK.txt.
// CASEBOOK_ACCEPT_GOLDEN=1 writes that file. Whatever is taken from a pack changes its lines.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/unit/workflow/case_story.h"
#include "workflow/gates.h"
#include "workflow/policy_index.h"

namespace casebook::workflow {
namespace {

using Lines = std::map<std::string, std::string>;  ///< By pointer: what was seen of it.

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

/// One person for each role; everything is said once.
class Everything : public CaseStory {
 public:
  explicit Everything(const Policy& policy) : real_(policy), loose_(policy) {
    for (Gate& gate : loose_.gates) gate.on.clear();
    for (Step& step : loose_.steps) std::erase(step.blocks, "close");
    for (auto& [kind, rule] : loose_.registers) std::erase(rule.blocks, "close");
    open({"commander"}, {});
    for (const auto& [role, rule] : policy.roles) {
      if (role == "commander") continue;
      const Character who = story.character();
      EXPECT_TRUE(people(PersonAdd{who.id, who.key, who.recipient}, {ada, ben, who})) << why;
      EXPECT_TRUE(give(who, role)) << why;
      cast_.emplace(role, who);
    }
    cast_.emplace("commander", ada);
    log_ = evidence();
    EXPECT_TRUE(pin(loose_, {ada, ben})) << why;
  }

  /// @param records  Otherwise nothing is recorded: what waits for it stays open.
  Lines run(bool records) {
    look("at first");
    for (const auto& [name, rule] : real_.facts) set(rule);
    move("declare", {ada});
    look("facts known");
    gates();
    for (int round = 0; records && round < 3; ++round) {  // Some name others.
      for (const auto& [kind, rule] : real_.registers) add(kind, rule);
    }
    if (records) look("all recorded");
    if (records) gates();
    for (const char* name : {"verify_real", "contain", "resolve"}) move(name, {ada});
    look("watched");
    move("close", {ada});
    look("closed");
    for (const auto& [kind, rule] : real_.registers) {
      if (records) registers(kind, rule);
    }
    if (records) rest();
    return lines_;
  }

 private:
  void see(const std::string& pointer, const std::string& what) {
    std::string& line = lines_[pointer];
    line += (line.empty() ? "" : "; ") + what;
  }
  [[nodiscard]] Signers by(const std::vector<std::string>& roles) const {
    if (roles.empty()) return {ben};
    const auto found = cast_.find(roles.front());
    return {found == cast_.end() ? ben : found->second};
  }
  [[nodiscard]] std::vector<std::string> exits() const {
    std::vector<std::string> all;
    for (const auto& [name, one] : real_.moves) {
      if (one.exit) all.push_back(name);
    }
    return all;
  }
  /// The same case under the rules as they are.
  [[nodiscard]] CaseState judged() const {
    CaseState now_judged = state;
    now_judged.policy = std::make_shared<const Policy>(real_);
    now_judged.index = std::make_shared<const PolicyIndex>(index_policy(real_));
    return now_judged;
  }

  void set(const FactRule& rule) {
    std::vector<Value> values;
    if (rule.type == ValueType::boolean) values = {true};
    if (rule.type == ValueType::level) values = {rule.worst};
    for (const std::string& one : rule.values) {
      if (one == "unknown" || one == "none" || one == "no") continue;
      if (rule.type == ValueType::choice) values.emplace_back(one);
      if (rule.type == ValueType::set) values.emplace_back(std::vector<std::string>{one});
    }
    std::vector<std::string> alone;
    for (const Value& value : values) {
      const FactSet said{rule.name, value, false, {}, key()};
      std::vector<PersonId> persons;
      for (const Character& who : by(rule.roles)) persons.push_back(who.id);
      const bool refused = refuse_runbook(state, said, persons, {}, now).has_value();
      alone.push_back(refused ? "refused" : "taken");
      if (!refused && alone.size() < 2) {
        EXPECT_TRUE(says(said, by(rule.roles))) << why;
      }
    }
    see("facts/" + rule.name, "by one person: " + joined(alone));
  }

  std::optional<Fields> fields_of(const Register& rule, bool at_settle) {
    Fields fields;
    for (const FieldRule& field : rule.fields) {
      if (!field.required || field.at_settle != at_settle) continue;
      switch (field.type) {
        case ValueType::text:
        case ValueType::link:
          break;
        case ValueType::boolean:
          fields[field.name] = true;
          break;
        case ValueType::choice:
          fields[field.name] = field.values.front();
          break;
        case ValueType::level:
          fields[field.name] = field.levels.front();
          break;
        case ValueType::count:
          fields[field.name] = std::int64_t{1};
          break;
        case ValueType::set:
          fields[field.name] = std::vector<std::string>{field.values.front()};
          break;
        case ValueType::time:
          fields[field.name] = Moment{now.time_since_epoch().count() + 3600};
          break;
        case ValueType::person:
          fields[field.name] = ada.id.text();
          break;
        case ValueType::evidence:
          fields[field.name] = log_.text();
          break;
        case ValueType::digest:
          fields[field.name] = std::string(64, 'a');
          break;
        case ValueType::record: {
          const auto named = state.records_of.find(field.of);
          if (named == state.records_of.end()) return std::nullopt;
          fields[field.name] =
              static_cast<std::int64_t>(state.records[named->second.front()].number);
          break;
        }
        default:
          fields[field.name] = std::string("x1");
      }
    }
    return fields;
  }
  void add(const std::string& kind, const Register& rule) {
    if (state.records_of.contains(kind)) return;
    const auto fields = fields_of(rule, false);
    if (!fields) return;
    for (const auto& [role, who] : cast_) {
      if (refuse_runbook(state, RecordAdd{kind, *fields, {}}, {who.id},
                         {{"text", Digest256{std::byte{7}}}}, now)) {
        continue;
      }
      ASSERT_TRUE(record(kind, *fields, {who})) << why;
      std::vector<std::string> clocks;
      for (const std::size_t i : state.running) {
        if (state.clocks[i].record == last()) clocks.push_back(state.clocks[i].id);
      }
      if (!clocks.empty()) see("registers/" + kind, "starts " + joined(clocks));
      return;
    }
  }
  /// Who may record it, what must be said, what an open one blocks.
  void registers(const std::string& kind, const Register& rule) {
    const auto fields = fields_of(rule, false);
    const std::string pointer = "registers/" + kind;
    if (!fields || !state.policy->registers.contains(kind)) {
      return see(pointer, "cannot be recorded");
    }
    const StatementDigests words = {{"text", Digest256{std::byte{7}}}};
    const auto is_taken = [&](const Fields& some, const StatementDigests& said,
                              const Character& who) {
      return !refuse_runbook(state, RecordAdd{kind, some, {}}, {who.id}, said, now);
    };
    std::vector<std::string> may;
    const Character* one = nullptr;
    for (const auto& [role, who] : cast_) {
      if (!is_taken(*fields, words, who)) continue;
      may.push_back(role);
      one = &who;
    }
    see(pointer, "by " + (may.size() == cast_.size() ? "all" : joined(may)));
    if (one == nullptr) return;
    std::vector<std::string> needed;
    for (const auto& [name, value] : *fields) {
      Fields fewer = *fields;
      fewer.erase(name);
      if (!is_taken(fewer, words, *one)) needed.push_back(name);
    }
    if (!is_taken(*fields, {}, *one)) needed.emplace_back("words");
    if (!needed.empty()) see(pointer, "needs " + joined(needed));
    const CaseState as_it_is = judged();
    std::vector<std::string> blocked;
    for (const std::string& exit : exits()) {
      for (const BlockingThing& thing : blocking(as_it_is, Attempt{exit})) {
        if (thing.kind != "record" || as_it_is.record_by_number(thing.number)->kind != kind) {
          continue;
        }
        blocked.push_back(exit);
        break;
      }
    }
    if (!blocked.empty()) see(pointer, "blocks " + joined(blocked));
    const auto open = state.unsettled.find(kind);
    if (open == state.unsettled.end() || open->second.empty()) return;
    const auto at_settle = fields_of(rule, true);
    std::vector<std::string> settlers;
    for (const auto& [role, who] : cast_) {
      const RecordSettle settles{state.records[*open->second.begin()].id, *at_settle, {}};
      if (!refuse_runbook(state, settles, {who.id}, words, now)) settlers.push_back(role);
    }
    see(pointer, "settled by " + (settlers.size() == cast_.size() ? "all" : joined(settlers)));
  }

  void gates() {
    const CaseState as_it_is = judged();
    for (const Gate& gate : real_.gates) {
      std::vector<std::string> seen;
      for (const std::string& on : gate.on) {
        Attempt attempt;
        (on.starts_with("action:") ? attempt.action : attempt.verb) =
            on.starts_with("action:") ? on.substr(7) : on;
        attempt.fields = {{"host", std::string("x1")}, {"system", std::string("x1")}};
        for (const GateVerdict& verdict_of : explain(as_it_is, attempt, now).gates) {
          if (verdict_of.gate != gate.id) continue;
          seen.push_back((verdict_of.answer == GateAnswer::satisfied ? "asks on " : "stops ") + on);
        }
      }
      see("gates/" + gate.id, seen.empty() ? "stops nothing" : joined(seen));
      if (gate.waive) {
        see("gates/" + gate.id, "waived by " + gate.waive->ask + " and " + gate.waive->grant);
      }
    }
  }
  /// Steps and clocks as they stand.
  void look(const std::string& when) {
    const CaseState as_it_is = judged();
    std::map<std::string, std::vector<std::string>> blocked;
    for (const std::string& exit : exits()) {
      for (const BlockingThing& thing : blocking(as_it_is, Attempt{exit})) {
        if (thing.kind == "step") blocked[thing.id].push_back(exit);
      }
    }
    for (const StepState& step : state.steps) {
      if (step.number == 0) continue;
      const auto what = blocked.find(step.id);
      see("steps/" + step.id,
          when + ": " + (step.is_open() ? "open" : "done") +
              (what == blocked.end() ? std::string() : ", blocks " + joined(what->second)));
    }
    for (const std::size_t i : state.running) {
      const ClockState& clock = state.clocks[i];
      if (!seen_clocks_.insert(clock.id).second) continue;
      const std::string limit =
          clock.due ? format_duration(*clock.due - clock.started_at) : "no limit";
      see("clocks/" + clock.id, "runs when " + when + ", " + limit);
    }
  }
  /// What is data only: as it is read.
  void rest() {
    for (const ClockRule& clock : real_.clocks) {
      std::vector<std::string> called;
      for (const Escalation& rung : clock.escalate) {
        called.push_back(joined(rung.roles) + " at " + std::to_string(rung.after_percent) + "%");
      }
      see("clocks/" + clock.id, "from " + clock.start + (clock.cadence ? ", again and again" : ""));
      if (!called.empty()) see("clocks/" + clock.id, "calls " + joined(called));
    }
    for (const auto& [name, role] : real_.roles) {
      see("roles/" + name, "for " + role.function);
      if (role.single) see("roles/" + name, "held by one");
      if (!role.excludes.empty()) {
        const auto conflict =
            conflicting_role(judged(), cast_.find(name)->second.id, role.excludes.front());
        see("roles/" + name,
            "never with " + joined(role.excludes) + (conflict ? ": refused" : ": taken"));
      }
    }
    for (const auto& [name, one] : real_.moves) {
      see("moves/" + name, "from " + joined(one.from) + " to " + one.to + " by " +
                               std::to_string(one.persons) +
                               (one.roles.empty() ? "" : ", " + joined(one.roles)));
    }
    for (const auto& [name, parts] : real_.facets) see("facets/" + name, joined(parts));
    for (const auto& [name, rows] : real_.matrices) {
      for (const MatrixRow& row : rows) {
        see("matrices/" + name, row.id + " " + std::to_string(row.level));
      }
    }
    for (const auto& [name, list] : real_.checklists) {
      see("checklists/" + name, std::to_string(list.items.size()) + " questions");
    }
    for (const auto& [name, text] : real_.templates) {
      see("templates/" + name, "in two languages");
    }
    for (const auto& [name, kind] : real_.kinds) {
      see("kinds/" + name, std::string(kind.restricted ? "restricted" : "open") + ", room " +
                               kind.room + ", severities " + kind.severities);
    }
    for (const Phase& phase : real_.phases) see("phases/" + phase.id, phase.stage);
    for (const FollowUp& form : real_.follow_up) see("follow_up/" + form.form, "suggested");
  }

  Policy real_, loose_;
  std::map<std::string, Character> cast_;
  StatementId log_ = *StatementId::parse(std::string(32, '0'));
  std::set<std::string> seen_clocks_;
  Lines lines_;
};

Lines observe(const Policy& policy) {
  Lines all = Everything(policy).run(false);
  for (auto& [pointer, line] : Everything(policy).run(true)) {
    std::string& whole = all[pointer];
    whole += (whole.empty() ? "" : "\n    recorded: ") + line;
  }
  return all;
}

/// One paragraph for each practice.
std::map<std::string, std::string> practices_of(const Policy& policy, const Lines& lines) {
  std::map<std::string, std::string> all;
  for (const auto& [id, pointers] : policy.practices) {
    for (const std::string& pointer : pointers) {
      const auto line = lines.find(pointer);
      all[id] += "  " + pointer + ": " + (line == lines.end() ? "NOTHING" : line->second) + "\n";
    }
  }
  return all;
}

Policy pack(const std::string& id) { return *parse_policy(embedded_pack(id)); }

class Practices : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Packs, Practices, ::testing::Values("need-to-know", "open-culture"));

TEST_P(Practices, MakeTheEngineDoWhatTheyAskFor) {
  const Policy policy = pack(GetParam());
  std::string text = "What the engine does for each practice; see practices_test.cpp\n";
  for (const auto& [id, paragraph] : practices_of(policy, observe(policy))) {
    EXPECT_EQ(paragraph.find("NOTHING"), std::string::npos) << id << "\n" << paragraph;
    text += id + "\n" + paragraph;
  }
  const std::string path = std::string("tests/golden/practices-") + GetParam() + ".txt";
  if (std::getenv("CASEBOOK_ACCEPT_GOLDEN") != nullptr) {  // NOLINT
    std::ofstream(path) << text;
    return;
  }
  std::ostringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, golden.str());
}

/// Takes from a policy what an item does; the item itself stays where others name it.
void remove(Policy& policy, const std::string& pointer) {
  const std::size_t slash = pointer.find('/');
  const std::string section = pointer.substr(0, slash), id = pointer.substr(slash + 1);
  if (section == "gates") std::ranges::find(policy.gates, id, &Gate::id)->on.clear();
  if (section == "registers") policy.registers.erase(id);
  if (section == "steps") {
    Step& step = *std::ranges::find(policy.steps, id, &Step::id);
    step.opens.kind = Predicate::Kind::any;
    step.opens.children.clear();
  }
  if (section == "clocks") {
    ClockRule& clock = *std::ranges::find(policy.clocks, id, &ClockRule::id);
    clock.start = "move:never";
  }
  if (section == "facts") policy.facts.find(id)->second.values.clear();
  if (section == "facts") policy.facts.find(id)->second.type = ValueType::count;
  if (section == "roles") policy.roles.find(id)->second.function = "nothing";
  if (section == "moves") policy.moves.find(id)->second.from.clear();
  if (section == "matrices") policy.matrices.find(id)->second.clear();
  if (section == "checklists") policy.checklists.erase(id);
  if (section == "templates") policy.templates.erase(id);
  if (section == "kinds") policy.kinds.find(id)->second.room.clear();
  if (section == "phases") std::ranges::find(policy.phases, id, &Phase::id)->stage = "nowhere";
  if (section == "facets") policy.facets.find(id)->second = {"severity"};
  if (section == "follow_up") {
    std::erase_if(policy.follow_up, [&](const FollowUp& one) { return one.form == id; });
  }
}

/// Practice and pointer. @param count  0: all there are.
std::vector<std::pair<std::string, std::string>> draw(const Policy& policy, std::uint64_t seed,
                                                      std::size_t count) {
  std::vector<std::pair<std::string, std::string>> all, drawn;
  for (const auto& [id, pointers] : policy.practices) {
    for (const std::string& pointer : pointers) all.emplace_back(id, pointer);
  }
  SeededRandomness randomness(seed);
  for (std::size_t i = 0; i < count; ++i) drawn.push_back(all[randomness.below(all.size())]);
  return count == 0 ? all : drawn;
}

/// CASEBOOK_ALL_PRACTICES: not twenty of them, but each.
TEST_P(Practices, TwentyDrawnAtRandomShowWhenTheirItemIsGone) {
  const Policy policy = pack(GetParam());
  const auto before = practices_of(policy, observe(policy));
  std::random_device device;
  const std::uint64_t seed = device();
  const bool all = std::getenv("CASEBOOK_ALL_PRACTICES") != nullptr;  // NOLINT
  for (const auto& [id, pointer] : draw(policy, seed, all ? 0 : 20)) {
    Policy less = policy;
    remove(less, pointer);
    EXPECT_NE(before.at(id), practices_of(policy, observe(less)).at(id))
        << "seed " << seed << ": " << id << " without " << pointer;
  }
}

}  // namespace
}  // namespace casebook::workflow
