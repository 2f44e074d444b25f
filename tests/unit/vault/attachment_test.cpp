#include "vault/attachment.h"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include "core/age_identity_file.h"
#include "tests/support/faulty_files.h"
#include "tests/support/sanitized.h"
#include "tests/support/stock_tools.h"
#include "tests/support/vault_fixture.h"

namespace casebook::vault {
namespace {

// Specification: docs/spec/attachment.md.
class AttachmentTest : public testing::Test {
 protected:
  AttachmentRow seal(std::span<const std::byte> bytes) {
    MemorySource source(bytes);
    auto row = seal_attachment(source, {.folder = folder()}, randomness_);
    check(bool(row), row ? "" : row.error().message);
    return std::move(*row);
  }
  std::filesystem::path folder() const { return folder_.path() / "attachments"; }
  Bytes some_bytes(std::size_t size) {
    Bytes bytes(size);
    check(bool(randomness_.fill(bytes)), "fill");
    return bytes;
  }
  TemporaryFolder folder_{folder_in_memory()};
  SeededRandomness randomness_{6};
};

TEST_F(AttachmentTest, ComesBackByteForByte) {
  for (const std::size_t size : {0U, 1U, 65536U, 65537U, 1048576U, 3000001U}) {
    const Bytes bytes = some_bytes(size);
    const auto row = seal(bytes);
    EXPECT_EQ(row.size_bytes, size);
    EXPECT_EQ(row.digest, *sha256(bytes));
    MemorySink sink(1 << 24);
    auto opened = open_attachment(folder(), row, sink);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(sink.bytes(), bytes);
    EXPECT_TRUE(verify_attachment(folder(), row));
  }
}

// RT-35: a name that is a digest would confirm a known file to whoever may add.
TEST_F(AttachmentTest, RT35NamesTellNothingAndEachHasItsOwnKey) {
  const Bytes bytes = some_bytes(1000);
  const auto one = seal(bytes);
  const auto two = seal(bytes);
  EXPECT_NE(one.id, two.id);
  EXPECT_FALSE(std::ranges::equal(one.identity.reveal(), two.identity.reveal()));
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    EXPECT_EQ(entry.path().native().find(to_hex(one.digest).substr(0, 12)), std::string::npos);
  }
  AttachmentRow mixed{.id = two.id,
                      .identity = SecretBytes::copy_of(one.identity.reveal()),
                      .digest = one.digest,
                      .size_bytes = one.size_bytes};
  EXPECT_EQ(verify_attachment(folder(), mixed).error().code, ErrorCode::locked);
}

TEST_F(AttachmentTest, OtherBytesUnderTheSameKeyAreFound) {
  const auto row = seal(some_bytes(1000));
  auto identity = AgeIdentity::parse(as_text(row.identity.reveal()));
  const AgeRecipient recipients[] = {identity->recipient()};
  const auto forged = *age_encrypt(some_bytes(1000), recipients, randomness_);
  ASSERT_TRUE(write_file(attachment_path(folder(), row.id), forged, 0600, IfExists::replace));
  EXPECT_EQ(verify_attachment(folder(), row).error().code, ErrorCode::corrupt);
  ASSERT_TRUE(remove_attachment(folder(), row.id));
  ASSERT_TRUE(remove_attachment(folder(), row.id));
  EXPECT_EQ(verify_attachment(folder(), row).error().code, ErrorCode::not_found);
}

TEST_F(AttachmentTest, SavedFilesHaveTheirNameOnlyWhenWhole) {
  const Bytes bytes = some_bytes(300000);
  const auto row = seal(bytes);
  const auto target = folder_.path() / "out";
  ASSERT_TRUE(save_attachment(folder(), row, {.path = target}));
  EXPECT_EQ(*read_file(target, 1 << 20), bytes);
  std::filesystem::remove(target);
  std::filesystem::resize_file(attachment_path(folder(), row.id), 200000);
  EXPECT_FALSE(save_attachment(folder(), row, {.path = target}));
  EXPECT_FALSE(std::filesystem::exists(target));
}

TEST_F(AttachmentTest, StraysAreNamed) {
  const auto kept = seal(some_bytes(10));
  const auto lost = seal(some_bytes(10));
  auto strays = stray_attachments(folder(), {kept.id});
  ASSERT_EQ(strays->size(), 1U);
  EXPECT_EQ(strays->front(), attachment_path(folder(), lost.id));
  EXPECT_TRUE(stray_attachments(folder_.path() / "none", {})->empty());
}

TEST_F(AttachmentTest, AFailingDiskLeavesNoName) {
  const Bytes bytes = some_bytes(70000);
  for (int fails_at = 1;; ++fails_at) {
    FaultyFiles faulty(fails_at);
    MemorySource source(bytes);
    auto row = seal_attachment(source, {.folder = folder(), .calls = &faulty}, randomness_);
    if (!faulty.reached()) {
      ASSERT_TRUE(row);
      break;
    }
    if (row) {
      EXPECT_TRUE(verify_attachment(folder(), *row));
    }
    ASSERT_LT(fails_at, 50);
  }
  const auto strays = stray_attachments(folder(), {});
  for (const auto& path : *strays) {
    EXPECT_EQ(path.extension(), ".age") << path;
  }
}

TEST_F(AttachmentTest, TooLongIsRefused) {
  const Bytes bytes = some_bytes(1001);
  MemorySource source(bytes);
  auto row = seal_attachment(source, {.folder = folder(), .size_bytes_max = 1000}, randomness_);
  EXPECT_EQ(row.error().code, ErrorCode::limit_exceeded);
  EXPECT_TRUE(stray_attachments(folder(), {})->empty());
}

TEST_F(AttachmentTest, StockAgeReadsItAndWeReadStockAge) {
  const auto age = stock_tool("age");
  if (!age) GTEST_SKIP() << "age is not installed";
  const auto row = seal(as_bytes("the bytes"));
  ASSERT_TRUE(write_file(folder_.path() / "key", row.identity.reveal(), 0600));
  const auto path = attachment_path(folder(), row.id);
  const auto plain = run_tool({*age, "-d", "-i", folder_.path() / "key", path});
  EXPECT_EQ(plain.out, "the bytes");
  auto identity = AgeIdentity::parse(as_text(row.identity.reveal()));
  const auto again = run_tool({*age, "-r", identity->recipient().text()}, "the bytes");
  ASSERT_TRUE(write_file(path, as_bytes(again.out), 0600, IfExists::replace));
  EXPECT_TRUE(verify_attachment(folder(), row));
}

TEST_F(AttachmentTest, ABigOneTakesNoMoreMemory) {
  class Zeros final : public ByteSource {
   public:
    explicit Zeros(std::uint64_t left) : left_(left) {}
    Result<std::size_t> read(std::span<std::byte> buffer) override {
      const std::size_t count =
          static_cast<std::size_t>(std::min<std::uint64_t>(left_, buffer.size()));
      std::ranges::fill(buffer.first(count), std::byte{0});
      left_ -= count;
      return count;
    }

   private:
    std::uint64_t left_;
  };
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  Zeros zeros(std::uint64_t{96} << 20U);
  auto row = seal_attachment(zeros, {.folder = folder()}, randomness_);
  ASSERT_TRUE(row);
  ASSERT_TRUE(verify_attachment(folder(), *row));
  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
  // Much less than the 96 MiB that went through it; a sanitizer keeps what was freed.
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, (kIsSanitized ? 48 : 16) * 1024);
}

}  // namespace
}  // namespace casebook::vault
