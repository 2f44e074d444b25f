// Releases, letters and what leaves the house: docs/spec/filing.md 6 to 8.
#include "reports/filing/release.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "reports/document/document_check.h"
#include "reports/document/text_writer.h"
#include "reports/filing/draft_document.h"
#include "reports/filing/draft_json.h"
#include "tests/support/program.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/filing/filing_story.h"

namespace casebook::filing {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string file_text(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

ReleaseOptions options() {
  ReleaseOptions made;
  made.made_at = at("2026-10-24T13:00:00Z");
  return made;
}

std::vector<Approval> approvals_of(const Draft& draft) {
  return {{"legal", "p-cy", draft_digest(draft), at("2026-10-24T12:30:00Z")},
          {"dpo", "p-dee", draft_digest(draft), at("2026-10-24T12:40:00Z")}};
}

Release released(const Draft& draft) {
  auto made = release(draft, approvals_of(draft), options());
  if (!made) ADD_FAILURE() << draft.law.regime << " " << made.error().message;
  return made ? *std::move(made) : Release{};
}

const std::string& file_of(const Release& release, const std::string& name) {
  for (const ReleaseFile& file : release.files) {
    if (file.name == name) return file.bytes;
  }
  static const std::string none;
  ADD_FAILURE() << "no file " << name;
  return none;
}

std::string letter_of(const char* regime, const char* stage) {
  DraftInput input = full_input(law(regime), stage);
  const auto text = documents::document_text(outward_document(draft_of(input), options().made_at));
  EXPECT_TRUE(text) << text.error().message;
  return text ? *text : std::string();
}

TEST(Release, NamesEverythingItWasMadeFrom) {
  DraftInput input = full_input(law("eu-gdpr"), "sa_initial");
  input.facts["affected_individuals_total"].statements = {"s.consequences"};
  input.head = std::string(64, 'b');
  const Draft draft = draft_of(input);
  const Release made = released(draft);
  EXPECT_EQ(made.manifest.draft, draft_digest(draft));
  EXPECT_EQ(made.manifest.facts.at("affected_individuals_total"),
            std::vector<std::string>{"s.consequences"});
  EXPECT_EQ(made.manifest.inputs.size(), 3U);
  EXPECT_EQ(made.manifest.fonts.size(), 4U);
  EXPECT_EQ(made.manifest.files.size(), 6U);
  EXPECT_EQ(made.manifest.approvals.size(), 2U);
  const auto read = parse_manifest(file_of(made, "manifest.json"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, made.manifest);
  EXPECT_FALSE(parse_manifest(file_of(made, "manifest.json") + " "));
}

TEST(Release, IsRefusedForAMissingFactAStaleApprovalAndAPrivilegedSource) {
  DraftInput input = full_input(law("eu-gdpr"), "sa_initial");
  input.facts.erase("affected_individuals_total");
  Draft draft = draft_of(input);
  auto refused = release(draft, approvals_of(draft), options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::locked);
  EXPECT_THAT(refused.error().message, HasSubstr("subject_count: Missing: People affected"));

  input = full_input(law("eu-gdpr"), "sa_initial");
  draft = draft_of(input);
  const auto approvals = approvals_of(draft);
  input.statements.push_back(statement("more", "One more.", {"measures"}));
  refused = release(draft_of(input), approvals, options());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("the approval of legal is for another draft"));

  ReleaseOptions strict = options();
  strict.roles = {"legal", "pr"};
  refused = release(draft, approvals, strict);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "no approval of pr");

  input = full_input(law("eu-gdpr"), "sa_initial");
  for (SourcedStatement& each : input.statements) {
    if (each.id == "s.measures") each.sources = {"s.cause"};
    if (each.id == "s.cause") each.label = Label::privileged;
  }
  draft = draft_of(input);
  refused = release(draft, approvals_of(draft), options());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("measures: Known, but privileged"));
}

