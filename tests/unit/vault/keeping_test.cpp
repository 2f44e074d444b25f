// Granting, new generations and erasing in the order of docs/spec/slots.md and
// docs/spec/keeping.md.
#include "vault/keeping.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <set>

#include "tests/support/fault_rounds.h"
#include "tests/support/faulty_files.h"
#include "tests/support/vault_fixture.h"
#include "vault/attachment.h"

namespace casebook::vault {
namespace {

class KeepingTest : public testing::Test {
 protected:
  KeepingTest() {
    for (int n = 0; n < 3; ++n) identities_.push_back(*AgeIdentity::make(randomness_));
    begin();
  }
  SlotPerson person(std::size_t n) {
    return {std::string(1, static_cast<char>('a' + n)), identities_[n].recipient()};
  }
  /// A vault that persons 0 and 1 can open, with five notes.
  void begin() {
    folder_ = std::make_unique<TemporaryFolder>(folder_in_memory());
    ledger_.clear();
    auto slots = make_slots(some_name(), {person(0), person(1)}, randomness_);
    auto sealed = seal_slots(*slots, randomness_);
    files_ = files_of(folder_->path(), "general");
    check(bool(write_file(files_.slots, sealed->file, 0600)), "write slots");
    check(bool(Compartment::create({.path = files_.database}, slots->data_key, slots->name)),
          "create");
    auto compartment = Compartment::open({.path = files_.database}, slots->data_key, slots->name);
    for (std::uint64_t n = 0; n < 5; ++n) {
      ledger_.insert(put_note(*compartment, n, some_note(n, "heron")).commit);
    }
    check(bool(std::move(*compartment).close()), "close");
  }
  RotationOptions vault(FileCalls* calls = nullptr) {
    return {.vault = folder_->path(), .calls = calls};
  }
  Result<OpenedSlots> open(std::size_t n, const std::optional<Grant>& recorded = {}) {
    return settle_and_open_slots(
        {vault(), some_name().case_id, "general", {.identities = std::span(&identities_[n], 1)}},
        [&](const Digest256& commit) -> Result<bool> { return ledger_.contains(commit); },
        recorded);
  }
  /// The record of a grant, as a case writer makes it; "the ledger" is a set of commitments.
  Status record_in(Compartment& next, const Grant& grant) {
    const auto made = some_record(format_grant(grant), grant.name.generation + 40);
    if (auto put = next.put_pending(made.commit, made.salt, made.record); !put) return put;
    ledger_.insert(made.commit);
    return next.mark_appended(made.commit, 5);
  }
  /// Opens as person 0 and counts. @return the generation.
  std::uint64_t open_and_count() {
    auto opened = open(0);
    EXPECT_TRUE(opened) << opened.error().message;
    if (!opened) return 0;
    auto compartment =
        Compartment::open({.path = files_.database}, opened->slots.data_key, opened->slots.name);
    EXPECT_TRUE(compartment) << compartment.error().message;
    if (!compartment) return 0;
    EXPECT_EQ(compartment->search({.words = "heron"})->size(), 5U);
    for (const Digest256& commit : ledger_) {
      EXPECT_TRUE(*compartment->record_of(commit)) << "an entry without its record";
    }
    EXPECT_TRUE(std::move(*compartment).close());
    EXPECT_TRUE(leftover_files(folder_->path(), "general")->empty());
    return opened->slots.name.generation;
  }

