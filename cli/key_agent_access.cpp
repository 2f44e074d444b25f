#include "cli/key_agent_access.h"

#include <unistd.h>

namespace casebook::cli {

Result<KeyAgentPlace> key_agent_place(const Runtime& runtime) {
  return find_key_agent_place(runtime.environment("XDG_RUNTIME_DIR").value_or(""),
                              runtime.environment("HOME").value_or(""), ::geteuid());
}

}  // namespace casebook::cli
