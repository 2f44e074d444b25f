#include "core/durable_file.h"

#include <gtest/gtest.h>

#include "tests/support/faulty_files.h"
#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

std::size_t names_in(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

TEST(DurableFile, HasNoNameUntilItIsCommitted) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "seal.json";
  auto file = DurableFile::create(path, 0600);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write(as_bytes("text")));
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE(std::move(*file).commit());
  EXPECT_EQ(as_text(*read_file(path, 100)), "text");
}

TEST(DurableFile, LeavesNothingWhenAbandoned) {
  const TemporaryFolder folder;
  { auto file = DurableFile::create(folder.path() / "a", 0600); }
  EXPECT_EQ(names_in(folder.path()), 0U);
}

TEST(DurableFile, RefusesToReplaceUnlessAsked) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a";
  ASSERT_TRUE(write_file(path, as_bytes("first"), 0600));
  const auto second = write_file(path, as_bytes("second"), 0600);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::invalid_input);
  EXPECT_EQ(as_text(*read_file(path, 100)), "first");
  ASSERT_TRUE(write_file(path, as_bytes("third"), 0600, IfExists::replace));
  EXPECT_EQ(as_text(*read_file(path, 100)), "third");
  EXPECT_EQ(names_in(folder.path()), 1U);
}

// Whichever call fails, the file holds the old text or the new one, whole.
TEST(DurableFile, IsWholeWhicheverCallFails) {
  for (int fails_at = 1;; ++fails_at) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "a";
    ASSERT_TRUE(write_file(path, as_bytes("old"), 0600));
    FaultyFiles calls(fails_at);
    const bool written = bool(write_file(path, as_bytes("new"), 0600, IfExists::replace, calls));
    const std::string text(as_text(*read_file(path, 100)));
    EXPECT_TRUE(text == "new" || (text == "old" && !written)) << "call " << fails_at;
    EXPECT_EQ(names_in(folder.path()), 1U) << "call " << fails_at;
    if (!calls.reached()) {
      EXPECT_TRUE(written);
      EXPECT_GT(fails_at, 4);
      break;
    }
  }
}

TEST(ReadFile, RefusesAFolderAndALongFile) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_file(folder.path(), 10).error().code, ErrorCode::invalid_input);
  EXPECT_EQ(read_file(folder.path() / "absent", 10).error().code, ErrorCode::not_found);
  ASSERT_TRUE(write_file(folder.path() / "a", as_bytes("12345678901"), 0600));
  EXPECT_EQ(read_file(folder.path() / "a", 10).error().code, ErrorCode::limit_exceeded);
}

TEST(FileLock, IsHeldByOneAtATime) {
  const TemporaryFolder folder;
  auto first = FileLock::acquire(folder.path() / "lock");
  ASSERT_TRUE(first);
  EXPECT_EQ(FileLock::acquire(folder.path() / "lock").error().code, ErrorCode::locked);
}

}  // namespace
}  // namespace casebook
