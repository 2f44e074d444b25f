// Parsing of the words of a command line against the tree of commands.
#include <algorithm>

#include "cli/command.h"
#include "cli/suggest.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

/// Walks the words once. Stops at the first problem.
class Parser {
 public:
  Parser(const Command& root, const std::vector<std::string>& words) : words_(words) {
    parsed_.trail.push_back(&root);
  }

  ParsedCommandLine parse() && {
    while (at_ < words_.size() && parsed_.problem.empty()) take(words_[at_++]);
    if (parsed_.problem.empty() && !parsed_.is_help_asked) check_complete();
    return std::move(parsed_);
  }

 private:
  [[nodiscard]] const Command& command() const { return *parsed_.trail.back(); }

  void take(const std::string& word) {
    if (are_options_over_ || word.size() < 2 || word.front() != '-') {
      if (!command().children().empty()) return take_command(word);
      return take_argument(word);
    }
    if (word == "--") {
      are_options_over_ = true;
    } else if (word == "--help" || word == "-h") {
      parsed_.is_help_asked = true;
    } else {
      take_option(word);
    }
  }

  void take_command(const std::string& word) {
    if (const Command* child = command().find_child(word)) {
      parsed_.trail.push_back(child);
      return;
    }
    std::vector<std::string> known;
    for (const auto& child : command().children()) known.push_back(child->name());
    unknown(word, "command", nearest_word(word, known));
  }

  void take_option(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const Option* option = command().find_option(name);
    if (option == nullptr) option = parsed_.trail.front()->find_option(name);
    if (option == nullptr) return unknown_option(name);
    std::string value;
    if (option->value_name.empty()) {
      if (equals != std::string::npos) return problem(name + " takes no value");
    } else if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (at_ < words_.size()) {
      value = words_[at_++];
    } else {
      return problem(name + " needs a value: " + name + ' ' + option->value_name);
    }
    if (auto set = option->set(value); !set) {
      problem(name + ' ' + printable(value) + ": " + set.error().message, set.error().hint);
    }
  }

  void unknown_option(const std::string& name) {
    std::vector<std::string> known = {"--help"};
    for (const Command* place : {&command(), parsed_.trail.front()}) {
      for (const Option& option : place->options()) known.push_back(option.name);
    }
    unknown(name, "option", nearest_word(name, known));
  }

  void take_argument(const std::string& word) {
    const auto& arguments = command().arguments();
    if (argument_ == arguments.size()) {
      return problem("too much: " + printable(word));
    }
    const Argument& argument = arguments[argument_];
    ++taken_;
    if (argument.count == Count::one || argument.count == Count::optional) {
      ++argument_;
      taken_ = 0;
    }
    if (auto set = argument.set(word); !set) {
      problem(argument.name + ' ' + printable(word) + ": " + set.error().message, set.error().hint);
    }
  }

  void check_complete() {
    const auto& arguments = command().arguments();
    for (std::size_t i = argument_; i < arguments.size(); ++i) {
      const Count count = arguments[i].count;
      const bool is_started = i == argument_ && taken_ > 0;
      if (count == Count::one || (count == Count::one_or_more && !is_started)) {
        return problem(arguments[i].name + " is missing: " + arguments[i].help);
      }
    }
  }

  void unknown(const std::string& word, const std::string& kind, const std::string& nearest) {
    std::string text = printable(word) + ": no such " + kind;
    if (!nearest.empty()) text += "; did you mean " + nearest + '?';
    problem(std::move(text));
  }

  void problem(std::string text, std::string hint = {}) {
    parsed_.problem = std::move(text);
    parsed_.hint = hint.empty() ? parsed_.words() + " --help" : std::move(hint);
  }

  const std::vector<std::string>& words_;
  ParsedCommandLine parsed_;
  std::size_t at_ = 0;
  std::size_t argument_ = 0;  // The argument that the next plain word belongs to.
  std::size_t taken_ = 0;     // How many words it has so far.
  bool are_options_over_ = false;
};

}  // namespace

ParsedCommandLine parse_command_line(const Command& root, const std::vector<std::string>& words) {
  return Parser(root, words).parse();
}

}  // namespace casebook::cli
