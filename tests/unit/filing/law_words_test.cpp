// What laws ask for, in Dutch: docs/spec/filing.md 9.
#include "reports/filing/law_words.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "reports/evaluator.h"
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

/// Facts with which clocks run in a place: every time of the catalogue at one moment.
reports::Facts facts_at(std::string_view moment, const char* zone, bool with_state) {
  reports::Facts facts;
  for (auto& [name, entry] : every_fact()) {
    if (std::holds_alternative<UtcSeconds>(entry.fact.value)) entry.fact.value = at(moment);
    if (name == "entity.zone") entry.fact.value = std::string(zone);
    if (name == "entity.member_state" && !with_state) continue;
    facts.set(name, entry.fact);
  }
  return facts;
}

TEST(LawWords, SayInDutchHowEveryDeadlineOfEveryLawIsCounted) {
  const LawWords& words = LawWords::of(Language::nl);
  ZoneDatabase zones;
  std::set<std::string> english;
  int said = 0;
  for (const char* moment : {"2026-10-23T16:00:00Z", "2026-12-24T10:30:00Z"}) {
    for (const bool with_state : {true, false}) {
      const reports::Facts facts = facts_at(moment, "Europe/Paris", with_state);
      const auto all =
          reports::evaluate_regimes(laws().regimes, facts, laws().catalog, laws().calendars, zones);
      ASSERT_TRUE(all);
      for (const auto& regime : all->regimes) {
        for (const auto& stage : regime.stages) {
          if (!stage.deadline) continue;
          for (const auto* texts :
               {&stage.deadline->steps, &stage.deadline->notes, &stage.deadline->assumed}) {
            for (const std::string& text : *texts) {
              ++said;
              const bool is_reason = text.ends_with(": weekend");
              if (!is_reason && words.phrase(text) == text) english.insert(text);
            }
          }
        }
      }
    }
  }
  EXPECT_GT(said, 500);
  EXPECT_THAT(english, IsEmpty());
}

TEST(LawWords, SayTheStateOfEveryLawInDutch) {
  const LawWords& words = LawWords::of(Language::nl);
  for (const reports::Regime& regime : laws().regimes) {
    const std::string checked = reports::verification_text(regime);
    EXPECT_NE(words.phrase(checked), checked);
    std::string status(reports::to_string(regime.status));
    std::ranges::replace(status, '_', ' ');
    EXPECT_NE(words.phrase(status), status) << regime.id;
    if (!regime.id.starts_with("eu-")) continue;
    for (const std::string& point : regime.unverified_points)
      EXPECT_NE(words.phrase(point), point) << regime.id;
  }
}

TEST(LawWords, PutValuesIntoPhrases) {
  const LawWords& words = LawWords::of(Language::nl);
  EXPECT_EQ(words.phrase("plus 72 hours = Mon 26 Oct 2026 17:00 Paris, 16:00 UTC"),
            "plus 72 uur = ma 26 okt 2026 17:00 Paris, 16:00 UTC");
  EXPECT_EQ(words.phrase("3 business days"), "3 werkdagen");
  EXPECT_EQ(words.phrase("nobody has words for this"), "nobody has words for this");
  EXPECT_EQ(LawWords::of(Language::en).phrase("3 days"), "3 days");
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
