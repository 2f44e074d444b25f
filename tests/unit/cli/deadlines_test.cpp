// Screens of the commands about law, at both widths, and their refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/text.h"
#include "core/durable_file.h"
#include "tests/support/cli_runtime.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"

namespace casebook::cli {
namespace {

using testing::HasSubstr;

constexpr const char* kAt = "2026-10-23T21:00 Europe/Paris";

/// Runs in a folder of its own that holds the decision vector as facts.json.
class Deadlines : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::copy(
        std::string(CASEBOOK_SOURCE_DIR) + "/tests/vectors/deadlines/decision.json",
        folder_.path() / "facts.json");
    // No case that somebody chose on this machine.
    test_.environment["XDG_STATE_HOME"] = (folder_.path() / "state").string();
  }

  /// Runs the command in the folder, then comes back, since the sources are found from here.
  std::string shown(const std::vector<std::string>& words, int width_columns) {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder_.path());
    test_.runtime.terminal.width_columns = width_columns;
    status_ = test_.run(words);
    std::filesystem::current_path(before);
    return test_.out.str();
  }
  static void expect_fits(const std::string& text, int width_columns) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(display_width(line), width_columns) << line;
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() / name) << text;
  }

  TemporaryFolder folder_;
  TestRuntime test_;
  ExitStatus status_ = ExitStatus::done;
};

TEST_F(Deadlines, ListsWhatIsDueInOrder) {
  const std::string text = shown({"deadlines", "--at", kAt}, 78);
  expect_fits(text, 78);
  expect_golden("cli/deadlines.txt", text);
}

TEST_F(Deadlines, BecomesAListOnANarrowTerminal) {
  const std::string text = shown({"deadlines", "--at", kAt}, 58);
  expect_fits(text, 58);
  expect_golden("cli/deadlines-narrow.txt", text);
}

TEST_F(Deadlines, ListsEverythingWhenAsked) {
  const std::string text = shown({"deadlines", "--all", "--at", kAt}, 78);
  expect_fits(text, 78);
  expect_golden("cli/deadlines-all.txt", text);
}

TEST_F(Deadlines, ExplainsOneLaw) {
  const std::string text = shown({"deadlines", "eu-gdpr", "--at", kAt}, 78);
  expect_golden("cli/deadlines-eu-gdpr.txt", text);
}

TEST_F(Deadlines, ExplainsOneLawOnANarrowTerminal) {
  const std::string text = shown({"deadlines", "eu-nis2", "--at", kAt}, 58);
  expect_golden("cli/deadlines-eu-nis2-narrow.txt", text);
}

TEST_F(Deadlines, SuggestsTheLawThatWasMeant) {
  shown({"deadlines", "eu-gdrp"}, 78);
  EXPECT_EQ(status_, ExitStatus::usage);
  EXPECT_THAT(test_.err.str(), HasSubstr("did you mean eu-gdpr?"));
}

TEST_F(Deadlines, RefusesAFactsFileInOneLineWithPlaceAndHint) {
  write("facts.json",
        "{\"format\": \"casebook-facts/1\",\n \"facts\": {\n  \"awareness_at\": "
        "\"2026-10-23T18:00\"}}\n");
  shown({"deadlines"}, 78);
  EXPECT_EQ(status_, ExitStatus::failed);
  EXPECT_EQ(test_.err.str(),
            "casebook: facts.json:3:3: awareness_at: \"2026-10-23T18:00\" has no time zone\n"
            "  add one: 2026-10-23T18:00 Europe/Paris, or +02:00, or Z\n");
  std::filesystem::remove(folder_.path() / "facts.json");
  shown({"deadlines"}, 78);
  EXPECT_EQ(status_, ExitStatus::failed);
  EXPECT_THAT(test_.err.str(), HasSubstr("casebook facts template > facts.json"));
}

TEST_F(Deadlines, ReadsTheProfileBesideTheFactsAndRefusesAContradiction) {
  write("profile.json", R"({"format":"casebook-facts/1","facts":{"entity.dora":false}})");
  EXPECT_THAT(shown({"deadlines", "--at", kAt}, 78), HasSubstr("from facts.json, profile.json"));
  write("profile.json", R"({"format":"casebook-facts/1","facts":{"entity.nis2":"essential"}})");
  shown({"deadlines"}, 78);
  EXPECT_EQ(status_, ExitStatus::failed);
  EXPECT_THAT(test_.err.str(), HasSubstr("entity.nis2 is essential, but another file says"));
}

