#include "core/age_file.h"

#include <gtest/gtest.h>

#include "core/age_identity_file.h"
#include "tests/support/faulty_files.h"
#include "tests/support/seeded_randomness.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/vectors.h"

namespace casebook {
namespace {

constexpr std::size_t kChunk = 65536;
constexpr std::uint64_t kPlainMax = std::uint64_t{4} << 20U;

std::vector<AgeIdentity> identities_of(std::string_view vector) {
  auto identities = parse_identities(SecretBytes(read_vector(vector)));
  check(bool(identities), "identity vector");
  return *std::move(identities);
}

Bytes some_bytes(std::size_t size_bytes) {
  Bytes bytes(size_bytes);
  SeededRandomness randomness(size_bytes);
  check(bool(randomness.fill(bytes)), "seeded bytes");
  return bytes;
}

/// Seals to `recipient`, handing the plain text over in pieces of `piece_bytes`.
Bytes seal_in_pieces(std::span<const std::byte> plain, const AgeRecipient& recipient,
                     std::size_t piece_bytes) {
  SystemRandomness randomness;
  MemorySink sink(2 * kPlainMax);
  auto writer = AgeWriter::create(sink, std::span(&recipient, 1), randomness);
  check(bool(writer), "age writer");
  for (std::size_t at = 0; at < plain.size(); at += piece_bytes) {
    const auto piece = plain.subspan(at, std::min(piece_bytes, plain.size() - at));
    check(bool(writer->write(piece)), "write");
  }
  check(bool(std::move(*writer).close()), "close");
  return std::move(sink).take();
}

Result<Bytes> open_in_order(std::span<const std::byte> sealed, const AgeUnlock& unlock) {
  MemorySource source(sealed);
  auto reader = AgeReader::open(source, unlock);
  if (!reader) return std::move(reader).error();
  return read_all(*reader, kPlainMax);
}

Result<Bytes> open_at_random(std::span<const std::byte> sealed, const AgeUnlock& unlock) {
  auto plain = age_decrypt(sealed, unlock, kPlainMax);
  if (!plain) return std::move(plain).error();
  return Bytes(plain->reveal().begin(), plain->reveal().end());
}

class AgeFile : public testing::Test {
 protected:
  const std::vector<AgeIdentity> identities_ = identities_of("age/identity.txt");
  const AgeUnlock unlock_{.identities = identities_};
  const AgeRecipient recipient_ = identities_[0].recipient();
};

TEST_F(AgeFile, ReadsWhatStockAgeMade) {
  for (const auto* name :
       {"age/one-recipient.age", "age/two-recipients.age", "age/other-kind.age"}) {
    const Bytes sealed = read_vector(name);
    for (auto* open : {open_in_order, open_at_random}) {
      auto plain = open(sealed, unlock_);
      ASSERT_TRUE(plain) << name << ": " << plain.error().message;
      EXPECT_EQ(as_text(*plain), "evidence\n") << name;
    }
  }
  const Bytes empty = read_vector("age/empty.age");
  EXPECT_TRUE(open_in_order(empty, unlock_)->empty());
  EXPECT_TRUE(open_at_random(empty, unlock_)->empty());
}

TEST_F(AgeFile, CountsStanzasOfKindsItDoesNotKnow) {
  const Bytes sealed = read_vector("age/other-kind.age");
  MemorySource source(sealed);
  auto reader = AgeReader::open(source, unlock_);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->stanzas().total, 2U);
  EXPECT_EQ(reader->stanzas().unknown, 1U);
}

TEST_F(AgeFile, EveryRecipientOpensItAndNobodyElse) {
  const Bytes sealed = read_vector("age/two-recipients.age");
  const auto second = identities_of("age/second-identity.txt");
  EXPECT_TRUE(open_in_order(sealed, {.identities = second}));
  const Bytes other = read_vector("age/one-recipient.age");
  EXPECT_EQ(open_in_order(other, {.identities = second}).error().code, ErrorCode::locked);
  EXPECT_EQ(open_at_random(other, {.identities = second}).error().code, ErrorCode::locked);
  EXPECT_EQ(open_in_order(other, {}).error().code, ErrorCode::locked);
}

TEST_F(AgeFile, OpensPassphraseFilesOfStockAge) {
  const auto passphrase = SecretBytes::copy_of("correct horse");
  const auto wrong = SecretBytes::copy_of("correct house");
  const Bytes sealed = read_vector("age/passphrase.age");
  auto plain = open_in_order(sealed, {.passphrase = &passphrase});
  ASSERT_TRUE(plain);
  EXPECT_EQ(as_text(*plain), "evidence\n");
  EXPECT_EQ(open_in_order(sealed, {.passphrase = &wrong}).error().code, ErrorCode::locked);
  EXPECT_EQ(open_in_order(sealed, unlock_).error().code, ErrorCode::locked);
}

TEST_F(AgeFile, IsTheSameAtEverySizeAroundAChunkAndForEveryPiece) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kChunk - 1, kChunk, kChunk + 1,
                                 2 * kChunk, 9 * kChunk + 5, std::size_t{1000003}}) {
    const Bytes plain = some_bytes(size);
    for (const std::size_t piece : {std::size_t{1} << 21U, kChunk, std::size_t{4097}}) {
      const Bytes sealed = seal_in_pieces(plain, recipient_, piece);
      EXPECT_EQ(*open_in_order(sealed, unlock_), plain) << size << " by " << piece;
      EXPECT_EQ(*open_at_random(sealed, unlock_), plain) << size << " by " << piece;
    }
  }
}

