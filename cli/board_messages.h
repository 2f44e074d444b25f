#pragma once
/// The words that board, explanation and watch add (policies/messages/board.*.json, built in).

#include "core/messages.h"
#include "workflow/policy.h"

namespace casebook::cli {

const Messages& board_messages(workflow::Language language);

}  // namespace casebook::cli
