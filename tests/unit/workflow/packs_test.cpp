// The policies that we ship.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "workflow/embedded_packs.h"
#include "workflow/policy.h"

namespace casebook::workflow {
namespace {

std::string source_of(std::string name) {
  std::ifstream file(std::string(CASEBOOK_SOURCE_DIR) + "/policies/" + name + "c");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// CASEBOOK_ACCEPT_GOLDEN=1 writes the canonical files instead.
TEST(Packs, AreWhatTheirCommentedSourceMakes) {
  ASSERT_FALSE(embedded_packs().empty() || embedded_drills().empty());
  std::vector<EmbeddedPack> files(embedded_packs().begin(), embedded_packs().end());
  files.insert(files.end(), embedded_drills().begin(), embedded_drills().end());
  const bool accepts = std::getenv("CASEBOOK_ACCEPT_GOLDEN") != nullptr;
  for (const EmbeddedPack& pack : files) {
    const auto canonical = canonical_policy(source_of(std::string(pack.name)));
    ASSERT_TRUE(canonical) << pack.name << ": " << canonical.error().message;
    if (accepts) {
      std::ofstream(std::string(CASEBOOK_SOURCE_DIR) + "/policies/" + std::string(pack.name),
                    std::ios::binary)
          << *canonical;
      continue;
    }
    EXPECT_EQ(*canonical, pack.text) << pack.name;
  }
  if (accepts) GTEST_SKIP() << "accepted; build again";
}

TEST(Packs, AreReadUnderTheirName) {
  for (const EmbeddedPack& pack : embedded_packs()) {
    const auto policy = parse_policy(pack.text);
    ASSERT_TRUE(policy) << pack.name << ": " << policy.error().message;
    EXPECT_EQ(pack.name, "packs/" + policy->id + ".json");
    EXPECT_EQ(embedded_pack(policy->id), pack.text);
  }
}

TEST(Packs, CanBePinnedTogether) {
  const auto secret = parse_policy(embedded_pack("need-to-know"));
  const auto open = parse_policy(embedded_pack("open-culture"));
  ASSERT_TRUE(secret && open);
  for (const auto& pinned : {std::vector{*open, *secret}, std::vector{*secret, *open}}) {
    const auto joined = join_policies(pinned);
    ASSERT_TRUE(joined) << joined.error().message;
    EXPECT_NE(joined->gate("legal"), nullptr);
    EXPECT_NE(joined->gate("consensus"), nullptr);
    EXPECT_TRUE(joined->kinds.at("regression").restricted);
  }
}

}  // namespace
}  // namespace casebook::workflow
