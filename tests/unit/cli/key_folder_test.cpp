#include "cli/key_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/durable_file.h"
#include "core/ssh_signature.h"
#include "tests/support/cli_runtime.h"
#include "tests/support/temporary_folder.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

class KeyFolder : public testing::Test {
 protected:
  KeyFolder() { test_.environment["XDG_CONFIG_HOME"] = folder_.path().string(); }
  fs::path file(const std::string& name) { return folder_.path() / "casebook" / "keys" / name; }
  TemporaryFolder folder_;
  TestRuntime test_;
};

TEST_F(KeyFolder, MakesAPairUnderOnePassphraseAndOpensBothWithOneQuestion) {
  test_.passphrases.answers = {"a long sentence"};
  ASSERT_EQ(test_.run({"key", "new", "ada"}), ExitStatus::done) << test_.err.str();
  for (const char* name : {"ada.age-identity", "ada.ssh"}) {
    struct stat status {};
    ASSERT_EQ(::stat(file(name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 07777U, 0600U) << name;
  }
  test_.passphrases = {};
  test_.passphrases.answers = {"a long sentence"};
  auto person = choose_person(test_.runtime);
  ASSERT_TRUE(person);
  KeyRing ring(test_.runtime, *person);
  const auto identities = ring.identities("a test");
  ASSERT_TRUE(identities) << identities.error().message;
  EXPECT_EQ(identities->front().recipient(), person->recipient);
  const auto signer = ring.signer("a test");
  ASSERT_TRUE(signer) << signer.error().message;
  EXPECT_EQ((*signer)->public_key(), person->key);
  EXPECT_EQ(test_.passphrases.asked,
            std::vector<std::string>{"of ada (ada.age-identity), for a test"});
}

TEST_F(KeyFolder, RefusesAWrongPassphraseAsLocked) {
  test_.passphrases.answers = {"right"};
  ASSERT_EQ(test_.run({"key", "new", "ada"}), ExitStatus::done);
  test_.passphrases.answers = {"wrong", "wrong"};
  KeyRing ring(test_.runtime, *choose_person(test_.runtime));
  const auto opened = ring.identities("a test");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::locked);
  const auto signer = ring.signer("a test");
  ASSERT_FALSE(signer);
  EXPECT_EQ(signer.error().code, ErrorCode::locked);
}

TEST_F(KeyFolder, MakesAnOpenKeyOnlyWhenAskedAndWarns) {
  ASSERT_EQ(test_.run({"key", "new", "demo", "--no-passphrase"}), ExitStatus::done);
  EXPECT_NE(test_.err.str().find("no passphrase"), std::string::npos);
  KeyRing ring(test_.runtime, *choose_person(test_.runtime));
  EXPECT_TRUE(ring.identities("a test"));
  EXPECT_TRUE(ring.signer("a test"));
  EXPECT_TRUE(test_.passphrases.asked.empty());
}

TEST_F(KeyFolder, NeverOverwritesAKeyAndRefusesNamesThatArePaths) {
  ASSERT_EQ(test_.run({"key", "new", "demo", "--no-passphrase"}), ExitStatus::done);
  EXPECT_EQ(test_.run({"key", "new", "demo", "--no-passphrase"}), ExitStatus::failed);
  for (const char* name : {"../x", "a/b", ".x", "", "a b"}) {
    EXPECT_EQ(test_.run({"key", "new", "--no-passphrase", "--", name}), ExitStatus::failed) << name;
  }
}

TEST_F(KeyFolder, AsksWhoIsMeantWhenThereAreSeveral) {
  EXPECT_EQ(test_.run({"key", "show"}), ExitStatus::failed);
  EXPECT_NE(test_.err.str().find("casebook key new NAME"), std::string::npos);
  ASSERT_EQ(test_.run({"key", "new", "ada", "--no-passphrase"}), ExitStatus::done);
  ASSERT_EQ(test_.run({"key", "new", "ben", "--no-passphrase"}), ExitStatus::done);
  EXPECT_EQ(test_.run({"key", "show"}), ExitStatus::failed);
  EXPECT_NE(test_.err.str().find("--as NAME, one of: ada, ben"), std::string::npos);
  EXPECT_EQ(test_.run({"key", "show", "--as", "ben"}), ExitStatus::done);
  EXPECT_EQ(test_.run({"key", "show", "--as", "eve"}), ExitStatus::failed);
}

TEST_F(KeyFolder, AnEmptyPassphraseOrNoneMakesNothing) {
  EXPECT_EQ(test_.run({"key", "new", "ada"}), ExitStatus::locked);
  EXPECT_FALSE(fs::exists(file("ada.ssh")));
}

}  // namespace
}  // namespace casebook::cli
