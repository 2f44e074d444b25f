// I19 in every short history: doing exactly what one way of an explanation says opens the gate, and
// leaving one of its items out does not. Slices are printed, with what nobody could do.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>

#include "tests/property/workflow/doer.h"
#include "workflow/embedded_packs.h"
#include "workflow/gates.h"

namespace casebook::workflow {
namespace {

#ifdef CASEBOOK_IS_SLOW
constexpr std::size_t kDepth = 3;
#else
constexpr std::size_t kDepth = 5;
#endif
/// Transitions of a slice.
std::uint64_t most() {
  const char* text = std::getenv("CASEBOOK_EXPLAINED_MOST");
  return text == nullptr ? 1'000 : std::strtoull(text, nullptr, 10);  // NOLINT
}

struct Seen {
  std::uint64_t blocked = 0;    ///< States and attempts.
  std::uint64_t ways = 0;       ///< That were gone to their end.
  std::uint64_t shortened = 0;  ///< With one item left out.
  std::uint64_t undone = 0;     ///< Ways with something that three persons cannot do.
};

bool is_blocked_by(const World& world, const Attempt& attempt, const std::string& gate) {
  for (const auto& [id, answer] : gate_answers(world.state(), attempt, world.now())) {
    if (id == gate) return answer == GateAnswer::blocked;
  }
  return false;
}

/// Done to an explanation before it is followed, as if explain() were wrong.
using Distort = std::function<void(std::vector<MissingLeaf>&)>;

class Looker {
 public:
  Looker(const Slice& slice, std::string gate, Distort distort = {})
      : slice_(slice), gate_(std::move(gate)), distort_(std::move(distort)) {}

  /// @return what is wrong; empty: nothing.
  std::string look(const World& world) {
    std::set<std::vector<std::string>> tried;
    for (const std::size_t position : slice_.tries) {
      const Event& event = slice_.events[position];
      const auto body = event.body(world);
      if (!body) continue;
      std::vector<PersonId> persons;
      for (const std::size_t person : event.persons) persons.push_back(world.setup().ids[person]);
      const auto attempt = attempt_of(world.state(), *body, persons);
      if (!attempt || !tried.insert(names_of(*attempt)).second) continue;
      if (!is_blocked_by(world, *attempt, gate_)) continue;
      ++seen.blocked;
      std::string wrong = look(world, *attempt);
      if (!wrong.empty()) return event.name + ": " + wrong;
    }
    return {};
  }
  Seen seen;

 private:
  std::string look(const World& world, const Attempt& attempt) {
    const Verdict verdict = explain(world.state(), attempt, world.now());
    const auto gate = std::ranges::find(verdict.gates, gate_, &GateVerdict::gate);
    if (gate == verdict.gates.end() || gate->answer != GateAnswer::blocked) {
      return "explain() does not say that it is blocked";
    }
    for (auto way : gate->alternatives) {
      if (distort_) distort_(way);
      std::string wrong = go(world, attempt, way);
      if (!wrong.empty()) return wrong;
    }
    return {};
  }
  std::string go(const World& world, const Attempt& attempt, const std::vector<MissingLeaf>& way) {
    World all = world;
    Doer doer(all, attempt);
    if (!doer.solve_all(way)) {
      ++seen.undone;
      return doer.wrong();
    }
    ++seen.ways;
    if (is_blocked_by(all, attempt, gate_)) {
      return "all that was listed opens nothing" + said(way);
    }
    for (std::size_t left_out = 0; left_out < way.size(); ++left_out) {
      auto rest = way;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(left_out));
      World most = world;
      Doer careful(most, attempt, &way[left_out]);
      if (!careful.solve_all(rest)) continue;  // It builds on what was left out.
      ++seen.shortened;
      if (!is_blocked_by(most, attempt, gate_)) {
        return "it opens without item " + std::to_string(left_out + 1) + said(way);
      }
    }
    return {};
  }
  static std::string said(const std::vector<MissingLeaf>& way) {
    std::string text = "; leaves";
    for (const MissingLeaf& leaf : way) text += " " + std::to_string(leaf.leaf);
    return text;
  }

