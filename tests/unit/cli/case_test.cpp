// A case from the command line: who is who, who may open what, and what verify says. Formats:
// docs/spec/org.md, docs/spec/proposal.md.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/durable_file.h"
#include "core/json_text.h"
#include "tests/support/cli_runtime.h"
#include "tests/support/temporary_folder.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

/// Persons without passphrases on one machine; the root key of the organisation has one.
class CaseCommands : public testing::Test {
 protected:
  CaseCommands() : folder_(folder_in_memory()) {
    at_home("home");
    for (const char* name : {"ada", "ben", "cy"}) must({"key", "new", name, "--no-passphrase"});
  }
  void at_home(const std::string& name) {
    test_.environment["XDG_CONFIG_HOME"] = (folder_.path() / name / "config").string();
    test_.environment["XDG_STATE_HOME"] = (folder_.path() / name / "state").string();
    fs::create_directories(folder_.path() / name / "config");
  }
  ExitStatus run(std::vector<std::string> words) {
    test_.passphrases.answers.assign(4, "correct horse");
    return test_.run(words);
  }
  void must(std::vector<std::string> words) {
    ASSERT_EQ(run(words), ExitStatus::done) << words.front() << ": " << test_.err.str();
  }
  /// Refused, with a word of the reason.
  void refuses(std::vector<std::string> words, const std::string& why) {
    EXPECT_NE(run(words), ExitStatus::done) << words.front();
    EXPECT_NE(test_.err.str().find(why), std::string::npos) << test_.err.str();
  }
  void make_org() {
    must({"org", "init", "Example Ltd", "--dir", org().string()});
    must({"org", "person", "add", "ada", "--role", "commander"});
    must({"org", "person", "add", "ben", "--role", "security"});
    must({"org", "person", "add", "cy", "--role", "legal"});
  }
  void open_case(const std::string& name = "case") {
    must({"open", "Odd logins", "--as", "ada", "--dir", (folder_.path() / name).string()});
  }
  Json verify(std::vector<std::string> more, ExitStatus expected) {
    std::vector<std::string> words = {"verify", place().string(), "--json", "--as", "ada"};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_EQ(run(words), expected) << test_.out.str() << test_.err.str();
    std::string text = test_.out.str();
    if (text.ends_with('\n')) text.pop_back();
    auto json = parse_json(text);
    return json ? *json : Json::object();
  }
  [[nodiscard]] fs::path org() const { return folder_.path() / "org"; }
  [[nodiscard]] fs::path place() const { return folder_.path() / "case"; }

  TemporaryFolder folder_;
  TestRuntime test_;
};

TEST_F(CaseCommands, OpensACaseWithAHarmlessName) {
  open_case();
  EXPECT_NE(test_.out.str().find("single founder"), std::string::npos);
  const Bytes clear = *read_file(place() / "case.json", 100000);
  EXPECT_EQ(as_text(clear).find("Odd"), std::string_view::npos) << "a title never leaks";
  const Json shown = verify({}, ExitStatus::incomplete);
  EXPECT_EQ(shown["entries"], 3) << "opened, let in, pinned";
  EXPECT_EQ(shown["records"], 3);
  EXPECT_TRUE(shown["single_founder"].get<bool>());
  EXPECT_TRUE(shown["findings"].empty()) << shown;
}

TEST_F(CaseCommands, MakesAKeyForWhoeverHasNone) {
  at_home("new");
  must({"open", "Odd logins", "--as", "gus", "--dir", place().string()});
  EXPECT_EQ(test_.passphrases.asked.size(), 1U) << "one question for key and case";
  EXPECT_EQ(run({"access", "list", "--as", "gus"}), ExitStatus::done) << test_.err.str();
}

