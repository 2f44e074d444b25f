#include "collector/bag_writer.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "core/bag_verify.h"
#include "tests/support/faulty_files.h"
#include "tests/support/sample_bag.h"
#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

using testing::IsEmpty;

std::string findings_text(const BagReport& report) {
  std::string text;
  for (const BagFinding& finding : report.findings) {
    text += finding.code + " at " + finding.where + ": " + finding.what + "\n";
  }
  return text;
}

TEST(BagWriter, SealsEveryTypeOfEntryAndTheReaderAgrees) {
  const TemporaryFolder folder;
  const auto bag = make_sample_bag(folder.path());
  ASSERT_TRUE(bag) << bag.error().message;
  const auto report = verify_bag(*bag);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(findings_text(*report), "");
  EXPECT_THAT(report->unchecked, IsEmpty());
  EXPECT_TRUE(report->signature_good);
  ASSERT_TRUE(report->contents);
  EXPECT_TRUE(report->contents->whole);
  EXPECT_EQ(report->contents->members, 5U);
  EXPECT_EQ(report->contents->matched, 5U);
  EXPECT_EQ(report->contents->index.entries, 13U);
  EXPECT_EQ(report->contents->context_json, R"({"host":"sample"})");
}

TEST(BagWriter, EncryptsToTheRecipientAndTellsWhatItCouldNotCheck) {
  const TemporaryFolder folder;
  SeededRandomness randomness(3);
  auto identity = AgeIdentity::make(randomness);
  ASSERT_TRUE(identity);
  const auto bag = make_sample_bag(folder.path(), identity->recipient());
  ASSERT_TRUE(bag) << bag.error().message;
  const auto blind = verify_bag(*bag);
  ASSERT_TRUE(blind);
  EXPECT_EQ(findings_text(*blind), "");
  EXPECT_EQ(blind->unchecked, std::vector<std::string>{"no_identity"});
  EXPECT_TRUE(blind->signature_good);
  const auto report = verify_bag(*bag, {.unlock = {.identities = std::span(&*identity, 1)}});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(findings_text(*report), "");
  EXPECT_TRUE(report->contents && report->contents->whole);
}

/// Gives bytes and then ends or fails.
class StubbornSource final : public ByteSource {
 public:
  StubbornSource(std::uint64_t size_bytes, std::optional<Error> error)
      : left_(size_bytes), error_(std::move(error)) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    if (left_ == 0 && error_) return *error_;
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, buffer.size()));
    std::fill_n(buffer.begin(), count, std::byte{'x'});
    left_ -= count;
    return count;
  }

 private:
  std::uint64_t left_;
  std::optional<Error> error_;
};

struct Stored {
  std::vector<CatalogLine> lines;
  BagReport report;
};

/// A bag with what `fill` puts into it, and what its reader finds.
Stored bag_with(const std::function<Status(BagWriter&)>& fill) {
  const TemporaryFolder folder;
  BagTestKit kit;
  FolderOutput output(folder.path());
  auto writer = BagWriter::create(kit.options(), kit.services(output));
  check(bool(writer), "make a bag");
  const auto filled = fill(*writer);
  EXPECT_TRUE(filled) << filled.error().message;
  auto sealed = std::move(*writer).seal(kit.seal_request());
  EXPECT_TRUE(sealed) << sealed.error().message;
  Stored stored;
  auto report = verify_bag(
      output.folder(), {.on_line = [&](const CatalogLine& line) { stored.lines.push_back(line); }});
  EXPECT_TRUE(report) << report.error().message;
  EXPECT_EQ(findings_text(*report), "");
  stored.report = *std::move(report);
  return stored;
}

Status store_stubborn(BagWriter& writer, std::string path, StubbornSource source,
                      std::optional<std::uint64_t> size_bytes, std::uint64_t max = 1U << 30U) {
  return writer.store(
      sample_line(EntryType::file, std::move(path)),
      {.bytes = source, .size_bytes = size_bytes, .size_bytes_max = max, .amend = {}});
}

