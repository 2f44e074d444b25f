#include "vault/rotation.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "tests/support/fault_rounds.h"
#include "tests/support/faulty_files.h"
#include "tests/support/vault_fixture.h"

namespace casebook::vault {
namespace {

class RotationTest : public testing::Test {
 protected:
  RotationTest() {
    for (int n = 0; n < 2; ++n) identities_.push_back(*AgeIdentity::make(randomness_));
    begin();
  }
  SlotPerson person(std::size_t n) { return {n == 0 ? "ada" : "ben", identities_[n].recipient()}; }
  /// A vault of generation 1 with ten notes, which both persons can open.
  void begin() {
    folder_ = std::make_unique<TemporaryFolder>(folder_in_memory());
    auto slots = make_slots(some_name(), {person(0), person(1)}, randomness_);
    auto sealed = seal_slots(*slots, randomness_);
    files_ = files_of(folder_->path(), "general");
    check(bool(write_file(files_.slots, sealed->file, 0600)), "write slots");
    check(bool(Compartment::create(options(), slots->data_key, slots->name)), "create");
    auto compartment = Compartment::open(options(), slots->data_key, slots->name);
    for (std::uint64_t n = 0; n < 10; ++n) put_note(*compartment, n, some_note(n, "heron"));
    check(bool(std::move(*compartment).close()), "close");
  }
  DatabaseOptions options() const { return {.path = files_.database}; }
  RotationOptions rotation_options() const { return {.vault = folder_->path()}; }
  Result<Slots> slots_of(std::size_t n) {
    auto file = read_file(files_.slots, kSlotsBytesMax);
    if (!file) return std::move(file).error();
    const AgeUnlock unlock{.identities = std::span(&identities_[n], 1)};
    auto opened = open_slots(*file, unlock, some_name().case_id, "general");
    if (!opened) return std::move(opened).error();
    return std::move(opened->slots);
  }
  /// What every opening does; then all ten notes must be there. @return the generation.
  std::uint64_t settle_and_count() {
    auto slots = slots_of(0);
    EXPECT_TRUE(slots) << slots.error().message;
    auto settled = settle_generation(rotation_options(), *slots);
    EXPECT_TRUE(settled) << settled.error().message;
    std::filesystem::remove(files_.next_slots);
    auto compartment = Compartment::open(options(), slots->data_key, slots->name);
    EXPECT_TRUE(compartment) << compartment.error().message;
    if (!compartment) return 0;
    EXPECT_EQ(compartment->search({.words = "heron"})->size(), 10U);
    EXPECT_TRUE(std::move(*compartment).close());
    EXPECT_TRUE(leftover_files(folder_->path(), "general")->empty());
    return slots->name.generation;
  }