// RT-42: a report made again is the one that was sent.
TEST(Release, HasTheSameBytesOnAnotherDayInAnotherZoneAndLanguage) {
  TemporaryFolder folder;
  // Found beside this program, so that no path of a checkout is compiled in.
  const auto build = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const auto run = [&](std::vector<std::string> environment, const std::string& name) {
    std::filesystem::create_directory(folder.path() / name);
    std::vector<std::string> arguments{"env"};
    arguments.insert(arguments.end(), environment.begin(), environment.end());
    arguments.push_back((build / "casebook_make_release").native());
    arguments.push_back((folder.path() / name).native());
    EXPECT_EQ(run_program({.arguments = arguments}), 0) << name;
  };
  run({"TZ=UTC", "LC_ALL=C"}, "here");
  std::vector<std::string> elsewhere{"TZ=Pacific/Kiritimati", "LC_ALL=ar_EG.UTF-8", "LANGUAGE=nl",
                                     "HOME=/nonexistent", "FONTCONFIG_FILE=/nonexistent"};
  // A sanitizer must be the first library, so another one cannot be preloaded then.
  if (!kIsSanitized)
    elsewhere.push_back("LD_PRELOAD=" + (build / "../documents/libcasebook_other_day.so").native());
  run(elsewhere, "there");
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "here")) {
    ++files;
    const std::string name = entry.path().filename().native();
    EXPECT_TRUE(file_text(entry.path()) == file_text(folder.path() / "there" / name)) << name;
  }
  EXPECT_EQ(files, 7);
}

TEST(Release, OfADecisionNotToNotifyIsAReportOfItsOwn) {
  DraftInput input = full_input(law("eu-gdpr"), "data_subjects");
  input.kind = DraftKind::no_notice;
  input.deciding = {"encrypted"};
  const Release made = released(draft_of(input));
  const std::string& text = file_of(made, "report.txt");
  EXPECT_THAT(text, HasSubstr("Decision not to notify: Communication to data subjects"));
  EXPECT_THAT(text, HasSubstr("Text for no_notice_reasons."));
  EXPECT_THAT(text, HasSubstr("Register of every breach"));
}

TEST(Letters, HoldOnlyWhatTheLawOfTheirPlaceLists) {
  const std::string massachusetts = letter_of("us-ma", "individuals");
  EXPECT_THAT(massachusetts, Not(HasSubstr("What happened")));
  EXPECT_THAT(massachusetts, Not(HasSubstr("Text for nature.")));
  EXPECT_THAT(massachusetts, HasSubstr("Text for police_right."));
  const std::string california = letter_of("us-ca", "individuals");
  for (const char* section : {"What happened", "What information was involved", "What we are doing",
                              "What you can do", "For more information"})
    EXPECT_THAT(california, HasSubstr(section));
  EXPECT_THAT(california, HasSubstr("Date of the event: 2026-10-23\n"));
  EXPECT_THAT(letter_of("us-ri", "individuals"), HasSubstr("People affected: 1234 people"));
  EXPECT_THAT(letter_of("us-hi", "individuals"), Not(HasSubstr("1234")));
  const std::string customer = letter_of("eu-gdpr", "processor_to_controller");
  EXPECT_THAT(customer, HasSubstr("Notice to our customer"));
  EXPECT_THAT(customer, HasSubstr("Text for measures."));
}

/// Shared answers that a letter holds, by name.
std::set<std::string> answers_in(const Draft& draft) {
  const auto text = documents::document_text(outward_document(draft, UtcSeconds()));
  EXPECT_TRUE(text);
  std::set<std::string> held;
  for (const auto& [name, rule] : FilingMap::built_in().answers()) {
    if (text && text->find("Text for " + name + ".") != std::string::npos) held.insert(name);
  }
  return held;
}

