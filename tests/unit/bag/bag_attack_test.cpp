// Attacks on the bag as a format (RT-11, RT-20, RT-21): each is sealed with a good key and refused.
#include <gtest/gtest.h>

#include "core/bag_verify.h"
#include "tests/support/forged_bag.h"
#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

ForgeryPlan plan() {
  return {.members = {forged_member("/etc/hosts", "127.0.0.1 me\n"),
                      forged_member("/var/log/x", "line\n")}};
}

/// Codes of what is found, joined; empty when the bag is taken for good.
std::string findings_of(const Seal& seal, std::span<const std::byte> archive) {
  const TemporaryFolder folder;
  const auto report = verify_bag(seal_forgery(folder.path(), seal, archive));
  if (!report) return "error " + report.error().message;
  std::string codes;
  for (const BagFinding& finding : report->findings) codes += finding.code + " ";
  return codes;
}

std::string findings_of(const ForgeryPlan& bent) {
  const Forgery forgery = forge(bent);
  return findings_of(forgery.seal, framed(forgery));
}

void fix_checksum(std::string& header, std::size_t block) {
  std::fill_n(header.begin() + static_cast<std::ptrdiff_t>(block) + 148, 8, ' ');
  unsigned sum = 0;
  for (std::size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(header[block + i]);
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  header.replace(block + 148, 7, text, 7);
}

TEST(BagAttack, AnHonestForgeryIsAccepted) { EXPECT_EQ(findings_of(plan()), ""); }

// RT-11: zstd -d passes over a skippable frame, a reader that trusts the table does not.
TEST(BagAttack, HiddenFrameIsRefused) {
  const Forgery forgery = forge(plan());
  const Bytes hidden =
      forged_frame(forge({.members = {forged_member("/etc/hosts", "other\n")}}).tar);
  Bytes skippable = {std::byte{0x50}, std::byte{0x2a}, std::byte{0x4d}, std::byte{0x18}};
  for (unsigned shift = 0; shift < 32; shift += 8) {
    skippable.push_back(std::byte(hidden.size() >> shift & 255U));
  }
  append(skippable, hidden);
  const Bytes archive = framed(forgery);
  Bytes in_front = skippable;
  append(in_front, archive);
  EXPECT_NE(findings_of(forgery.seal, in_front), "");
  const std::size_t first = forged_frame(forgery.tar.substr(0, forgery.closing_at)).size();
  Bytes between(archive.begin(), archive.begin() + static_cast<std::ptrdiff_t>(first));
  append(between, skippable);
  append(between, std::span(archive).subspan(first));
  EXPECT_NE(findings_of(forgery.seal, between), "");
  Bytes behind = archive;
  append(behind, skippable);
  EXPECT_NE(findings_of(forgery.seal, behind), "");
}

TEST(BagAttack, LyingSeekTableIsRefused) {
  const Forgery forgery = forge(plan());
  const Bytes good = framed(forgery);
  const std::size_t table = seek_table_size(2);
  for (std::size_t at = good.size() - table; at < good.size(); ++at) {
    Bytes archive = good;
    archive[at] ^= std::byte{1};
    EXPECT_NE(findings_of(forgery.seal, archive), "") << at;
  }
  EXPECT_NE(findings_of(forgery.seal, std::span(good).first(good.size() - table)), "")
      << "no table";
}

TEST(BagAttack, FramesOfOtherLengthsAreRefused) {
  const Forgery forgery = forge(plan());
  const auto sized = [](std::string_view content, std::vector<FrameSize>& sizes, Bytes& archive) {
    const Bytes frame = forged_frame(content);
    sizes.push_back(
        {static_cast<std::uint32_t>(frame.size()), static_cast<std::uint32_t>(content.size())});
    append(archive, frame);
  };
  // The whole in one frame; cut at another place; an empty frame in front.
  for (const std::vector<std::size_t>& cuts :
       {std::vector<std::size_t>{}, {512}, {0, forgery.closing_at}, {1024, forgery.closing_at}}) {
    Bytes archive;
    std::vector<FrameSize> sizes;
    std::size_t begin = 0;
    for (const std::size_t cut : cuts) {
      sized(std::string_view(forgery.tar).substr(begin, cut - begin), sizes, archive);
      begin = cut;
    }
    sized(std::string_view(forgery.tar).substr(begin), sizes, archive);
    append(archive, seek_table(sizes));
    EXPECT_NE(findings_of(forgery.seal, archive), "") << cuts.size();
  }
}

TEST(BagAttack, DoubleMemberIsRefused) {
  ForgeryPlan bent = plan();
  bent.members.push_back(forged_member("/etc/hosts", "second\n"));
  EXPECT_EQ(findings_of(bent), "name_taken ");
}

// RT-20: on another file system the second would overwrite the first.
TEST(BagAttack, CaseTwinIsRefused) {
  for (const char* path : {"/etc/Hosts", "/ETC/hosts", "/etc/hosts/below", "/etc"}) {
    ForgeryPlan bent = plan();
    bent.members.push_back(forged_member(path, "twin\n"));
    EXPECT_EQ(findings_of(bent), "name_taken ") << path;
  }
}

TEST(BagAttack, NamesThatLeaveTheRuleAreRefused) {
  for (const char* stored :
       {"data/../../etc/passwd", "data/files/etc/../hosts", "data/other", "data/files/con",
        "data/by-digest/0000000000000000000000000000000000000000000000000000000000000000"}) {
    ForgeryPlan bent = plan();
    bent.members.push_back(forged_member("/third", "x", stored));
    EXPECT_EQ(findings_of(bent), "catalog_line ") << stored;
  }
  ForgeryPlan bent = plan();
  bent.members.push_back(forged_member("/third", "x", "elsewhere"));
  EXPECT_NE(findings_of(bent), "");
}

TEST(BagAttack, SecondTarBehindTheEndIsRefused) {
  ForgeryPlan bent = plan();
  bent.after_end = forge(plan()).tar;
  EXPECT_EQ(findings_of(bent), "structure ");
  bent.after_end = std::string(512, '\0');
  EXPECT_EQ(findings_of(bent), "structure ");
}

TEST(BagAttack, ManifestAgainstCatalogIsRefused) {
  ForgeryPlan bent = plan();
  bent.bend_manifest = [](std::string& lines) { lines[0] = lines[0] == 'a' ? 'b' : 'a'; };
  EXPECT_EQ(findings_of(bent), "manifest ");
  bent.bend_manifest = [](std::string& lines) { lines += lines; };
  EXPECT_EQ(findings_of(bent), "manifest ");
  bent = plan();
  bent.bend_catalog = [](std::string& lines) { lines.erase(0, lines.find('\n') + 1); };
  EXPECT_EQ(findings_of(bent), "member_without_line ");
  bent.bend_catalog = [](std::string& lines) { lines += lines; };
  EXPECT_EQ(findings_of(bent), "line_without_member ");
  bent.bend_catalog = [](std::string& lines) {
    const std::size_t at = lines.find("\"sha256\":\"") + 10;
    lines[at] = lines[at] == 'a' ? 'b' : 'a';
  };
  EXPECT_EQ(findings_of(bent), "content_digest ");
}

TEST(BagAttack, MemberBetweenSegmentAndContextIsRefused) {
  ForgeryPlan bent = plan();
  append_tar_header(bent.before_context, BagTestKit().bag.text(), "data/files/hidden", 1);
  bent.before_context += "x" + std::string(511, '\0');
  EXPECT_EQ(findings_of(bent), "member_without_line ");
  bent.before_context.clear();
  append_tar_header(bent.before_context, BagTestKit().bag.text(), "extra.txt", 0);
  EXPECT_EQ(findings_of(bent), "member_order ");
}

// RT-21: links, modes, owners and sparse members act on the verifier's machine.
TEST(BagAttack, LinksModesAndOwnersAreRefused) {
  const auto bent_byte = [](std::size_t at, char value) {
    ForgeryPlan bent = plan();
    bent.bend_header = [=](std::string& header, std::string_view name) {
      if (name != "data/files/etc/hosts") return;
      header[at] = value;
      fix_checksum(header, 0);
    };
    return findings_of(bent);
  };
  EXPECT_EQ(bent_byte(103, '4'), "structure ") << "setuid";
  EXPECT_EQ(bent_byte(106, '7'), "structure ") << "mode";
  EXPECT_EQ(bent_byte(114, '1'), "structure ") << "owner";
  EXPECT_EQ(bent_byte(145, '1'), "structure ") << "time";
  for (const char type : {'1', '2', '3', '5', '6', '7', 'S', 'L', 'g', '\0'}) {
    EXPECT_EQ(bent_byte(156, type), "structure ") << "type " << type;
  }
  EXPECT_EQ(bent_byte(157, 'x'), "structure ") << "link target";
  EXPECT_EQ(bent_byte(265, 'r'), "structure ") << "user name";
  EXPECT_EQ(bent_byte(345, 'x'), "structure ") << "prefix";
}

TEST(BagAttack, ExtendedHeaderTricksAreRefused) {
  const std::string bag = BagTestKit().bag.text();
  const auto with_records = [&](const std::string& records) {
    ForgeryPlan bent = plan();
    bent.bend_header = [=](std::string& header, std::string_view name) {
      if (name != "data/files/etc/hosts") return;
      std::string extended;
      append_tar_header(extended, bag, "pax", records.size());
      extended[156] = 'x';
      fix_checksum(extended, 0);
      header = extended + records + std::string(tar_padding(records.size()), '\0') + header;
    };
    return findings_of(bent);
  };
  const std::string path = bag + "/data/files/etc/other";
  const auto record = [](const std::string& body) {
    std::size_t length = body.size() + 3;
    while (std::to_string(length).size() + body.size() + 2 != length) ++length;
    return std::to_string(length) + " " + body + "\n";
  };
  EXPECT_EQ(with_records(record("path=" + path)), "structure ");
  EXPECT_EQ(with_records(record("path=" + path) + record("path=" + path)), "structure ");
  EXPECT_EQ(with_records(record("GNU.sparse.name=" + path)), "structure ");
  EXPECT_EQ(with_records(record("size=1")), "structure ");
  EXPECT_EQ(with_records(record("SCHILY.xattr.user.x=1")), "structure ");
}

TEST(BagAttack, PaddingThatIsNotZeroIsRefused) {
  for (const char* where : {"data/files/etc/hosts", "catalog/000000.jsonl", "context.json",
                            "catalog/index.json", "tagmanifest-sha256.txt"}) {
    ForgeryPlan bent = plan();
    bent.bend_padding = [=](std::string& padding, std::string_view name) {
      if (name == where) padding.back() = 'x';
    };
    EXPECT_EQ(findings_of(bent), "structure ") << where;
  }
}

TEST(BagAttack, SealOverOtherContentIsRefused) {
  const Forgery forgery = forge(plan());
  const Bytes archive = framed(forgery);
  Seal seal = forgery.seal;
  seal.entries += 1;
  EXPECT_EQ(findings_of(seal, archive), "seal_contents ");
  seal = forgery.seal;
  seal.root[0] ^= std::byte{1};
  EXPECT_EQ(findings_of(seal, archive), "seal_contents ");
  seal = forgery.seal;
  seal.tagmanifest_sha256[0] ^= std::byte{1};
  EXPECT_EQ(findings_of(seal, archive), "seal_contents ");
  seal = forgery.seal;
  seal.run = std::string(32, '0');
  EXPECT_EQ(findings_of(seal, archive), "seal_contents ");
}

// RT-12: what is missing at the end takes nothing from what came before.
TEST(BagAttack, ACutArchiveStillTellsItsLines) {
  const TemporaryFolder folder;
  BagTestKit kit;
  FolderOutput output(folder.path());
  {
    auto writer = BagWriter::create(kit.options(), kit.services(output));
    ASSERT_TRUE(writer);
    for (int i = 0; i < 40; ++i) {
      Bytes bytes(1U << 20U);
      ASSERT_TRUE(kit.randomness.fill(bytes));
      CatalogLine line = sample_line(EntryType::file, "/f" + std::to_string(i));
      line.monotonic = std::chrono::seconds(31 * i);
      ASSERT_TRUE(store_text(*writer, std::move(line), as_text(bytes)));
    }
  }
  std::size_t lines = 0;
  const auto report =
      verify_bag(output.folder(), {.on_line = [&](const CatalogLine&) { ++lines; }});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->unchecked, std::vector<std::string>{"unsealed"});
  EXPECT_FALSE(report->contents->whole);
  EXPECT_GE(lines, 15U);
}

}  // namespace
}  // namespace casebook