TEST_F(AgeFile, ReadsAnyPlace) {
  const Bytes plain = some_bytes(20 * kChunk + 77);
  const Bytes sealed = seal_in_pieces(plain, recipient_, plain.size());
  auto reader = AgeFileReader::open(std::make_unique<MemoryAccess>(sealed), unlock_);
  ASSERT_TRUE(reader);
  ASSERT_EQ(reader->size_bytes(), plain.size());
  SeededRandomness randomness(7);
  for (int round = 0; round < 300; ++round) {
    const auto offset = static_cast<std::size_t>(randomness.below(plain.size() + 1));
    const std::size_t span = round % 3 == 0 ? plain.size() : 3 * kChunk;
    const auto count =
        static_cast<std::size_t>(randomness.below(span)) % (plain.size() - offset + 1);
    Bytes out(count);
    ASSERT_TRUE(reader->read_at(offset, out));
    ASSERT_TRUE(std::equal(out.begin(), out.end(), plain.begin() + static_cast<long>(offset)));
  }
  Bytes out(2);
  EXPECT_EQ(reader->read_at(plain.size() - 1, out).error().code, ErrorCode::corrupt);
  EXPECT_EQ(reader->read_at(UINT64_MAX, out).error().code, ErrorCode::corrupt);
}

TEST_F(AgeFile, RefusesEveryChangedByte) {
  const Bytes sealed = read_vector("age/one-recipient.age");
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    for (const auto flip : {std::byte{0x01}, std::byte{0x20}, std::byte{0x80}}) {
      Bytes changed = sealed;
      changed[at] ^= flip;
      EXPECT_FALSE(open_in_order(changed, unlock_)) << at;
      EXPECT_FALSE(open_at_random(changed, unlock_)) << at;
    }
  }
}

TEST_F(AgeFile, RefusesEveryCutOfASmallFile) {
  const Bytes sealed = read_vector("age/one-recipient.age");
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    const auto cut = std::span(sealed).first(size);
    EXPECT_FALSE(open_in_order(cut, unlock_)) << size;
    EXPECT_FALSE(open_at_random(cut, unlock_)) << size;
  }
}

