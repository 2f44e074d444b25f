#include "reports/regime.h"

#include "tests/unit/reports/support.h"

namespace casebook::reports {
namespace {

/// The message for a regime file in which one piece of text was replaced.
std::string refusal(const std::string& file, const std::string& from, const std::string& to) {
  std::string text = read_source("policies/regimes/" + file + ".json");
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  const auto regime = Regime::parse(text, policies().catalog);
  return regime ? "accepted" : regime.error().message;
}

TEST(RegimeFile, IsRefusedWhenSomethingDoesNotFit) {
  EXPECT_EQ(refusal("eu-nis2", "\"PT24H\"", "\"P1D\""),
            "eu-nis2: stage early_warning: limit does not fit calendar rule eu_1182_71_hours");
  EXPECT_EQ(refusal("eu-nis2", "\"PT24H\"", "\"24 hours\""),
            "eu-nis2: stage early_warning: \"24 hours\" is not a limit like PT72H, P30D or P1M");
  EXPECT_EQ(refusal("eu-nis2", "eu_1182_71_hours", "eu_hours"),
            "eu-nis2: stage early_warning: calendar rule \"eu_hours\" is not known");
  EXPECT_EQ(refusal("eu-nis2", "\"depends_on\": \"early_warning\"", "\"depends_on\": \"warning\""),
            "eu-nis2: stage notification names stage warning, which is not there");
  EXPECT_EQ(
      refusal("eu-nis2", "\"depends_on\": \"early_warning\"", "\"depends_on\": \"notification\""),
      "eu-nis2: stages depend on each other in a circle");
  EXPECT_EQ(refusal("eu-nis2", "\"nis2_significant\"", "\"nis2_signifcant\""),
            "eu-nis2: stage early_warning: fact \"nis2_signifcant\" is not defined");
  EXPECT_EQ(refusal("eu-nis2", "\"important\"", "\"importent\""),
            "eu-nis2: applies_if: entity.nis2 has no value \"importent\"");
  EXPECT_EQ(refusal("us-tx", "\"op\": \"gt\"", "\"op\": \"above\""),
            "us-tx: applies_if: residents.US-TX: operator \"above\" is not known");
  EXPECT_EQ(refusal("us-tx", "\"op\": \"gt\"", "\"op\": \"includes\""),
            "us-tx: applies_if: residents.US-TX: operator includes does not fit its type");
  EXPECT_EQ(refusal("us-tx", "casebook-regime/1", "casebook-regime/2"),
            "format is not casebook-regime/1");
  EXPECT_EQ(refusal("us-tx", "\"title\"", "\"titel\""), "unknown key \"titel\"");
  EXPECT_EQ(refusal("us-tx", "\"in_force\"", "\"law\""), "status \"law\" is not known");
  EXPECT_EQ(
      refusal("us-tx", "\"starts_at\": \"determined_breach_at\"", "\"starts_at\": \"encrypted\""),
      "us-tx: stage individuals: \"encrypted\" is not a fact that holds a time");
}

TEST(Regimes, SayHowSureTheyAre) {
  int verified = 0;
  for (const Regime& regime : policies().regimes) {
    verified += regime.verified ? 1 : 0;
    EXPECT_FALSE(regime.as_of.empty()) << regime.id;
    EXPECT_EQ(verification_text(regime) == "not verified", !regime.verified) << regime.id;
  }
  EXPECT_EQ(verified, 124);
}

TEST(Regimes, NameOnlySupersededLawsThatExist) {
  for (const Regime& regime : policies().regimes) {
    if (!regime.supersedes.empty()) {
      EXPECT_NE(policies().find(regime.supersedes), nullptr) << regime.id;
    }
  }
}

}  // namespace
}  // namespace casebook::reports