// RT-7: a person needs their own signature and two persons already bound.
TEST_F(CaseCommands, Rt7AddsPersonsOnlyByTheRules) {
  open_case();
  refuses({"person", "add", "ben", "--as", "ada"}, "not signed by the new key itself");
  must({"person", "add", "ben", "--as", "ada", "--with", "ben"});
  refuses({"person", "add", "cy", "--as", "ada", "--with", "cy"}, "two other persons have to sign");
  must({"person", "add", "cy", "--as", "ada", "--with", "cy", "--with", "ben"});
  refuses({"role", "legal", "cy", "--as", "cy"}, "nobody gives themselves");
  refuses({"role", "legal", "cy", "--as", "ada"}, "two other persons have to sign");
  must({"role", "legal", "cy", "--as", "ada", "--with", "ben"});
  must({"role", "legal", "cy", "--as", "cy"});
  must({"person", "show", "--as", "cy", "--json"});
  EXPECT_NE(test_.out.str().find("\"legal\":true"), std::string::npos) << test_.out.str();
  EXPECT_TRUE(verify({}, ExitStatus::incomplete)["refused"].empty());
}

TEST_F(CaseCommands, SignaturesTravelAsAFile) {
  open_case();
  const std::string ask = (folder_.path() / "ask").string();
  must({"person", "add", "ben", "--as", "ada", "--out", ask});
  EXPECT_NE(test_.out.str().find("still missing"), std::string::npos);
  refuses({"person", "add", "ben", "--as", "ada", "--from", ask}, "not signed by the new key");
  must({"key", "sign", ask, "--as", "ben"});
  EXPECT_NE(test_.err.str().find("person.add"), std::string::npos) << "shown before it is signed";
  refuses({"key", "sign", ask, "--as", "ben"}, "signed twice");
  must({"person", "add", "ben", "--as", "ada", "--from", ask});
  refuses({"person", "add", "ben", "--as", "ada", "--from", ask}, "repeated");
}

// RT-8: whoever opens the case does not own counsel's compartment.
TEST_F(CaseCommands, Rt8CounselMakesTheirOwnCompartment) {
  open_case();
  must({"person", "add", "ben", "--as", "ada", "--with", "ben"});
  must({"person", "add", "cy", "--as", "ada", "--with", "ben", "--with", "cy"});
  refuses({"access", "begin", "legal", "--as", "ada"}, "may not begin compartment legal");
  must({"role", "legal", "cy", "--as", "ada", "--with", "ben"});
  refuses({"access", "begin", "legal", "--as", "cy"}, "may not begin");
  must({"role", "legal", "cy", "--as", "cy"});
  must({"access", "begin", "legal", "--as", "cy"});
  refuses({"access", "grant", "legal", "ada", "--as", "ada"}, "may not open legal");
  must({"access", "grant", "legal", "ben", "--as", "cy"});
  must({"access", "log", "--as", "ben"});
  EXPECT_NE(test_.out.str().find("legal"), std::string::npos);
}

// RT-7, Done 3: a forged case with invented persons does not verify against the roster.
TEST_F(CaseCommands, Rt7AForgedCaseDoesNotVerifyAgainstTheRoster) {
  make_org();
  open_case();
  must({"person", "add", "ben", "--as", "ada", "--with", "ben"});
  const Json good = verify({"--anchor", org().string()}, ExitStatus::done);
  EXPECT_EQ(good["anchored"].size(), 2U) << good;
  // The same with keys that nobody enrolled, under the same names.
  at_home("forger");
  for (const char* name : {"ada", "ben"}) must({"key", "new", name, "--no-passphrase"});
  fs::remove_all(place());
  open_case();
  must({"person", "add", "ben", "--as", "ada", "--with", "ben"});
  EXPECT_TRUE(verify({}, ExitStatus::incomplete)["findings"].empty()) << "consistent";
  const Json forged = verify({"--anchor", org().string()}, ExitStatus::tampered);
  EXPECT_EQ(forged["unknown"].size(), 2U) << forged;
}

// RT-14: the head at home finds a folder that was put back.
TEST_F(CaseCommands, Rt14AnOldFolderPutBackIsFound) {
  open_case();
  const fs::path old = folder_.path() / "old";
  fs::copy(place(), old, fs::copy_options::recursive);
  must({"person", "add", "ben", "--as", "ada", "--with", "ben"});
  fs::remove_all(place());
  fs::copy(old, place(), fs::copy_options::recursive);
  const Json report = verify({}, ExitStatus::tampered);
  EXPECT_NE(report["findings"].dump().find("rolled back"), std::string::npos) << report;
  refuses({"person", "add", "ben", "--as", "ada", "--with", "ben"}, "older than what this machine");
}

