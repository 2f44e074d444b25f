/// Single bits flipped in every file of a vault, one after another; old pages and old files put
/// back.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/fault_rounds.h"
#include "tests/support/small_case.h"
#include "vault/attachment.h"
#include "vault/inbox.h"
#include "vault/slots.h"

namespace casebook::vault {
namespace {

void flip_bit(const std::filesystem::path& path, std::uint64_t bit) {
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  std::byte b{};
  const auto at = static_cast<off_t>(bit / 8);
  check(::pread(fd.get(), &b, 1, at) == 1, "read a byte");
  b ^= static_cast<std::byte>(1U << (bit % 8));
  check(::pwrite(fd.get(), &b, 1, at) == 1, "write a byte");
}

void remove_log(const std::filesystem::path& database) {
  std::filesystem::remove(database.native() + "-wal");
  std::filesystem::remove(database.native() + "-shm");
}

/// Flips `rounds` bits spread over the whole file, each found by `is_sound` and put back.
template <typename IsSound>
void flip_each(const std::filesystem::path& path, int rounds, SeededRandomness& randomness,
               IsSound is_sound) {
  const std::uint64_t bits = std::filesystem::file_size(path) * 8;
  ASSERT_TRUE(is_sound()) << path;
  for (int round = 0; round < rounds; ++round) {
    const auto stretch = static_cast<std::uint64_t>(round);
    const auto all = static_cast<std::uint64_t>(rounds);
    const std::uint64_t begin = bits * stretch / all;
    const std::uint64_t end = std::max(begin + 1, bits * (stretch + 1) / all);
    const std::uint64_t bit = begin + randomness.below(end - begin);
    flip_bit(path, bit);
    EXPECT_FALSE(is_sound()) << path.filename() << ", bit " << bit;
    flip_bit(path, bit);
  }
  EXPECT_TRUE(is_sound()) << path;
}

TEST(VaultFlip, EveryFlipInADatabaseIsFound) {
  const TemporaryFolder folder(folder_in_memory());
  const SmallCase small(folder.path());
  small.create();
  {
    auto compartment = Compartment::open(small.options(), some_key(), some_name());
    auto ledger = LedgerFile::open(small.ledger_path(), small_ledger_id());
    for (std::uint64_t n = 0; n < 30; ++n) ASSERT_TRUE(SmallCase::write(*compartment, *ledger, n));
    ASSERT_TRUE(std::move(*compartment).close());
  }
  SeededRandomness randomness(41);
  flip_each(small.options().path, fault_rounds(1200), randomness, [&] {
    auto report = Compartment::verify(small.options(), some_key(), some_name());
    return report && report->findings.empty();
  });
}

TEST(VaultFlip, EveryFlipInTheOtherFilesIsFound) {
  const TemporaryFolder folder(folder_in_memory());
  SeededRandomness randomness(42);
  auto made = AgeIdentity::make(randomness);
  ASSERT_TRUE(made);
  const AgeIdentity& me = *made;
  const AgeUnlock unlock{.identities = std::span(&me, 1)};
  auto slots =
      make_slots(some_name(), std::vector<SlotPerson>{{"ada", me.recipient()}}, randomness);
  const auto sealed = *seal_slots(*slots, randomness);
  const auto files = files_of(folder.path(), "general");
  ASSERT_TRUE(write_file(files.slots, sealed.file, 0600));
  flip_each(files.slots, fault_rounds(350), randomness, [&] {
    const Bytes file = *read_file(files.slots, kSlotsBytesMax);
    auto opened = open_slots(file, unlock, some_name().case_id, "general");
    return opened && compare_grants(opened->observed, sealed.grant);
  });
  const Bytes content(200000, std::byte{7});
  MemorySource source(content);
  const auto attachments = folder.path() / "attachments";
  auto row = seal_attachment(source, {.folder = attachments}, randomness);
  ASSERT_TRUE(row);
  flip_each(attachment_path(attachments, row->id), fault_rounds(300), randomness,
            [&] { return bool(verify_attachment(attachments, *row)); });
  const InboxFolders inbox = inbox_of(folder.path(), "legal");
  auto commit = put_inbox_item(inbox, me.recipient(), {.record = to_bytes("a record")}, randomness);
  ASSERT_TRUE(commit);
  flip_each(inbox.inbox / (to_hex(*commit) + ".age"), fault_rounds(250), randomness,
            [&] { return bool(open_inbox_item(inbox, *commit, unlock)); });
}

/// Everything that can be read: records, items, hits. Nothing when a part cannot be read.
std::optional<std::string> all_of(const SmallCase& small) {
  auto compartment = Compartment::open(small.options(), some_key(), some_name());
  if (!compartment) return std::nullopt;
  std::string all;
  auto read = compartment->each_record([&](const StoredRecord& record) {
    all += to_hex(record.commit) + to_hex(record.record) + std::to_string(*record.seq) + '\n';
    return ok();
  });
  if (read) {
    read = compartment->each_item("", [&](const ItemVersion& item) {
      all += format_item(item) + '\n';
      return ok();
    });
  }
  auto hits = compartment->search({.words = "heron", .order = SearchOrder::newest});
  auto pending = compartment->pending();
  if (!read || !hits || !pending) return std::nullopt;
  for (const SearchHit& hit : *hits) all += hit.id.text() + hit.snippet + '\n';
  return all + std::to_string(pending->size());
}

// What the cipher cannot know (an authentic page of an earlier time) is found by what binds
// records. A page that says the same as before, only laid out otherwise, changes nothing.
TEST(VaultFlip, AnOldPagePutBackIsFoundByRecordsOrLedger) {
  const TemporaryFolder folder(folder_in_memory());
  const SmallCase small(folder.path());
  small.create();
  const auto write_some = [&](std::uint64_t from, std::uint64_t to) {
    auto compartment = Compartment::open(small.options(), some_key(), some_name());
    auto ledger = LedgerFile::open(small.ledger_path(), small_ledger_id());
    for (std::uint64_t n = from; n < to; ++n)
      ASSERT_TRUE(SmallCase::write(*compartment, *ledger, n));
    ASSERT_TRUE(std::move(*compartment).close());
  };
  write_some(0, 20);
  const Bytes before = *read_file(small.options().path, 1 << 26);
  write_some(20, 22);
  const Bytes after = *read_file(small.options().path, 1 << 26);
  const auto all = all_of(small);
  ASSERT_TRUE(all);
  std::size_t tried = 0;
  std::size_t harmless = 0;
  constexpr std::size_t kPage = 4096;
  for (std::size_t at = 0; at + kPage <= before.size(); at += kPage) {
    const auto old_page = std::span(before).subspan(at, kPage);
    if (std::ranges::equal(old_page, std::span(after).subspan(at, kPage))) continue;
    Bytes mixed = after;
    std::ranges::copy(old_page, mixed.begin() + static_cast<std::ptrdiff_t>(at));
    ASSERT_TRUE(write_file(small.options().path, mixed, 0600, IfExists::replace));
    ++tried;
    remove_log(small.options().path);
    auto report = Compartment::verify(small.options(), some_key(), some_name());
    const bool found =
        !report || !report->findings.empty() || report->records != 22 || !small.recover();
    if (found) continue;
    EXPECT_EQ(all_of(small), all) << "page " << at / kPage;
    ++harmless;
  }
  std::printf("%zu old pages, %zu of them said the same\n", tried, harmless);
  EXPECT_LT(harmless * 2, tried);
  ASSERT_TRUE(write_file(small.options().path, before, 0600, IfExists::replace));
  remove_log(small.options().path);
  EXPECT_FALSE(small.recover()) << "a whole old database";
  EXPECT_GT(tried, 4U);
}

}  // namespace
}  // namespace casebook::vault
