// Message files: docs/spec/messages.md.
#include "core/messages.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace casebook {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kFile =
    R"({"format": "casebook-messages/1", "language": "en",
        "messages": {"page_of": "Page {page} of {pages}", "contents": "Contents"}})";

TEST(Messages, FillNamesOnceAndNeverInValues) {
  const auto messages = Messages::parse(kFile);
  ASSERT_TRUE(messages);
  EXPECT_EQ(messages->text("page_of", {{"page", "{pages}"}, {"pages", "{page}"}}),
            "Page {pages} of {page}");
  EXPECT_EQ(messages->text("contents"), "Contents");
  EXPECT_THAT(messages->shape(), ElementsAre("contents", "page_of {page} {pages}"));
}

TEST(Messages, RefuseBracesThatAreNoNames) {
  for (const char* message : {"a { b", "a {} b", "a {A} b", "{{page}}", "{a b}"}) {
    const auto parsed =
        Messages::parse(R"({"format":"casebook-messages/1","language":"en","messages":{"k":")" +
                        std::string(message) + R"("}})");
    ASSERT_FALSE(parsed) << message;
    EXPECT_THAT(parsed.error().message, HasSubstr("\"k\""));
  }
}

TEST(Messages, AddRefusesAKeyThatIsThereAndAnotherLanguage) {
  auto messages = *Messages::parse(kFile);
  EXPECT_FALSE(messages.add(*Messages::parse(kFile)));
  EXPECT_FALSE(messages.add(
      *Messages::parse(R"({"format":"casebook-messages/1","language":"nl","messages":{}})")));
}

TEST(MessagesDeath, AnUnknownKeyOrAMissingValueIsOurOwnMistake) {
  const auto messages = *Messages::parse(kFile);
  EXPECT_DEATH(static_cast<void>(messages.text("page")), "message with that key");
  EXPECT_DEATH(static_cast<void>(messages.text("page_of", {{"page", "1"}})), "value for a name");
  EXPECT_DEATH(static_cast<void>(messages.text("contents", {{"page", "1"}})), "every value");
}

TEST(MessageFiles, OfOneNameHaveTheSameKeysAndNamesInEveryLanguage) {
  std::map<std::string, std::map<std::string, std::vector<std::string>>> shapes;
  const std::filesystem::path folder = std::string(CASEBOOK_SOURCE_DIR) + "/policies/messages";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const auto messages = Messages::parse(text.str());
    ASSERT_TRUE(messages) << entry.path() << messages.error().message;
    const std::string file = entry.path().filename().string();
    const std::string name = file.substr(0, file.find('.'));
    EXPECT_EQ(file, name + "." + messages->language() + ".json");
    shapes[name][messages->language()] = messages->shape();
  }
  ASSERT_FALSE(shapes.empty());
  for (const auto& [name, languages] : shapes) {
    EXPECT_EQ(languages.size(), 2U) << name;
    for (const auto& [language, shape] : languages) {
      EXPECT_EQ(shape, languages.begin()->second) << name << " in " << language;
    }
  }
}

}  // namespace
}  // namespace casebook
