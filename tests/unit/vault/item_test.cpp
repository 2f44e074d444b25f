#include "vault/item.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/vault_fixture.h"
#include "tests/support/vector_lines.h"
#include "vault/compartment_state.h"

namespace casebook::vault {
namespace {

// Vectors of docs/spec/compartment.md, made by stock tools.
TEST(Item, HasTheTextAndTheDigestsOfTheVectors) {
  std::map<std::string, std::string> expected;
  for (const auto& line : vector_lines("compartment.txt", 2)) expected[line[0]] = line[1];
  ItemVersion item = some_note(1, "heron");
  item.text.title = "seen";
  item.text.tags = {"bird", "c2"};
  EXPECT_EQ(format_item(item), expected["item"]);
  const std::vector<ItemVersion> plain{item};
  EXPECT_EQ(to_hex(*digest_of({.items = plain})), expected["projected_plain"]);
  item.leaf = ItemLeaf{Salt{}, *item_leaf(Salt{}, item)};
  EXPECT_EQ(to_hex(item.leaf->commit), expected["leaf"]);
  const std::vector<ItemVersion> leaved{item};
  EXPECT_EQ(to_hex(*digest_of({.items = leaved})), expected["projected_leaf"]);
}

TEST(Item, EscapesWhatCouldEndItsText) {
  ItemVersion item = some_note(1, "a\"b\\c\n\x01");
  EXPECT_NE(format_item(item).find(R"("body":"a\"b\\c\n\u0001")"), std::string::npos);
}

}  // namespace
}  // namespace casebook::vault
