#pragma once
/// One pass over a tree: every folder that a pattern can reach is read once, every object that a
/// rule wants is handed on. Bounded memory whatever the tree; nothing is opened but folders.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collector/matcher.h"
#include "collector/mount_table.h"
#include "collector/root_fs.h"
#include "collector/stop.h"
#include "core/bag_format.h"
#include "core/clock.h"

namespace casebook::collector {

/// An object that a rule wants. Views live until the call returns.
struct Match {
  Decision decision;
  std::uint64_t folder_number;  ///< Changes whenever `folder` does.
  std::string_view folder;      ///< Raw path inside the root, without a final slash; root is "".
  std::string_view name;        ///< Raw; empty for the root itself.
};

/// Takes what a walk finds. An error ends the walk.
class MatchSink {
 public:
  virtual ~MatchSink() = default;
  virtual Status match(const Match& match) = 0;
  /// A folder that could not be read, or was left out: a finished line but for its salt.
  virtual Status lost(CatalogLine line) = 0;
};

struct WalkSummary {
  std::uint64_t folders_read = 0;
  std::uint64_t names_seen = 0;
  std::uint64_t matched = 0;
  std::uint64_t lost = 0;
  std::vector<std::uint64_t> fits;         ///< For each rule, how many objects it fitted.
  std::vector<std::string> hidden_mounts;  ///< Paths of mounts that lie under another one.
  bool stopped = false;                    ///< Ended early on request.
};

struct WalkServices {
  const Clock& clock;
  const StopRequest& stop;
  /// Path inside the root of the folder that this run writes to: passed by and said so
  /// (`own_output`), or the run would collect itself. Empty: none.
  std::string own_folder = {};
};

/// Finds links on literal paths of patterns and tells the matcher where they lead, inside the
/// root. Call before walk(). @return how many there were.
std::size_t follow_literal_links(Matcher& matcher, const RootFs& root);

/// Walks `root`. File systems that other machines or the kernel itself answer for are entered only
/// where a pattern names the way part by part; each one left out becomes a line.
/// @return what was done, or the error of `sink`.
Result<WalkSummary> walk(const Matcher& matcher, const RootFs& root, const MountTable& mounts,
                         MatchSink& sink, const WalkServices& services);

}  // namespace casebook::collector
