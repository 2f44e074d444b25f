#pragma once
/// Collecting from another host: sends the static collector into its memory over the user's ssh and
/// takes the sealed parts that come back.

#include <filesystem>

#include "cli/collect_flags.h"
#include "cli/remote_launch.h"
#include "cli/runtime.h"

namespace casebook::cli {

struct RemotePlaces {
  std::filesystem::path collector;  ///< Empty: the one beside this program.
  std::filesystem::path evidence;   ///< Where the bags go.
};

/// @return the report that the collector over there made, its bags being here; `io` with ssh's own
///         words when nothing came.
Result<CollectionReport> collect_remotely(Runtime& runtime, const CollectFlags& flags,
                                          const RemoteHost& remote, const RemotePlaces& places);

}  // namespace casebook::cli
