#include "cli/completion.h"

#include <ostream>

#include "cli/commands.h"
#include "cli/runtime.h"

namespace casebook::cli {
namespace {

/// Calls `visit(words, command)` for each command, words being "ticket new" and "" for the root.
template <typename Visit>
void for_each_command(const Command& command, const std::string& words, const Visit& visit) {
  visit(words, command);
  for (const auto& child : command.children()) {
    for_each_command(*child, words.empty() ? child->name() : words + ' ' + child->name(), visit);
  }
}

/// What may stand after `command`: its children and all its options.
std::string next_words(const Command& root, const Command& command) {
  std::string words;
  for (const auto& child : command.children()) words += child->name() + ' ';
  for (const Option& option : command.options()) words += option.name + ' ';
  if (&command != &root) {
    for (const Option& option : root.options()) words += option.name + ' ';
  }
  return words + "--help";
}

std::string options_with_value(const Command& root) {
  std::string names;
  for_each_command(root, "", [&](const std::string&, const Command& command) {
    for (const Option& option : command.options()) {
      const bool is_new = ("|" + names + "|").find("|" + option.name + "|") == std::string::npos;
      if (!option.value_name.empty() && is_new) {
        names += (names.empty() ? "" : "|") + option.name;
      }
    }
  });
  return names;
}

/// A function shared by both shells: sets `next` to the words that may follow "$@".
std::string lookup_function(const Command& root) {
  std::string text =
      "_casebook_next() {\n"
      "  local word words=\"\" skip=\"\"\n"
      "  for word in \"$@\"; do\n"
      "    if [ -n \"$skip\" ]; then skip=\"\"; continue; fi\n"
      "    case $word in\n"
      "      " +
      options_with_value(root) +
      ") skip=1 ;;\n"
      "      -*) ;;\n"
      "      *) case \" $words$word \" in\n";
  std::string paths;
  std::string arms;
  for_each_command(root, "", [&](const std::string& words, const Command& command) {
    if (!words.empty()) paths += (paths.empty() ? "" : "|") + ("' " + words + " '");
    arms += "    '" + (words.empty() ? "" : words + ' ') + "') next='" + next_words(root, command) +
            "' ;;\n";
  });
  text += "        " + paths + ") words=\"$words$word \" ;;\n";
  text +=
      "      esac ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$words\" in\n";
  return text + arms + "  esac\n}\n";
}

}  // namespace

std::string bash_completion(const Command& root) {
  return "# bash completion for casebook: casebook completion bash > "
         "/etc/bash_completion.d/casebook\n" +
         lookup_function(root) +
         "_casebook() {\n"
         "  local next=\"\" current=\"${COMP_WORDS[COMP_CWORD]}\"\n"
         "  _casebook_next \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"\n"
         "  COMPREPLY=()\n"
         "  if [[ $current == -* || $next != -* ]]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$next\" -- \"$current\")\n"
         "  fi\n"
         "  if [ ${#COMPREPLY[@]} -eq 0 ]; then\n"
         "    compopt -o filenames\n"
         "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
         "  fi\n"
         "}\n"
         "complete -F _casebook casebook\n";
}

std::string zsh_completion(const Command& root) {
  return "#compdef casebook\n"
         "# zsh completion for casebook: casebook completion zsh > a folder of $fpath, as "
         "_casebook\n" +
         lookup_function(root) +
         "_casebook() {\n"
         "  local next=\"\"\n"
         "  _casebook_next \"${(@)words[2,CURRENT-1]}\"\n"
         "  if [[ $PREFIX == -* || $next != -* ]]; then compadd -- ${=next}; else _files; fi\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _casebook ]; then _casebook \"$@\"; else compdef _casebook "
         "casebook; fi\n";
}

void add_completion_command(Command& root) {
  Command& command = root.add("completion", "Print completion for your shell");
  command.add("bash", "For bash")
      .example("source <(casebook completion bash)", "for this shell")
      .run([&root](Runtime& runtime) {
        runtime.out << bash_completion(root);
        return ExitStatus::done;
      });
  command.add("zsh", "For zsh")
      .example("source <(casebook completion zsh)", "for this shell")
      .run([&root](Runtime& runtime) {
        runtime.out << zsh_completion(root);
        return ExitStatus::done;
      });
}

}  // namespace casebook::cli
