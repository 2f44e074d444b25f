#pragma once
/// Metadata of an object of the host, as statx(2) and the xattr calls give it.

#include <linux/stat.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "core/bag_format.h"

namespace casebook::collector {

/// Asks for the object `name` of a folder, links not followed, nothing mounted by looking.
/// An empty name asks for `fd` itself. @return 0, or -1 with errno.
int statx_object(int fd, const char* name, struct statx& into);

EntryType entry_type(const struct statx& object);
ObjectStat object_stat(const struct statx& object);

/// Whether two answers are about one and the same object of one type.
bool same_object(const struct statx& a, const struct statx& b);
/// Whether bytes or metadata changed between two answers; access times do not count.
bool unchanged(const struct statx& before, const struct statx& after);

/// Adds all extended attributes (ACLs, capabilities and labels among them) to `line`, at most
/// 64 KiB in all; what is beyond is told by `xattrs_left_out`, what could not be read by
/// `xattrs_unread`.
void read_xattrs_of_fd(int fd, CatalogLine& line);
/// The same for an object that must not be opened. Needs /proc; without it `xattrs_unread`.
void read_xattrs_of_name(int folder_fd, const std::string& name, CatalogLine& line);

/// Adds a finding unless it is there.
void note(CatalogLine& line, std::string_view finding);

}  // namespace casebook::collector
