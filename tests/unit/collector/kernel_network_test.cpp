#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "collector/command_process.h"
#include "collector/netlink.h"
#include "tests/unit/collector/kernel_test_support.h"

namespace casebook {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

/// A TCP socket that listens on a port of loopback that the kernel chose.
struct Listener {
  UniqueFd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  int port = 0;
  Listener() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "bind");
    check(::listen(fd.get(), 1) == 0, "listen");
    socklen_t size = sizeof address;
    check(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0, "name");
    port = ntohs(address.sin_port);
  }
};

class KernelNetwork : public KernelReadingTest {
 protected:
  /// The lines of a reading in our own network namespace.
  std::vector<Json> own_lines(const std::string& reading) {
    sink.entries.clear();
    take({.rule = "test.rule/net", .reading = reading});
    const auto& spaces = host.net_namespaces();
    const auto own = std::ranges::find_if(spaces, &NetNamespace::own);
    const auto* entry = own == spaces.end() ? nullptr : sink.find(std::to_string(own->inode));
    if (entry == nullptr || entry->line.outcome != Outcome::stored) {
      ADD_FAILURE() << reading << " is not there";
      return {};
    }
    return json_lines(entry->bytes);
  }
  std::string output_of(const std::vector<std::string>& argv) {
    CallFailure failure;
    auto process = CommandProcess::start(argv[0], argv, {}, stop, failure);
    if (!process) return {};
    std::string out;
    std::array<std::byte, 4096> chunk{};
    for (auto count_read = process->read(chunk); count_read && *count_read > 0;
         count_read = process->read(chunk))
      out += as_text(std::span(chunk).first(*count_read));
    return process->finish().exit_code == 0 ? out : std::string();
  }
};

const Json* with_port(const std::vector<Json>& lines, int port) {
  const auto found =
      std::ranges::find_if(lines, [&](const Json& line) { return line["local_port"] == port; });
  return found == lines.end() ? nullptr : &*found;
}

TEST_F(KernelNetwork, FindsAListenerAndWhoHoldsItAsSsDoes) {
  const Listener listener;
  const auto lines = own_lines("sock_diag.tcp");
  const Json* line = with_port(lines, listener.port);
  ASSERT_NE(line, nullptr);
  EXPECT_EQ((*line)["local"], "127.0.0.1");
  EXPECT_EQ((*line)["owners"][0]["pid"], ::getpid());
  EXPECT_EQ((*line)["owners"][0]["fd"], listener.fd.get());
  const std::string ss = output_of({"/usr/bin/ss", "-tlnH"});
  if (ss.empty()) GTEST_SKIP() << "ss is not installed";
  EXPECT_THAT(ss, HasSubstr(":" + std::to_string(listener.port)));
}

TEST_F(KernelNetwork, SelectsListenersAndOrphans) {
  const Listener listener;
  EXPECT_NE(with_port(own_lines("network.listening-services"), listener.port), nullptr);
  EXPECT_EQ(with_port(own_lines("network.orphan-sockets"), listener.port), nullptr);
  EXPECT_EQ(with_port(own_lines("process.ssh-forwards"), listener.port), nullptr);
}

TEST_F(KernelNetwork, KeepsHostileNamesOfUnixSockets) {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name =
      std::string(1, '\0') + "casebook\n\x1b[2J\xff" + std::to_string(::getpid());
  std::ranges::copy(name, address.sun_path);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  ASSERT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  const std::string shown = to_base64(as_bytes("@" + name.substr(1)));
  const auto lines = own_lines("unix_diag.all");
  const bool found = std::ranges::any_of(lines, [&](const Json& line) {
    return line.value("name_base64", "") == shown && line["abstract"] == true;
  });
  EXPECT_TRUE(found);
}

TEST_F(KernelNetwork, FindsASniffingSocketWithItsFilter) {
  const UniqueFd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL)));
  if (!fd) GTEST_SKIP() << "needs CAP_NET_RAW";
  sock_filter accept = {0x06, 0, 0, 0x00040000};
  const sock_fprog program = {1, &accept};
  ASSERT_EQ(::setsockopt(fd.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), 0);
  const auto holds = [](const Json& line) {
    return !line["owners"].empty() && line["owners"][0]["pid"] == ::getpid();
  };
  EXPECT_TRUE(std::ranges::any_of(own_lines("packet_diag.all"), holds));
  EXPECT_TRUE(std::ranges::any_of(own_lines("network.socket-filters"), holds));
}

TEST_F(KernelNetwork, ListsLinksAsSysfsDoes) {
  std::set<std::string> expected, names;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/class/net"))
    expected.insert(entry.path().filename());
  for (const Json& line : own_lines("rtnetlink.links")) names.insert(line["name"]);
  EXPECT_EQ(names, expected);
}

TEST_F(KernelNetwork, ListsAddressesRoutesAndRules) {
  std::set<std::string> addresses;
  for (const Json& line : own_lines("rtnetlink.addresses")) addresses.insert(line["address"]);
  EXPECT_THAT(addresses, Contains("127.0.0.1"));
  EXPECT_GE(own_lines("rtnetlink.routes").size(), 1U);
  const std::string rules = output_of({"/usr/sbin/ip", "-4", "rule", "show"});
  const auto lines = own_lines("rtnetlink.rules");
  const auto ipv4 =
      std::ranges::count_if(lines, [](const Json& line) { return line["family"] == AF_INET; });
  if (rules.empty()) GTEST_SKIP() << "ip is not installed";
  EXPECT_EQ(ipv4, std::ranges::count(rules, '\n'));
}

TEST_F(KernelNetwork, KnowsItsOwnNamespace) {
  EXPECT_EQ(own_lines("network.namespaces").at(0)["own"], true);
}