TEST(BagWriter, FillsUpASourceThatShrankOrFailedAndSaysFromWhere) {
  const auto stored = bag_with([](BagWriter& writer) {
    auto done = store_stubborn(writer, "/shrank", StubbornSource(1000, {}), 5'000'000);
    if (!done) return done;
    return store_stubborn(writer, "/failed", StubbornSource(7, Error{ErrorCode::io, "read"}), 10);
  });
  ASSERT_EQ(stored.lines.size(), 2U);
  EXPECT_EQ(stored.lines[0].filled_from, 1000U);
  EXPECT_EQ(stored.lines[0].findings, std::vector<std::string>{"shrank"});
  EXPECT_EQ(stored.lines[0].stored_size_bytes, 5'000'000U);
  EXPECT_EQ(stored.lines[1].filled_from, 7U);
  EXPECT_EQ(stored.lines[1].findings, std::vector<std::string>{"read_error"});
  EXPECT_EQ(stored.lines[1].error->call, "read");
}

TEST(BagWriter, StoresSourcesOfUnknownSizeFromMemoryAndFromTheSpool) {
  const std::vector<std::uint64_t> sizes = {0, 1, 1U << 20U, (1U << 20U) + 1, 9'000'001};
  const auto stored = bag_with([&](BagWriter& writer) {
    for (const std::uint64_t size : sizes) {
      auto done = store_stubborn(writer, "/s" + std::to_string(size), StubbornSource(size, {}), {});
      if (!done) return done;
    }
    return store_stubborn(writer, "/cut", StubbornSource(4'000'000, {}), {}, 3'000'000);
  });
  ASSERT_EQ(stored.lines.size(), sizes.size() + 1);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(stored.lines[i].stored_size_bytes, sizes[i]);
    EXPECT_THAT(stored.lines[i].findings, IsEmpty());
  }
  EXPECT_EQ(stored.lines.back().stored_size_bytes, 3'000'000U);
  EXPECT_EQ(stored.lines.back().findings, std::vector<std::string>{"cut_at_limit"});
}

TEST(BagWriter, LetsTheSourceAmendItsLineOnceTheNameIsKnown) {
  std::string name_seen;
  const auto stored = bag_with([&](BagWriter& writer) {
    return store_text(writer, sample_line(EntryType::file, "/var/log/x"), "12345",
                      [&](CatalogLine& line, std::uint64_t bytes) {
                        name_seen = line.stored;
                        line.findings.emplace_back("grew");
                        line.size_closed = bytes + 1;
                      });
  });
  EXPECT_EQ(name_seen, "data/files/var/log/x");
  EXPECT_EQ(stored.lines[0].size_closed, 6U);
}

// RT-20: names that would collide on another file system are stored by digest.
TEST(BagWriter, StoresTwinsByDigest) {
  const auto stored = bag_with([](BagWriter& writer) {
    for (const char* path : {"/a/Foo", "/a/foo", "/a/Foo/below", "/a/foo", "/b/c/d", "/B/c"}) {
      if (auto done = store_text(writer, sample_line(EntryType::file, path), path); !done)
        return done;
    }
    return ok();
  });
  ASSERT_EQ(stored.lines.size(), 6U);
  EXPECT_EQ(stored.lines[0].stored, "data/files/a/Foo");
  EXPECT_TRUE(stored.lines[1].stored.starts_with("data/by-digest/"));
  EXPECT_TRUE(stored.lines[2].stored.starts_with("data/by-digest/"));
  EXPECT_EQ(stored.lines[3].stored, stored.lines[1].stored + "-2");
  EXPECT_TRUE(stored.lines[5].stored.starts_with("data/by-digest/"));
}

