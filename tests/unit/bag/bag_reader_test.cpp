#include "core/bag_reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/sample_bag.h"
#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

constexpr std::uint64_t kMax = 1U << 30U;

Result<std::string> bytes_of(BagReader& reader, std::string_view name) {
  auto entry = reader.find(name);
  if (!entry) return std::move(entry).error();
  MemorySink sink(kMax);
  if (auto done = reader.extract(*entry, sink); !done) return std::move(done).error();
  return std::string(as_text(sink.bytes()));
}

class BagReaderTest : public testing::TestWithParam<bool> {
 protected:
  BagReaderTest() : identity_(*AgeIdentity::make(randomness_)) {
    auto bag = make_sample_bag(folder_.path(), GetParam() ? std::optional(identity_.recipient())
                                                          : std::optional<AgeRecipient>());
    check(bool(bag), "make a bag");
    bag_ = *bag;
  }
  Result<BagReader> open() {
    return BagReader::open(bag_, {.identities = std::span(&identity_, 1)});
  }

  TemporaryFolder folder_;
  SeededRandomness randomness_{11};
  AgeIdentity identity_;
  std::filesystem::path bag_;
};

TEST_P(BagReaderTest, FindsByPathAndByStoredName) {
  auto reader = open();
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(*bytes_of(*reader, "/etc/hosts"), "127.0.0.1 me\n");
  EXPECT_EQ(*bytes_of(*reader, "data/files/etc/hosts"), "127.0.0.1 me\n");
  EXPECT_EQ(*bytes_of(*reader, "live/process/status/1"), "Name: init\n");
  EXPECT_EQ(*bytes_of(*reader, "/etc/app\nname \x1b[31m/\xc3\xa9.conf"), "password=****\n");
  EXPECT_EQ(*bytes_of(*reader, "added/1-screen shot.png"), "PNG");
  const auto listed = reader->find("/run/pipe");
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->line.type, EntryType::fifo);
  for (const char* name : {"/etc/host", "/etc/hostss", "etc/hosts", "", "/", "data/files/etc"}) {
    EXPECT_FALSE(reader->find(name)) << name;
  }
}

TEST_P(BagReaderTest, ListsEveryLineAndGivesTheContext) {
  auto reader = open();
  ASSERT_TRUE(reader);
  std::size_t lines = 0;
  ASSERT_TRUE(reader->for_each_line([&](const CatalogLine&) { return ++lines > 0; }));
  EXPECT_EQ(lines, 13U);
  EXPECT_EQ(*reader->context_json(), R"({"host":"sample"})");
}

TEST_P(BagReaderTest, ProvesOneLineWithoutShowingAnother) {
  auto reader = open();
  ASSERT_TRUE(reader);
  for (const char* name : {"/etc", "/etc/hosts", "added/1-screen shot.png"}) {
    const auto entry = reader->find(name);
    ASSERT_TRUE(entry);
    const auto proof = reader->prove(*entry);
    ASSERT_TRUE(proof) << proof.error().message;
    const std::string text = format_line_proof(*proof);
    EXPECT_EQ(text.find("app"), std::string::npos);
    const auto checked = check_exhibit(text, reader->papers(), nullptr);
    ASSERT_TRUE(checked);
    EXPECT_TRUE(checked->findings.empty());
  }
}

TEST_P(BagReaderTest, ChecksAnExhibitWithoutTheBag) {
  auto reader = open();
  ASSERT_TRUE(reader);
  const std::string proof = format_line_proof(*reader->prove(*reader->find("/etc/hosts")));
  MemorySource good(as_bytes("127.0.0.1 me\n"));
  EXPECT_TRUE(check_exhibit(proof, reader->papers(), &good)->findings.empty());
  for (const char* text : {"127.0.0.1 he\n", "127.0.0.1 me", "127.0.0.1 me\n\n"}) {
    MemorySource bad(as_bytes(text));
    EXPECT_EQ(check_exhibit(proof, reader->papers(), &bad)->findings.at(0).code, "content_digest");
  }
  BagPapers other = reader->papers();
  other.seal_json[40] = static_cast<char>(other.seal_json[40] ^ 1);
  MemorySource again(as_bytes("127.0.0.1 me\n"));
  const auto refused = check_exhibit(proof, other, &again);
  EXPECT_TRUE(!refused || !refused->findings.empty());
}