// One law forbids in a letter what another demands: the same facts, two letters.
TEST(Letters, OfTwoLawsFromTheSameFactsEachKeepToTheirOwn) {
  struct Letter {
    std::string where;
    std::set<std::string> held, kept_out;
  };
  std::vector<Letter> letters;
  for (const reports::Regime& regime : laws().regimes) {
    for (const reports::Stage& stage : regime.stages) {
      const Draft draft = draft_of(full_input(regime, stage.id));
      if (draft.audience != Audience::persons || !draft.draftable()) continue;
      Letter letter{regime.id + " " + stage.id, answers_in(draft), {}};
      for (const DraftField& field : draft.fields) {
        letter.kept_out.insert(field.keeps_out.begin(), field.keeps_out.end());
      }
      letters.push_back(std::move(letter));
    }
  }
  int pairs = 0, opposed = 0;
  for (const Letter& one : letters) {
    for (const Letter& other : letters) {
      if (&one == &other) continue;
      ++pairs;
      for (const std::string& answer : one.kept_out) {
        EXPECT_FALSE(one.held.contains(answer)) << one.where << " holds " << answer;
        opposed += other.held.contains(answer) ? 1 : 0;
      }
    }
  }
  std::cout << "letters " << letters.size() << ", pairs " << pairs
            << ", forbidden here and held there " << opposed << "\n";
  EXPECT_GT(letters.size(), 30U);
  EXPECT_GT(opposed, 10) << "no other letter holds what one must not";
}

TEST(Letters, SayNothingOfOurCaseSourcesAndDeadlines) {
  const std::string letter = letter_of("eu-gdpr", "data_subjects");
  EXPECT_THAT(letter, Not(HasSubstr("amber-heron")));
  EXPECT_THAT(letter, Not(HasSubstr("note 12")));
  EXPECT_THAT(letter, Not(HasSubstr("s.measures")));
}

TEST(Dora, AsksEachStageForItsOwnFields) {
  EXPECT_EQ(draft_of(full_input(law("eu-dora"), "initial")).fields.size(), 25U);
  EXPECT_EQ(draft_of(full_input(law("eu-dora"), "intermediate")).fields.size(), 60U);
  const Draft final = draft_of(full_input(law("eu-dora"), "final"));
  EXPECT_EQ(final.fields.size(), 76U);
  EXPECT_EQ(final.find("its-1.1")->text(), "final");
  EXPECT_EQ(final.find("its-2.2")->text(), "2026-10-23T16:00:00Z");
  EXPECT_EQ(final.find("its-3.1")->text(), "AUTH-99");
  EXPECT_EQ(final.find("its-3.16")->text(), "000:12:30");
  EXPECT_EQ(final.find("its-4.13")->text(), "0.012");
  EXPECT_THAT(fields_csv(final), HasSubstr("its-2.3,yes,datetime_utc,2026-10-23T16:00:00Z\r\n"));
  const auto json = nlohmann::json::parse(report_json(final, options().made_at));
  EXPECT_EQ(json["fields"].size(), 76U);
  EXPECT_EQ(json["fields"][15]["id"], "its-2.1");
  EXPECT_EQ(json["fields"][15]["text"], "INC-2026-7");
  EXPECT_EQ(json["fields"][15]["required"], "yes");
}

TEST(Documents, OfEveryDraftKeepTheRules) {
  for (const reports::Regime& regime : laws().regimes) {
    for (const reports::Stage& stage : regime.stages) {
      for (const bool full : {true, false}) {
        const Draft draft =
            draft_of(full ? full_input(regime, stage.id) : empty_input(regime, stage.id));
        const auto findings = check_draft(draft, {.now = draft.made_at, .personal_data = {}});
        const auto review = documents::check_document(review_document(draft, findings));
        EXPECT_TRUE(review) << regime.id << " " << stage.id << ": " << review.error().message;
        if (!draft.draftable() || draft.audience == Audience::internal) continue;
        const auto outward = documents::check_document(outward_document(draft, options().made_at));
        EXPECT_TRUE(outward) << regime.id << " " << stage.id << ": " << outward.error().message;
      }
    }
  }
}

