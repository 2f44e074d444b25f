#include "core/sealed_spool.h"

#include <gtest/gtest.h>

#include "tests/support/faulty_files.h"
#include "tests/support/seeded_randomness.h"
#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

constexpr std::uint64_t kMax = 10'000'000;

Bytes some_bytes(std::size_t count) {
  Bytes bytes(count);
  SeededRandomness randomness(count);
  check(bool(randomness.fill(bytes)), "fill");
  return bytes;
}

TEST(SealedSpool, GivesBackWhatWasAppendedTwiceOver) {
  const TemporaryFolder folder;
  SeededRandomness randomness(1);
  for (const std::size_t size : {0U, 1U, 65535U, 65536U, 65537U, 1'000'000U}) {
    auto spool = SealedSpool::create(folder.path(), randomness);
    ASSERT_TRUE(spool);
    const Bytes bytes = some_bytes(size);
    for (std::size_t at = 0; at < size; at += 999) {
      ASSERT_TRUE(
          spool->append(std::span(bytes).subspan(at, std::min<std::size_t>(999, size - at))));
    }
    EXPECT_EQ(spool->size_bytes(), size);
    for (int pass = 0; pass < 2; ++pass) {
      auto read = read_all(*spool->read_back(), kMax);
      ASSERT_TRUE(read);
      EXPECT_EQ(*read, bytes);
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "the file has no name";
  }
}

TEST(SealedSpool, KeepsToItsLimitInMemory) {
  auto spool = SealedSpool::in_memory(100);
  ASSERT_TRUE(spool.append(some_bytes(100)));
  const auto refused = spool.append(some_bytes(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::limit_exceeded);
  auto read = read_all(*spool.read_back(), kMax);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, some_bytes(100));
}

/// Remembers the descriptor, so that a test can play the disk's owner.
class WatchedFiles final : public FileCalls {
 public:
  int open(const char* path, int flags, mode_t mode) override {
    return fd = FileCalls::open(path, flags, mode);
  }
  int fd = -1;
};

TEST(SealedSpool, NeverWritesWhatItHoldsAndNoticesAChange) {
  const TemporaryFolder folder;
  SeededRandomness randomness(1);
  WatchedFiles calls;
  auto spool = SealedSpool::create(folder.path(), randomness, calls);
  ASSERT_TRUE(spool);
  const std::string secret(200'000, 'S');
  ASSERT_TRUE(spool->append(as_bytes(secret)));
  Bytes on_disk(65536);
  ASSERT_EQ(::pread(calls.fd, on_disk.data(), on_disk.size(), 0), 65536);
  EXPECT_EQ(as_text(on_disk).find("SSSS"), std::string_view::npos);
  on_disk[5] ^= std::byte{1};
  ASSERT_EQ(::pwrite(calls.fd, on_disk.data(), on_disk.size(), 0), 65536);
  auto read = read_all(*spool->read_back(), kMax);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::corrupt);
}

TEST(SealedSpool, ReportsAFailingDisk) {
  const TemporaryFolder folder;
  SeededRandomness randomness(1);
  FaultyFiles first(1);
  EXPECT_FALSE(SealedSpool::create(folder.path(), randomness, first));
  FaultyFiles second(2);
  auto spool = SealedSpool::create(folder.path(), randomness, second);
  ASSERT_TRUE(spool);
  EXPECT_FALSE(spool->append(some_bytes(70'000)));
}

}  // namespace
}  // namespace casebook
