#include "core/json_text.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace casebook {
namespace {

TEST(CanonicalJson, SortsKeysAndLeavesNoBlank) {
  const auto value = parse_json(" {\"b\": [1, -2, true, null], \"a\": \"x\\u00e9\\u0001/\"} ");
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(canonical_json(*value), "{\"a\":\"x\xc3\xa9\\u0001/\",\"b\":[1,-2,true,null]}");
}

TEST(CanonicalJson, KeepsTheLargestInteger) {
  EXPECT_EQ(canonical_json(*parse_json("9007199254740991")), "9007199254740991");
  EXPECT_EQ(canonical_json(*parse_json("-9007199254740991")), "-9007199254740991");
}

TEST(ParseJson, RefusesWhatTheLibraryWouldTakeSilently) {
  const std::pair<const char*, const char*> cases[] = {{"{\"a\":1,\"a\":2}", "twice"},
                                                       {"1.5", "fraction"},
                                                       {"1e3", "fraction"},
                                                       {"9007199254740992", "2^53-1"},
                                                       {"-9007199254740992", "2^53-1"},
                                                       {"{\"\xc3\xa9\":1}", "ASCII"},
                                                       {"[1,]", "byte"},
                                                       {"", "byte"},
                                                       {"{} {}", "byte"},
                                                       {"\"\xff\"", "byte"},
                                                       {"NaN", "byte"},
                                                       {"99999999999999999999", "fraction"}};
  for (const auto& [text, part] : cases) {
    const auto value = parse_json(text);
    ASSERT_FALSE(value) << text;
    EXPECT_NE(value.error().message.find(part), std::string::npos) << value.error().message;
  }
}

TEST(ParseJson, HasALimitForSizeAndDepth) {
  EXPECT_FALSE(parse_json(std::string(40, '[') + std::string(40, ']')));
  EXPECT_TRUE(parse_json(std::string(32, '[') + std::string(32, ']')));
  EXPECT_EQ(parse_json("[1]", {.size_bytes_max = 2}).error().code, ErrorCode::limit_exceeded);
}

TEST(ParseCanonicalJson, RefusesTextThatHasAnotherSpelling) {
  EXPECT_TRUE(parse_canonical_json("{\"a\":1}"));
  for (const char* text : {"{\"a\": 1}", "{\"a\":1}\n", "{\"b\":1,\"a\":2}", "\"\\u0041\"", "-0"}) {
    EXPECT_FALSE(parse_canonical_json(text)) << text;
  }
}

TEST(CanonicalJson, AgreesWithTheVectors) {
  std::ifstream file(CASEBOOK_SOURCE_DIR "/tests/vectors/json.txt");
  int count = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const auto tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos) << line;
    EXPECT_EQ(bool(parse_canonical_json(line.substr(tab + 1))), line.substr(0, tab) == "ok")
        << line;
    ++count;
  }
  EXPECT_GE(count, 16);
}

TEST(AppendJsonString, WritesTheSameAsTheTreeWriter) {
  std::string every;
  for (int c = 0; c < 128; ++c) every.push_back(static_cast<char>(c));
  every += "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
  std::string out;
  append_json_string(out, every);
  EXPECT_EQ(out, canonical_json(Json(every)));
}

TEST(Utf8, RefusesOverlongSurrogateAndCutForms) {
  EXPECT_TRUE(is_utf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
  for (const char* text : {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3",
                           "\xe2\x82", "\x80", "\xf5\x80\x80\x80", "\xf0\x80\x80\x80"}) {
    EXPECT_FALSE(is_utf8(text));
  }
}

TEST(JsonMembers, SayWhichKeyIsWrong) {
  const Json object =
      *parse_json("{\"n\":1,\"t\":\"x\",\"d\":\"18446744073709551615\",\"z\":\"01\"}");
  EXPECT_EQ(*json_integer_member(object, "n"), 1);
  EXPECT_EQ(*json_decimal_member(object, "d"), 18446744073709551615ULL);
  EXPECT_FALSE(json_decimal_member(object, "z"));
  EXPECT_EQ(json_text_member(object, "n").error().message, "\"n\" is not a string");
  EXPECT_EQ(json_text_member(object, "x").error().message, "\"x\" is missing");
  EXPECT_EQ(json_only_members(object, {"n", "t", "d"}).error().message, "unknown key \"z\"");
}

}  // namespace
}  // namespace casebook
