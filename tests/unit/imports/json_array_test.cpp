#include "vault/imports/json_array.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace casebook::imports {
namespace {

using ::testing::ElementsAre;

/// Gives a few bytes at a time, so that every state is crossed by a refill.
class SlowSource final : public ByteSource {
 public:
  SlowSource(std::string_view text, std::size_t step) : left_(as_bytes(text)), step_(step) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const std::size_t count = std::min({buffer.size(), left_.size(), step_});
    std::ranges::copy(left_.first(count), buffer.begin());
    left_ = left_.subspan(count);
    return count;
  }

 private:
  std::span<const std::byte> left_;
  std::size_t step_;
};

std::vector<std::string> split(std::string_view text, std::size_t step,
                               const JsonArrayLimits& limits = {}) {
  SlowSource source(text, step);
  JsonArraySplitter splitter(source, limits);
  std::vector<std::string> found;
  while (true) {
    const auto element = splitter.next();
    if (!element || element->kind == JsonElement::Kind::end) return found;
    const bool is_bad = element->kind == JsonElement::Kind::bad;
    found.push_back(std::to_string(element->offset) + (is_bad ? " ! " + std::string(element->reason)
                                                              : " " + std::string(element->text)));
  }
}

TEST(JsonArray, CutsElementsHoweverTheBytesArrive) {
  for (const std::size_t step :
       {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{999}}) {
    EXPECT_THAT(split(R"( [ {"a":"}]\"\\"}, [1,{"b":[]}],"s,]" , 12,null ] )", step),
                ElementsAre(R"(3 {"a":"}]\"\\"})", R"(19 [1,{"b":[]}])", R"(32 "s,]")", "40 12",
                            "43 null"));
    EXPECT_THAT(split("[]", step), ElementsAre());
  }
}

TEST(JsonArray, SaysWhereAnArrayBreaks) {
  EXPECT_THAT(split("{}", 9), ElementsAre("0 ! is not a JSON array"));
  EXPECT_THAT(split("", 9), ElementsAre("0 ! is not a JSON array"));
  EXPECT_THAT(split("[{}", 9), ElementsAre("1 {}", "3 ! the array is cut short"));
  EXPECT_THAT(split("[{} {}]", 9), ElementsAre("1 {}", "4 ! no comma between elements"));
  EXPECT_THAT(split("[{},]", 9), ElementsAre("1 {}", "4 ! an element is missing"));
  EXPECT_THAT(split("[{},{\"a\":\"b}]", 9),
              ElementsAre("1 {}", "4 ! the array ends inside an element"));
  EXPECT_THAT(split("[{}]x", 9), ElementsAre("1 {}", "4 ! bytes behind the end of the array"));
}

TEST(JsonArray, PassesOverAnElementThatIsTooLongOrTooDeep) {
  const std::string text = "[1,\"" + std::string(2'000'000, 'x') + "\",{\"a\":[[]]},2]";
  for (const std::size_t step : {std::size_t{1000}, std::size_t{1U << 30U}}) {
    EXPECT_THAT(split(text, step, {.element_bytes_max = 100, .depth_max = 2}),
                ElementsAre("1 1", "3 ! the record is longer than 4 MiB",
                            "2000006 ! the record is nested deeper than 64 levels", "2000017 2"));
  }
}

}  // namespace
}  // namespace casebook::imports