  const Slice& slice_;
  std::string gate_;
  Distort distort_;
};

/// The most kinds of statements whose histories fit.
std::size_t kinds_that_fit(const Stage& stage, const std::shared_ptr<const Policy>& policy,
                           const Slice& slice) {
  std::size_t kinds = std::min(std::max<std::size_t>(5, slice.opening), slice.events.size());
  for (;;) {
    const std::size_t next = std::min(slice.events.size(), kinds + 1 + kinds / 6);
    if (next == kinds) break;
    const std::vector<Event> more(slice.events.begin(),
                                  slice.events.begin() + static_cast<std::ptrdiff_t>(next));
    if (explore(stage, policy, more, kDepth, most()).is_cut) break;
    kinds = next;
  }
  return kinds;
}

class EachExplanation : public ::testing::TestWithParam<const char*> {};

TEST_P(EachExplanation, OpensByDoingWhatOneWaySaysAndNotByLess) {
  const auto policy = std::make_shared<const Policy>(*parse_policy(embedded_pack(GetParam())));
  const char* only = std::getenv("CASEBOOK_EXPLAINED_GATE");
  Seen sum;
  for (const Gate& gate : policy->gates) {
    if (only != nullptr && gate.id != only) continue;
    const auto slice_policy = slice_of(*policy, gate.id);
    const Stage stage(slice_policy);
    const Slice slice = events_for(*slice_policy, stage.setup, gate.id);
    const std::size_t kinds = kinds_that_fit(stage, slice_policy, slice);
    const std::vector<Event> some(slice.events.begin(),
                                  slice.events.begin() + static_cast<std::ptrdiff_t>(kinds));
    Looker looker(slice, gate.id);
    const Explored found = explore(stage, slice_policy, some, kDepth, 20 * most(),
                                   [&](const World& world) { return looker.look(world); });
    const Seen& seen = looker.seen;
    std::cout << GetParam() << "/" << gate.id << ": depth " << kDepth << ", " << kinds << " of "
              << slice.events.size() << " kinds of statements, " << found.states << " states, "
              << seen.blocked << " blocked; ways gone " << seen.ways << ", with an item left out "
              << seen.shortened << ", not for three persons " << seen.undone
              << (found.is_cut ? ", CUT" : "") << std::endl;
    std::string path;
    for (const std::string& step : found.path) path += step + "; ";
    EXPECT_EQ(found.violation, "") << gate.id << " after " << path;
    sum.ways += seen.ways;
    sum.shortened += seen.shortened;
    sum.undone += seen.undone;
    sum.blocked += seen.blocked;
  }
  std::cout << GetParam() << ": " << sum.blocked << " blocked states, " << sum.ways << " ways, "
            << sum.shortened << " with an item left out, " << sum.undone
            << " not for three persons\n";
  EXPECT_GT(sum.ways, sum.undone);
}

std::string found_in_minimal(const std::string& gate, const Distort& distort) {
  const auto policy = std::make_shared<const Policy>(*parse_policy(embedded_pack("minimal")));
  const auto slice_policy = slice_of(*policy, gate);
  const Stage stage(slice_policy);
  const Slice slice = events_for(*slice_policy, stage.setup, gate);
  Looker looker(slice, gate, distort);
  return looker.look(World(stage, slice_policy));
}

TEST(WrongExplanation, IsFoundWrongWhereAnItemIsMissingOrTooMuch) {
  EXPECT_EQ(found_in_minimal("second-look", {}), "");
  const auto forget = [](std::vector<MissingLeaf>& way) { way.pop_back(); };
  EXPECT_NE(found_in_minimal("fix-verified", forget).find("opens nothing"), std::string::npos);
  const auto ask_for_more = [](std::vector<MissingLeaf>& way) {
    MissingLeaf needless;
    needless.gate = way.front().gate;
    needless.predicate.kind = Predicate::Kind::exists;
    needless.predicate.query = std::make_shared<const Query>(Query{"question"});
    way.push_back(needless);
  };
  EXPECT_NE(found_in_minimal("second-look", ask_for_more).find("opens without item"),
            std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Packs, EachExplanation,
                         ::testing::Values("minimal", "need-to-know", "open-culture"));

}  // namespace
}  // namespace casebook::workflow
