/// Page: docs/spec/context.md.

#include "collector/host_context.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/durable_file.h"
#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

TEST(HostContext, ReadsEveryClockAsNanosecondText) {
  const Json clocks = read_clocks();
  for (const char* name : {"realtime", "monotonic", "boottime", "tai"}) {
    const std::string text = clocks.at(name);
    EXPECT_EQ(text.size() - text.find('.'), 10U) << name << " " << text;
  }
}

TEST(HostContext, KnowsTheLiveHostByNameAndBoot) {
  const Json host = read_host_identity("/");
  char name[256] = {};
  ASSERT_EQ(::gethostname(name, sizeof name - 1), 0);
  EXPECT_EQ(host.at("name"), name);
  EXPECT_EQ(host.at("boot_id").get<std::string>().size(), 36U);
}

TEST(HostContext, TakesFromAnImageOnlyWhatTheImageHolds) {
  const TemporaryFolder root;
  std::filesystem::create_directories(root.path() / "etc/ssh");
  ASSERT_TRUE(write_file(root.path() / "etc/hostname", as_bytes("web-03\x1b[2J\n"), 0644));
  ASSERT_TRUE(write_file(root.path() / "etc/ssh/ssh_host_ed25519_key.pub",
                         as_bytes("ssh-ed25519 QUJD comment\n"), 0644));
  const Json host = read_host_identity(root.path());
  EXPECT_EQ(host.at("name"), "web-03\\x1b[2J");
  // printf ABC | openssl dgst -sha256 -binary | base64
  EXPECT_EQ(host.at("ssh_host_keys").at(0),
            "ssh-ed25519 SHA256:tdQEXD9Gb6kf4sxqvnkjKhpXzfEE96JucW4KHieJ33g");
  EXPECT_FALSE(host.contains("boot_id"));
}

TEST(HostContext, NamesVariablesThatChangeProgramsButNeverTheirValues) {
  const Json process = read_own_process();
  EXPECT_EQ(process.at("pid"), ::getpid());
  EXPECT_EQ(process.at("program_sha256").get<std::string>().size(), 64U);
  EXPECT_TRUE(process.at("namespaces").contains("mnt"));
  EXPECT_TRUE(process.at("environment_names").is_array());
}

}  // namespace
}  // namespace casebook
