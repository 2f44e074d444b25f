#include "workflow/runbook_statement.h"

#include <gtest/gtest.h>

#include "tests/support/seeded_randomness.h"

namespace casebook::workflow {
namespace {

StatementId statement(char digit) { return *StatementId::parse(std::string(32, digit)); }
PersonId person(char digit) { return *PersonId::parse(std::string(32, digit)); }

std::vector<RunbookBody> one_of_each() {
  const UtcSeconds time = *parse_utc("2026-11-21T02:00:00Z");
  const Covers covers = {{"impact", Digest256{std::byte{1}}}};
  return {PolicyPin{{{"minimal", 1, Digest256{std::byte{9}}}}},
          KindSet{"breach"},
          FactSet{"severity", std::int64_t{2}, true, {statement('1'), statement('2')}, {}},
          RecordAdd{"host", {{"host", Value(std::string("web-1"))}, {"found", true}}, {}},
          RecordChange{statement('1'), {{"since", Moment{1'700'000'000}}}, {}},
          RecordSettle{statement('1'), {{"tags", std::vector<std::string>{"a", "b"}}}, {}},
          StepDone{"find-out"},
          StepSkip{"pause"},
          MakeMove{"close", statement('3')},
          AskFor{"legal", 2, person('4'), statement('5'), covers},
          Attest{"reviewed", "legal", covers, statement('5'), statement('6')},
          AttestRefuse{statement('6')},
          AttestWithdraw{statement('7')},
          Spoken{statement('6'), person('4'), "4711"},
          WaiveAsk{"legal", "action:disable_core", statement('5'), 80},
          WaiveGrant{statement('8')},
          HandoverOffer{"commander", person('4')},
          HandoverAccept{statement('9')},
          DeputyName{"legal", person('4'), time, time + std::chrono::hours(8)},
          DeputyAccept{statement('9')},
          Acknowledge{7},
          Exclude{person('4')},
          TimeAttest{12, time},
          TellDone{statement('1'), time, "mail", true}};
}

TEST(RunbookStatement, WritesAndReadsEveryVerb) {
  const auto bodies = one_of_each();
  ASSERT_EQ(bodies.size(), std::variant_size_v<RunbookBody>);
  for (const RunbookBody& body : bodies) {
    const std::string text = format_runbook_body(body);
    EXPECT_TRUE(is_runbook_verb(verb_of(body)));
    const auto read = parse_runbook_body(verb_of(body), text);
    ASSERT_TRUE(read) << verb_of(body) << ": " << read.error().message;
    EXPECT_EQ(format_runbook_body(*read), text);
    EXPECT_EQ(read->index(), body.index());
  }
}

TEST(RunbookStatement, RefusesEveryTextWithAByteLost) {
  for (const RunbookBody& body : one_of_each()) {
    const std::string text = format_runbook_body(body);
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::string cut = text;
      cut.erase(i, 1);
      const auto read = parse_runbook_body(verb_of(body), cut);
      EXPECT_TRUE(!read || format_runbook_body(*read) == cut) << cut;
    }
  }
}

TEST(RunbookStatement, RefusesKeysThatAreMissingOrUnknown) {
  EXPECT_FALSE(parse_runbook_body("kind.set", "{}"));
  EXPECT_FALSE(parse_runbook_body("kind.set", R"({"kind":"breach","why":1})"));
  EXPECT_FALSE(parse_runbook_body("kind.set", R"({"kind":"Two words"})"));
  EXPECT_FALSE(parse_runbook_body("role.give", "{}"));
  EXPECT_FALSE(parse_runbook_body("policy.pin", R"({"policies":[]})"));
}

TEST(RunbookStatement, RefusesEvidenceThatIsNotSorted) {
  const std::string one(32, '1'), two(32, '2'), key(32, '0');
  const auto text = [&](const std::string& first, const std::string& second) {
    return R"({"evidence":[")" + first + R"(",")" + second + R"("],"key":")" + key +
           R"(","name":"severity","provisional":false,"value":2})";
  };
  EXPECT_TRUE(parse_runbook_body("fact.set", text(one, two)));
  EXPECT_FALSE(parse_runbook_body("fact.set", text(two, one)));
  EXPECT_FALSE(parse_runbook_body("fact.set", text(one, one)));
}

TEST(RunbookStatement, TakesATextOfTheFormOfATimeForATime) {
  const std::string body =
      R"({"evidence":[],"key":")" + std::string(32, '0') +
      R"(","name":"aware","provisional":false,"value":"2026-11-21T02:00:00Z"})";
  const auto read = parse_runbook_body("fact.set", body);
  ASSERT_TRUE(read);
  EXPECT_TRUE(std::holds_alternative<Moment>(std::get<FactSet>(*read).value));
  EXPECT_EQ(format_runbook_body(*read), body);
}

}  // namespace
}  // namespace casebook::workflow