TEST_F(CaseCommands, VerifiesWithoutKeysWhatAnybodyCan) {
  open_case();
  const Json report = verify({"--without-keys"}, ExitStatus::incomplete);
  EXPECT_EQ(report["entries"], 3);
  EXPECT_EQ(report["records"], 0);
  EXPECT_TRUE(report["findings"].empty()) << report;
  Bytes ledger = *read_file(place() / "ledger", 100000);
  ledger[20] = ledger[20] == std::byte{'0'} ? std::byte{'1'} : std::byte{'0'};
  ASSERT_TRUE(write_file(place() / "ledger", ledger, 0600, IfExists::replace));
  EXPECT_EQ(run({"verify", place().string(), "--without-keys"}), ExitStatus::tampered);
}

TEST_F(CaseCommands, AChangedCaseFileIsFound) {
  make_org();
  open_case();
  std::string text(as_text(*read_file(place() / "case.json", 100000)));
  const std::size_t at = text.find("\"code_name\":\"") + 13;
  text[at] = text[at] == 'a' ? 'b' : 'a';
  ASSERT_TRUE(write_file(place() / "case.json", as_bytes(text), 0600, IfExists::replace));
  refuses({"access", "list", "--as", "ada"}, "case.json is not what entry 0 says");
  EXPECT_FALSE(verify({}, ExitStatus::tampered)["findings"].empty());
}

TEST_F(CaseCommands, AnotherMachineTakesTheCaseOver) {
  open_case();
  must({"person", "add", "ben", "--as", "ada", "--with", "ben"});
  test_.environment["XDG_STATE_HOME"] = (folder_.path() / "laptop" / "state").string();
  refuses({"role", "communicator", "ben", "--as", "ada", "--case", place().string()},
          "another machine writes this case");
  must({"use", place().string(), "--take", "--as", "ada"});
  must({"role", "communicator", "ben", "--as", "ada"});
}

// S1-27: whom to call, kept sealed.
TEST_F(CaseCommands, ChecksTheReadinessOfAnOrganisation) {
  make_org();
  EXPECT_EQ(run({"org", "check", "--json", "--as", "ada"}), ExitStatus::incomplete);
  EXPECT_NE(test_.out.str().find("nobody is executive"), std::string::npos);
  EXPECT_NE(test_.out.str().find("nobody stands in for the only legal"), std::string::npos);
  const fs::path csv = folder_.path() / "customers.csv";
  ASSERT_TRUE(
      write_file(csv,
                 as_bytes("name,notice_hours,contact\r\n\"Acme, Inc\",24,ops@example.org\r\n"
                          "Other,,\r\n"),
                 0600));
  must({"org", "customers", "import", csv.string(), "--as", "ada"});
  must({"org", "customers", "list", "--json", "--as", "cy"});
  EXPECT_NE(test_.out.str().find("\"Acme, Inc\",\"notice_hours\":24"), std::string::npos);
  EXPECT_EQ(run({"org", "check", "--as", "ada"}), ExitStatus::incomplete);
  EXPECT_NE(test_.out.str().find("customer Other: hours of notice not known"), std::string::npos)
      << test_.out.str();
  must({"org", "drill", "add", "stolen laptop", "--as", "ada"});
  const Bytes sealed = *read_file(org() / "registers.age", 1 << 20);
  EXPECT_EQ(as_text(sealed).find("Acme"), std::string_view::npos);
}

