#pragma once
/// Entering another network namespace for a moment, in a thread of its own: the rest of the
/// collector never leaves its namespace.

#include <functional>

#include "collector/host_view.h"

namespace casebook {

/// Runs `work` inside `space` and waits for it. Needs CAP_SYS_ADMIN unless the space is our own.
/// @return the call that failed, `work` not having run; else errno 0.
CallFailure in_net_namespace(const HostView& host, const NetNamespace& space,
                             const std::function<void()>& work);

}  // namespace casebook
