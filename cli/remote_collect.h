#pragma once
/// Collecting from another host: sends the static collector into its memory over the user's ssh and
/// takes the sealed parts that come back.

#include <filesystem>

#include "cli/collect_flags.h"
#include "cli/remote_launch.h"
#include "cli/runtime.h"
#include "collector/stop.h"

namespace casebook::cli {

struct RemotePlaces {
  std::filesystem::path collector;  ///< Empty: the one beside this program.
  std::filesystem::path evidence;   ///< Where the bags go; its disk keeps the reserve free.
  StopRequest& stop;                ///< Asks the collector over there to seal what it has.
};

/// @return the report that the collector over there made, its bags being here; `io` with ssh's own
///         words when nothing came or
///         the stream broke off: what came then lies in the bag's folder as `*.part`, unsealed.
Result<CollectionReport> collect_remotely(Runtime& runtime, const CollectFlags& flags,
                                          const RemoteHost& remote, const RemotePlaces& places);

}  // namespace casebook::cli
