// What laws ask for, in Dutch: docs/spec/filing.md 9.
#include "reports/filing/law_words.h"

#include <gmock/gmock.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "tests/unit/filing/filing_story.h"

namespace casebook::filing {
namespace {

using documents::Language;
using testing::IsEmpty;

TEST(LawWords, GiveEveryFieldOfEveryDraftADutchHeading) {
  int own = 0, by_topic = 0;
  std::vector<std::string> unnamed;
  for (const reports::Regime& regime : laws().regimes) {
    for (const reports::Stage& stage : regime.stages) {
      DraftInput input = full_input(regime, stage.id);
      const Draft english = draft_of(input);
      input.language = Language::nl;
      const Draft dutch = draft_of(input);
      ASSERT_EQ(english.fields.size(), dutch.fields.size());
      if (english.basis == StageFields::Basis::house) continue;  // Those are messages.
      for (std::size_t i = 0; i < dutch.fields.size(); ++i) {
        const std::string& said = dutch.fields[i].requirement;
        const std::string& asked = english.fields[i].requirement;
        const bool is_behind = said.ends_with("(" + asked + ")");
        (is_behind ? by_topic : own) += 1;
        const bool is_general = said.starts_with("Gevraagd door de wet");
        if (said == asked || (is_general && !dutch.fields[i].topic.empty())) {
          unnamed.push_back(regime.id + " " + stage.id + " " + dutch.fields[i].id + " " +
                            dutch.fields[i].topic);
        }
      }
    }
  }
  std::cout << "fields in Dutch words " << own << ", under a Dutch heading " << by_topic << "\n";
  EXPECT_THAT(unnamed, IsEmpty());
}

TEST(LawWords, AreAboutLawsThatAreThere) {
  const auto json = parse_json(LawWords::built_in_text());
  ASSERT_TRUE(json);
  std::set<std::string> fields, stages, ids, recipients;
  for (const reports::Regime& regime : laws().regimes) {
    ids.insert(regime.id);
    for (const auto& field : regime.content_fields) fields.insert(regime.id + "." + field.id);
    for (const reports::Stage& stage : regime.stages) {
      stages.insert(regime.id + "." + stage.id);
      recipients.insert(stage.recipient);
    }
  }
  for (const auto& [key, words] : json->at("requirements").items()) {
    EXPECT_TRUE(fields.contains(key)) << key;
  }
  for (const auto& [key, words] : json->at("stages").items()) {
    EXPECT_TRUE(stages.contains(key)) << key;
  }
  for (const auto& [key, words] : json->at("laws").items()) EXPECT_TRUE(ids.contains(key)) << key;
  for (const auto& [key, words] : json->at("recipients").items()) {
    EXPECT_TRUE(recipients.contains(key)) << key;
  }
}

TEST(LawWords, LeaveEnglishAlone) {
  const LawWords& words = LawWords::of(Language::en);
  EXPECT_EQ(words.requirement("eu-gdpr", "nature", "nature", "What kind"), "What kind");
  EXPECT_EQ(words.stage("eu-gdpr", "sa_initial", "Notification"), "Notification");
  EXPECT_EQ(words.recipient("controller"), "controller");
  EXPECT_EQ(LawWords::of(Language::nl).recipient("controller"), "verwerkingsverantwoordelijke");
}

}  // namespace
}  // namespace casebook::filing