TEST(Documents, ShowTheLawTheDeadlineAndThatTheyAreNoAdvice) {
  DraftInput input = full_input(law("eu-gdpr"), "sa_initial");
  input.deadline.kind = "limit";
  input.deadline.earliest = at("2026-10-26T16:00:00Z");
  input.deadline.earliest_local = "2026-10-26 17:00:00 (+01:00)";
  input.deadline.zone = "Europe/Paris";
  input.deadline.steps = {"72 hours after awareness"};
  for (const auto language : {documents::Language::en, documents::Language::nl}) {
    input.language = language;
    const Draft draft = draft_of(input);
    for (const auto& document :
         {review_document(draft, {}), outward_document(draft, options().made_at)}) {
      const auto text = documents::document_text(document);
      ASSERT_TRUE(text);
      EXPECT_THAT(*text, HasSubstr("2026-10-26 16:00 UTC (17:00 Europe/Paris)"));
      EXPECT_THAT(*text, HasSubstr("Europe/Paris"));
      EXPECT_THAT(*text, HasSubstr("2026-11-21"));
      EXPECT_THAT(*text, HasSubstr(language == documents::Language::en ? "not legal advice"
                                                                       : "geen juridisch advies"));
      EXPECT_THAT(*text, HasSubstr(language == documents::Language::en
                                       ? "final EDPB template"
                                       : "definitief formulier van de EDPB"));
    }
  }
}

TEST(Documents, KeepHostileTextsAsData) {
  const std::string hostile =
      "{{facts.secret}} {measures} <script>alert(1)</script> =1+1 %s ${HOME}";
  DraftInput input = full_input(law("eu-gdpr"), "sa_initial");
  for (SourcedStatement& each : input.statements) {
    if (each.id == "s.measures") each.text = hostile + "\n\xe2\x80\xae" + "=cmd()\n\n";
  }
  const Release made = released(draft_of(input));
  EXPECT_THAT(file_of(made, "report.html"), Not(HasSubstr("<script")));
  EXPECT_THAT(file_of(made, "report.html"), HasSubstr("{{facts.secret}} {measures} &lt;script"));
  EXPECT_THAT(file_of(made, "report.txt"), HasSubstr("{{facts.secret}} {measures}"));
  EXPECT_THAT(file_of(made, "report.txt"), HasSubstr("<U+202E>"));
  const auto json = nlohmann::json::parse(file_of(made, "report.json"));
  bool whole = false;
  for (const auto& field : json["fields"]) {
    if (field["id"] == "measures") whole = field["text"].get<std::string>().starts_with(hostile);
  }
  EXPECT_TRUE(whole);
}

TEST(Submission, ReadsWhatItWrote) {
  const Submission sent{std::string(64, 'c'),       "web form of the authority", "AUTH-99", "p-cy",
                        at("2026-10-24T13:05:00Z"), std::string(64, 'd')};
  const auto read = parse_submission(submission_json(sent));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, sent);
  EXPECT_FALSE(parse_submission("{}"));
}

// --- what must not leave the house ---------------------------------------------------------

constexpr std::string_view kSecret = "qzsecret";
constexpr std::string_view kPublic = "qzpublic";

/// A whole draft with labelled and unreleased texts in every place that a person can fill.
DraftInput planted_input(std::mt19937& random) {
  std::vector<std::pair<const reports::Regime*, std::string>> stages;
  for (const reports::Regime& regime : laws().regimes) {
    for (const reports::Stage& stage : regime.stages) {
      if (fields_of(regime, stage.id, FilingMap::built_in()).basis != StageFields::Basis::none)
        stages.emplace_back(&regime, stage.id);
    }
  }
  const auto& [regime, stage] = stages[random() % stages.size()];
  DraftInput input = full_input(*regime, stage);
  input.language = random() % 2 == 0 ? documents::Language::en : documents::Language::nl;
  const std::string secret(kSecret);
  const std::size_t given = input.statements.size();
  std::vector<std::string> asked{"measures"};
  for (const reports::ContentField* field :
       fields_of(*regime, stage, FilingMap::built_in()).fields) {
    asked.push_back(regime->id + "." + field->id);
    const Feed& feed = FilingMap::built_in().feed(*regime, field->stage, field->id);
    asked.insert(asked.end(), feed.answers.begin(), feed.answers.end());
  }
  for (int i = 0; i < 12; ++i) {
    SourcedStatement planted = input.statements[random() % given];
    planted.id = secret + std::to_string(i);
    planted.text = secret + " said so";
    planted.author = secret;
    planted.answers = {asked[random() % asked.size()]};
    planted.sources = {secret + " note"};
    switch (random() % 4) {
      case 0:
        planted.label = Label::privileged;
        break;
      case 1:
        planted.label = Label::restricted;
        break;
      case 2:
        planted.audience = {};
        break;
      default:
        planted.sources = {secret + "0"};
        input.statements.push_back(planted);
        continue;
    }
    input.statements.push_back(planted);
  }
  input.statements[given].label = Label::privileged;  // The one that others rest on.
  input.statements[given].sources.clear();
  for (auto& [name, entry] : input.facts) {
    entry.fact.author = secret;
    entry.fact.source = secret + " memo";
    entry.fact.reason = secret + " thinks so";
    if (random() % 4 == 0) entry.statements = {input.statements[random() % given].id, secret + "0"};
  }
  for (std::size_t i = 0; i < given; ++i) {
    input.statements[i].author = secret;
    input.statements[i].text += " " + std::string(kPublic);
  }
  // Typed values must fit their types, so they carry no word.
  for (SourcedStatement& each : input.statements) {
    if (each.id.starts_with("w.eu-dora")) each.text.resize(each.text.find(" qzpublic"));
  }
  return input;
}

