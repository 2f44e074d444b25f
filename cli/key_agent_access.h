#pragma once
/// Finds the key agent of this user from a command's surroundings.

#include "cli/runtime.h"
#include "core/key_agent_client.h"

namespace casebook::cli {

/// By XDG_RUNTIME_DIR and HOME. @return `invalid_input` when somebody else made what is there.
Result<KeyAgentPlace> key_agent_place(const Runtime& runtime);

}  // namespace casebook::cli
