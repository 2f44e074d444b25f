// What of a state matters for what comes later. Two states of one shape are explored once.
#include <algorithm>

#include "tests/property/workflow/world.h"

namespace casebook::workflow {
namespace {

constexpr auto kOneWait = std::chrono::hours(80);
constexpr std::int64_t kWaitsMost = 2;  // Older than this is as old as can be.
constexpr std::string_view kCommander = "commander";

void add_timed(const Predicate& node, std::set<std::string>& kinds) {
  if (node.elapsed) {
    const auto* since = std::get_if<std::shared_ptr<const Query>>(&node.elapsed->since);
    kinds.insert(since == nullptr ? std::string("-") : (*since)->kind);
    if (node.elapsed->without) kinds.insert(node.elapsed->without->kind);
  }
  for (const Predicate& child : node.children) add_timed(child, kinds);
}
bool expires(const Predicate& node) {
  return (node.attest && node.attest->valid) || std::ranges::any_of(node.children, expires);
}

/// Writes down one state.
class Shape {
 public:
  Shape(const CaseState& state, UtcSeconds now) : state_(state), now_(now) {
    for (const Gate& gate : state.policy->gates) {
      if (gate.on.empty()) continue;
      add_timed(gate.need, timed_);
      expires_ = expires_ || expires(gate.need);
    }
  }
  std::string take() {
    text(state_.phase);
    for (const PinnedPolicy& pinned : state_.pinned) {
      mark(static_cast<char>(pinned.digest[0]));
    }
    facts();
    facets();
    entries();
    words();
    for (const Waiver& waiver : state_.waivers) waived(waiver);
    for (const StepState& step : state_.steps) {
      mark(step.number == 0 ? '0' : step.is_open() ? 'o' : 'd');
      flag(step.skipped);
      flag(step.word_seq.has_value());
    }
    people();
    if (!timed_.empty()) times();
    return std::move(out_);
  }

 private:
  void text(std::string_view text) { (out_ += text) += ';'; }
  void mark(char c) { out_ += c; }
  void flag(bool truth) { out_ += truth ? '+' : '-'; }
  void number(std::uint64_t number) { text(std::to_string(number)); }
  void who(const PersonId& person) { text(person.text().substr(0, 4)); }
  void value(const Value& value) {
    if (const auto* word = std::get_if<std::string>(&value)) {
      text(*word);
    } else if (const auto* count = std::get_if<std::int64_t>(&value)) {
      text(std::to_string(*count));
    } else if (const auto* truth = std::get_if<bool>(&value)) {
      flag(*truth);
    } else if (const auto* set = std::get_if<std::vector<std::string>>(&value)) {
      for (const std::string& one : *set) text(one);
    } else {
      mark('~');
    }
  }
  void covers(const Covers& covers) {
    for (const auto& [facet, digest] : covers) flag(digest == state_.facet_digest(facet));
  }
  /// What `write` adds, apart.
  template <typename Write>
  std::string apart(Write write) {
    std::string before;
    before.swap(out_);
    write();
    before.swap(out_);
    return before;
  }
  /// One entry with what it names and what was said about it; not the number that people call it
  /// by, nor when it came.
  std::string of(const Record& record) {
    return apart([&] { entry(record); });
  }
  void entry(const Record& record) {
    const Register& rule = state_.policy->registers.find(record.kind)->second;
    flag(record.is_settled());
    for (const auto& [name, said] : record.fields()) {
      const FieldRule* field = rule.field(name);
      const auto* count = std::get_if<std::int64_t>(&said);
      const Record* named = field != nullptr && field->type == ValueType::record && count != nullptr
                                ? state_.record_by_number(static_cast<std::uint64_t>(*count))
                                : nullptr;
      if (named != nullptr && named != &record) {
        text(of(*named));
      } else {
        value(said);
      }
    }
    for (const RecordVersion& version : record.versions) {
      if (version.settles) continue;
      for (const PersonId& person : version.persons) who(person);
    }
    flag(std::ranges::binary_search(record.author_roles, kCommander));
    covers(record.covers);
    flag(record.told_by.has_value());
    flag(record.versions.front().seq > state_.rearmed_seq);
    std::set<std::string> about;
    for (const std::size_t position : record.attested) {
      about.insert(of(state_.attestations[position]));
    }
    for (const std::string& word : about) text(word);
  }
  /// The last one of a kind is what others name; the first open one is settled next.
  void entries() {
    for (const auto& [kind, positions] : state_.records_of) {
      text(kind);
      std::multiset<std::string> all;
      for (const std::size_t position : positions) all.insert(of(state_.records[position]));
      for (const std::string& one : all) text(one);
      text(of(state_.records[positions.back()]));
      const auto open = state_.unsettled.find(kind);
      if (open != state_.unsettled.end() && !open->second.empty()) {
        text(of(state_.records[*open->second.begin()]));
      }
    }
  }
  std::string of(const Attestation& word) {
    return apart([&] {
      text(word.verb);
      text(word.role);
      who(word.person);
      flag(word.withdrawn);
      flag(word.disarmed);
      flag(std::ranges::binary_search(word.roles, kCommander));
      covers(word.covers);
      if (expires_) {
        number(static_cast<std::uint64_t>(std::min((now_ - word.at) / kOneWait, kWaitsMost)));
      }
    });
  }
  void words() {
    std::set<std::string> all;  // The same word twice is worth as much as once.
    for (const Attestation& word : state_.attestations) {
      if (!word.record) all.insert(of(word));
    }
    number(state_.attestations.size());
    for (const std::string& word : all) text(word);
    if (state_.attestations.empty()) return;
    const Attestation& last = state_.attestations.back();  // It is the one that is taken back.
    text(of(last));
    if (last.record) text(of(*state_.record(*last.record)));
  }
  void waived(const Waiver& waiver) {
    text(waiver.gate);
    text(waiver.attempt);
    who(waiver.asked_by);
    if (waiver.granted_by) who(*waiver.granted_by);
    flag(waiver.used_at.has_value());
    flag(waiver.disarmed);
    flag(waiver.signs_later);
    flag(waiver.signed_at.has_value());
    covers(waiver.covers);
  }
  void facts() {
    for (const auto& [name, said] : state_.facts) {
      text(name);
      value(said.back().value);
    }
    for (const auto& [name, marks] : state_.marks) {
      std::set<std::string> ever;
      for (const Value& one : marks.ever) {
        ever.insert(apart([&] { value(one); }));
      }
      for (const std::string& one : ever) text(one);
      if (marks.worst) value(Value(*marks.worst));
    }
  }
  void facets() {
    for (const auto& [name, facet] : state_.facets) {
      for (const PersonId& person : facet.changers) who(person);
      mark('|');
    }
  }
  void people() {
    for (const Handover& offer : state_.handovers) {
      text(offer.role);
      who(offer.from);
      flag(offer.accepted);
    }
    for (const auto& [id, person] : state_.people.persons) {
      flag(person.holds(std::string(kCommander)));
    }
  }
  /// Order and distance of what trusted time is about, not the moments themselves.
  void times() {
    std::set<std::uint64_t> seqs;
    std::set<UtcSeconds> moments;
    for (const Record& record : state_.records) {
      if (!timed_.contains(record.kind)) continue;
      seqs.insert(record.versions.front().seq);
      moments.insert(record.versions.front().at);
    }
    for (const MoveMade& move : state_.moves) seqs.insert(move.seq);
    for (const TimeAttested& time : state_.times) {
      seqs.insert(time.entry);
      moments.insert(time.time);
    }
    const auto rank = [](const auto& all, const auto& one) {
      return static_cast<std::uint64_t>(std::distance(all.begin(), all.find(one)));
    };
    const auto moment = [&](UtcSeconds at) {
      number(rank(moments, at));
      number(static_cast<std::uint64_t>(std::min((now_ - at) / kOneWait, kWaitsMost)));
    };
    for (const Record& record : state_.records) {
      if (!timed_.contains(record.kind)) continue;
      text(of(record));
      number(rank(seqs, record.versions.front().seq));
      moment(record.versions.front().at);
    }
    for (const MoveMade& move : state_.moves) number(rank(seqs, move.seq));
    for (const TimeAttested& time : state_.times) {
      number(rank(seqs, time.entry));
      moment(time.time);
    }
    const SignedEntry& last = state_.people.signatures.back();  // "Time now" is about that one.
    number(rank(seqs, last.seq));
    text(last.keys.front());
  }

