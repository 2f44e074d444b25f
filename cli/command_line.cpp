// Parsing of the words of a command line against the tree of commands, by CLI11.
//
// CLI11 finds out which word is a command, an option or a value; the rest are arguments. What words
// mean, what is missing and how a refusal reads is decided here, from the same tree that help and
// completion are made of. Its exceptions end in this file.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>

#include "cli/command.h"
#include "core/nearest.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

/// A command with the CLI11 objects made from it, in the same order. Arguments are no business of
/// CLI11: it would take a file name like "[a,b]" for a list of two.
struct Node {
  const Command* command;
  CLI::App* app;
  std::vector<CLI::Option*> options;
  std::vector<Node> children;
};

Node describe(const Command& command, CLI::App& app) {
  app.set_help_flag();
  app.allow_extras();
  app.fallthrough();
  app.require_subcommand(0, 1);  // So that a file named like a command stays a file.
  Node node{.command = &command, .app = &app, .options = {}, .children = {}};
  for (const Option& option : command.options()) {
    const bool is_flag = option.value_name.empty();
    CLI::Option* added = is_flag ? app.add_flag(option.name) : app.add_option(option.name);
    added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (!is_flag) added->expected(1)->allow_extra_args(false);
    node.options.push_back(added);
  }
  for (const auto& child : command.children()) {
    node.children.push_back(describe(*child, *app.add_subcommand(child->name())));
  }
  return node;
}

/// One reading of one command line.
class Reading {
 public:
  explicit Reading(const Command& root) : tree_(describe(root, app_)) {
    help_ = app_.add_flag("-h,--help");
  }

  ParsedCommandLine read(const std::vector<std::string>& words) && {
    // Behind "--" everything is an argument.
    const auto end = std::ranges::find(words, "--");
    std::vector<std::string> left(words.begin(), end);
    std::ranges::reverse(left);
    bool is_cut = false;
    try {
      app_.parse(std::move(left));
    } catch (const CLI::ParseError&) {
      is_cut = true;  // An option without its value: what came before is kept in the objects.
    }
    follow(tree_);
    parsed_.is_help_asked = help_->count() > 0;
    for (const Node* node : trail_) apply_options(*node);
    refuse_unknown();
    if (end != words.end()) arguments_.insert(arguments_.end(), end + 1, words.end());
    if (parsed_.is_help_asked) return std::move(parsed_);
    if (is_cut && end != words.begin()) refuse_missing_value(*(end - 1));
    apply_arguments();
    return std::move(parsed_);
  }

 private:
  void follow(const Node& node) {
    trail_.push_back(&node);
    parsed_.trail.push_back(node.command);
    const auto words = node.app->remaining();
    arguments_.insert(arguments_.end(), words.begin(), words.end());
    for (const Node& child : node.children) {
      if (child.app->parsed()) return follow(child);
    }
  }

  void apply_options(const Node& node) {
    for (std::size_t i = 0; i < node.options.size(); ++i) {
      const Option& option = node.command->options()[i];
      for (const std::string& value : node.options[i]->results()) {
        if (option.value_name.empty() && value != "true") {
          problem(option.name + " takes no value");
          continue;
        }
        set(option.name, option.set, option.value_name.empty() ? "" : value);
      }
    }
  }

  void apply_arguments() {
    std::size_t at = 0;
    for (const Argument& argument : parsed_.trail.back()->arguments()) {
      const bool is_single = argument.count == Count::one || argument.count == Count::optional;
      const bool is_needed = argument.count == Count::one || argument.count == Count::one_or_more;
      if (is_needed && at == arguments_.size()) {
        problem(argument.name + " is missing: " + argument.help);
      }
      const std::size_t end = is_single ? std::min(at + 1, arguments_.size()) : arguments_.size();
      for (; at < end; ++at) set(argument.name, argument.set, arguments_[at]);
    }
    if (at < arguments_.size()) problem("too much: " + printable(arguments_[at]));
  }

  void set(const std::string& name, const Setter& setter, const std::string& value) {
    if (auto done = setter(value); !done) {
      problem(name + ' ' + printable(value) + ": " + done.error().message, done.error().hint);
    }
  }

  /// @param word  the last word that CLI11 saw.
  void refuse_missing_value(const std::string& word) {
    for (const Node* node : trail_) {
      const Option* option = node->command->find_option(word);
      if (option == nullptr) continue;
      problem(option->name + " needs a value: " + option->name + ' ' + option->value_name);
    }
    problem(printable(word) + ": not understood");
  }

  void refuse_unknown() {
    for (const std::string& word : arguments_) {
      if (word.size() > 1 && word.front() == '-') {
        return unknown_option(word.substr(0, word.find('=')));
      }
    }
    const auto& children = parsed_.trail.back()->children();
    if (children.empty() || arguments_.empty()) return;
    if (!parsed_.trail.back()->arguments().empty()) return;  // It is one of those.
    std::vector<std::string> known;
    for (const auto& child : children) known.push_back(child->name());
    unknown(arguments_.front(), "command", nearest(arguments_.front(), known));
  }

  void unknown_option(const std::string& name) {
    std::vector<std::string> known = {"--help"};
    for (const Command* place : {parsed_.trail.back(), parsed_.trail.front()}) {
      for (const Option& option : place->options()) known.push_back(option.name);
    }
    unknown(name, "option", nearest(name, known));
  }

  void unknown(const std::string& word, const std::string& kind, const std::string& nearest) {
    std::string text = printable(word) + ": no such " + kind;
    if (!nearest.empty()) text += "; did you mean " + nearest + '?';
    problem(std::move(text));
  }

  /// The first problem stands.
  void problem(std::string text, std::string hint = {}) {
    if (!parsed_.problem.empty()) return;
    parsed_.problem = std::move(text);
    parsed_.hint = hint.empty() ? parsed_.words() + " --help" : std::move(hint);
  }

  CLI::App app_;
  Node tree_;
  CLI::Option* help_ = nullptr;
  std::vector<const Node*> trail_;
  std::vector<std::string> arguments_;
  ParsedCommandLine parsed_;
};

}  // namespace

ParsedCommandLine parse_command_line(const Command& root, const std::vector<std::string>& words) {
  return Reading(root).read(words);
}

}  // namespace casebook::cli
