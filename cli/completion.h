#pragma once
/// Shell completion made from the tree of commands.

#include <string>

#include "cli/command.h"

namespace casebook::cli {

std::string bash_completion(const Command& root);
std::string zsh_completion(const Command& root);

}  // namespace casebook::cli