// RT-32: the count is signed with the root, so a proof fits one place only.
TEST_P(BagReaderTest, RefusesAProofForAnotherPlace) {
  auto reader = open();
  ASSERT_TRUE(reader);
  LineProof proof = *reader->prove(*reader->find("/etc/hosts"));
  const std::uint64_t place = proof.proof.index;
  for (std::uint64_t index = 0; index < 40; ++index) {
    proof.proof.index = index;
    const auto checked = check_exhibit(format_line_proof(proof), reader->papers(), nullptr);
    EXPECT_EQ(checked && checked->findings.empty(), index == place) << index;
  }
}

INSTANTIATE_TEST_SUITE_P(PlainAndEncrypted, BagReaderTest, testing::Bool());

TEST(BagReader, ReadsOneFileOutOfManyFrames) {
  const TemporaryFolder folder;
  BagTestKit kit;
  FolderOutput output(folder.path());
  auto writer = BagWriter::create(kit.options(), kit.services(output));
  ASSERT_TRUE(writer);
  SeededRandomness randomness(5);
  std::vector<std::string> contents;
  for (int i = 0; i < 12; ++i) {
    Bytes bytes(1'500'000 + static_cast<std::size_t>(i));
    ASSERT_TRUE(randomness.fill(bytes));
    contents.emplace_back(as_text(bytes));
    CatalogLine line = sample_line(EntryType::file, "/f" + std::to_string(i));
    line.monotonic = std::chrono::seconds(10 * i);  // Several segments.
    ASSERT_TRUE(store_text(*writer, std::move(line), contents.back()));
  }
  ASSERT_TRUE(std::move(*writer).seal(kit.seal_request()));
  auto reader = BagReader::open(output.folder(), {});
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(reader->index().segments.size(), 3U);
  for (std::size_t i = 0; i < contents.size(); ++i) {
    const auto got = bytes_of(*reader, "/f" + std::to_string(i));
    ASSERT_TRUE(got) << i << " " << got.error().message;
    EXPECT_TRUE(*got == contents[i]) << i;
  }
}

// RT-21: a sparse file is its ranges joined; `get` makes the holes again.
TEST(BagReader, RestoresHoles) {
  const TemporaryFolder folder;
  BagTestKit kit;
  FolderOutput output(folder.path());
  auto writer = BagWriter::create(kit.options(), kit.services(output));
  ASSERT_TRUE(writer);
  CatalogLine line = sample_line(EntryType::file, "/sparse");
  line.extents = {{4096, 3}, {std::uint64_t{1} << 40U, 2}};
  line.stat->size_bytes = (std::uint64_t{1} << 40U) + 100;
  MemorySource source(as_bytes("abcde"));
  ASSERT_TRUE(writer->store(std::move(line), {.bytes = source, .size_bytes = 5, .amend = {}}));
  ASSERT_TRUE(std::move(*writer).seal(kit.seal_request()));
  auto reader = BagReader::open(output.folder(), {});
  ASSERT_TRUE(reader);
  const auto path = folder.path() / "restored";
  ASSERT_TRUE(reader->extract_to_file(*reader->find("/sparse"), path, 0600));
  struct stat made {};
  ASSERT_EQ(::stat(path.c_str(), &made), 0);
  EXPECT_EQ(made.st_size, (std::int64_t{1} << 40) + 100);
  EXPECT_LT(made.st_blocks, 1000);
  const UniqueFd fd(::open(path.c_str(), O_RDONLY));
  char text[3] = {};
  EXPECT_EQ(::pread(fd.get(), text, 2, off_t{1} << 40), 2);
  EXPECT_STREQ(text, "de");
}

TEST(BagReader, RefusesAnUnsealedBag) {
  const TemporaryFolder folder;
  const auto bag = make_sample_bag(folder.path());
  ASSERT_TRUE(bag);
  std::filesystem::remove(*bag / "seal.json");
  const auto reader = BagReader::open(*bag, {});
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace casebook
