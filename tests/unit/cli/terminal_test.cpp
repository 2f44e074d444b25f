#include "cli/terminal.h"

#include <gtest/gtest.h>

#include <map>

namespace casebook::cli {
namespace {

Environment environment_of(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

TEST(Terminal, TakesItsWidthFromColumnsWithinReason) {
  EXPECT_EQ(look_at_terminal(environment_of({{"COLUMNS", "58"}})).width_columns, 58);
  EXPECT_EQ(look_at_terminal(environment_of({{"COLUMNS", "1"}})).width_columns, 20);
  EXPECT_EQ(look_at_terminal(environment_of({{"COLUMNS", "999999"}})).width_columns, 1000);
}

TEST(Terminal, DecidesColourByTheUsualVariables) {
  const auto automatic = ColourChoice::automatic;
  EXPECT_TRUE(decide_colour(environment_of({{"TERM", "xterm"}}), true, automatic));
  EXPECT_FALSE(decide_colour(environment_of({{"TERM", "dumb"}}), true, automatic));
  EXPECT_FALSE(decide_colour(environment_of({}), false, automatic));
  EXPECT_TRUE(decide_colour(environment_of({{"CLICOLOR_FORCE", "1"}}), false, automatic));
  EXPECT_FALSE(decide_colour(environment_of({{"CLICOLOR_FORCE", "0"}}), false, automatic));
  EXPECT_FALSE(
      decide_colour(environment_of({{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}}), true, automatic));
  EXPECT_TRUE(decide_colour(environment_of({{"NO_COLOR", "1"}}), false, ColourChoice::always));
  EXPECT_FALSE(decide_colour(environment_of({}), true, ColourChoice::never));
}

TEST(Terminal, WritesNoEscapeWithoutColour) {
  EXPECT_EQ(inked({.has_colour = false}, Ink::bad, "TAMPERED"), "TAMPERED");
  EXPECT_EQ(inked({.has_colour = true}, Ink::bad, "TAMPERED"), "\x1b[1;31mTAMPERED\x1b[0m");
}

}  // namespace
}  // namespace casebook::cli
