#include "collector/part_stream.h"

#include <gtest/gtest.h>

#include "core/bag_verify.h"
#include "core/part_name.h"
#include "core/part_stream_reader.h"
#include "core/tar_header.h"
#include "tests/support/sample_bag.h"
#include "tests/support/stock_tools.h"
#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

/// Two bags in one stream, the first longer than a part.
Bytes sample_stream() {
  MemorySink sink(1U << 26U);
  PartStream stream(sink);
  for (const bool large : {true, false}) {
    BagTestKit kit;
    if (!large) kit.bag = *BagId::parse("ffffffffffffffffffffffffffffffff");
    PartOutput output(stream);
    auto writer = BagWriter::create(kit.options(), kit.services(output));
    check(bool(writer) && bool(add_every_type(*writer)), "fill a bag");
    Bytes bytes(large ? 6'000'000 : 10);
    check(bool(kit.randomness.fill(bytes)), "random bytes");
    check(bool(store_text(*writer, sample_line(EntryType::file, "/big"), as_text(bytes))), "store");
    SealRequest request = kit.seal_request();
    request.ticket = "{}";
    request.ticket_signature = "signature";
    check(bool(std::move(*writer).seal(std::move(request))), "seal");
  }
  check(bool(stream.finish()), "finish");
  return std::move(sink).take();
}

ReceivedStream receive(std::span<const std::byte> bytes, const std::filesystem::path& parent) {
  MemorySource source(bytes);
  auto received = receive_parts(source, {.parent = parent});
  EXPECT_TRUE(received) << received.error().message;
  return received ? *std::move(received) : ReceivedStream{};
}

TEST(PartStream, ArrivesAsSealedBags) {
  const TemporaryFolder folder;
  const auto received = receive(sample_stream(), folder.path());
  EXPECT_TRUE(received.whole) << received.cut_because;
  ASSERT_EQ(received.bags.size(), 2U);
  for (const ReceivedBag& bag : received.bags) {
    EXPECT_TRUE(bag.sealed);
    const auto report = verify_bag(bag.folder);
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->findings.empty()) << report->findings[0].what;
    EXPECT_TRUE(report->contents && report->contents->whole);
  }
}

TEST(PartStream, IsReadByStockTar) {
  const auto tar = stock_tool("tar");
  if (!tar) GTEST_SKIP() << "tar is not installed";
  const TemporaryFolder folder;
  const TemporaryFolder ours;
  const Bytes stream = sample_stream();
  ASSERT_EQ(run_tool({*tar, "-x", "-C", folder.path().native()}, as_text(stream)).exit_status, 0);
  const auto received = receive(stream, ours.path());
  const std::string bag = received.bags.at(0).id;
  std::string joined;
  for (std::size_t i = 0; std::filesystem::exists(folder.path() / bag / part_name(i)); ++i) {
    joined += as_text(*read_file(folder.path() / bag / part_name(i), 1U << 24U));
  }
  EXPECT_TRUE(joined == as_text(*read_file(ours.path() / bag / "bag.tar.zst", 1U << 26U)));
}

// A stream that breaks off leaves an unsealed bag that still tells what came.
TEST(PartStream, KeepsWhatCameBeforeItBrokeOff) {
  const Bytes stream = sample_stream();
  for (std::size_t size = 0; size < stream.size(); size += 397'123) {
    const TemporaryFolder folder;
    const auto received = receive(std::span(stream).first(size), folder.path());
    EXPECT_FALSE(received.whole);
    EXPECT_NE(received.cut_because, "");
    for (const ReceivedBag& bag : received.bags) {
      EXPECT_EQ(bag.sealed, std::filesystem::exists(bag.folder / "seal.json"));
      if (bag.sealed || bag.archive_bytes == 0) continue;
      const auto report = verify_bag(bag.folder);
      ASSERT_TRUE(report);
      EXPECT_EQ(report->unchecked.at(0), "unsealed");
    }
  }
}

std::string member(std::string_view bag, std::string_view name, std::string_view text) {
  std::string out;
  append_tar_header(out, bag, name, text.size());
  return out.append(text).append(tar_padding(text.size()), '\0');
}

TEST(PartStream, TakesOnlyNamesAndOrdersOfTheRule) {
  const std::string bag(32, 'a');
  const std::string part = member(bag, "part-000000", "bytes");
  const std::string end(1024, '\0');
  const std::vector<std::string> hostile = {
      member(bag, "part-000001", "x"),
      member("../../../../../../../../../../ab", "part-000000", "x"),
      part + member(bag, "../../etc/passwd", "x"),
      part + member(bag, "bag.tar.zst", "x"),
      part + member(bag, "seal.json", "x") + member(bag, "seal.json", "x"),
      part + member(bag, "seal.json", "x") + member(bag, "part-000001", "x"),
      part + member(bag, "seal.json", "x") + member(bag, "ticket.json", "x"),
      part + member(bag, "part-000000", "x"),
      member(bag, "seal.json", "x"),
      part + member(bag, "part-000001", ""),
      part + member(bag, "seal.json", std::string(2'000'000, 'x'))};
  for (std::size_t i = 0; i < hostile.size(); ++i) {
    const TemporaryFolder folder;
    const auto received = receive(as_bytes(hostile[i] + end), folder.path());
    EXPECT_FALSE(received.whole) << i;
  }
  const TemporaryFolder folder;
  const auto trailing = receive(as_bytes(part + end + "x"), folder.path());
  EXPECT_FALSE(trailing.whole);
}

TEST(PartStream, ClosesABagWhoseManifestNoMemoryHolds) {
  MemorySink sink(1U << 28U);
  PartStream stream(sink);
  BagTestKit kit;
  PartOutput output(stream);
  auto writer = BagWriter::create(kit.options(), kit.services(output));
  ASSERT_TRUE(writer);
  int stored = 0;
  const std::string folder = "/" + std::string(190, 'd') + "/" + std::string(190, 'e') + "/" +
                             std::string(190, 'f') + "/" + std::string(190, 'g') + "/";
  for (; !writer->must_close() && stored < 150'001; ++stored) {
    ASSERT_TRUE(
        store_text(*writer, sample_line(EntryType::file, folder + std::to_string(stored)), ""));
  }
  EXPECT_LT(stored, 20'000);
  EXPECT_TRUE(std::move(*writer).seal(kit.seal_request()));
}

}  // namespace
}  // namespace casebook
