// Order of evaluation, dates of law, exemptions, second clocks: docs/spec/regime.md.
#include "reports/evaluator.h"

#include <algorithm>

#include "core/calendar_text.h"
#include "tests/unit/reports/support.h"

namespace casebook::reports {
namespace {

/// The earliest and the legal date of one stage as local text.
std::pair<std::string, std::string> dates(const std::string& facts, const char* regime,
                                          const char* stage) {
  const Evaluation evaluation = evaluate_all(facts_of(facts), only(regime));
  const StageVerdict& verdict = verdict_of(evaluation, regime, stage);
  if (!verdict.deadline || !verdict.deadline->earliest) return {verdict.reason, ""};
  const auto text = [&](UtcSeconds time) { return local_text(*evaluation.zone, time); };
  return {text(*verdict.deadline->earliest),
          verdict.deadline->legal ? text(*verdict.deadline->legal) : "none"};
}

Outcome outcome(const std::string& facts, const char* regime, const char* stage) {
  const Evaluation evaluation = evaluate_all(facts_of(facts), only(regime));
  return verdict_of(evaluation, regime, stage).outcome;
}

std::string dora(const std::string& aware, const std::string& classified, const std::string& more) {
  return R"({"entity.zone":"Europe/Paris","entity.member_state":"FR","entity.dora":true,"dora_major":true,"awareness_at":")" +
         aware + R"( Europe/Paris","classified_major_at":")" + classified + R"( Europe/Paris")" +
         more + "}";
}
constexpr const char* kMayMove = R"(,"entity.type":"other","entity.nis2":"none")";

using Pair = std::pair<std::string, std::string>;

TEST(Dora, TakesTheEarlierOfTwoClocksThenTheWeekendRule) {
  EXPECT_EQ(dates(dora("2026-11-20T10:00", "2026-11-20T16:00", kMayMove), "eu-dora", "initial"),
            Pair("Fri 20 Nov 2026 20:00 Paris", "Fri 20 Nov 2026 20:00 Paris"));
  EXPECT_EQ(dates(dora("2026-11-20T14:00", "2026-11-21T11:30", kMayMove), "eu-dora", "initial"),
            Pair("Sat 21 Nov 2026 14:00 Paris", "Mon 23 Nov 2026 12:00 Paris"));
  EXPECT_EQ(dates(dora("2026-11-20T14:00", "2026-11-21T11:30", R"(,"entity.type":"ccp")"),
                  "eu-dora", "initial"),
            Pair("Sat 21 Nov 2026 14:00 Paris", "Sat 21 Nov 2026 14:00 Paris"));
  EXPECT_EQ(dates(dora("2026-11-17T14:00", "2026-11-18T15:00", kMayMove), "eu-dora", "initial"),
            Pair("Wed 18 Nov 2026 19:00 Paris", "Wed 18 Nov 2026 19:00 Paris"))
      << "classified after aware + 24 h: the second clock falls away";
}

TEST(Dora, KeepsTheEarlierDateWhileItIsUnknownWhetherTheEntityMayWait) {
  const Evaluation evaluation =
      evaluate_all(facts_of(dora("2026-11-20T14:00", "2026-11-21T11:30", "")), only("eu-dora"));
  const StageDeadline& deadline = *verdict_of(evaluation, "eu-dora", "initial").deadline;
  EXPECT_EQ(deadline.legal, deadline.earliest);
  EXPECT_EQ(deadline.missing, (std::vector<std::string>{"entity.type", "entity.nis2"}));
  EXPECT_EQ(deadline.notes,
            std::vector<std::string>{
                "may move to Mon 23 Nov 2026 12:00 Paris if the entity may use the weekend rule"});
}

TEST(Dora, NamesTheMissingMemberState) {
  const Evaluation evaluation = evaluate_all(
      facts_of(
          R"({"entity.dora":true,"dora_major":true,"entity.type":"other","entity.nis2":"none","awareness_at":"2026-11-21T10:00Z"})"),
      only("eu-dora"));
  const StageDeadline& deadline = *verdict_of(evaluation, "eu-dora", "initial").deadline;
  EXPECT_FALSE(deadline.legal);
  EXPECT_TRUE(deadline.earliest);
  ASSERT_TRUE(deadline.problem);
  EXPECT_EQ(deadline.problem->message, "the Member State whose working days count is not set");
  EXPECT_EQ(deadline.missing, std::vector<std::string>{"entity.member_state"});
}

