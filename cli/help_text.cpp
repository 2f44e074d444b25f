// The help of one command, made from the tree.
#include <algorithm>

#include "cli/command.h"
#include "cli/text.h"

namespace casebook::cli {
namespace {

std::string usage_of(const Argument& argument) {
  switch (argument.count) {
    case Count::one:
      return argument.name;
    case Count::optional:
      return '[' + argument.name + ']';
    case Count::one_or_more:
      return argument.name + "...";
    case Count::any:
      return '[' + argument.name + "...]";
  }
  return argument.name;
}

std::string labelled(const Option& option) {
  return option.value_name.empty() ? option.name : option.name + ' ' + option.value_name;
}

}  // namespace

std::string help_text(const ParsedCommandLine& where, int width_columns) {
  const Command& command = *where.trail.back();
  const Command& root = *where.trail.front();
  const int width = std::min(width_columns, kTextColumnsMax);
  std::string usage;
  for (const Argument& argument : command.arguments()) usage += usage_of(argument) + ' ';
  if (!command.children().empty()) usage += "COMMAND ";
  if (!command.options().empty()) usage += "[options]";
  std::string text = wrap_behind(where.words() + ' ', usage, width);
  text += wrap_behind("  ", command.summary(), width);

  Table parts({{}, {}});
  for (const auto& child : command.children()) parts.row({child->name(), child->summary()});
  for (const Argument& argument : command.arguments()) parts.row({argument.name, argument.help});
  for (const Option& option : command.options()) parts.row({labelled(option), option.help});
  if (!parts.empty()) text += '\n' + parts.text(width_columns, 2);

  if (&command != &root) {
    std::string also;
    for (const Option& option : root.options()) also += labelled(option) + ", ";
    text += wrap_behind("  also ", also + "--help", width);
  }
  if (!command.examples().empty()) {
    Table examples({{}, {}});
    for (const Example& example : command.examples()) examples.row({example.line, example.what});
    text += "\nExamples\n" + examples.text(width_columns, 2);
  }
  return text;
}

}  // namespace casebook::cli
