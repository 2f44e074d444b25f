// Papers: docs/spec/papers.md.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/digest.h"
#include "reports/document/document_check.h"
#include "reports/document/pdf_writer.h"
#include "reports/document/text_writer.h"
#include "reports/paper/custody_statement.h"
#include "reports/paper/incident_register.h"
#include "reports/paper/privilege_log.h"
#include "reports/paper/sitrep.h"
#include "tests/support/golden.h"
#include "tests/support/program.h"
#include "tests/support/sample_document.h"
#include "tests/support/temporary_folder.h"

namespace casebook::papers {
namespace {

using documents::check_document;
using documents::document_text;
using documents::sample_hash;
using documents::sample_time;
using testing::HasSubstr;

PaperHead head(Language language) {
  return {language, "amber-heron", "Confidential", sample_time(11), "casebook 0.1.0", true};
}

PaperBag sample_bag() {
  PaperBag bag;
  bag.name = "B-7";
  bag.bag_id = "00112233445566778899aabbccddeeff";
  bag.host = "web-03.example.org";
  bag.collected_by = "casebook-collect 0.1.0";
  bag.started_at = sample_time(11);
  bag.sealed_at = sample_time(12);
  bag.entries = 1482;
  bag.exceptions = {"/var/log/app.log grew while it was read", "/proc/4711 vanished"};
  bag.seal_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample0";
  bag.seal_code = "7F3AK 91C2M 0B55T E8D4W 66A1Z";
  bag.archive_sha256 = sample_hash("archive");
  bag.seal_sha256 = sample_hash("seal");
  bag.signature_sha256 = sample_hash("signature");
  bag.custody = {{sample_time(12), "sealed", "", "", "web-03", ""},
                 {sample_time(31), "received", "Ben", "SHA256:exampleexampleexample", "Paris",
                  "for analysis"}};
  bag.exhibits = {{"/var/log/auth.log", 48'112, sample_hash("auth")},
                  {"/etc/passwd", 1'204, sample_hash("passwd")}};
  return bag;
}

CustodyStatementInput statement(Language language) {
  return {
      head(language), "Example Works, Paris",
      "Ben",          "",
      {sample_bag()}, {{sample_time(14), "seal code of B-7, read aloud and written down", "Ada"}}};
}

PrivilegeLogInput privilege(Language language) {
  return {head(language),
          "Example Works, Paris",
          "Cy",
          {{"PRIV-0001",
            sample_time(),
            "note",
            "Cy",
            {"Ada", "Dee"},
            "legal advice",
            "request for advice on duties to notify",
            false},
           {"PRIV-0002",
            sample_time(60),
            "e-mail",
            "Ada",
            {"Cy"},
            "work product",
            "findings collected at the direction of counsel",
            true}}};
}

SitrepInput situation(Language language) {
  SitrepInput input{.head = head(language),
                    .number = 3,
                    .severity = "Sev-1",
                    .phase = "containing",
                    .commander = "Ada"};
  input.known = {{"A withdrawn key signed in to web-03.", "note 12", "confirmed"}};
  input.changes = {{"db-01 is clean.", "finding 4", "suspected"}};
  input.clocks = {{"NIS2 early warning", "Sat 24 Oct 18:00 Paris", "21 h", "draft 6 of 9 facts"}};
  input.next = {{"Replace the keys of the supplier.", "", ""}};
  input.course = {"Course",
                  "Two events within half an hour.",
                  {"web-03"},
                  {{sample_time(), 0, "sign-in", false}, {sample_time(30), 0, "sealed", true}}};
  input.ledger_head = "77 " + sample_hash("head");
  return input;
}

IncidentRegisterInput incidents(Language language) {
  return {head(language),
          "Example Works, Paris",
          "2026",
          {{"amber-heron", sample_time(), "sign-in with a withdrawn key", "400 customers, names",
            "keys replaced", "authority on 24 November"},
           {"brown-owl", sample_time(9'000), "lost laptop, encrypted", "none", "wiped",
            "not notified: risk unlikely, decision 9"}}};
}

TEST(Papers, AreTheGoldenOnesInBothLanguages) {
  std::string all;
  for (const Language language : {Language::en, Language::nl}) {
    for (const Document& document :
         {custody_statement(statement(language)), privilege_log(privilege(language)),
          sitrep(situation(language)), incident_register(incidents(language))}) {
      const auto text = document_text(document);
      ASSERT_TRUE(text) << text.error().message;
      all += *text + std::string(78, '#') + "\n";
    }
  }
  expect_golden("documents/papers.txt", all);
}

TEST(Papers, OfNothingAreSoundAndSaySo) {
  for (const Language language : {Language::en, Language::nl}) {
    const Document empty = custody_statement({.head = head(language)});
    EXPECT_TRUE(check_document(empty));
    EXPECT_TRUE(check_document(privilege_log({.head = head(language)})));
    EXPECT_TRUE(check_document(sitrep({.head = head(language)})));
    EXPECT_TRUE(check_document(incident_register({.head = head(language)})));
    EXPECT_TRUE(documents::document_pdf(empty));
  }
  EXPECT_THAT(*document_text(custody_statement({.head = head(Language::en)})),
              HasSubstr("No anchor from outside is known."));
}

TEST(CustodyStatement, SaysWhatIsMissing) {
  PaperBag bag = sample_bag();
  const std::string text = *document_text(custody_statement(statement(Language::en)));
  EXPECT_THAT(text, HasSubstr("nobody before the collection began"));
  EXPECT_THAT(text, HasSubstr("none: times are those of the clocks named"));
  EXPECT_THAT(text, HasSubstr("not signed"));
  EXPECT_THAT(text, HasSubstr("What is not shown"));
}

/// A bag of another implementation's making, as the statement would describe it.
PaperBag bag_of_vectors(const std::filesystem::path& folder, bool encrypted) {
  const auto file = [&](const char* name) {
    std::ostringstream text;
    text << std::ifstream(folder / name, std::ios::binary).rdbuf();
    return text.str();
  };
  const auto seal = nlohmann::json::parse(file("seal.json"));
  PaperBag bag = sample_bag();
  bag.bag_id = seal["bag"].get<std::string>();
  bag.seal_key = seal["seal_key"].get<std::string>();
  bag.encrypted = encrypted;
  bag.archive_sha256 = seal["file"]["sha256"].get<std::string>();
  bag.seal_sha256 = sample_hash(file("seal.json"));
  bag.signature_sha256 = sample_hash(file("seal.json.sig"));
  return bag;
}

/// Types the printed commands in a copy of the bag's folder. @return the exit status.
int type_commands(const std::filesystem::path& bag_folder, const std::filesystem::path& identity,
                  const PaperBag& bag, const std::filesystem::path& out) {
  std::string script = "set -eu\ncd " + bag_folder.native() + "\n";
  for (std::string line : stock_check_lines(bag)) {
    EXPECT_LE(line.size(), 74U) << "a command that is broken on paper";
    if (const std::size_t at = line.find("IDENTITY"); at != std::string::npos)
      line.replace(at, 8, identity.native());
    script += line + "\n";
  }
  const std::filesystem::path file = bag_folder.parent_path() / "commands";
  std::ofstream(file) << script;
  return run_program({.arguments = {"sh", file.native()}, .output = out});
}

TEST(CustodyStatement, ItsCommandsCheckABagWithOrdinaryProgramsOnly) {
  const std::filesystem::path vectors =
      std::string(CASEBOOK_SOURCE_DIR) + "/tests/vectors/bag/stock";
  for (const bool encrypted : {false, true}) {
    TemporaryFolder folder;
    for (const bool changed : {false, true}) {
      const auto bags = vectors / (encrypted ? "encrypted" : "plain");
      const auto source = std::filesystem::exists(bags / "seal.json")
                              ? bags
                              : std::filesystem::directory_iterator(bags)->path();
      const auto copy = folder.path() / (changed ? "changed" : "whole");
      std::filesystem::copy(source, copy, std::filesystem::copy_options::recursive);
      const PaperBag bag = bag_of_vectors(copy, encrypted);
      if (changed) {  // One bit of the archive.
        std::fstream file(copy / (encrypted ? "bag.tar.zst.age" : "bag.tar.zst"),
                          std::ios::binary | std::ios::in | std::ios::out);
        file.seekg(300);
        const char byte = static_cast<char>(file.get() ^ 1);
        file.seekp(300);
        file.put(byte);
      }
      const auto out = folder.path() / "out";
      const int status =
          type_commands(copy, std::filesystem::absolute(vectors / "identity.txt"), bag, out);
      EXPECT_EQ(status == 0, !changed) << encrypted << changed;
      std::ostringstream said;
      said << std::ifstream(out).rdbuf();
      for (const std::string& digest : {bag.seal_sha256, bag.signature_sha256}) {
        EXPECT_THAT(said.str(), HasSubstr(digest));
      }
      EXPECT_THAT(said.str(), HasSubstr("Good"));
      std::filesystem::permissions(copy, std::filesystem::perms::owner_all);
    }
  }
}

}  // namespace
}  // namespace casebook::papers