TEST(Nis2, CountsTheFinalReportFromTheNotification) {
  const std::string facts =
      R"({"entity.zone":"Europe/Paris","entity.member_state":"FR","entity.nis2":"essential","nis2_significant":true,
    "awareness_at":"2026-01-29T10:00Z","notification_submitted_at":"2026-01-31T10:00Z"})";
  EXPECT_EQ(dates(facts, "eu-nis2", "final"),
            Pair("Sat 28 Feb 2026 23:59 Paris", "Mon 2 Mar 2026 23:59 Paris"));
}

TEST(Sec, CountsBusinessDaysFromTheDetermination) {
  const std::string facts =
      R"({"entity.zone":"America/New_York","entity.sec_registrant":true,"material":true,
    "awareness_at":"2026-11-10T10:00Z","materiality_determined_at":"2026-11-23T15:00 America/New_York"})";
  EXPECT_EQ(dates(facts, "us-sec-8k-105", "form_8k").first, "Mon 30 Nov 2026 23:59 New York");
}

// S4-16b: laws differ per country; each clock starts at an event of its own.
TEST(Clocks, MovingTheStartOfOneLawMovesNoOther) {
  const auto facts = [](const std::string& classified, const std::string& determined) {
    return R"({"entity.zone":"Europe/Paris","entity.member_state":"FR","entity.dora":true,"dora_major":true,
      "entity.type":"ccp","entity.sec_registrant":true,"material":true,"awareness_at":"2026-11-17T08:00Z",
      "classified_major_at":")" +
           classified + R"(","materiality_determined_at":")" + determined + R"("})";
  };
  const auto both = [&](const std::string& text) {
    return std::pair(dates(text, "eu-dora", "initial"), dates(text, "us-sec-8k-105", "form_8k"));
  };
  const auto [dora_first, sec_first] = both(facts("2026-11-17T10:00Z", "2026-11-18T10:00Z"));
  const auto [dora_later, sec_same] = both(facts("2026-11-17T12:00Z", "2026-11-18T10:00Z"));
  const auto [dora_same, sec_later] = both(facts("2026-11-17T10:00Z", "2026-11-23T10:00Z"));
  EXPECT_EQ(dora_first.first, "Tue 17 Nov 2026 15:00 Paris");
  EXPECT_EQ(dora_later.first, "Tue 17 Nov 2026 17:00 Paris");
  EXPECT_EQ(sec_same, sec_first);
  EXPECT_EQ(dora_same, dora_first);
  EXPECT_NE(sec_later, sec_first);
}

TEST(Hipaa, CountsTheAnnualLogFromTheEndOfTheYear) {
  const auto facts = [](const std::string& discovered) {
    return R"({"entity.zone":"America/New_York","entity.hipaa":"covered_entity","data_categories":["health"],"phi_unsecured":true,
      "affected_individuals_total":499,"discovered_at":")" +
           discovered + R"("})";
  };
  EXPECT_EQ(dates(facts("2026-05-05T12:00Z"), "us-hipaa", "hhs_annual").first,
            "Mon 1 Mar 2027 23:59 New York");
  EXPECT_EQ(dates(facts("2027-05-05T12:00Z"), "us-hipaa", "hhs_annual").first,
            "Tue 29 Feb 2028 23:59 New York");
}

TEST(Vermont, ShowsThatTheLettersMayBringTheDateForward) {
  const std::string facts =
      R"({"entity.zone":"America/New_York","residents.US-VT":5,"discovered_at":"2026-11-02T12:00Z")";
  EXPECT_EQ(dates(facts + "}", "us-vt", "ag").first, "Mon 23 Nov 2026 23:59 New York");
  const Evaluation open = evaluate_all(facts_of(facts + "}"), only("us-vt"));
  EXPECT_EQ(verdict_of(open, "us-vt", "ag").deadline->missing,
            std::vector<std::string>{"individuals_notified_at"});
  EXPECT_EQ(verdict_of(open, "us-vt", "ag").deadline->notes.front(),
            "may come earlier: 0 days after individuals_notified_at, not known yet");
  EXPECT_EQ(dates(facts + R"(,"individuals_notified_at":"2026-11-10T15:00 America/New_York"})",
                  "us-vt", "ag")
                .first,
            "Tue 10 Nov 2026 23:59 New York");
}

