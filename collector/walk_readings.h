#pragma once
/// Readings that select objects from one walk over the tree, all of a run in a single pass.

#include <span>
#include <string_view>
#include <vector>

#include "collector/kernel_reading.h"

namespace casebook {

/// Takes all the requests in one walk.
Status take_walk_readings(std::span<ReadingRun> runs);

}  // namespace casebook
