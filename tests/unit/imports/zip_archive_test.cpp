#include "vault/imports/zip_archive.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/zip_builder.h"

namespace casebook::imports {
namespace {

using ::testing::HasSubstr;

std::string problem(const std::string& bytes, const ZipLimits& limits = {}) {
  MemoryAccess file(as_bytes(bytes));
  auto archive = ZipArchive::open(file, limits);
  return archive ? "" : archive.error().message;
}

std::string content(const ZipArchive& archive, std::size_t index) {
  auto source = archive.source(archive.members().at(index));
  const auto all = read_all(source, 1U << 20U);
  return all ? std::string(as_text(*all)) : "! " + all.error().message;
}

const ZipPart kUsers{.name = "users.json", .data = "[]"};
const ZipPart kDay{.name = "general/2026-11-21.json", .data = "[{}]"};

TEST(ZipArchive, ReadsWhatTheStockProgramWrote) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "a/general");
  const std::string text(100'000, 'x');
  std::ofstream(folder.path() / "a/general/one.json") << text;
  std::ofstream(folder.path() / "a/two.json") << "2";
  for (const std::string way :
       {"zip -q -r ../b.zip .", "zip -q -r - . > ../b.zip", "zip -q -0 -fz -r ../b.zip ."}) {
    std::filesystem::remove(folder.path() / "b.zip");
    ASSERT_EQ(run_program({.arguments = {"sh", "-c",
                                         "cd " + (folder.path() / "a").native() + " && " + way}}),
              0);
    auto file = FileAccess::open(folder.path() / "b.zip");
    ASSERT_TRUE(file);
    const auto archive = ZipArchive::open(*file);
    ASSERT_TRUE(archive) << way << ": " << archive.error().message;
    ASSERT_EQ(archive->members().size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
      const bool is_one = archive->name(archive->members()[i]) == "general/one.json";
      EXPECT_EQ(content(*archive, i), is_one ? text : "2") << way;
    }
  }
}

TEST(ZipArchive, OpensAnHonestOneMadeByHand) {
  const std::string bytes = make_zip({kUsers, kDay}, "a comment");
  MemoryAccess file(as_bytes(bytes));
  const auto archive = ZipArchive::open(file);
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_EQ(content(*archive, 1), "[{}]");
}

struct Hostile {
  const char* name;
  ZipPart part;
  const char* reason;
};

TEST(ZipArchive, RefusesHostileMembersNamingThem_RT37) {
  const ZipPart base{.name = "x/2026-01-01.json", .data = "[1]"};
  const auto with = [&](auto change) {
    ZipPart part = base;
    change(part);
    return part;
  };
  const std::vector<Hostile> all = {
      {"encrypted", with([](auto& p) { p.flags = 1; }), "is encrypted"},
      {"masked header", with([](auto& p) { p.flags = 1U << 13U; }), "is encrypted"},
      {"other method", with([](auto& p) { p.method = 12; }), "method other than deflate"},
      {"another name in its local header",
       with([](auto& p) { p.local_name = "x/2026-01-02.json"; }), "another name"},
      {"another size in its local header", with([](auto& p) { p.local_size_bytes = 2; }),
       "disagree"},
      {"stored with two sizes", with([](auto& p) { p.claimed_bytes = 7; }), "two sizes differ"},
      {"hidden bytes behind it", with([](auto& p) { p.junk_behind = "PK\3\4 hidden"; }),
       "belong to no member"},
      {"overlap", with([](auto& p) { p.offset_less_bytes = 5; }), "overlaps"},
      {"same place twice", with([](auto& p) { p.offset_less_bytes = 42; }), "overlaps"},
      {"symbolic link", with([](auto& p) {
         p.made_by = 3U << 8U;
         p.external = 0xA1FF0000U;
       }),
       "link or device"},
      {"device", with([](auto& p) {
         p.made_by = 3U << 8U;
         p.external = 0x61FF0000U;
       }),
       "link or device"},
      {"absolute", with([](auto& p) { p.name = "/etc/passwd"; }), "begins at the root"},
      {"climbing", with([](auto& p) { p.name = "a/../../b"; }), "leads out"},
      {"empty part", with([](auto& p) { p.name = "a//b"; }), "leads out"},
      {"backslash", with([](auto& p) { p.name = "a\\b"; }), "backslash"},
      {"drive", with([](auto& p) { p.name = "C:b"; }), "colon"},
      {"not UTF-8", with([](auto& p) { p.name = "a\xff"; }), "not UTF-8"},
      {"twice", with([](auto& p) { p.name = kUsers.name; }), "is there twice"},
      {"folder with content", with([](auto& p) { p.name = "a/"; }), "folder with content"},
      {"second name",
       with([](auto& p) { p.central_extra = std::string("\x75\x70\x06\x00\x01\0\0\0\0y", 10); }),
       "second, other name"},
      {"cut extra field",
       with([](auto& p) { p.central_extra = std::string("\x01\x00\x20\x00", 4); }),
       "longer than the header says"},
      {"short zip64 field", with([](auto& p) {
         p.method = 8;
         p.claimed_bytes = 0xFFFFFFFFU;
         p.central_extra = std::string("\x01\x00\x02\x00\0\0", 6);
       }),
       "zip64 field is too short"},
  };
  for (const Hostile& hostile : all) {
    const std::string said = problem(make_zip({kUsers, hostile.part}));
    EXPECT_THAT(said, HasSubstr(hostile.reason)) << hostile.name;
    EXPECT_THAT(said, HasSubstr("zip member '")) << hostile.name;
  }
}

TEST(ZipArchive, RefusesWhatIsTooMuch_RT37) {
  const std::string good = make_zip({kUsers, kDay});
  EXPECT_THAT(problem(good, {.member_bytes_max = 3}), HasSubstr("larger than 2 GiB"));
  EXPECT_THAT(problem(good, {.total_bytes_max = 5}), HasSubstr("pass 50 GiB"));
  EXPECT_THAT(problem(good, {.members_max = 1}), HasSubstr("members"));
  EXPECT_THAT(problem(good, {.directory_bytes_max = 10}), HasSubstr("directory is larger"));
  // Three gigabytes claimed in a member of a few bytes.
  const std::string huge =
      make_zip({{.name = "a", .data = "xyz", .method = 8, .claimed_bytes = 0xC0000000U}});
  EXPECT_THAT(problem(huge), HasSubstr("'a': is larger than 2 GiB"));
  const std::string bomb =
      make_zip({{.name = "a", .data = "xyz", .method = 8, .claimed_bytes = 0x40000000U}});
  EXPECT_THAT(problem(bomb), HasSubstr("more than 250 times"));
}

TEST(ZipArchive, RefusesBytesAroundItsParts_RT37) {
  const std::string good = make_zip({kUsers, kDay});
  EXPECT_THAT(problem("PK" + good), HasSubstr("not where its end says"));
  EXPECT_THAT(problem(good + "x"), HasSubstr("no end of directory"));
  EXPECT_THAT(problem(make_zip({}, "")), "");
  const std::string end = make_zip({});
  EXPECT_THAT(problem(make_zip({kUsers}, end)), HasSubstr("two ends of directory"));
  EXPECT_THAT(problem(""), HasSubstr("too short"));
}

TEST(ZipArchive, EveryCutAndEveryFlippedByteIsRefusedOrReadsWithoutCrash) {
  const std::string good = make_zip({kUsers, kDay});
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    EXPECT_NE(problem(good.substr(0, cut)), "") << cut;
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ flip);
      MemoryAccess file(as_bytes(bad));
      const auto archive = ZipArchive::open(file);
      if (!archive) continue;
      for (std::size_t i = 0; i < archive->members().size(); ++i) content(*archive, i);
    }
  }
}

TEST(ZipArchive, AWrongChecksumIsFoundAtTheEndOfTheMember) {
  const std::string bytes = make_zip({{.name = "a", .data = "hello", .crc = 7}});
  MemoryAccess file(as_bytes(bytes));
  const auto archive = ZipArchive::open(file);
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_THAT(content(*archive, 0), HasSubstr("checksum"));
}

TEST(ZipArchive, AMemberLongerThanItsClaimIsFound) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "a") << std::string(5000, 'y');
  ASSERT_EQ(run_program(
                {.arguments = {"sh", "-c", "cd " + folder.path().native() + " && zip -q b.zip a"}}),
            0);
  std::ifstream stream(folder.path() / "b.zip", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  // The unpacked size, 5000, in both headers becomes 4000.
  const std::string size("\x88\x13\0\0", 4);
  for (auto at = bytes.find(size); at != std::string::npos; at = bytes.find(size, at + 1)) {
    bytes.replace(at, 4, std::string("\xa0\x0f\0\0", 4));
  }
  MemoryAccess file(as_bytes(bytes));
  const auto archive = ZipArchive::open(file);
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_THAT(content(*archive, 0), HasSubstr("longer than the directory says"));
}

}  // namespace
}  // namespace casebook::imports