TEST(Maryland, BoundsTheRegulatorByTheLetters) {
  const std::string facts =
      R"({"entity.zone":"America/New_York","residents.US-MD":5,"discovered_at":"2026-11-02T12:00Z"})";
  EXPECT_EQ(dates(facts, "us-md", "ag"), dates(facts, "us-md", "individuals"));
  EXPECT_EQ(dates(facts, "us-md", "ag").first, "Thu 17 Dec 2026 23:59 New York");
}

TEST(Brazil, DoublesTheLimitForSmallAgents) {
  const std::string facts =
      R"({"entity.zone":"America/Sao_Paulo","personal_data_involved":true,"residents.BR":9,"relevant_risk_or_harm":true,
    "personal_data_impact_known_at":"2026-11-19T12:00 America/Sao_Paulo")";
  EXPECT_EQ(dates(facts + "}", "br-lgpd", "anpd").first, "Wed 25 Nov 2026 23:59 Sao Paulo");
  EXPECT_EQ(dates(facts + R"(,"entity.br_small_agent":true})", "br-lgpd", "anpd").first,
            "Mon 30 Nov 2026 23:59 Sao Paulo");
  const Evaluation evaluation = evaluate_all(facts_of(facts + "}"), only("br-lgpd"));
  EXPECT_EQ(verdict_of(evaluation, "br-lgpd", "anpd").deadline->missing,
            std::vector<std::string>{"entity.br_small_agent"});
}

TEST(Japan, ShowsGuidanceAsATarget) {
  const std::string facts =
      R"({"entity.zone":"Asia/Tokyo","personal_data_involved":true,"residents.JP":9,"data_categories":["sensitive"],
    "awareness_at":"2026-11-16T12:00 Asia/Tokyo"})";
  const Evaluation evaluation = evaluate_all(facts_of(facts), only("jp-appi"));
  EXPECT_EQ(verdict_of(evaluation, "jp-appi", "preliminary").deadline->kind,
            DeadlineKind::guideline);
  EXPECT_EQ(dates(facts, "jp-appi", "preliminary"),
            Pair("Thu 19 Nov 2026 23:59 Tokyo", "Sat 21 Nov 2026 23:59 Tokyo"));
}

TEST(Colombia, HasNoLegalDateWithoutACalendar) {
  const std::string facts =
      R"({"entity.zone":"America/Bogota","personal_data_involved":true,"residents.CO":9,"security_codes_violated_or_risk":true,
    "awareness_at":"2026-11-20T10:00 America/Bogota"})";
  EXPECT_EQ(dates(facts, "co-1581", "sic"), Pair("Fri 11 Dec 2026 23:59 Bogota", "none"));
}

TEST(Variants, AreChosenByTheLocalDateOfTheFirstTrigger) {
  const auto facts = [](const std::string& aware) {
    return R"({"entity.zone":"Europe/London","entity.establishments":["GB"],"entity.sectors":["telecom"],"personal_data_involved":true,"awareness_at":")" +
           aware + "\"";
  };
  EXPECT_EQ(outcome(facts("2025-08-19T23:30Z") + "}", "uk-pecr", "ico"), Outcome::due)
      << "already 20 August in London";
  EXPECT_EQ(outcome(facts("2025-08-19T23:30Z") + "}", "uk-pecr-2024", "ico"), Outcome::not_due);
  EXPECT_EQ(outcome(facts("2025-08-19T22:30Z") + "}", "uk-pecr", "ico"), Outcome::not_due);
  EXPECT_EQ(outcome(facts("2025-08-19T22:30Z") + "}", "uk-pecr-2024", "ico"), Outcome::due);
  EXPECT_EQ(
      outcome(facts("2025-08-19T23:30Z") + R"(,"law_date":"2025-08-19"})", "uk-pecr-2024", "ico"),
      Outcome::due)
      << "counsel decides";
}

TEST(Variants, AreUnknownWhileNoMomentIsKnown) {
  const Evaluation evaluation = evaluate_all(
      facts_of(R"({"residents.US-CA":9,"unencrypted_pi_acquired":true})"), only("us-ca"));
  EXPECT_EQ(verdict_of(evaluation, "us-ca", "individuals").missing,
            std::vector<std::string>{"discovered_at"});
}

