#include "collector/mount_table.h"

#include <gtest/gtest.h>

namespace casebook::collector {
namespace {

constexpr std::string_view kMountinfo =
    "20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "21 20 0:4 / /proc rw - proc proc rw\n"
    "22 20 0:30 / /mnt/far\\040away rw - nfs4 server:/x rw\n"
    "23 20 8:2 / /srv rw - xfs /dev/sdb1 rw\n"
    "24 20 8:1 /home /mnt/again rw - ext4 /dev/sda1 rw\n"
    "25 23 0:31 / /srv/deep rw - tmpfs tmpfs rw\n"
    "26 20 8:3 / /srv rw - ext4 /dev/sdc1 rw\n"
    "27 20 0:33 / /mnt/phone rw - fuse.sshfs x rw\n";

TEST(MountTable, TellsKindsWithoutTouchingTheMount) {
  const MountTable table = MountTable::parse(kMountinfo, "/");
  EXPECT_EQ(table.find("/proc")->kind, MountKind::pseudo);
  EXPECT_EQ(table.find("/mnt/far away")->kind, MountKind::remote);
  EXPECT_EQ(table.find("/mnt/phone")->kind, MountKind::remote);
  EXPECT_EQ(table.find("/")->kind, MountKind::local);
  EXPECT_EQ(table.find("/nowhere"), nullptr);
}

TEST(MountTable, TellsWhatIsSeenTwice) {
  const MountTable table = MountTable::parse(kMountinfo, "/");
  EXPECT_TRUE(table.find("/mnt/again")->repeats);
  EXPECT_FALSE(table.find("/")->repeats);
}

TEST(MountTable, TakesAFolderBoundToItselfForNoRepetition) {
  const MountTable table = MountTable::parse(
      "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
      "21 20 8:1 /var/log /var/log rw - ext4 /dev/sda1 rw\n"
      "22 20 8:1 /opt /mnt/opt rw - ext4 /dev/sda1 rw\n"
      "23 20 8:1 /opt /mnt/opt2 rw - ext4 /dev/sda1 rw\n"
      "24 20 0:40 / /srv rw - tmpfs tmpfs rw\n"
      "25 20 8:1 /srv /mnt/srv rw - ext4 /dev/sda1 rw\n",
      "/");
  EXPECT_FALSE(table.find("/var/log")->repeats);
  EXPECT_TRUE(table.find("/mnt/opt")->repeats);
  EXPECT_TRUE(table.find("/mnt/opt2")->repeats);
  EXPECT_FALSE(table.find("/mnt/srv")->repeats);  // What it shows is hidden under another mount.
}

TEST(MountTable, TellsMountsHiddenUnderOthers) {
  const MountTable table = MountTable::parse(kMountinfo, "/");
  EXPECT_EQ(table.find("/srv")->type, "ext4");
  EXPECT_EQ(table.find("/srv/deep"), nullptr);
  std::vector<std::string> hidden;
  for (const Mount& mount : table.mounts())
    if (mount.hidden) hidden.push_back(mount.path);
  EXPECT_EQ(hidden, (std::vector<std::string>{"/srv", "/srv/deep"}));
}

TEST(MountTable, CountsPathsFromTheRootOfATree) {
  const MountTable table = MountTable::parse(kMountinfo, "/mnt");
  EXPECT_NE(table.find("/phone"), nullptr);
  EXPECT_EQ(table.find("/proc"), nullptr);
  EXPECT_TRUE(MountTable::parse(kMountinfo, "").mounts().empty());
}

TEST(MountTable, SurvivesLinesThatMakeNoSense) {
  EXPECT_TRUE(MountTable::parse("\n\n - \n1 2 3\n1 2 3 4 5 6 7 8 -\n", "/").mounts().empty());
}

}  // namespace
}  // namespace casebook::collector
