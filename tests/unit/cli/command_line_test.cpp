#include <gtest/gtest.h>

#include "tests/support/cli_runtime.h"

namespace casebook::cli {
namespace {

/// A small tree: casebook [--json] pack FILE... [--out DIR] [--dry-run], casebook key new NAME.
struct Tree {
  bool is_json = false;
  bool is_dry = false;
  std::string out;
  std::string name;
  std::vector<std::string> files;
  Command root{"casebook", "Test"};
  Tree() {
    root.flag("--json", is_json, "as JSON");
    Command& pack = root.add("pack", "Pack files");
    pack.arguments("FILE", files, "what to pack");
    pack.option("--out", "DIR", out, "where to").flag("--dry-run", is_dry, "only say");
    Command& key = root.add("key", "Keys");
    key.add("new", "Make one").argument("NAME", name, "of the key");
  }
  ParsedCommandLine parse(const std::vector<std::string>& words) {
    return parse_command_line(root, words);
  }
};

TEST(CommandLine, MixesOptionsAndArguments) {
  Tree tree;
  const auto parsed = tree.parse({"pack", "a", "--out=x", "b", "--dry-run", "--json"});
  EXPECT_EQ(parsed.problem, "");
  EXPECT_EQ(parsed.words(), "casebook pack");
  EXPECT_EQ(tree.files, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(tree.out, "x");
  EXPECT_TRUE(tree.is_dry && tree.is_json);
}

TEST(CommandLine, TakesWordsThatLookLikeSomethingElseAsTheyAre) {
  Tree tree;
  EXPECT_EQ(
      tree.parse({"pack", "-", "pack", "[x,y]", "--out", "--dry-run", "--", "--json"}).problem, "");
  EXPECT_EQ(tree.files, (std::vector<std::string>{"-", "pack", "[x,y]", "--json"}));
  EXPECT_EQ(tree.out, "--dry-run");
  EXPECT_FALSE(tree.is_json);
}

TEST(CommandLine, RefusesWithPlaceAndSuggestion) {
  const auto problem = [](const std::vector<std::string>& words) {
    return Tree().parse(words).problem;
  };
  EXPECT_EQ(problem({"pakc"}), "pakc: no such command; did you mean pack?");
  EXPECT_EQ(problem({"key", "nwe"}), "nwe: no such command; did you mean new?");
  EXPECT_EQ(problem({"pack", "a", "--ouf", "x"}), "--ouf: no such option; did you mean --out?");
  EXPECT_EQ(problem({"pack", "a", "--jsom"}), "--jsom: no such option; did you mean --json?");
  EXPECT_EQ(problem({"pack", "a", "-x"}), "-x: no such option");
  EXPECT_EQ(problem({"pack"}), "FILE is missing: what to pack");
  EXPECT_EQ(problem({"pack", "a", "--out"}), "--out needs a value: --out DIR");
  EXPECT_EQ(problem({"pack", "a", "--dry-run=1"}), "--dry-run takes no value");
  EXPECT_EQ(problem({"key", "new", "a", "b"}), "too much: b");
  EXPECT_EQ(Tree().parse({"key", "new"}).hint, "casebook key new --help");
}

TEST(CommandLine, EscapesWhatWasTypedBeforeShowingIt) {
  EXPECT_EQ(Tree().parse({"\x1b[31m"}).problem, "\\x1b[31m: no such command");
}

TEST(CommandLine, UsageErrorsExitWithTwoAndHelpWithZero) {
  TestRuntime test;
  EXPECT_EQ(test.run({"verson"}), ExitStatus::usage);
  EXPECT_EQ(test.err.str(),
            "casebook: verson: no such command; did you mean version?\n  try: casebook --help\n");
  EXPECT_EQ(test.out.str(), "");
  EXPECT_EQ(test.run({}), ExitStatus::usage);
  EXPECT_EQ(test.run({"help"}), ExitStatus::done);
  EXPECT_EQ(test.run({"completion"}), ExitStatus::usage);
  EXPECT_EQ(test.run({"completion", "--help"}), ExitStatus::done);
  EXPECT_EQ(test.run({"version", "--color", "pink"}), ExitStatus::usage);
}

TEST(CommandLine, AnswersInJsonWhenAsked) {
  TestRuntime test;
  EXPECT_EQ(test.run({"--json", "version"}), ExitStatus::done);
  EXPECT_TRUE(test.out.str().starts_with("{\"format\":\"casebook-version/1\",")) << test.out.str();
  EXPECT_EQ(test.run({"version", "--json", "--nope"}), ExitStatus::usage);
  EXPECT_EQ(test.err.str(),
            "{\"code\":\"invalid_input\",\"format\":\"casebook-error/1\",\"hint\":\"try: casebook "
            "version --help\",\"message\":\"--nope: no such option\"}\n");
}

}  // namespace
}  // namespace casebook::cli