TEST(Successor, TakesThePlaceOfTheLawItNames) {
  std::string text = read_source("policies/regimes/ch-fadp.json");
  const auto put = [&](const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  put("\"id\": \"ch-fadp\"", "\"id\": \"ch-next\"");
  put("\"status\": \"in_force\"",
      "\"status\": \"in_force\", \"effective_from\": \"2027-05\", \"supersedes\": \"ch-fadp\"");
  auto next = Regime::parse(text, policies().catalog);
  ASSERT_TRUE(next) << next.error().message;
  const std::vector<Regime> both{*policies().find("ch-fadp"), *next};
  const auto at = [&](const std::string& day) {
    const Evaluation e = evaluate_all(
        facts_of(
            R"({"personal_data_involved":true,"residents.CH":1,"risk_to_individuals":"high","awareness_at":")" +
            day + R"(T12:00Z"})"),
        both);
    return std::pair(verdict_of(e, "ch-fadp", "fdpic").outcome,
                     verdict_of(e, "ch-next", "fdpic").outcome);
  };
  EXPECT_EQ(at("2027-04-30"), std::pair(Outcome::due, Outcome::not_due));
  EXPECT_EQ(at("2027-05-01"), std::pair(Outcome::not_due, Outcome::due));
}

TEST(Harbours, SuspendSubstituteAndStayOpen) {
  const std::string facts =
      R"({"entity.role":["controller"],"entity.established_eea":true,"personal_data_involved":true,"risk_to_individuals":"high","awareness_at":"2026-11-01T12:00Z")";
  const Evaluation open = evaluate_all(facts_of(facts + "}"), only("eu-gdpr"));
  ASSERT_EQ(verdict_of(open, "eu-gdpr", "data_subjects").open_exemptions.size(), 2U);
  EXPECT_EQ(verdict_of(open, "eu-gdpr", "data_subjects").open_exemptions[0].facts,
            (std::vector<std::string>{"encrypted", "key_compromised"}));
  EXPECT_EQ(
      outcome(facts + R"(,"encrypted":true,"key_compromised":false})", "eu-gdpr", "data_subjects"),
      Outcome::not_due);
  EXPECT_EQ(
      outcome(facts + R"(,"encrypted":true,"key_compromised":true})", "eu-gdpr", "data_subjects"),
      Outcome::due);
  const Evaluation instead = evaluate_all(
      facts_of(facts + R"(,"individual_contact_disproportionate":true})"), only("eu-gdpr"));
  EXPECT_EQ(verdict_of(instead, "eu-gdpr", "data_subjects").substitutes.size(), 1U);
  const Evaluation wait = evaluate_all(
      facts_of(
          R"({"residents.US-TX":9,"awareness_at":"2026-11-01T12:00Z","law_enforcement_delay_requested":true})"),
      only("us-tx"));
  EXPECT_EQ(verdict_of(wait, "us-tx", "individuals").outcome, Outcome::due);
  EXPECT_EQ(verdict_of(wait, "us-tx", "individuals").delays.size(), 1U);
}

TEST(Residents, AreZeroOnlyWhenTheListIsComplete) {
  EXPECT_EQ(outcome(R"({"awareness_at":"2026-11-01T12:00Z"})", "us-tx", "individuals"),
            Outcome::unknown);
  EXPECT_EQ(outcome(R"({"awareness_at":"2026-11-01T12:00Z","residents_complete":true})", "us-tx",
                    "individuals"),
            Outcome::not_due);
  EXPECT_EQ(outcome(R"({"awareness_at":"2026-11-01T12:00Z","residents_complete":false})", "us-tx",
                    "individuals"),
            Outcome::unknown);
}

TEST(AnyPlace, IsFalseOnlyWithACompleteListOrTooFewPeople) {
  const std::string facts =
      R"({"entity.hipaa":"covered_entity","phi_unsecured":true,"data_categories":["health"],"awareness_at":"2026-11-01T12:00Z")";
  EXPECT_EQ(outcome(facts + "}", "us-hipaa", "media"), Outcome::unknown);
  EXPECT_EQ(outcome(facts + R"(,"residents.US-CA":500})", "us-hipaa", "media"), Outcome::unknown);
  EXPECT_EQ(outcome(facts + R"(,"residents.US-CA":501})", "us-hipaa", "media"), Outcome::due);
  EXPECT_EQ(
      outcome(facts + R"(,"residents.US-CA":500,"residents_complete":true})", "us-hipaa", "media"),
      Outcome::not_due);
  EXPECT_EQ(outcome(facts + R"(,"affected_individuals_total":500})", "us-hipaa", "media"),
            Outcome::not_due);
  EXPECT_EQ(outcome(facts + R"(,"affected_individuals_total":501})", "us-hipaa", "media"),
            Outcome::unknown);
}

}  // namespace
}  // namespace casebook::reports
