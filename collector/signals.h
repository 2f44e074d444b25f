#pragma once
/// Signals during a collection: a lost terminal does not stop it, an interrupt seals what is there.

#include "collector/stop.h"

namespace casebook {

/// SIGINT and SIGTERM ask `request` to stop; SIGHUP and SIGPIPE are ignored. A second SIGINT does
/// no more than the first. Call once per process, before threads start; `request` outlives it.
void install_stop_signals(StopRequest& request);

}  // namespace casebook
