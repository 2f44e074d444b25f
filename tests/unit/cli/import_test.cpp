#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "tests/support/cli_runtime.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/zip_builder.h"

namespace casebook::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Import : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& content) {
    const auto path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }
  TestRuntime test_;

 private:
  TemporaryFolder folder_;
};

TEST_F(Import, CheckTellsWhatASlackExportHoldsAndLost) {
  const auto file = write(
      "export.zip",
      make_zip(
          {{.name = "users.json", .data = R"([{"id":"U1","name":"ada"}])"},
           {.name = "canvases.json", .data = "[]"},
           {.name = "general/2026-11-21.json",
            .data =
                R"([{"ts":"1700000000.1","user":"U1","text":"4111 1111 1111 1111"},{"x":1}])"}}));
  EXPECT_EQ(test_.run({"import", "check", file}), ExitStatus::incomplete);
  const std::string out = test_.out.str();
  EXPECT_THAT(out, HasSubstr("slack, 1 message in 1 conversation"));
  EXPECT_THAT(out, HasSubstr("general/2026-11-21.json at 64: has no ts"));
  EXPECT_THAT(out, HasSubstr("not read    canvases.json"));
  EXPECT_THAT(out, HasSubstr("1 card number"));
  EXPECT_THAT(out, Not(HasSubstr("4111")));
  EXPECT_EQ(test_.run({"import", "check", file, "--json"}), ExitStatus::incomplete);
  const auto json = parse_json(test_.out.str());
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["messages"], 1);
  EXPECT_EQ((*json)["bad"][0]["offset"], "64");
  EXPECT_EQ((*json)["personal_data"]["card"], 1);
}

TEST_F(Import, CheckSaysWhichOptionGivesTimes) {
  const auto file = write("chat.txt", "2026-11-21 02:11 Ada: hi\n");
  EXPECT_EQ(test_.run({"import", "check", file}), ExitStatus::done);
  EXPECT_THAT(test_.out.str(), HasSubstr("--zone NAME"));
  EXPECT_EQ(test_.run({"import", "check", file, "--zone", "Europe/Paris"}), ExitStatus::done);
  EXPECT_THAT(test_.out.str(), HasSubstr("2026-11-21T01:11:00Z"));
  EXPECT_EQ(test_.run({"import", "check", file, "--zone", "Europe/Pariss"}), ExitStatus::failed);
  EXPECT_EQ(test_.run({"import", "check", file, "--day-order", "year"}), ExitStatus::failed);
}

TEST_F(Import, CheckReadsPastedText) {
  test_.in.str("[2026-11-21 02:11] Ada: hi\n");
  EXPECT_EQ(test_.run({"import", "check", "paste"}), ExitStatus::done);
  EXPECT_THAT(test_.out.str(), HasSubstr("transcript, 1 message"));
}

TEST_F(Import, CheckRefusesAHostileZipNamingTheMember_RT37) {
  const auto file = write("bad.zip", make_zip({{.name = "../users.json", .data = "[]"}}));
  EXPECT_EQ(test_.run({"import", "check", file}), ExitStatus::failed);
  EXPECT_THAT(test_.err.str(), HasSubstr("'../users.json'"));
}

}  // namespace
}  // namespace casebook::cli