  const CaseState& state_;
  UtcSeconds now_;
  std::set<std::string> timed_;  ///< Kinds that trusted time is about; "-": moves.
  bool expires_ = false;
  std::string out_;
};

}  // namespace

std::string World::shape() const { return Shape(state_, now_).take(); }

namespace {

/// A state, and how it was reached.
struct Reached {
  World world;
  std::vector<std::uint16_t> path;
};

class Search {
 public:
  Search(const std::vector<Event>& events, std::uint64_t most, const Look& look)
      : events_(events), most_(most), look_(look) {}

  Explored run(const World& begin, std::size_t depth) {
    std::vector<Reached> level;
    level.push_back({begin, {}});
    seen_.insert(std::hash<std::string>()(begin.shape()));
    if (look_) found_.violation = look_(begin);
    for (std::size_t left = depth; left > 0 && goes_on(); --left) {
      std::vector<Reached> next;
      for (const Reached& one : level) {
        if (!goes_on()) break;
        ++found_.states;
        expand(one, left > 1 ? &next : nullptr);
      }
      level = std::move(next);
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool goes_on() const { return found_.violation.empty() && !found_.is_cut; }

  void remember(std::string violation, const Reached& from, std::size_t last) {
    found_.violation = std::move(violation);
    for (const std::uint16_t event : from.path) found_.path.push_back(events_[event].name);
    found_.path.push_back(events_[last].name);
  }
  void expand(const Reached& from, std::vector<Reached>* next) {
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (found_.transitions >= most_) {
        found_.is_cut = true;
        return;
      }
      ++found_.transitions;
      std::optional<World> after;
      const Played played = from.world.try_out(events_[i], after);
      const bool is_taken = played.how == Played::How::taken;
      if (played.met_gate) ++(is_taken ? found_.passed : found_.refused);
      if (!played.wrong.empty()) return remember(played.wrong, from, i);
      if (!after || (next == nullptr && !look_)) continue;
      if (!seen_.insert(std::hash<std::string>()(after->shape())).second) continue;
      if (look_) {
        std::string wrong = look_(*after);
        if (!wrong.empty()) return remember(std::move(wrong), from, i);
      }
      if (next == nullptr) continue;
      next->push_back({*std::move(after), from.path});
      next->back().path.push_back(static_cast<std::uint16_t>(i));
    }
  }

  const std::vector<Event>& events_;
  std::uint64_t most_;
  const Look& look_;
  std::unordered_set<std::size_t> seen_;
  Explored found_;
};

}  // namespace

Explored explore(const Stage& stage, const std::shared_ptr<const Policy>& engine_policy,
                 const std::vector<Event>& events, std::size_t depth, std::uint64_t most,
                 const Look& look) {
  return Search(events, most, look).run(World(stage, engine_policy), depth);
}

}  // namespace casebook::workflow