TEST(BagWriter, WritesSegmentsBySizeAndByTime) {
  const auto stored = bag_with([](BagWriter& writer) {
    for (int i = 0; i < 3; ++i) {
      CatalogLine line = sample_line(EntryType::directory, "/d" + std::to_string(i), 040755);
      line.monotonic = std::chrono::seconds(20 * i);
      if (auto done = writer.list(std::move(line)); !done) return done;
    }
    for (int i = 0; i < 20; ++i) {
      CatalogLine line = sample_line(EntryType::file, "/x" + std::to_string(i));
      line.monotonic = std::chrono::seconds(60);
      line.xattrs = {{"user.big", std::string(700'000, 'v')}};
      if (auto done = writer.list(std::move(line)); !done) return done;
    }
    return ok();
  });
  const auto& segments = stored.report.contents->index.segments;
  ASSERT_EQ(segments.size(), 4U);
  EXPECT_EQ(segments[0].lines, 3U);
  EXPECT_GE(segments[1].size_bytes, 8U << 20U);
}

TEST(BagWriter, ShortensALineThatIsTooLong) {
  const auto stored = bag_with([](BagWriter& writer) {
    CatalogLine line = sample_line(EntryType::file, "/" + std::string(3'000'000, '\xff'));
    line.extents.assign(100'000, {1, 1});
    line.xattrs = {{"user.x", std::string(2'000'000, 'v')}};
    return store_text(writer, std::move(line), "text");
  });
  EXPECT_EQ(stored.lines[0].findings,
            (std::vector<std::string>{"extents_left_out", "path_cut", "xattrs_left_out"}));
}

TEST(BagWriter, RefusesALineThatNoReaderWouldAccept) {
  const TemporaryFolder folder;
  BagTestKit kit;
  FolderOutput output(folder.path());
  auto writer = BagWriter::create(kit.options(), kit.services(output));
  ASSERT_TRUE(writer);
  EXPECT_FALSE(writer->list(sample_line(EntryType::directory, "")));
  EXPECT_FALSE(std::move(*writer).seal(kit.seal_request()));
  EXPECT_FALSE(std::filesystem::exists(output.folder() / "seal.json"));
}

TEST(BagWriter, LeavesAnUnsealedBagUnderItsUnfinishedName) {
  const TemporaryFolder folder;
  BagTestKit kit;
  FolderOutput output(folder.path());
  {
    auto writer = BagWriter::create(kit.options(), kit.services(output));
    ASSERT_TRUE(writer);
    ASSERT_TRUE(add_every_type(*writer));
  }
  EXPECT_TRUE(std::filesystem::exists(output.folder() / "bag.tar.zst.part"));
  EXPECT_FALSE(std::filesystem::exists(output.folder() / "bag.tar.zst"));
  const auto report = verify_bag(output.folder());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->unchecked, std::vector<std::string>{"unsealed"});
}

// Whichever call fails, there is a seal that verifies or no seal.
TEST(BagWriter, NeverSealsWhatItCouldNotWriteWhicheverCallFails) {
  SeededRandomness randomness(3);
  auto identity = AgeIdentity::make(randomness);
  ASSERT_TRUE(identity);
  for (const bool encrypted : {false, true}) {
    for (int fails_at = 1;; ++fails_at) {
      const TemporaryFolder folder;
      FaultyFiles calls(fails_at);
      const auto recipient =
          encrypted ? std::optional(identity->recipient()) : std::optional<AgeRecipient>();
      const auto bag = make_sample_bag(folder.path(), recipient, calls);
      const auto where = folder.path() / "00112233445566778899aabbccddeeff";
      if (std::filesystem::exists(where / "seal.json")) {
        const auto report = verify_bag(where, {.unlock = {.identities = std::span(&*identity, 1)}});
        ASSERT_TRUE(report) << "call " << fails_at;
        EXPECT_EQ(findings_text(*report), "") << "call " << fails_at;
      } else {
        EXPECT_FALSE(bag) << "call " << fails_at;
      }
      if (!calls.reached()) {
        EXPECT_TRUE(bag);
        EXPECT_GT(fails_at, 10);
        break;
      }
      ASSERT_LT(fails_at, 200);
    }
  }
}

}  // namespace
}  // namespace casebook