TEST_F(AgeFile, RefusesACutAtEveryChunkEdge) {
  const Bytes plain = some_bytes(5 * kChunk);
  const Bytes sealed = seal_in_pieces(plain, recipient_, plain.size());
  const std::size_t front = sealed.size() - 5 * (kChunk + 16);
  for (std::size_t chunks = 0; chunks < 5; ++chunks) {
    for (const std::size_t more :
         {std::size_t{0}, std::size_t{1}, std::size_t{16}, std::size_t{17}}) {
      const auto cut = std::span(sealed).first(front + chunks * (kChunk + 16) + more);
      EXPECT_EQ(open_in_order(cut, unlock_).error().code, ErrorCode::corrupt) << chunks;
      EXPECT_EQ(open_at_random(cut, unlock_).error().code, ErrorCode::corrupt) << chunks;
    }
  }
}

TEST_F(AgeFile, RefusesAppendedBytesAndJoinedFiles) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{9}, kChunk, 2 * kChunk}) {
    const Bytes sealed = seal_in_pieces(some_bytes(size), recipient_, kChunk);
    for (const std::size_t more : {std::size_t{1}, std::size_t{16}, kChunk + 16}) {
      Bytes longer = sealed;
      longer.resize(longer.size() + more);
      EXPECT_FALSE(open_in_order(longer, unlock_)) << size << "+" << more;
      EXPECT_FALSE(open_at_random(longer, unlock_)) << size << "+" << more;
    }
    Bytes joined = sealed;
    joined.insert(joined.end(), sealed.begin(), sealed.end());
    EXPECT_FALSE(open_in_order(joined, unlock_));
    EXPECT_FALSE(open_at_random(joined, unlock_));
  }
}

TEST_F(AgeFile, RefusesSwappedChunks) {
  const Bytes plain = some_bytes(4 * kChunk);
  Bytes sealed = seal_in_pieces(plain, recipient_, plain.size());
  const auto chunk_at = [&](std::size_t number) {
    return sealed.end() - static_cast<long>((4 - number) * (kChunk + 16));
  };
  std::swap_ranges(chunk_at(0), chunk_at(1), chunk_at(1));
  EXPECT_FALSE(open_in_order(sealed, unlock_));
  EXPECT_FALSE(open_at_random(sealed, unlock_));
}

TEST_F(AgeFile, GivesNoByteOfAChangedChunk) {
  const Bytes plain = some_bytes(4 * kChunk);
  Bytes sealed = seal_in_pieces(plain, recipient_, plain.size());
  sealed[sealed.size() - 3 * (kChunk + 16) + 100] ^= std::byte{1};
  auto reader = AgeFileReader::open(std::make_unique<MemoryAccess>(sealed), unlock_);
  ASSERT_TRUE(reader);
  Bytes out(2 * kChunk, std::byte{0x55});
  EXPECT_EQ(reader->read_at(0, out).error().code, ErrorCode::corrupt);
  EXPECT_EQ(out, Bytes(2 * kChunk));
  EXPECT_TRUE(reader->read_at(2 * kChunk, out));
}

// RT-38: the file decides how much memory opening takes, so the limit is ours.
TEST_F(AgeFile, RT38_RefusesAWorkFactorAboveTwentyUnlessAllowed) {
  std::string text(as_text(read_vector("age/passphrase.age")));
  text.replace(text.find(" 18\n"), 4, " 21\n");
  const auto passphrase = SecretBytes::copy_of("correct horse");
  auto refused = open_in_order(as_bytes(text), {.passphrase = &passphrase});
  EXPECT_EQ(refused.error().code, ErrorCode::limit_exceeded);
  text.replace(text.find(" 21\n"), 4, " 4\n");
  auto tried = open_in_order(as_bytes(text), {.passphrase = &passphrase});
  EXPECT_EQ(tried.error().code, ErrorCode::locked);
}

TEST_F(AgeFile, RefusesArmourAndOtherFilesByName) {
  EXPECT_NE(open_in_order(read_vector("age/armoured.age"), unlock_).error().message.find("armour"),
            std::string::npos);
  EXPECT_EQ(open_in_order(as_bytes("a text file\n"), unlock_).error().code,
            ErrorCode::invalid_input);
  EXPECT_EQ(open_in_order({}, unlock_).error().code, ErrorCode::corrupt);
}

