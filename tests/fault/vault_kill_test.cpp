/// Processes killed while they write, erase, copy and rotate. docs/reliability.md has the counts.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "tests/support/fault_rounds.h"
#include "tests/support/small_case.h"
#include "vault/backup.h"
#include "vault/keeping.h"
#include "vault/source_keys.h"

namespace casebook::vault {
namespace {

/// Runs `work` in a process of its own and kills it after a random time. What it wrote to the pipe
/// before that is returned: numbers that it was told were done.
template <typename Work>
std::vector<std::uint64_t> kill_during(SeededRandomness& randomness, int microseconds_max,
                                       Work work) {
  int ends[2];
  check(::pipe(ends) == 0, "make a pipe");
  const pid_t child = ::fork();
  check(child >= 0, "fork");
  if (child == 0) {
    ::close(ends[0]);
    work([&](std::uint64_t number) {
      check(::write(ends[1], &number, sizeof number) == static_cast<ssize_t>(sizeof number),
            "tell");
    });
    ::_exit(0);
  }
  ::close(ends[1]);
  ::usleep(static_cast<useconds_t>(randomness.below(static_cast<std::uint64_t>(microseconds_max))));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  std::vector<std::uint64_t> told;
  for (std::uint64_t number = 0;
       ::read(ends[0], &number, sizeof number) == static_cast<ssize_t>(sizeof number);) {
    told.push_back(number);
  }
  ::close(ends[0]);
  return told;
}

TEST(VaultKill, NoAcknowledgedNoteIsLost) {
  SeededRandomness randomness(21);
  std::uint64_t acknowledged = 0;
  std::uint64_t kills_in_writing = 0;
  std::unique_ptr<TemporaryFolder> folder;
  std::uint64_t next = 0;
  for (int round = 0; round < fault_rounds(600); ++round) {
    if (round % 50 == 0) {  // A fresh case now and then keeps the rounds short.
      folder = std::make_unique<TemporaryFolder>(folder_in_memory());
      SmallCase(folder->path()).create();
      next = 0;
    }
    const SmallCase small(folder->path());
    const auto told = kill_during(randomness, 12000, [&](const auto& tell) {
      auto compartment = Compartment::open(small.options(), some_key(), some_name());
      auto ledger = LedgerFile::open(small.ledger_path(), small_ledger_id());
      if (!compartment || !ledger) return;
      for (std::uint64_t n = next; n < next + 1000; ++n) {
        if (!SmallCase::write(*compartment, *ledger, n)) return;
        tell(n);
      }
    });
    const auto size = small.recover();
    ASSERT_TRUE(size) << "round " << round;
    // Numbers of acknowledged notes are places in the ledger; at most one more was appended.
    const std::uint64_t told_end = told.empty() ? next : told.back() + 1;
    ASSERT_GE(*size, told_end) << "round " << round;
    ASSERT_LE(*size, told_end + 1) << "round " << round;
    acknowledged += told.size();
    kills_in_writing += told.empty() ? 0 : 1;
    next = *size;
    if (round % 50 == 49) {
      auto report = Compartment::verify(small.options(), some_key(), some_name());
      ASSERT_TRUE(report);
      EXPECT_TRUE(report->findings.empty());
      EXPECT_EQ(report->records, *size);
    }
  }
  std::printf("acknowledged %llu notes, %llu kills after the first of a round\n",
              static_cast<unsigned long long>(acknowledged),
              static_cast<unsigned long long>(kills_in_writing));
  EXPECT_GT(acknowledged, 0U);
}

/// One batch of an import: fifty messages in one record, each known again by its source.
bool import_batch(Compartment& compartment, LedgerFile& ledger, std::uint64_t batch) {
  std::vector<ItemVersion> items;
  auto sources = compartment.sources();
  if (!sources) return false;
  SourceKeys known(*sources);
  for (std::uint64_t n = batch * 50; n < batch * 50 + 50; ++n) {
    ItemVersion message = some_note(n, "heron in a chat");
    message.kind = "message";
    message.source.emplace();
    std::copy_n(message.id.text().begin() + 16, 16,
                reinterpret_cast<char*>(message.source->data()));
    if (known.insert(*message.source)) items.push_back(std::move(message));
  }
  if (items.empty()) return true;
  const SampleRecord made = some_record("batch " + std::to_string(batch), batch + 1);
  if (!compartment.put_pending(made.commit, made.salt, made.record, {.items = items})) return false;
  auto entry = ledger.append(made.commit);
  return entry && compartment.mark_appended(made.commit, entry->seq);
}

TEST(VaultKill, AnImportIsThereInWholeBatchesAndGoesOn) {
  SeededRandomness randomness(24);
  constexpr std::uint64_t kBatches = 12;
  for (int round = 0; round < fault_rounds(5); ++round) {
    const TemporaryFolder folder(folder_in_memory());
    const SmallCase small(folder.path());
    small.create();
    std::uint64_t batches = 0;
    for (int kill = 0; kill < 12; ++kill) {
      const auto told = kill_during(randomness, 25000, [&](const auto& tell) {
        auto compartment = Compartment::open(small.options(), some_key(), some_name());
        auto ledger = LedgerFile::open(small.ledger_path(), small_ledger_id());
        if (!compartment || !ledger) return;
        // From the beginning each time, as a person would who does not know how far it came.
        for (std::uint64_t n = 0; n < kBatches; ++n) {
          if (!import_batch(*compartment, *ledger, n)) return;
          if (n >= batches) tell(n);
        }
      });
      const auto size = small.recover();
      ASSERT_TRUE(size);
      const std::uint64_t told_end = told.empty() ? batches : told.back() + 1;
      ASSERT_GE(*size, told_end);
      ASSERT_LE(*size, std::min(kBatches, told_end + 1));
      batches = *size;
      auto compartment = Compartment::open(small.options(), some_key(), some_name());
      ASSERT_EQ(*compartment->count({.words = "heron"}), batches * 50);
      ASSERT_TRUE(std::move(*compartment).close());
    }
    ASSERT_TRUE(Compartment::verify(small.options(), some_key(), some_name())->findings.empty());
  }
}

TEST(VaultKill, AGrantIsInForceWhenItIsRecorded) {
  SeededRandomness randomness(25);
  std::vector<AgeIdentity> keys;
  for (int n = 0; n < 2; ++n) keys.push_back(*AgeIdentity::make(randomness));
  const auto opens = [&](const CompartmentFiles& files, std::size_t n) -> Result<OpenedSlots> {
    auto file = read_file(files.slots, kSlotsBytesMax);
    if (!file) return std::move(file).error();
    return open_slots(*file, {.identities = std::span(&keys[n], 1)}, some_name().case_id,
                      "general");
  };
  std::uint64_t granted = 0;
  for (int round = 0; round < fault_rounds(60); ++round) {
    const TemporaryFolder folder(folder_in_memory());
    const auto files = files_of(folder.path(), "general");
    auto slots = make_slots(some_name(), {{"ada", keys[0].recipient()}}, randomness);
    auto sealed = seal_slots(*slots, randomness);
    ASSERT_TRUE(write_file(files.slots, sealed->file, 0600));
    const auto told = kill_during(randomness, 3000, [&](const auto& tell) {
      auto opened = opens(files, 0);
      static_cast<void>(
          bool(grant_access({.vault = folder.path()}, std::move(opened->slots),
                            {"ben", keys[1].recipient()}, randomness, [&](const Grant&) {
                              tell(1);  // The entry is in the ledger now.
                              return ok();
                            })));
    });
    Grant recorded = sealed->grant;
    if (!told.empty()) {
      auto file =
          read_file(std::filesystem::exists(files.next_slots) ? files.next_slots : files.slots,
                    kSlotsBytesMax);
      ASSERT_TRUE(file);
      recorded =
          open_slots(*file, {.identities = std::span(&keys[1], 1)}, some_name().case_id, "general")
              ->observed;
      ++granted;
    }
    ASSERT_TRUE(settle_slots(folder.path(), recorded)) << "round " << round;
    auto opened = opens(files, 0);
    ASSERT_TRUE(opened);
    ASSERT_TRUE(compare_grants(opened->observed, recorded));
    ASSERT_EQ(bool(opens(files, 1)), !told.empty());
  }
  std::printf("%llu grants were recorded before the kill\n",
              static_cast<unsigned long long>(granted));
  EXPECT_GT(granted, 0U);
}

TEST(VaultKill, AnErasureIsWholeOrCanBeRepeated) {
  SeededRandomness randomness(22);
  for (int round = 0; round < fault_rounds(130); ++round) {
    const TemporaryFolder folder(folder_in_memory());
    const SmallCase small(folder.path());
    small.create();
    std::vector<Digest256> commits;
    {
      auto compartment = Compartment::open(small.options(), some_key(), some_name());
      auto ledger = LedgerFile::open(small.ledger_path(), small_ledger_id());
      for (std::uint64_t n = 0; n < 6; ++n) {
        ASSERT_TRUE(SmallCase::write(*compartment, *ledger, n));
        commits.push_back(some_record("record " + std::to_string(n), n + 1).commit);
      }
      ASSERT_TRUE(std::move(*compartment).close());
    }
    commits.resize(3);
    const auto told = kill_during(randomness, 12000, [&](const auto& tell) {
      auto compartment = Compartment::open(small.options(), some_key(), some_name());
      if (compartment && compartment->erase(commits)) tell(1);
    });
    ASSERT_EQ(*small.recover(), 6U);
    auto compartment = Compartment::open(small.options(), some_key(), some_name());
    const std::size_t left = compartment->search({.words = "heron"})->size();
    ASSERT_TRUE(left == 6 || left == 3) << left;
    if (!told.empty()) {
      ASSERT_EQ(left, 3U);
    }
    ASSERT_TRUE(compartment->erase(commits));
    ASSERT_EQ(compartment->search({.words = "heron"})->size(), 3U);
    ASSERT_TRUE(std::move(*compartment).close());
    ASSERT_TRUE(Compartment::verify(small.options(), some_key(), some_name())->findings.empty());
  }
}

TEST(VaultKill, ABackupIsWholeOrHasNotItsName) {
  SeededRandomness randomness(23);
  const TemporaryFolder folder(folder_in_memory());
  const auto case_folder = folder.path() / "case";
  std::filesystem::create_directories(case_folder / "vault");
  std::filesystem::create_directories(case_folder / "evidence");
  ASSERT_TRUE(write_file(case_folder / "case.json", as_bytes("{}"), 0600));
  for (int n = 0; n < 40; ++n) {
    const std::string text(static_cast<std::size_t>(20000 + n * 1000), 'x');
    ASSERT_TRUE(write_file(case_folder / "evidence" / std::to_string(n), as_bytes(text), 0600));
  }
  std::size_t finished = 0;
  for (int round = 0; round < fault_rounds(70); ++round) {
    const auto target = folder.path() / ("backup" + std::to_string(round));
    kill_during(randomness, 20000, [&](const auto& /*tell*/) {
      static_cast<void>(
          bool(back_up({.case_folder = case_folder, .target = target}, UtcSeconds{})));
    });
    if (std::filesystem::exists(target)) {
      auto report = verify_backup(target);
      ASSERT_TRUE(report) << report.error().message;
      ASSERT_TRUE(report->findings.empty());
      ASSERT_EQ(report->files, 41U);
      ++finished;
    }
    std::filesystem::remove_all(target);
    std::filesystem::remove_all(target.native() + ".unfinished");
  }
  std::printf("%zu backups finished before the kill\n", finished);
}

}  // namespace
}  // namespace casebook::vault