TEST_F(CaseCommands, ACardAnswersAChallengeOnce) {
  make_org();
  at_home("dee");
  must({"key", "new", "dee", "--no-passphrase"});
  const std::string key = (folder_.path() / "dee/config/casebook/keys/dee.ssh.pub").string();
  at_home("home");
  must({"org", "challenge", key});
  const fs::path challenge = folder_.path() / "challenge";
  ASSERT_TRUE(write_file(challenge, as_bytes(test_.out.str()), 0600));
  at_home("dee");
  const std::string card = (folder_.path() / "dee.person").string();
  must({"key", "card", "--name", "Dee", "--challenge", challenge.string(), "--out", card});
  const std::string own = (folder_.path() / "own.person").string();
  must({"key", "card", "--name", "Dee", "--out", own});
  at_home("home");
  refuses({"org", "person", "add", "--card", own}, "answers no challenge of ours");
  must({"org", "person", "add", "--card", card, "--role", "executive"});
  refuses({"org", "person", "add", "--card", card}, "answers no challenge of ours");
}

// RT-29: words for any compartment but general are never an argument; RT-1, RT-3: nobody else
// learns.
TEST_F(CaseCommands, Rt29CounselsWordsStandOnNoCommandLine) {
  open_case();
  must({"person", "add", "ben", "--as", "ada", "--with", "ben"});
  must({"person", "add", "cy", "--as", "ada", "--with", "ben", "--with", "cy"});
  must({"role", "legal", "cy", "--as", "ada", "--with", "ben"});
  must({"role", "legal", "cy", "--as", "cy"});
  must({"access", "begin", "legal", "--as", "cy"});
  EXPECT_EQ(run({"note", "add", "the vendor knew", "--in", "legal", "--as", "cy"}),
            ExitStatus::usage);
  test_.in.clear();
  test_.in.str("the zebra vendor knew\n");
  must({"note", "add", "--in", "legal", "--as", "cy"});
  must({"note", "add", "login page slow since two", "--as", "ada", "--tag", "web"});
  must({"find", "zebra", "--as", "cy"});
  EXPECT_NE(test_.out.str().find("1 hit"), std::string::npos) << test_.out.str();
  must({"find", "zebra", "--as", "ada"});
  EXPECT_NE(test_.out.str().find("nothing found"), std::string::npos) << test_.out.str();
  refuses({"note", "add", "--in", "legal", "--as", "ada"}, "may not open legal");
  must({"find", "login", "--as", "cy"});
  EXPECT_NE(test_.out.str().find("login"), std::string::npos);
  // Ada sees that there is one entry more than she can read, and nothing else of it.
  const Json report = verify({}, ExitStatus::incomplete);
  EXPECT_NE(report["unchecked"].dump().find("1 of "), std::string::npos) << report;
  EXPECT_TRUE(report["findings"].empty()) << report;
  for (const auto& entry : fs::recursive_directory_iterator(place())) {
    if (!entry.is_regular_file()) continue;
    const Bytes bytes = *read_file(entry.path(), 64 << 20);
    EXPECT_EQ(as_text(bytes).find("zebra"), std::string_view::npos) << entry.path();
  }
}

TEST_F(CaseCommands, NotesAreSignedFoundAndTakenBack) {
  open_case();
  test_.in.clear();
  test_.in.str("first line\nsecond heron line\n");
  must({"note", "--as", "ada"});
  EXPECT_NE(test_.out.str().find("2 notes"), std::string::npos);
  must({"find", "heron", "--as", "ada"});
  EXPECT_NE(test_.out.str().find("1 hit"), std::string::npos);
  must({"undo", "--as", "ada"});
  must({"find", "heron", "--as", "ada"});
  EXPECT_NE(test_.out.str().find("nothing found"), std::string::npos) << test_.out.str();
  must({"find", "first", "--as", "ada"});
  EXPECT_NE(test_.out.str().find("1 hit"), std::string::npos);
  must({"record", "finding", "web shell", "--system", "web-03", "--data", "customers=12000",
        "--link", "B-7/srv/www/u.php", "--as", "ada"});
  must({"find", "web-03", "--as", "ada", "--json"});
  EXPECT_NE(test_.out.str().find("\"finding\""), std::string::npos) << test_.out.str();
  EXPECT_TRUE(verify({}, ExitStatus::incomplete)["findings"].empty()) << test_.out.str();
}

}  // namespace
}  // namespace casebook::cli
