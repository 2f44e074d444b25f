#include "collector/link_groups.h"

namespace casebook::collector {

LinkGroups::Key LinkGroups::key_of(const struct statx& object) {
  const std::uint64_t device = (std::uint64_t{object.stx_dev_major} << 32U) | object.stx_dev_minor;
  return {device, object.stx_ino};
}

void LinkGroups::remember(const struct statx& object, const std::string& stored) {
  if (groups_.size() >= kGroupsMax || name_bytes_ + stored.size() > kNameBytesMax) return;
  name_bytes_ += stored.size();
  groups_.insert_or_assign(key_of(object),
                           Group{stored, object.stx_mtime.tv_sec, object.stx_ctime.tv_sec,
                                 object.stx_mtime.tv_nsec, object.stx_ctime.tv_nsec});
}

const std::string* LinkGroups::find(const struct statx& object) const {
  const auto found = groups_.find(key_of(object));
  if (found == groups_.end()) return nullptr;
  const Group& group = found->second;
  const bool same =
      group.mtime_s == object.stx_mtime.tv_sec && group.mtime_ns == object.stx_mtime.tv_nsec &&
      group.ctime_s == object.stx_ctime.tv_sec && group.ctime_ns == object.stx_ctime.tv_nsec;
  return same ? &group.stored : nullptr;
}

}  // namespace casebook::collector