std::string outside_text(const std::string& name, const std::string& bytes,
                         const std::filesystem::path& folder) {
  if (name != "draft.docx" && name != "report.pdf") return bytes;
  const auto file = folder / name;
  std::ofstream(file, std::ios::binary) << bytes;
  const auto out = folder / "text";
  const std::vector<std::string> arguments =
      name == "draft.docx" ? std::vector<std::string>{"bsdtar", "-xOf", file.native()}
                           : std::vector<std::string>{"pdftotext", "-raw", file.native(), "-"};
  EXPECT_EQ(run_program({.arguments = arguments, .output = out}), 0);
  return bytes + file_text(out);
}

TEST(Outward, HoldsNoPrivilegedRestrictedOrUnreleasedText) {
  const char* wanted = std::getenv("CASEBOOK_PROPERTY_CASES");
  const int cases = wanted == nullptr ? 24 : std::atoi(wanted);
  std::mt19937 random(20'261'122);
  TemporaryFolder folder;
  int searched = 0;
  int found = 0;
  int withheld = 0;
  for (int i = 0; i < cases; ++i) {
    DraftInput input = planted_input(random);
    const Draft before = draft_of(input);
    if (random() % 2 == 0) {
      input.previous = &before;
      for (SourcedStatement& each : input.statements) {
        if (each.id == "s.measures") each.text += " Later.";
      }
      input.statements.push_back(statement("why", "It changed.", {"reason.s.measures"}));
      SourcedStatement advice = statement("advice", std::string(kSecret), {"reason.s.measures"});
      advice.label = Label::privileged;
      input.statements.push_back(advice);
    }
    Draft draft = draft_of(input);
    // Fields that the measures feed changed, too, whatever they are called.
    for (Change& change : draft.changes) {
      if (change.reason.empty()) change.reason = "It changed.";
    }
    withheld += draft.withheld;
    const Release made = released(draft);
    ASSERT_EQ(made.files.size(), 7U) << draft.law.regime << " " << draft.law.stage;
    for (const ReleaseFile& file : made.files) {
      const std::string text = outside_text(file.name, file.bytes, folder.path());
      ++searched;
      EXPECT_EQ(text.find(kSecret), std::string::npos)
          << file.name << " of " << draft.law.regime << " " << draft.law.stage;
      const bool shows = text.find(kPublic) != std::string::npos;
      found += shows ? 1 : 0;
    }
    EXPECT_EQ(draft_json(draft).find(kSecret), std::string::npos);
  }
  std::cout << cases << " cases, " << searched << " files searched, the public word in " << found
            << "\n";
  EXPECT_GT(withheld, cases) << "there was something to hold back";
  EXPECT_GT(found, cases * 3) << "the search finds what is there";
}

}  // namespace
}  // namespace casebook::filing