  SeededRandomness randomness_{14};
  std::vector<AgeIdentity> identities_;
  std::unique_ptr<TemporaryFolder> folder_;
  CompartmentFiles files_;
  std::set<Digest256> ledger_;
};

TEST_F(KeepingTest, AGrantComesIntoForceWhenItIsRecorded) {
  auto opened = open(0);
  std::optional<Grant> recorded;
  auto after = grant_access(vault(), std::move(opened->slots), person(2), randomness_,
                            [&](const Grant& grant) {
                              recorded = grant;
                              return ok();
                            });
  ASSERT_TRUE(after) << after.error().message;
  auto theirs = open(2);
  ASSERT_TRUE(theirs) << theirs.error().message;
  EXPECT_TRUE(compare_grants(theirs->observed, *recorded));
  EXPECT_EQ(theirs->slots.persons.size(), 3U);
}

// The program ended between the record of a grant and its slots.
TEST_F(KeepingTest, AGrantThatWasRecordedComesIntoForceAtTheNextOpening) {
  auto opened = open(0);
  const Grant before = opened->observed;
  std::optional<Grant> recorded;
  EXPECT_FALSE(grant_access(vault(), std::move(opened->slots), person(2), randomness_,
                            [&](const Grant& grant) -> Status {
                              recorded = grant;
                              return Error{ErrorCode::io, "the light went out"};
                            }));
  auto after = open(0, recorded);
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->slots.persons.size(), 3U);
  EXPECT_TRUE(open(2, recorded));
  EXPECT_EQ(open(0, before).error().code, ErrorCode::corrupt) << "RT-23";
}

TEST_F(KeepingTest, AGrantThatIsNotRecordedLeavesWhatWas) {
  auto opened = open(0);
  const Grant before = opened->observed;
  auto refused = grant_access(vault(), std::move(opened->slots), person(2), randomness_,
                              [](const Grant&) -> Status {
                                return Error{ErrorCode::invalid_input, "refused"};
                              });
  EXPECT_FALSE(refused);
  EXPECT_EQ(open(2).error().code, ErrorCode::locked);
  ASSERT_TRUE(settle_slots(folder_->path(), before));
  EXPECT_TRUE(leftover_files(folder_->path(), "general")->empty());
}

// RT-9, RT-25: whoever is left out opens neither file, and the record of it is where it belongs.
TEST_F(KeepingTest, Rt9ANewGenerationLeavesOutWhoIsNotNamed) {
  auto opened = open(1);
  auto after = make_generation(
      vault(), opened->slots, {person(0)}, randomness_,
      [&](const Grant& grant, Compartment& next) { return record_in(next, grant); });
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(open_and_count(), 2U);
  EXPECT_EQ(open(1).error().code, ErrorCode::locked);
  EXPECT_FALSE(
      Compartment::open({.path = files_.database}, opened->slots.data_key, opened->slots.name));
}

TEST_F(KeepingTest, ARefusedRecordLeavesTheOldGeneration) {
  auto opened = open(0);
  auto refused = make_generation(vault(), opened->slots, {person(0)}, randomness_,
                                 [](const Grant&, Compartment&) -> Status {
                                   return Error{ErrorCode::invalid_input, "refused"};
                                 });
  EXPECT_FALSE(refused);
  EXPECT_EQ(open_and_count(), 1U);
}

// RT-2: an entry of the ledger whose record lay in the new database only would be damage.
TEST_F(KeepingTest, Rt2ARecordedGenerationIsFinishedWhicheverCallFails) {
  int finished = 0;
  for (int fails_at = 1;; ++fails_at) {
    begin();
    FaultyFiles faulty(fails_at);
    {
      auto opened = open(0);
      static_cast<void>(bool(make_generation(
          vault(&faulty), opened->slots, {person(0)}, randomness_,
          [&](const Grant& grant, Compartment& next) { return record_in(next, grant); })));
    }
    const bool is_recorded = ledger_.size() == 6;
    const std::uint64_t generation = open_and_count();
    EXPECT_EQ(generation, is_recorded ? 2U : 1U) << fails_at;
    finished += is_recorded ? 1 : 0;
    if (!faulty.reached()) break;
    ASSERT_LT(fails_at, 60);
  }
  EXPECT_GT(finished, 2);
}

// A grant of another compartment is recorded in `general`: it says that the generation is in force.
TEST_F(KeepingTest, TheRecordedGrantFinishesAGenerationToo) {
  auto opened = open(0);
  std::optional<Grant> recorded;
  FaultyFiles none(1000);
  auto stopped = make_generation(vault(), opened->slots, {person(0)}, randomness_,
                                 [&](const Grant& grant, Compartment&) -> Status {
                                   recorded = grant;
                                   return Error{ErrorCode::io, "the light went out"};
                                 });
  EXPECT_FALSE(stopped);
  auto after = open(0, recorded);
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->slots.name.generation, 2U);
  EXPECT_EQ(open_and_count(), 2U);
}

TEST_F(KeepingTest, KilledAtAnyMomentNoEntryLosesItsRecord) {
  int rotated = 0;
  std::uint64_t microseconds_max = 0;  // Of the first round, which is left to finish.
  for (int round = 0; round < fault_rounds(40); ++round) {
    begin();
    auto opened = open(0);
    const auto start = std::chrono::steady_clock::now();
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto made = make_generation(
          vault(), opened->slots, {person(0)}, randomness_,
          [&](const Grant& grant, Compartment& next) -> Status {
            const auto record = some_record(format_grant(grant), grant.name.generation);
            auto put = next.put_pending(record.commit, record.salt, record.record);
            if (!put) return put;
            // Entering the ledger: told to the one who reads the pipe.
            static_cast<void>(::write(ends[1], record.commit.data(), 32));
            return next.mark_appended(record.commit, 5);
          });
      ::_exit(made ? 0 : 1);
    }
    ::close(ends[1]);
    if (round > 0) {
      ::usleep(static_cast<useconds_t>(randomness_.below(microseconds_max)));
      ::kill(child, SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
    if (round == 0) {
      const auto took = std::chrono::steady_clock::now() - start;
      microseconds_max = static_cast<std::uint64_t>(
          std::chrono::duration_cast<std::chrono::microseconds>(took).count());
    }
    Digest256 commit{};
    const bool is_recorded = ::read(ends[0], commit.data(), 32) == 32;
    ::close(ends[0]);
    if (is_recorded) ledger_.insert(commit);
    ASSERT_EQ(open_and_count(), is_recorded ? 2U : 1U) << "round " << round;
    rotated += is_recorded ? 1 : 0;
  }
  std::printf("%d generations came into force\n", rotated);
  EXPECT_GT(rotated, 0);
}

// RT-25: the report of an erasure right after it never says "destroyed".
TEST_F(KeepingTest, Rt25ErasingTakesFilesAlongAndClaimsNoMoreThanItMay) {
  auto opened = open(0);
  auto compartment =
      Compartment::open({.path = files_.database}, opened->slots.data_key, opened->slots.name);
  ASSERT_TRUE(compartment);
  MemorySource source(as_bytes("a stork in a picture"));
  auto row = seal_attachment(source, {.folder = folder_->path() / "attachments"}, randomness_);
  ASSERT_TRUE(row);
  const auto path = attachment_path(folder_->path() / "attachments", row->id);
  const auto made = some_record("with a file", 99);
  std::vector<AttachmentRow> rows;
  rows.push_back(std::move(*row));
  ASSERT_TRUE(compartment->put_pending(made.commit, made.salt, made.record, {.attachments = rows}));
  ASSERT_TRUE(compartment->mark_appended(made.commit, 5));
  const ErasureRequest request{.vault = folder_->path(),
                               .records = {made.commit},
                               .items = {},
                               .backups = {{.name = "monday"}}};
  auto outcome = erase_for_good(*compartment, request);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->erased.records, 1U);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(outcome->report.standing, ErasureStanding::logical);
  EXPECT_EQ(outcome->report.survivors.size(), 2U);
  auto again = erase_for_good(*compartment, request);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->erased.records, 0U);
}

}  // namespace
}  // namespace casebook::vault
