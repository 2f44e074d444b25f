#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "cli/completion.h"
#include "cli/help_screen.h"
#include "cli/text.h"
#include "tests/support/cli_runtime.h"
#include "tests/support/golden.h"

namespace casebook::cli {
namespace {

struct WholeTree {
  TestRuntime test;
  Command root{"casebook", "Sealed evidence of a security incident"};
  WholeTree() {
    add_common_options(root, test.runtime, test.terminal_passphrases);
    add_all_commands(root);
  }
};

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Calls `visit(words, command)` for every command that can be run.
template <typename Visit>
void for_each_runnable(const Command& command, std::vector<std::string> words, const Visit& visit) {
  if (command.function()) visit(words, command);
  for (const auto& child : command.children()) {
    words.push_back(child->name());
    for_each_runnable(*child, words, visit);
    words.pop_back();
  }
}

TEST(HelpScreen, IsTheAgreedScreen) { expect_golden("cli/help.txt", help_screen(78)); }
TEST(HelpScreen, BecomesAListOnANarrowTerminal) {
  expect_golden("cli/help-narrow.txt", help_screen(58));
}

TEST(HelpScreen, FitsFortyLinesOfSeventyEightColumns) {
  const auto lines = lines_of(help_screen(200));
  EXPECT_LE(lines.size(), 40U);
  for (const std::string& line : lines) EXPECT_LE(display_width(line), 78) << line;
  for (const std::string& line : lines_of(help_screen(50))) EXPECT_LE(display_width(line), 50);
}

TEST(HelpScreen, NamesEveryCommandAndNoOther) {
  const WholeTree tree;
  std::set<std::string> named;
  for (const HelpRow& row : help_rows()) {
    std::string words = row.synopsis;
    std::ranges::replace(words, ',', ' ');
    std::istringstream stream(words);
    for (std::string word; stream >> word;) {
      if (tree.root.find_child(word) != nullptr) named.insert(word);
    }
    std::istringstream first(words);
    std::string word;
    first >> word;
    EXPECT_NE(tree.root.find_child(word), nullptr) << row.synopsis << " is not real";
  }
  for (const auto& child : tree.root.children()) {
    EXPECT_TRUE(named.contains(child->name()) || child->name() == "help") << child->name();
  }
}

TEST(HelpText, OfEveryCommandFitsAndHasExamples) {
  WholeTree tree;
  for_each_runnable(tree.root, {}, [&](std::vector<std::string> words, const Command& command) {
    words.emplace_back("--help");
    EXPECT_FALSE(command.examples().empty()) << command.name();
    for (const int width : {78, 58}) {
      const auto lines = lines_of(help_text(parse_command_line(tree.root, words), width));
      EXPECT_TRUE(width < 78 || lines.size() <= 40) << command.name();
      for (const std::string& line : lines) EXPECT_LE(display_width(line), width) << line;
    }
  });
}

TEST(ManPage, NamesEveryCommandAndOption) {
  std::ifstream file(std::string(CASEBOOK_SOURCE_DIR) + "/docs/man/casebook.1.scd");
  std::stringstream page;
  page << file.rdbuf();
  const WholeTree tree;
  for_each_runnable(tree.root, {},
                    [&](const std::vector<std::string>& words, const Command& command) {
                      std::string name;
                      for (const std::string& word : words)
                        name += (name.empty() ? "*" : " ") + word;
                      EXPECT_THAT(page.str(), testing::HasSubstr(name + "*"));
                      for (const Option& option : command.options()) {
                        EXPECT_THAT(page.str(), testing::HasSubstr("*" + option.name)) << name;
                      }
                    });
  for (const Option& option : tree.root.options()) {
    EXPECT_THAT(page.str(), testing::HasSubstr("*" + option.name));
  }
}

TEST(Completion, KnowsEveryCommandInBothShells) {
  const WholeTree tree;
  for (const std::string& script : {bash_completion(tree.root), zsh_completion(tree.root)}) {
    for_each_runnable(tree.root, {}, [&](const std::vector<std::string>& words, const Command&) {
      std::string joined;
      for (const std::string& word : words) joined += word + ' ';
      EXPECT_THAT(script, testing::HasSubstr("'" + joined + "') next='"));
    });
  }
}

}  // namespace
}  // namespace casebook::cli
