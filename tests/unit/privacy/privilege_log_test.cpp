#include "vault/privacy/privilege_log.h"

#include <gmock/gmock.h>

namespace casebook::privacy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const PrivilegeLogRow kRow{.control = "CB-1",
                           .date = "2026-11-21 02:11 UTC",
                           .type = "note",
                           .author = {{"Cy", true}},
                           .to = {{"Ada"}, {"Dee"}},
                           .description = "Note of counsel giving advice on notification",
                           .basis = "attorney-client",
                           .treatment = "withheld",
                           .custodian = "Ada",
                           .reviewer = "Cy",
                           .review_date = "2026-11-22"};

std::vector<std::string> findings(const PrivilegeLogRow& row, std::string_view withheld = "") {
  std::vector<std::string> all;
  const PrivilegeLogContext context{
      .privileged_text = [=](std::size_t) { return withheld; },
      .is_known_elsewhere = [](std::string_view word) { return word == "notification"; }};
  for (const auto& finding : check_privilege_log({row}, context)) {
    all.push_back((finding.is_refusal ? "! " : "? ") + finding.message);
  }
  return all;
}

template <typename Change>
PrivilegeLogRow with(Change change) {
  PrivilegeLogRow row = kRow;
  change(row);
  return row;
}

TEST(PrivilegeLog, RefusesRowsThatCannotBeJudged) {
  EXPECT_THAT(findings(kRow), IsEmpty());
  EXPECT_THAT(findings(with([](auto& r) { r.basis = " "; })), Contains("! no basis is claimed"));
  EXPECT_THAT(findings(with([](auto& r) { r.author.clear(); })), Contains("! no author"));
  EXPECT_THAT(findings(with([](auto& r) { r.date.clear(); })), Contains("! no date"));
  EXPECT_THAT(findings(with([](auto& r) { r.description = "\n"; })), Contains("! no description"));
}

TEST(PrivilegeLog, WarnsWithoutCounselAndOfWordsThatGiveItAway) {
  EXPECT_THAT(findings(with([](auto& r) { r.author[0].is_counsel = false; })),
              ElementsAre("? no counsel among author and recipients"));
  const auto telling = with([](auto& r) { r.description = "Advice on notification and Bribery"; });
  EXPECT_THAT(findings(telling, "We found bribery; notification and advice follow"),
              ElementsAre("? the description uses words of the withheld text alone: bribery"));
  EXPECT_THAT(findings(telling, "nothing in common"), IsEmpty());
}

TEST(PrivilegeLog, IsCsvThatRunsNothing) {
  EXPECT_EQ(csv_field("plain"), "plain");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"no\""), "\"say \"\"no\"\"\"");
  EXPECT_EQ(csv_field("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
  for (const std::string bad : {"=1", "+1", "-1", "@x", " =1", "\t=1", "\r\n=1"}) {
    EXPECT_THAT(csv_field(bad), HasSubstr("'")) << bad;
  }
  EXPECT_EQ(csv_field("two\nlines"), "two lines");
  EXPECT_EQ(csv_field("a\xE2\x80\xAE"
                      "b\\c"),
            "a\\u{202e}b\\c");
  const std::string csv = privilege_log_csv({kRow});
  EXPECT_TRUE(csv.starts_with("\xEF\xBB\xBFNo.,Control,Date,"));
  EXPECT_THAT(csv, HasSubstr("\r\n1,CB-1,2026-11-21 02:11 UTC,note,Cy*,\"Ada; Dee\",,,Note of "
                             "counsel giving advice on notification,attorney-client,withheld,,Ada,"
                             "Cy,2026-11-22,\r\n"));
}

}  // namespace
}  // namespace casebook::privacy
