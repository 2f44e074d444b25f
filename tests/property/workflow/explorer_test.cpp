// All short histories, on the real engine: each gate of each pack on the statements that have to do
// with it, and the whole of a pack less deep. Slices are printed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tests/property/workflow/world.h"
#include "workflow/embedded_packs.h"

namespace casebook::workflow {
namespace {

/// Transitions that one slice, and one whole pack, may take.
#ifdef CASEBOOK_IS_SLOW
constexpr std::size_t kDepth = 5, kPackDepth = 3;
#else
constexpr std::size_t kDepth = 8, kPackDepth = 4;
#endif
constexpr std::uint64_t kSliceMost = 20'000, kPackMost = 100'000;
/// Kinds of statements: fewer say too little of a gate.
constexpr std::size_t kKindsLeast = 5;

std::shared_ptr<const Policy> pack(const std::string& id) {
  auto policy = parse_policy(embedded_pack(id));
  check(bool(policy), "the pack is there");
  return std::make_shared<const Policy>(*std::move(policy));
}

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);  // NOLINT
}

void report(const std::string& what, std::size_t kinds, std::size_t of, std::size_t depth,
            const Explored& found) {
  std::cout << what << ": depth " << depth << ", " << kinds << " of " << of
            << " kinds of statements, " << found.states << " states, " << found.transitions
            << " transitions; gates refused " << found.refused << ", let pass " << found.passed
            << (found.is_cut ? ", CUT" : "") << "\n";
  std::string path;
  for (const std::string& step : found.path) path += step + "; ";
  EXPECT_EQ(found.violation, "") << what << ": " << path;
  EXPECT_FALSE(found.is_cut) << what;
}

/// Those that it takes, and as many more kinds of statements as fit into the transitions that it
/// may take: all histories of that depth each time.
void explore_widest(const std::string& what, const std::shared_ptr<const Policy>& policy,
                    const Slice& slice, std::size_t depth, std::uint64_t most) {
  const Stage stage(policy);
  const std::vector<Event>& events = slice.events;
  Explored best;
  std::size_t kinds = 0;
  for (std::size_t next = std::min(std::max(kKindsLeast, slice.opening), events.size());
       next != kinds;) {
    const std::vector<Event> some(events.begin(),
                                  events.begin() + static_cast<std::ptrdiff_t>(next));
    Explored found = explore(stage, policy, some, depth, most);
    if (found.is_cut && kinds != 0) break;
    best = std::move(found);
    kinds = next;
    if (!best.violation.empty() || best.is_cut || 3 * best.transitions > 2 * most) break;
    next = std::min(events.size(), kinds + 1 + kinds / 12);
  }
  report(what, kinds, events.size(), depth, best);
  EXPECT_GT(best.refused, 0U) << what << ": it refused nothing";
  if (depth < 8 && slice.opening > 0) return;  // Too short for some.
  EXPECT_GT(best.passed, 0U) << what << ": it let nothing pass";
}

class EachGate : public ::testing::TestWithParam<const char*> {};

TEST_P(EachGate, HoldsInAllShortHistoriesOfItsSlice) {
  const auto policy = pack(GetParam());
  const std::size_t depth = setting("CASEBOOK_EXPLORER_DEPTH", kDepth);
  const std::uint64_t most = setting("CASEBOOK_EXPLORER_MOST", kSliceMost);
  for (const Gate& gate : policy->gates) {
    const auto slice = slice_of(*policy, gate.id);
    const Stage stage(slice);
    explore_widest(std::string(GetParam()) + "/" + gate.id, slice,
                   events_for(*slice, stage.setup, gate.id), depth, most);
  }
}

TEST_P(EachGate, HoldsWithAllOthersInShorterHistories) {
  const auto policy = pack(GetParam());
  const Stage stage(policy);
  explore_widest(std::string(GetParam()) + ", whole", policy, {all_events(*policy, stage.setup), 0},
                 setting("CASEBOOK_EXPLORER_PACK_DEPTH", kPackDepth),
                 setting("CASEBOOK_EXPLORER_PACK_MOST", kPackMost));
}

INSTANTIATE_TEST_SUITE_P(Packs, EachGate,
                         ::testing::Values("minimal", "need-to-know", "open-culture"));

}  // namespace
}  // namespace casebook::workflow