TEST_F(KernelNetwork, SeesSocketsInAnotherNamespace) {
  const Child child([] {
    if (::unshare(CLONE_NEWNET) != 0) ::_exit(2);
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(4242);
    check(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "bind");
    check(::listen(fd, 1) == 0, "listen");
  });
  if (!child.ready()) GTEST_SKIP() << "needs CAP_SYS_ADMIN for a network namespace";
  take({.rule = "a.b/tcp", .reading = "sock_diag.tcp"});
  const auto& spaces = host.net_namespaces();
  const auto space = std::ranges::find(spaces, child.pid(), &NetNamespace::pid);
  ASSERT_NE(space, spaces.end());
  const auto* entry = sink.find(std::to_string(space->inode));
  ASSERT_NE(entry, nullptr);
  const auto lines = json_lines(entry->bytes);
  const Json* line = with_port(lines, 4242);
  ASSERT_NE(line, nullptr);
  EXPECT_EQ((*line)["owners"][0]["pid"], child.pid());
}

TEST_F(KernelNetwork, FollowsANamespaceWhoseProcessEndedAndSaysWhenItIsGone) {
  auto first = std::make_unique<const Child>([] {
    if (::unshare(CLONE_NEWNET) != 0) ::_exit(2);
  });
  if (!first->ready()) GTEST_SKIP() << "needs CAP_SYS_ADMIN for a network namespace";
  auto second = std::make_unique<const Child>([place = "/proc/" + std::to_string(first->pid())] {
    const int fd = ::open((place + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 || ::setns(fd, CLONE_NEWNET) != 0) ::_exit(2);
    ::close(fd);
  });
  ASSERT_TRUE(second->ready());
  const auto& spaces = host.net_namespaces();
  const auto space = std::ranges::find(spaces, first->pid(), &NetNamespace::pid);
  ASSERT_NE(space, spaces.end());
  const std::string instance = std::to_string(space->inode);

  first.reset();
  take({.rule = "a.b/links", .reading = "rtnetlink.links"});
  const auto* followed = sink.find(instance);
  ASSERT_NE(followed, nullptr);
  EXPECT_EQ(followed->line.outcome, Outcome::stored);

  second.reset();
  sink.entries.clear();
  take({.rule = "a.b/links", .reading = "rtnetlink.links"});
  const auto* gone = sink.find(instance);
  ASSERT_NE(gone, nullptr);
  EXPECT_EQ(gone->line.outcome, Outcome::lost);
  EXPECT_THAT(gone->line.findings, testing::Contains("vanished"));
}

TEST_F(KernelNetwork, SeesANamespaceThatOnlyAMountHolds) {
  const std::string name = "casebook-" + std::to_string(::getpid());
  output_of({"/usr/sbin/ip", "netns", "add", name});
  if (!host.exists("/run/netns/" + name)) GTEST_SKIP() << "ip netns add is not possible here";
  const auto& spaces = host.net_namespaces();
  const auto space = std::ranges::find(spaces, "/run/netns/" + name, &NetNamespace::name_path);
  const bool listed = space != spaces.end();
  if (listed) {
    take({.rule = "a.b/links", .reading = "rtnetlink.links"});
    take({.rule = "a.b/dev", .reading = "proc.net.dev", .path = "/proc/%netns%/net/dev"});
  }
  output_of({"/usr/sbin/ip", "netns", "delete", name});
  ASSERT_TRUE(listed);
  std::size_t found = 0;
  for (const auto& entry : sink.entries) {
    if (entry.line.instance != std::to_string(space->inode)) continue;
    EXPECT_THAT(entry.bytes, HasSubstr("lo"));
    ++found;
  }
  EXPECT_EQ(found, 2U);
}

TEST_F(KernelNetwork, TakesEveryReadingWithoutALoss) {
  for (const auto rows : {route_rows(), socket_rows(), netfilter_rows(), generic_netlink_rows()}) {
    for (const ReadingRow& row : rows) {
      take({.rule = "a.b/c", .reading = std::string(row.name)});
      // A namespace of this machine may end meanwhile; nothing else may be lost.
      EXPECT_EQ(count.lost, count.vanished)
          << row.name << ": "
          << (sink.entries.empty() || !sink.entries.back().line.error
                  ? ""
                  : sink.entries.back().line.error->errno_name);
      for (const auto& entry : sink.entries) json_lines(entry.bytes);
      sink.entries.clear();
    }
  }
}

TEST(NetlinkAttributes, SurviveDamage) {
  static constexpr std::array kSpecs = {AttributeSpec{1, "text", AttributeKind::text},
                                        AttributeSpec{2, "number", AttributeKind::u32},
                                        AttributeSpec{3, "key", AttributeKind::hidden}};
  std::string row;
  append_attribute(row, 1, as_bytes("a\xff"));
  append_attribute(row, 2, as_bytes("x"));
  append_attribute(row, 3, as_bytes("secret"));
  append_attribute(row, 9, as_bytes("z"));
  for (std::size_t size = 0; size <= row.size(); ++size) {
    Json line = Json::object();
    put_attributes(line, as_bytes(row).first(size), kSpecs);
    EXPECT_THAT(canonical_json(line), testing::Not(HasSubstr(to_hex(as_bytes("secret")))));
  }
  Json whole = Json::object();
  put_attributes(whole, as_bytes(row), kSpecs);
  EXPECT_EQ(whole["number"], 0);
  EXPECT_EQ(whole["attribute_9"], "7a");
  EXPECT_EQ(whole["key"]["hidden_bytes"], 6);
}

}  // namespace
}  // namespace casebook