TEST_F(AgeFile, LeavesNoPlainTextOfATamperedFile) {
  const Bytes sealed = seal_in_pieces(some_bytes(3 * kChunk), recipient_, kChunk);
  const TemporaryFolder folder;
  const PlainFile file{.path = folder.path() / "out"};
  for (const std::size_t from_end : {std::size_t{1}, std::size_t{100}, kChunk + 20}) {
    Bytes changed = sealed;
    changed[changed.size() - from_end] ^= std::byte{1};
    MemorySource source(changed);
    EXPECT_FALSE(decrypt_to_file(source, unlock_, file));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  }
  MemorySource source(sealed);
  ASSERT_TRUE(decrypt_to_file(source, unlock_, file));
  EXPECT_EQ(*read_file(file.path, kPlainMax), some_bytes(3 * kChunk));
}

TEST_F(AgeFile, LeavesNoPlainTextWhicheverCallFails) {
  const Bytes sealed = seal_in_pieces(some_bytes(3 * kChunk), recipient_, kChunk);
  for (int fails_at = 1;; ++fails_at) {
    const TemporaryFolder folder;
    const PlainFile file{.path = folder.path() / "out"};
    FaultyFiles calls(fails_at);
    MemorySource source(sealed);
    const bool done = bool(decrypt_to_file(source, unlock_, file, calls));
    if (!calls.reached()) {
      EXPECT_TRUE(done);
      EXPECT_GT(fails_at, 3);
      break;
    }
    EXPECT_FALSE(done) << fails_at;
    if (std::filesystem::exists(file.path)) {  // Only a folder that could not be synced.
      EXPECT_EQ(*read_file(file.path, kPlainMax), some_bytes(3 * kChunk));
    }
  }
}

TEST_F(AgeFile, AnOutputThatFailedOnceStaysFailed) {
  MemorySink sink(1000);
  SystemRandomness randomness;
  auto writer = AgeWriter::create(sink, std::span(&recipient_, 1), randomness);
  ASSERT_TRUE(writer);
  EXPECT_FALSE(writer->write(some_bytes(9 * kChunk)));
  EXPECT_FALSE(writer->write(some_bytes(1)));
  EXPECT_FALSE(std::move(*writer).close());
}

// RT-24: stock age takes an identity file only when it holds nothing but its own keys.
TEST_F(AgeFile, RT24_AnIdentityFileHoldsIdentitiesOnly) {
  SystemRandomness randomness;
  const auto passphrase = SecretBytes::copy_of("correct horse");
  auto sealed = seal_identities(identities_, passphrase, /*work_factor=*/10, randomness);
  ASSERT_TRUE(sealed);
  auto plain = open_in_order(*sealed, {.passphrase = &passphrase});
  ASSERT_TRUE(plain);
  EXPECT_EQ(as_text(*plain), as_text(read_vector("age/identity.txt")));
  auto stock =
      open_identities(read_vector("age/identity.age-identity"), {.passphrase = &passphrase});
  ASSERT_TRUE(stock);
  EXPECT_EQ(stock->at(0).recipient(), recipient_);
}

TEST(AgeIdentityText, AllowsCommentsAndNamesTheBadLine) {
  const std::string good(as_text(read_vector("age/identity.txt")));
  auto read = parse_identities(SecretBytes::copy_of("# created: today\r\n\n" + good));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->size(), 1U);
  auto bad = parse_identities(SecretBytes::copy_of(good + "AGE-SECRET-KEY-1WRONG\n"));
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find("line 2"), std::string::npos);
  EXPECT_EQ(bad.error().message.find("WRONG"), std::string::npos);
  EXPECT_FALSE(parse_identities(SecretBytes::copy_of("# nothing\n")));
}

}  // namespace
}  // namespace casebook