TEST_F(Deadlines, AnswersInJson) {
  const Json json = *parse_json(shown({"deadlines", "eu-gdpr", "--json", "--at", kAt}, 78));
  EXPECT_EQ(json.at("format"), "casebook-deadlines/1");
  EXPECT_EQ(json.at("at"), "2026-10-23T19:00:00Z");
  const Json& regime = json.at("regimes").at(0);
  EXPECT_EQ(regime.at("as_of"), "2026-11-21");
  EXPECT_TRUE(regime.at("verified").get<bool>());
  EXPECT_FALSE(regime.at("sources").empty());
  const Json& deadline = regime.at("stages").at(0).at("deadline");
  EXPECT_EQ(deadline.at("earliest").at("local"), "2026-10-26T17:00:00+01:00");
  EXPECT_EQ(deadline.at("left_seconds"), 69 * 3600);
}

TEST_F(Deadlines, WritesAValidCalendar) {
  shown({"deadlines", "--at", kAt, "--ics", "dates.ics"}, 78);
  ASSERT_EQ(status_, ExitStatus::done);
  const auto bytes = *read_file(folder_.path() / "dates.ics", 1 << 20);
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  EXPECT_TRUE(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"));
  EXPECT_TRUE(text.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
  EXPECT_THAT(text,
              HasSubstr("\r\nUID:decision-vector.eu-nis2.early_warning@casebook.invalid\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nDTSTAMP:20261023T190000Z\r\nDTSTART:20261024T160000Z\r\n"));
  EXPECT_THAT(text, HasSubstr("\\, "));
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - at, 75U) << text.substr(at, end - at);
    EXPECT_EQ(text.substr(at, end - at).find('\n'), std::string::npos);
    at = end + 2;
  }
  shown({"deadlines", "--at", kAt, "--ics", "dates.ics"}, 78);
  EXPECT_EQ(status_, ExitStatus::done) << "a second run replaces the file";
}

TEST_F(Deadlines, TakesContractsOfYourOwn) {
  const std::string page = [] {
    auto bytes = *read_file(std::string(CASEBOOK_SOURCE_DIR) + "/docs/deadlines.md", 1 << 20);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }();
  const std::size_t begin = page.find("```json\n") + 8;
  std::filesystem::create_directory(folder_.path() / "our-contracts");
  write("our-contracts/acme.json", page.substr(begin, page.find("```", begin) - begin));
  write(
      "mine.json",
      R"({"format":"casebook-facts/1","facts":{"entity.zone":"Europe/Paris","entity.role":["processor"],"awareness_at":"2026-10-23T18:00 Europe/Paris"}})");
  EXPECT_THAT(
      shown({"deadlines", "--facts", "mine.json", "--regimes", "our-contracts", "--at", kAt}, 78),
      HasSubstr("contract-acme customer"));
  shown({"regimes", "lint", "our-contracts"}, 78);
  EXPECT_EQ(status_, ExitStatus::done);
  write("our-contracts/twice.json", page.substr(begin, page.find("```", begin) - begin));
  EXPECT_THAT(shown({"regimes", "lint", "our-contracts"}, 78), HasSubstr("is there already"));
  EXPECT_EQ(status_, ExitStatus::failed);
}

TEST_F(Deadlines, ChecksAFactsFile) {
  EXPECT_THAT(shown({"facts", "check"}, 78), HasSubstr("21 facts known, 0 problems"));
  write("bad.json",
        "{\"format\": \"casebook-facts/1\", \"facts\": {\"nosuch\": 1, \"material\": \"x\"}}");
  EXPECT_THAT(shown({"facts", "check", "bad.json"}, 78), HasSubstr("0 facts known, 2 problems"));
  EXPECT_EQ(status_, ExitStatus::failed);
}

TEST_F(Deadlines, MakesTemplatesThatItAccepts) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"facts", "template", "--out", "t.json"},
        {"facts", "template", "--all", "--out", "t.json"},
        {"org", "profile", "--out", "t.json"}}) {
    std::filesystem::remove(folder_.path() / "t.json");
    shown(words, 78);
    EXPECT_EQ(status_, ExitStatus::done);
    EXPECT_THAT(shown({"facts", "check", "t.json"}, 78), HasSubstr("0 problems"));
  }
}

TEST_F(Deadlines, DocumentOfTheLawsIsCurrent) {
  const auto bytes = read_file(std::string(CASEBOOK_SOURCE_DIR) + "/docs/regimes.md", 1 << 22);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(shown({"regimes", "document"}, 78),
            std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size()))
      << "run: casebook regimes document > docs/regimes.md";
}

TEST_F(Deadlines, ShowsAndListsLaws) {
  EXPECT_THAT(shown({"regimes", "list", "vermont"}, 78), HasSubstr("us-vt"));
  EXPECT_THAT(shown({"regimes", "show", "us-vt"}, 78),
              HasSubstr("14 business days from discovered_at; us_business_days"));
}

}  // namespace
}  // namespace casebook::cli
