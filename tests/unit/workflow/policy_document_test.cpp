#include "workflow/policy_document.h"

#include "tests/unit/workflow/small_policy.h"
#include "workflow/embedded_packs.h"

namespace casebook::workflow {
namespace {

bool names(const std::vector<DocumentLine>& lines, const std::string& part) {
  return std::ranges::any_of(lines, [&](const DocumentLine& line) {
    return line.kind == DocumentLine::Kind::part && line.text == part;
  });
}

TEST(PolicyDocument, NamesEveryPartOfEveryPackInBothLanguages) {
  for (const EmbeddedPack& pack : embedded_packs()) {
    const Policy policy = *parse_policy(pack.text);
    for (const Language language : {Language::en, Language::nl}) {
      const auto lines = policy_document(policy, language);
      EXPECT_EQ(lines.front().label, policy.title.in(language));
      for (const Step& step : policy.steps) EXPECT_TRUE(names(lines, step.id)) << step.id;
      for (const Gate& gate : policy.gates) EXPECT_TRUE(names(lines, gate.id)) << gate.id;
      for (const ClockRule& clock : policy.clocks) EXPECT_TRUE(names(lines, clock.id)) << clock.id;
      for (const auto& [name, role] : policy.roles) EXPECT_TRUE(names(lines, name)) << name;
      for (const auto& [name, made] : policy.registers) EXPECT_TRUE(names(lines, name)) << name;
      for (const auto& [name, fact] : policy.facts) EXPECT_TRUE(names(lines, name)) << name;
    }
  }
}

TEST(PolicyDocument, SaysWhoMayDoWithout) {
  const auto lines = policy_document(small_policy(), Language::en);
  int found = 0;
  for (const DocumentLine& line : lines) {
    if (line.label == "without it") ++found;
    if (line.label == "without it" && line.text != "never") {
      EXPECT_EQ(line.text,
                "Words asks, Words grants, reason of at least 20 characters; only on Words; to be "
                "signed within 1 day");
    }
  }
  EXPECT_EQ(found, 2);
}

TEST(PolicyDocument, EscapesTheWordsOfThePolicyInMarkdown) {
  Json json = small_policy_json();
  json["title"]["en"] = "<script>[x](http://example.org)*";
  const std::string text = markdown(policy_document(policy_of(json), Language::en));
  EXPECT_TRUE(text.starts_with("# \\<script\\>\\[x\\](http://example.org)\\*\n")) << text;
  EXPECT_NE(text.find("\n## Gates\n"), std::string::npos);
  EXPECT_EQ(text.find("\n\n\n"), std::string::npos);
}

}  // namespace
}  // namespace casebook::workflow
