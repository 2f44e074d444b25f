#pragma once
/// What `context.json` says about the host and about us: clocks, identities, rights.
/// Read natively; nothing is run and nothing of the host's configuration is loaded.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "core/json_text.h"

namespace casebook {

/// All clocks read back to back, as nanosecond strings, with the state of the kernel's clock
/// discipline (`synchronised`, `estimated_error_us`) and, where readable, the hardware clock.
Json read_clocks();

/// Host name, kernel, machine id, boot id, DMI uuid and SSH host key fingerprints, each only where
/// it could be read. For a mounted tree (`root` other than "/") only what the tree itself holds.
Json read_host_identity(const std::filesystem::path& root);

/// Our own process: program digest, arguments, user and group ids, capabilities, namespaces,
/// security label, LD_* and other environment names that could have changed us.
Json read_own_process();

}  // namespace casebook
