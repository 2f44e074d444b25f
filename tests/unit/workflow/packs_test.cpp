// The policies that we ship.
#include <gtest/gtest.h>

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

TEST(Packs, AreWhatTheirCommentedSourceMakes) {
  ASSERT_FALSE(embedded_packs().empty());
  for (const EmbeddedPack& pack : embedded_packs()) {
    const auto canonical = canonical_policy(source_of(std::string(pack.name)));
    ASSERT_TRUE(canonical) << pack.name << ": " << canonical.error().message;
    EXPECT_EQ(*canonical, pack.text) << pack.name;
  }
}

TEST(Packs, AreReadUnderTheirName) {
  for (const EmbeddedPack& pack : embedded_packs()) {
    const auto policy = parse_policy(pack.text);
    ASSERT_TRUE(policy) << pack.name << ": " << policy.error().message;
    EXPECT_EQ(pack.name, "packs/" + policy->id + ".json");
    EXPECT_EQ(embedded_pack(policy->id), pack.text);
  }
}

}  // namespace
}  // namespace casebook::workflow
