#pragma once
/// Keys held by the agent, for other commands that may begin with that.

#include "cli/exit_status.h"
#include "cli/runtime.h"

namespace casebook::cli {

/// As `casebook unlock` without options: says who is unlocked and for how long, but not in JSON.
ExitStatus unlock_keys(Runtime& runtime);

}  // namespace casebook::cli
