// Every changed byte of a bag is refused (issue 2, done 2): of the files as they lie there, and of
// the content when whoever changed it sealed the file anew.
#include <gtest/gtest.h>

#include "core/bag_verify.h"
#include "core/seal_code.h"
#include "tests/support/forged_bag.h"
#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

constexpr std::uint64_t kMax = 1U << 20U;

bool refused(const std::filesystem::path& bag, std::span<const AgeIdentity> identities) {
  const auto report = verify_bag(bag, {.unlock = {.identities = identities}});
  return !report || !report->findings.empty();
}

class Mutation : public testing::TestWithParam<bool> {};

TEST_P(Mutation, OfAnyByteOfAnyFileIsRefused) {
  const TemporaryFolder folder;
  SeededRandomness randomness(5);
  const auto identity = AgeIdentity::make(randomness);
  ASSERT_TRUE(identity);
  const auto identities = std::span(&*identity, 1);
  const auto bag = make_sample_bag(folder.path(), GetParam() ? std::optional(identity->recipient())
                                                             : std::optional<AgeRecipient>());
  ASSERT_TRUE(bag);
  ASSERT_FALSE(refused(*bag, identities));
  std::size_t mutations = 0;
  for (const char* name :
       {GetParam() ? "bag.tar.zst.age" : "bag.tar.zst", "seal.json", "seal.json.sig"}) {
    const auto good = read_file(*bag / name, kMax);
    ASSERT_TRUE(good);
    ASSERT_LE(good->size(), 65536U);
    for (std::size_t at = 0; at < good->size(); ++at, ++mutations) {
      Bytes changed = *good;
      changed[at] ^= std::byte(1U << randomness.below(8));
      ASSERT_TRUE(write_file(*bag / name, changed, 0600, IfExists::replace));
      EXPECT_TRUE(refused(*bag, identities)) << name << " byte " << at;
    }
    for (const std::size_t cut : {std::size_t{0}, good->size() / 2, good->size() - 1}) {
      ASSERT_TRUE(write_file(*bag / name, std::span(*good).first(cut), 0600, IfExists::replace));
      // Without any seal.json a bag is unsealed, which is no finding but never "good" either.
      EXPECT_TRUE(refused(*bag, identities) || (cut == 0 && name == std::string("seal.json")))
          << name;
    }
    Bytes longer = *good;
    longer.push_back(std::byte{'\n'});
    ASSERT_TRUE(write_file(*bag / name, longer, 0600, IfExists::replace));
    EXPECT_TRUE(refused(*bag, identities)) << name << " prolonged";
    ASSERT_TRUE(write_file(*bag / name, *good, 0600, IfExists::replace));
  }
  EXPECT_GE(mutations, 2000U);
}

INSTANTIATE_TEST_SUITE_P(PlainAndEncrypted, Mutation, testing::Bool());

// Whoever holds the seal key cannot change a byte of the content either without changing root,
// count or tag manifest: here the file's digest is sealed anew, the rest is not.
TEST(MutationOfContent, IsRefusedThoughTheFileIsSealedAnew) {
  const TemporaryFolder folder;
  Forgery forgery =
      forge({.members = {forged_member("/etc/hosts", "127.0.0.1 me\n"),
                         forged_member("/" + std::string(199, 'n') + "/" + std::string(150, 'm'),
                                       "deep")}});
  SeededRandomness randomness(9);
  for (std::size_t at = 0; at < forgery.tar.size(); at += 1 + randomness.below(6)) {
    Forgery changed = forgery;
    changed.tar[at] = static_cast<char>(changed.tar[at] ^ (1 << randomness.below(8)));
    const auto bag = seal_forgery(folder.path(), changed.seal, framed(changed));
    EXPECT_TRUE(refused(bag, {})) << "byte " << at;
  }
}

}  // namespace
}  // namespace casebook