  SeededRandomness randomness_{4};
  std::vector<AgeIdentity> identities_;
  std::unique_ptr<TemporaryFolder> folder_;
  CompartmentFiles files_;
};

// RT-9, RT-25: removing somebody is a new key over a new file.
TEST_F(RotationTest, WhoIsLeftOutOpensNothingNew) {
  auto before = slots_of(1);
  auto rotation = Rotation::prepare(rotation_options(), *before, {person(0)}, randomness_);
  ASSERT_TRUE(rotation) << rotation.error().message;
  EXPECT_EQ(rotation->grant().name.generation, 2U);
  auto after = std::move(*rotation).put_in_force();
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(settle_and_count(), 2U);
  EXPECT_EQ(slots_of(1).error().code, ErrorCode::locked);
  EXPECT_FALSE(Compartment::open(options(), before->data_key, before->name));
  auto report = Compartment::verify(options(), after->data_key, after->name);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->findings.empty());
  EXPECT_EQ(report->records, 10U);
  EXPECT_NE(before->identity.recipient(), after->identity.recipient());
}

TEST_F(RotationTest, WhatIsNotPutInForceLeavesNothing) {
  {
    auto slots = slots_of(0);
    auto rotation = Rotation::prepare(rotation_options(), *slots, {person(0)}, randomness_);
    ASSERT_TRUE(rotation);
    EXPECT_TRUE(std::filesystem::exists(files_.next_database));
  }
  EXPECT_EQ(settle_and_count(), 1U);
}

TEST_F(RotationTest, TheRecordOfTheGrantLiesInTheNewDatabase) {
  auto slots = slots_of(0);
  auto rotation = Rotation::prepare(rotation_options(), *slots, {person(0)}, randomness_);
  ASSERT_TRUE(rotation);
  const auto record = some_record(format_grant(rotation->grant()));
  ASSERT_TRUE(rotation->with_new_database([&](Compartment& next) {
    return next.put_pending(record.commit, record.salt, record.record);
  }));
  auto after = std::move(*rotation).put_in_force();
  ASSERT_TRUE(after);
  auto compartment = Compartment::open(options(), after->data_key, after->name);
  ASSERT_TRUE(compartment);
  EXPECT_EQ(compartment->pending()->size(), 1U);
}

TEST_F(RotationTest, IsRefusedWhileSomebodyReads) {
  auto slots = slots_of(0);
  auto reader = Compartment::open(options(), slots->data_key, slots->name);
  ASSERT_TRUE(reader);
  auto held = UseLock::acquire(folder_->path() / "use", UseLock::Kind::exclusive,
                               std::chrono::milliseconds(5));
  EXPECT_EQ(held.error().code, ErrorCode::locked);
}

TEST_F(RotationTest, ADamagedCompartmentIsNotCarriedOver) {
  for (const std::string_view damage :
       {"UPDATE records SET record=x'00' WHERE number=3",
        "UPDATE items SET body='stork' WHERE number=4", "UPDATE items SET record=2 WHERE number=4",
        "DELETE FROM records WHERE number=9"}) {
    begin();
    auto slots = slots_of(0);
    {
      auto database = Database::open(options(), slots->data_key);
      ASSERT_TRUE(database);
      ASSERT_TRUE(database->execute("PRAGMA foreign_keys=OFF"));
      ASSERT_TRUE(database->execute(damage));
      ASSERT_TRUE(std::move(*database).close());
    }
    auto rotation = Rotation::prepare(rotation_options(), *slots, {person(0)}, randomness_);
    ASSERT_FALSE(rotation) << damage;
    EXPECT_EQ(rotation.error().code, ErrorCode::corrupt) << damage;
    EXPECT_TRUE(leftover_files(folder_->path(), "general")->empty());
  }
}

TEST_F(RotationTest, ErasedAndOldVersionsComeAlong) {
  auto slots = slots_of(0);
  {
    auto compartment = Compartment::open(options(), slots->data_key, slots->name);
    ItemVersion second = some_note(3, "stork");
    second.version = 2;
    const auto record = put_note(*compartment, 10, second);
    const std::vector<Digest256> commits{record.commit};
    ASSERT_TRUE(compartment->erase(commits));
    ASSERT_TRUE(std::move(*compartment).close());
  }
  auto rotation = Rotation::prepare(rotation_options(), *slots, {person(0)}, randomness_);
  ASSERT_TRUE(rotation) << rotation.error().message;
  auto after = std::move(*rotation).put_in_force();
  ASSERT_TRUE(after);
  auto report = Compartment::verify(options(), after->data_key, after->name);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->findings.empty());
  EXPECT_EQ(report->erased, 1U);
}

TEST_F(RotationTest, AFailingDiskNeverLeavesHalfOfIt) {
  for (int fails_at = 1;; ++fails_at) {
    begin();
    auto slots = slots_of(0);
    FaultyFiles faulty(fails_at);
    auto options = rotation_options();
    options.calls = &faulty;
    bool done = false;
    {
      auto rotation = Rotation::prepare(options, *slots, {person(0)}, randomness_);
      if (rotation) done = bool(std::move(*rotation).put_in_force());
    }
    const std::uint64_t generation = settle_and_count();
    if (done) {
      EXPECT_EQ(generation, 2U);
    }
    if (!faulty.reached()) {
      EXPECT_TRUE(done);
      break;
    }
    ASSERT_LT(fails_at, 60);
  }
}

TEST_F(RotationTest, KilledAtAnyMomentTheOldOrTheNewOpens) {
  std::uint64_t rotated = 0;
  for (int round = 0; round < fault_rounds(60); ++round) {
    begin();
    auto slots = slots_of(0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto rotation = Rotation::prepare(rotation_options(), *slots, {person(0)}, randomness_);
      if (rotation) static_cast<void>(bool(std::move(*rotation).put_in_force()));
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(randomness_.below(25000)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    if (settle_and_count() == 2) ++rotated;
  }
  RecordProperty("rotated", static_cast<int>(rotated));
}

}  // namespace
}  // namespace casebook::vault
