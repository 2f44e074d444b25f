#pragma once
/// Takes matched objects of the host: metadata of all, bytes where the rule allows them. Devices,
/// pipes and sockets are never opened; a file is opened only after it was seen to be a regular one
/// and read only after it was seen to be the same one. Every loss is a line.

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "collector/entry_sink.h"
#include "collector/link_groups.h"
#include "collector/match_spool.h"
#include "collector/mount_table.h"
#include "collector/object_stat.h"
#include "collector/root_fs.h"
#include "collector/stop.h"
#include "core/clock.h"

namespace casebook::collector {

/// Moments at which a test may change the host under the reader.
enum class TakeMoment { looked_at, opened, read };
using TakeWatcher = std::function<void(TakeMoment moment, const std::string& path)>;

struct FileTakerServices {
  const RootFs& root;
  const MountTable& mounts;
  std::span<const MatchRule> rules;
  EntrySink& sink;
  const Clock& clock;
  TakeWatcher watcher = {};  ///< Empty but in tests.
};

class FileTaker {
 public:
  explicit FileTaker(FileTakerServices services);

  /// Takes one object. Fast when matches come folder by folder, as the walk finds them.
  /// @return an error only when the sink cannot go on.
  Status take(const Match& match);
  /// The entries that follow go into another bag.
  void new_bag() { links_.forget(); }

 private:
  bool enter(const Match& match);
  CatalogLine line_for(const Match& match) const;
  Status lose(CatalogLine&& line, std::string_view call, int errno_value);
  Status take_file(const Match& match, CatalogLine&& line, const struct statx& seen);
  Status store(const Match& match, CatalogLine&& line, int fd, const struct statx& opened);
  Status store_plain(const Match& match, CatalogLine&& line, int fd, const struct statx& opened);
  Status store_redacted(const Match& match, CatalogLine&& line, int fd, const struct statx& opened);
  void compare_after(CatalogLine& line, int fd, const struct statx& opened, bool sized);
  Status list_link(CatalogLine&& line);
  int open_file(const std::string& name, CatalogLine& line);
  void watch(TakeMoment moment, const CatalogLine& line) const {
    if (services_.watcher) services_.watcher(moment, line.path);
  }

  FileTakerServices services_;
  LinkGroups links_;
  bool has_remote_mounts_ = false;
  // The folder of the latest matches.
  UniqueFd folder_fd_;
  int folder_errno_ = 0;
  std::string folder_path_;
  std::optional<std::uint64_t> folder_number_;
  bool folder_is_kernels_ = false;  // Sizes there say nothing.
  std::string name_;
};

struct TakenMatches {
  std::uint64_t taken = 0;
  std::uint64_t left = 0;  ///< Not reached, because the run was asked to stop.
};

/// Takes everything that waits in one stage.
Result<TakenMatches> take_matches(const MatchSpool& spool, int stage, FileTaker& taker,
                                  const StopRequest& stop);

}  // namespace casebook::collector
