#include "workflow/skeleton.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "tests/unit/workflow/story.h"

namespace casebook::workflow {
namespace {

std::vector<Body> one_of_each() {
  Story story;
  const Character ada = story.character();
  const StatementId id = *StatementId::make(story.randomness);
  const std::string fingerprint = *ada.key.fingerprint();
  return {CaseOpen{"amber-heron",
                   {{ada.id, ada.key, ada.recipient, {"commander"}}},
                   story.key(),
                   *sha256({})},
          PersonAdd{ada.id, ada.key, ada.recipient},
          PersonRemove{ada.id},
          KeyReplace{ada.id, ada.key, ada.recipient},
          KeyObject{id},
          KeyCompromised{fingerprint, story.now},
          KeyConfirm{{id}},
          RoleGive{ada.id, "legal"},
          RoleAccept{id},
          RoleRemove{ada.id, "legal"},
          AccessGrant{"legal", 2, {ada.id}, ada.recipient, 1, {}, 2},
          AccessInbox{"pii", ada.id, ada.recipient},
          LogKey{ada.key},
          LogKeyEnd{fingerprint},
          LeaseTake{fingerprint}};
}

TEST(Skeleton, ReadsBackEveryKindOfBody) {
  for (const Body& body : one_of_each()) {
    const std::string text = format_body(body);
    const auto read = parse_body(verb_of(body), text);
    ASSERT_TRUE(read) << verb_of(body) << ": " << read.error().message;
    EXPECT_EQ(read->index(), body.index());
    EXPECT_EQ(format_body(*read), text);
    EXPECT_TRUE(is_skeleton_verb(verb_of(body)));
    EXPECT_TRUE(is_statement_verb(verb_of(body)));
  }
  EXPECT_FALSE(is_skeleton_verb("note"));
  EXPECT_FALSE(parse_body("note", "{}"));
}

// RT-1: a skeleton holds no free text: no key more, and every text of it has a narrow shape.
TEST(Skeleton, Rt1HoldsNoFreeText) {
  for (const Body& body : one_of_each()) {
    const Json object = *parse_json(format_body(body));
    Json more = object;
    more["note"] = "counsel thinks that it was the vendor";
    EXPECT_FALSE(parse_body(verb_of(body), canonical_json(more))) << verb_of(body);
    for (const auto& [key, value] : object.items()) {
      Json less = object;
      less.erase(key);
      EXPECT_FALSE(parse_body(verb_of(body), canonical_json(less))) << verb_of(body) << key;
      if (!value.is_string()) continue;
      Json free = object;
      free[key] = "Counsel thinks that it was the vendor";
      EXPECT_FALSE(parse_body(verb_of(body), canonical_json(free))) << verb_of(body) << key;
    }
  }
}

TEST(Skeleton, NamesOfCompartmentsAreNarrow) {
  for (const char* good : {"general", "legal", "hr-2"}) EXPECT_TRUE(is_compartment_name(good));
  for (const char* bad : {"", "2hr", "Legal", "a b", "../x", "a/b"})
    EXPECT_FALSE(is_compartment_name(bad)) << bad;
}

}  // namespace
}  // namespace casebook::workflow
