/// WireGuard peers, remembered TCP peers, network card settings, and the audit system's state.
/// Source: linux/genetlink.h, linux/wireguard.h, linux/tcp_metrics.h, linux/ethtool.h,
/// linux/audit.h.

#include <linux/audit.h>
#include <linux/ethtool.h>
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/tcp_metrics.h>
#include <linux/wireguard.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "collector/kernel_registry.h"
#include "collector/net_namespace.h"
#include "collector/netlink.h"

namespace casebook {
namespace {

using Kind = AttributeKind;

constexpr std::array kFamily = {AttributeSpec{CTRL_ATTR_FAMILY_ID, "id", Kind::u16},
                                AttributeSpec{CTRL_ATTR_FAMILY_NAME, "name", Kind::text}};
constexpr std::array kAllowedAddress = {
    AttributeSpec{WGALLOWEDIP_A_FAMILY, "family", Kind::u16},
    AttributeSpec{WGALLOWEDIP_A_IPADDR, "address", Kind::address},
    AttributeSpec{WGALLOWEDIP_A_CIDR_MASK, "prefix", Kind::u8}};
constexpr std::array kPeer = {
    AttributeSpec{WGPEER_A_PUBLIC_KEY, "public_key", Kind::hex},
    AttributeSpec{WGPEER_A_PRESHARED_KEY, "preshared_key", Kind::hidden},
    AttributeSpec{WGPEER_A_ENDPOINT, "end_point", Kind::hex},
    AttributeSpec{WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, "keepalive_s", Kind::u16},
    AttributeSpec{WGPEER_A_LAST_HANDSHAKE_TIME, "last_handshake", Kind::hex},
    AttributeSpec{WGPEER_A_RX_BYTES, "received_bytes", Kind::u64},
    AttributeSpec{WGPEER_A_TX_BYTES, "sent_bytes", Kind::u64},
    AttributeSpec{WGPEER_A_ALLOWEDIPS, "allowed", Kind::list, kAllowedAddress}};
constexpr std::array kDevice = {AttributeSpec{WGDEVICE_A_IFINDEX, "index", Kind::u32},
                                AttributeSpec{WGDEVICE_A_IFNAME, "name", Kind::text},
                                AttributeSpec{WGDEVICE_A_PRIVATE_KEY, "private_key", Kind::hidden},
                                AttributeSpec{WGDEVICE_A_PUBLIC_KEY, "public_key", Kind::hex},
                                AttributeSpec{WGDEVICE_A_LISTEN_PORT, "listen_port", Kind::u16},
                                AttributeSpec{WGDEVICE_A_FWMARK, "mark", Kind::u32},
                                AttributeSpec{WGDEVICE_A_PEERS, "peers", Kind::list, kPeer}};
constexpr std::array kTcpPeer = {AttributeSpec{TCP_METRICS_ATTR_ADDR_IPV4, "peer", Kind::address},
                                 AttributeSpec{TCP_METRICS_ATTR_ADDR_IPV6, "peer", Kind::address},
                                 AttributeSpec{TCP_METRICS_ATTR_AGE, "age_ms", Kind::u64},
                                 AttributeSpec{TCP_METRICS_ATTR_SADDR_IPV4, "local", Kind::address},
                                 AttributeSpec{TCP_METRICS_ATTR_SADDR_IPV6, "local", Kind::address},
                                 AttributeSpec{TCP_METRICS_ATTR_VALS, "values", Kind::hex}};

std::string generic_request(std::uint8_t command, std::uint8_t version) {
  const genlmsghdr head{.cmd = command, .version = version, .reserved = 0};
  return std::string(as_text(bytes_of(head)));
}

/// Number of a generic family, found in the list of all: asking by name could load a module.
std::uint16_t find_family(NetlinkSocket& socket, std::string_view name, CallFailure& failure) {
  std::uint16_t id = 0;
  failure = socket.ask(GENL_ID_CTRL, NLM_F_DUMP, as_bytes(generic_request(CTRL_CMD_GETFAMILY, 1)),
                       [&](const NetlinkMessage& message) {
                         Json family = Json::object();
                         put_attributes(family, after(message.payload, GENL_HDRLEN), kFamily);
                         if (family.value("name", "") == name) id = family.value("id", id);
                       });
  return id;
}

/// Names of the interfaces of one kind in a namespace ("wireguard"), or of all.
std::vector<std::string> interfaces(HostView& host, const NetNamespace& space,
                                    std::string_view kind) {
  static constexpr std::array kInfo = {AttributeSpec{IFLA_INFO_KIND, "kind", Kind::text}};
  static constexpr std::array kLink = {AttributeSpec{IFLA_IFNAME, "name", Kind::text},
                                       AttributeSpec{IFLA_LINKINFO, "info", Kind::nested, kInfo}};
  std::vector<std::string> names;
  NetlinkSocket socket = NetlinkSocket::open(host, space, NETLINK_ROUTE);
  if (!socket) return names;
  const ifinfomsg head{};
  socket.ask(RTM_GETLINK, NLM_F_DUMP, bytes_of(head), [&](const NetlinkMessage& message) {
    Json line = Json::object();
    put_attributes(line, after(message.payload, sizeof head), kLink);
    const Json info = line.value("info", Json::object());
    if (kind.empty() || info.value("kind", "") == kind) names.push_back(line.value("name", ""));
  });
  return names;
}

Status read_wireguard(ReadingRun& run, const NetNamespace& space) {
  NetlinkSocket socket = NetlinkSocket::open(run.host(), space, NETLINK_GENERIC);
  if (!socket) return run.lose(instance_of(space), socket.failure());
  CallFailure failure;
  const std::uint16_t family = find_family(socket, WG_GENL_NAME, failure);
  if (family == 0) return run.absent();
  JsonLines lines(run.request().size_bytes_max);
  for (const std::string& name : interfaces(run.host(), space, "wireguard")) {
    std::string request = generic_request(WG_CMD_GET_DEVICE, WG_GENL_VERSION);
    append_attribute(request, WGDEVICE_A_IFNAME,
                     std::as_bytes(std::span(name.c_str(), name.size() + 1)));
    failure = socket.ask(family, NLM_F_DUMP, as_bytes(request), [&](const NetlinkMessage& message) {
      Json line = Json::object();
      put_attributes(line, after(message.payload, GENL_HDRLEN), kDevice);
      lines.add(line);
    });
    if (failure.errno_value != 0) return run.lose(instance_of(space), failure);
  }
  return lines.store(run, instance_of(space));
}

Status read_tcp_peers(ReadingRun& run, const NetNamespace& space) {
  NetlinkSocket socket = NetlinkSocket::open(run.host(), space, NETLINK_GENERIC);
  if (!socket) return run.lose(instance_of(space), socket.failure());
  CallFailure failure;
  const std::uint16_t family = find_family(socket, TCP_METRICS_GENL_NAME, failure);
  if (family == 0) return run.absent();
  JsonLines lines(run.request().size_bytes_max);
  failure = socket.ask(family, NLM_F_DUMP,
                       as_bytes(generic_request(TCP_METRICS_CMD_GET, TCP_METRICS_GENL_VERSION)),
                       [&](const NetlinkMessage& message) {
                         Json line = Json::object();
                         put_attributes(line, after(message.payload, GENL_HDRLEN), kTcpPeer);
                         lines.add(line);
                       });
  if (failure.errno_value != 0) return run.lose(instance_of(space), failure);
  return lines.store(run, instance_of(space));
}

/// Driver facts of one interface by the old, everywhere present interface.
Json card_line(int socket, const std::string& name) {
  Json line = Json::object();
  put_bytes(line, "name", name);
  ifreq request{};
  std::strncpy(request.ifr_name, name.c_str(), sizeof request.ifr_name - 1);
  ethtool_drvinfo driver{};
  driver.cmd = ETHTOOL_GDRVINFO;
  request.ifr_data = reinterpret_cast<char*>(&driver);
  if (::ioctl(socket, SIOCETHTOOL, &request) != 0) {
    put_failure(line, {"ioctl", errno});
    return line;
  }
  put_bytes(line, "driver",
            std::string_view(driver.driver, ::strnlen(driver.driver, sizeof driver.driver)));
  put_bytes(line, "version",
            std::string_view(driver.version, ::strnlen(driver.version, sizeof driver.version)));
  put_bytes(
      line, "firmware",
      std::string_view(driver.fw_version, ::strnlen(driver.fw_version, sizeof driver.fw_version)));
  put_bytes(line, "bus",
            std::string_view(driver.bus_info, ::strnlen(driver.bus_info, sizeof driver.bus_info)));
  ethtool_value link{};
  link.cmd = ETHTOOL_GLINK;
  request.ifr_data = reinterpret_cast<char*>(&link);
  if (::ioctl(socket, SIOCETHTOOL, &request) == 0) line["link"] = link.data != 0;
  return line;
}

Status read_cards(ReadingRun& run, const NetNamespace& space) {
  UniqueFd socket;
  const CallFailure entered = in_net_namespace(
      run.host(), space, [&] { socket.reset(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)); });
  if (!socket)
    return run.lose(instance_of(space),
                    entered.errno_value != 0 ? entered : CallFailure{"socket", errno});
  JsonLines lines(run.request().size_bytes_max);
  for (const std::string& name : interfaces(run.host(), space, ""))
    lines.add(card_line(socket.get(), name));
  return lines.store(run, instance_of(space));
}

NetNamespace own_namespace() {
  NetNamespace space;
  space.own = true;
  return space;
}

Status read_audit_status(ReadingRun& run) {
  NetlinkSocket socket = NetlinkSocket::open(run.host(), own_namespace(), NETLINK_AUDIT);
  if (!socket)
    return means_absent(socket.failure().errno_value) ? run.absent()
                                                      : run.lose("", socket.failure());
  JsonLines lines(run.request().size_bytes_max);
  const CallFailure failure = socket.ask(AUDIT_GET, 0, {}, [&](const NetlinkMessage& message) {
    audit_status status{};
    std::copy_n(message.payload.begin(), std::min(message.payload.size(), sizeof status),
                reinterpret_cast<std::byte*>(&status));
    lines.add({{"enabled", status.enabled},
               {"failure", status.failure},
               {"pid", status.pid},
               {"rate_limit", status.rate_limit},
               {"backlog_limit", status.backlog_limit},
               {"lost", status.lost},
               {"backlog", status.backlog}});
  });
  if (means_absent(failure.errno_value) || failure.errno_value == ECONNREFUSED) return run.absent();
  return failure.errno_value == 0 ? lines.store(run) : run.lose("", failure);
}

Status read_audit_rules(ReadingRun& run) {
  NetlinkSocket socket = NetlinkSocket::open(run.host(), own_namespace(), NETLINK_AUDIT);
  if (!socket)
    return means_absent(socket.failure().errno_value) ? run.absent()
                                                      : run.lose("", socket.failure());
  JsonLines lines(run.request().size_bytes_max);
  const CallFailure failure =
      socket.ask(AUDIT_LIST_RULES, NLM_F_DUMP, {}, [&](const NetlinkMessage& message) {
        lines.add({{"rule", to_hex(message.payload)}});
      });
  if (means_absent(failure.errno_value) || failure.errno_value == ECONNREFUSED) return run.absent();
  return failure.errno_value == 0 ? lines.store(run) : run.lose("", failure);
}

constexpr auto kRows = std::to_array<ReadingRow>({
    {.name = "wireguard.peers", .net = read_wireguard},
    {.name = "proc.net.tcp-metrics", .net = read_tcp_peers},
    {.name = "ethtool.settings", .net = read_cards},
    {.name = "audit.status", .host = read_audit_status},
    {.name = "audit.rules", .host = read_audit_rules},
});

}  // namespace

std::span<const ReadingRow> generic_netlink_rows() { return kRows; }

}  // namespace casebook
