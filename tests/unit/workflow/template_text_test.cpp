// Every text of the policies that we ship, filled from a case, and what the program says itself:
// sitreps for each audience, reviews for inside and outside. docs/spec/templates.md.
#include "workflow/template_text.h"

#include <gmock/gmock.h>

#include "tests/unit/workflow/shipped_pack.h"
#include "workflow/postmortem.h"

namespace casebook::workflow {
namespace {

using testing::HasSubstr;
using testing::Not;

class ShippedTexts : public testing::TestWithParam<const char*>, public CaseStory {
 protected:
  void SetUp() override {
    open({"commander"}, {"communicator", "responder"}, {"legal"}, {"executive"});
    ASSERT_TRUE(pin(shipped_pack(GetParam()), {ada, ben})) << why;
    ASSERT_TRUE(fact("severity", std::int64_t{2}, {ben})) << why;
    since_ = seq;
    ASSERT_TRUE(fact("personal_data", Value(std::string("suspected")), {ben})) << why;
  }
  [[nodiscard]] SitrepRequest request(Language language, Audience audience) const {
    return {.state = state,
            .now = now,
            .audience = audience,
            .language = language,
            .number = 2,
            .since = since_,
            .name_of = [](const PersonId& id) { return "N" + id.text().substr(0, 4); },
            .words_of = [](const Record&) { return std::string("some {words}"); }};
  }
  std::uint64_t since_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Packs, ShippedTexts, testing::Values("need-to-know", "open-culture"),
                         [](const auto& test) { return std::string(test.param).substr(0, 4); });

TEST_P(ShippedTexts, AreFilledWithoutAPlaceholderLeftOver) {
  for (const Language language : {Language::en, Language::nl}) {
    auto values = template_values(request(language, Audience::responders));
    for (const auto& [id, text] : state.policy->templates) {
      const auto draft = fill_template(text.in(language), values, language, /*is_drill=*/false);
      auto all = values;
      for (const std::string& name : draft.unknown) {
        EXPECT_THAT(draft.text, HasSubstr("[" + name + "?]")) << id;
        all[name] = {"said by a person"};
      }
      const auto filled = fill_template(text.in(language), all, language, /*is_drill=*/false);
      EXPECT_TRUE(filled.unknown.empty()) << id;
      EXPECT_THAT(filled.text, Not(HasSubstr("{"))) << id;
      EXPECT_THAT(filled.text, Not(HasSubstr("?]"))) << id;
      EXPECT_THAT(filled.text, Not(HasSubstr(": \n"))) << id << ": something is empty";
      EXPECT_GT(filled.text.size(), 20U) << id;
    }
  }
}

TEST_P(ShippedTexts, TakeFromTheCaseWhatItKnows) {
  const auto values = template_values(request(Language::nl, Audience::responders));
  for (const char* name : {"assumptions",  "changes",  "code_name", "commander",
                           "communicator", "date",     "elapsed",   "follow_ups",
                           "gaps",         "known",    "label",     "last_customer_contact",
                           "late",         "legal",    "methods",   "now",
                           "number",       "open",     "phase",     "previous",
                           "roles",        "severity", "since",     "solved",
                           "timeline",     "whys"}) {
    EXPECT_TRUE(values.contains(name)) << name;
  }
  EXPECT_EQ(values.find("severity")->second, std::vector<std::string>{"2"});
  EXPECT_THAT(values.find("known")->second,
              testing::Contains(std::string("Persoonsgegevens: suspected")));
}

TEST_P(ShippedTexts, SitrepsAndReviewsHaveNoEmptySection) {
  for (const Language language : {Language::en, Language::nl}) {
    for (const Audience audience :
         {Audience::responders, Audience::newcomers, Audience::observers, Audience::executives}) {
      const Sitrep made = make_sitrep(request(language, audience));
      EXPECT_GE(made.sections.size(), 3U);
      for (const SitrepSection& section : made.sections) {
        EXPECT_FALSE(section.lines.empty()) << section.title;
        for (const std::string& line : section.lines) EXPECT_FALSE(line.empty()) << section.title;
      }
    }
    for (const bool is_external : {false, true}) {
      const std::string text = postmortem_draft({.state = state,
                                                 .now = now,
                                                 .is_external = is_external,
                                                 .language = language,
                                                 .name_of = [](const PersonId&) { return "N"; },
                                                 .words_of = [](const Record&) { return "w"; }});
      std::size_t headings = 0;
      for (std::size_t at = text.find("\n## "); at != std::string::npos;
           at = text.find("\n## ", at + 1)) {
        const std::size_t end = text.find('\n', at + 1);
        const std::size_t body = text.find_first_not_of('\n', end);
        EXPECT_TRUE(body != std::string::npos && text.substr(body, 3) != "## ")
            << text.substr(at, end - at);
        ++headings;
      }
      EXPECT_GE(headings, 4U);
      EXPECT_THAT(text, Not(HasSubstr("{")));
    }
  }
}

TEST(FilledText, IsReadOnceAndSaysWhatItIs) {
  const TemplateValues values = {
      {"a", {"{b}"}}, {"b", {"x"}}, {"none", {}}, {"many", {"one", "two"}}, {"label", {""}}};
  const auto fill = [&](std::string_view text, bool is_drill = false) {
    return fill_template(text, values, Language::nl, is_drill).text;
  };
  EXPECT_EQ(fill("{a} {b}"), "{b} x\n") << "what came in is no placeholder";
  EXPECT_EQ(fill("Open: {none}"), "Open: niets\n");
  EXPECT_EQ(fill("Open: {many}"), "Open:\n  - one\n  - two\n");
  EXPECT_EQ(fill("{label}\n{b}"), "x\n") << "an empty optional line is left out";
  EXPECT_EQ(fill("{label}{b}"), "x\n");
  EXPECT_EQ(fill("{b}", /*is_drill=*/true), "DRILL\nx\n");
  const auto draft = fill_template("{what} {what}", values, Language::en, false);
  EXPECT_EQ(draft.text, "[what?] [what?]\n");
  EXPECT_EQ(draft.unknown, std::vector<std::string>{"what"});
}

}  // namespace
}  // namespace casebook::workflow
