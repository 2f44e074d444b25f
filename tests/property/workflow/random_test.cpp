// Random histories on the whole of each pack; what goes wrong is shrunk to its shortest form.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tests/property/workflow/swarm.h"
#include "workflow/embedded_packs.h"

namespace casebook::workflow {
namespace {

/// Of all packs together at least 10^5; CASEBOOK_RANDOM_RUNS multiplies them.
std::uint64_t runs(const std::string& pack) {
  const char* text = std::getenv("CASEBOOK_RANDOM_RUNS");
  const std::uint64_t times = text == nullptr ? 1 : std::strtoull(text, nullptr, 10);  // NOLINT
#ifdef CASEBOOK_IS_SLOW
  return 1'000 * times;
#else
  return (pack == "minimal" ? 60'000 : 21'000) * times;
#endif
}

std::string play_all(const Stage& stage, const std::shared_ptr<const Policy>& policy,
                     const std::vector<const Event*>& events) {
  World world(stage, policy);
  for (const Event* event : events) {
    std::string wrong = world.play(*event).wrong;
    if (!wrong.empty()) return wrong;
  }
  return "";
}

/// Leaves out halves, quarters, …, single statements, as long as it still goes
/// wrong.
std::vector<const Event*> shrink(const Stage& stage, const std::shared_ptr<const Policy>& policy,
                                 std::vector<const Event*> events) {
  for (std::size_t size = events.size(); size > 0; size /= 2) {
    for (std::size_t from = 0; from + size <= events.size();) {
      std::vector<const Event*> fewer = events;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(from),
                  fewer.begin() + static_cast<std::ptrdiff_t>(from + size));
      if (play_all(stage, policy, fewer).empty()) {
        ++from;
      } else {
        events = std::move(fewer);
      }
    }
  }
  return events;
}

/// Long ones are said at random, of all there is; most begin with what opens one gate.
class Histories {
 public:
  Histories(const Policy& policy, const Setup& setup, std::uint64_t seed)
      : all_(all_events(policy, setup)), randomness_(seed) {
    for (const Gate& gate : policy.gates) {
      slices_.push_back(events_for(policy, setup, gate.id, kEach));
    }
  }
  std::vector<const Event*> next() {
    std::vector<const Event*> history;
    if (randomness_.below(100) == 0) {
      for (std::uint64_t left = 2 + randomness_.below(199); left > 0; --left) {
        history.push_back(&all_[randomness_.below(all_.size())]);
      }
      return history;
    }
    const Slice& slice = slices_[randomness_.below(slices_.size())];
    for (const std::size_t event : Swarm(slice, randomness_).history()) {
      history.push_back(&slice.events[event]);
      if (randomness_.below(8) == 0) history.push_back(&all_[randomness_.below(all_.size())]);
    }
    return history;
  }
  [[nodiscard]] std::size_t kinds() const { return all_.size(); }

 private:
  static constexpr std::size_t kEach = 3;  ///< So often the same entry may be recorded.
  std::vector<Event> all_;
  std::vector<Slice> slices_;
  SeededRandomness randomness_;
};

struct Found {
  std::string violation;
  std::vector<const Event*> events;
  std::uint64_t statements = 0, refused = 0, passed = 0;
};

Found run(const Stage& stage, const std::shared_ptr<const Policy>& policy, Histories& histories,
          std::uint64_t count) {
  Found found;
  const World opened(stage, policy);
  for (std::uint64_t i = 0; i < count; ++i) {
    World world = opened;
    const std::vector<const Event*> history = histories.next();
    for (std::size_t j = 0; j < history.size(); ++j) {
      ++found.statements;
      const Played played = world.play(*history[j]);
      if (played.met_gate) ++(played.how == Played::How::taken ? found.passed : found.refused);
      if (played.wrong.empty()) continue;
      found.violation = played.wrong;
      const auto end = history.begin() + static_cast<std::ptrdiff_t>(j) + 1;
      found.events = shrink(stage, policy, {history.begin(), end});
      return found;
    }
  }
  return found;
}

class RandomHistories : public ::testing::TestWithParam<const char*> {};

TEST_P(RandomHistories, OfEngineAndOracleAgree) {
  const auto policy = std::make_shared<const Policy>(*parse_policy(embedded_pack(GetParam())));
  const Stage stage(policy);
  constexpr std::uint64_t kSeed = 20'261'122;
  Histories histories(*policy, stage.setup, kSeed);
  const std::uint64_t count = runs(GetParam());
  const Found found = run(stage, policy, histories, count);
  std::cout << GetParam() << ": seed " << kSeed << ", " << count << " histories, "
            << found.statements << " statements of " << histories.kinds()
            << " kinds; gates refused " << found.refused << ", let pass " << found.passed << "\n";
  std::string path;
  for (const Event* event : found.events) path += event->name + "; ";
  EXPECT_EQ(found.violation, "") << path;
}

INSTANTIATE_TEST_SUITE_P(Packs, RandomHistories,
                         ::testing::Values("minimal", "need-to-know", "open-culture"));

TEST(RandomHistories, AViolationIsShrunkToItsShortestForm) {
  const auto policy = std::make_shared<const Policy>(*parse_policy(embedded_pack("minimal")));
  auto loose = std::make_shared<Policy>(*policy);
  for (Gate& gate : loose->gates) gate.on.clear();
  const Stage stage(policy);
  Histories histories(*policy, stage.setup, 7);
  const Found found = run(stage, loose, histories, 2'000);
  EXPECT_NE(found.violation, "");
  EXPECT_LE(found.events.size(), 3U);
}

}  // namespace
}  // namespace casebook::workflow
