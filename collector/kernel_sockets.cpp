/// Sockets of each network namespace by the monitoring interface, with the processes that hold
/// them. Source: sock_diag(7), linux/inet_diag.h, linux/unix_diag.h, linux/packet_diag.h.

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <linux/unix_diag.h>
#include <linux/vm_sockets_diag.h>
#include <linux/xdp_diag.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "collector/kernel_registry.h"
#include "collector/netlink.h"
#include "collector/process_table.h"

namespace casebook {
namespace {

using Kind = AttributeKind;

constexpr std::uint8_t kProtocolDccp = 33;
constexpr std::uint8_t kProtocolSctp = 132;
constexpr std::uint8_t kProtocolUdpLite = 136;
constexpr std::uint32_t kProtocolMptcp = 262;
constexpr int kStateEstablished = 1;
constexpr int kStateListen = 10;  // TCP_LISTEN; an unconnected UDP socket is in 7.
constexpr int kStateClose = 7;

constexpr std::array kInet = {AttributeSpec{INET_DIAG_CONG, "congestion", Kind::text},
                              AttributeSpec{INET_DIAG_TOS, "tos", Kind::u8},
                              AttributeSpec{INET_DIAG_TCLASS, "traffic_class", Kind::u8},
                              AttributeSpec{INET_DIAG_SHUTDOWN, "shutdown", Kind::u8},
                              AttributeSpec{INET_DIAG_SKV6ONLY, "v6_only", Kind::u8},
                              AttributeSpec{INET_DIAG_MARK, "mark", Kind::u32},
                              AttributeSpec{INET_DIAG_CLASS_ID, "class", Kind::u32},
                              AttributeSpec{INET_DIAG_CGROUP_ID, "cgroup_id", Kind::u64},
                              AttributeSpec{INET_DIAG_ULP_INFO, "upper_protocol", Kind::hex},
                              AttributeSpec{INET_DIAG_SKMEMINFO, "memory", Kind::hex},
                              AttributeSpec{INET_DIAG_INFO, "tcp_info", Kind::hex}};
constexpr std::array kUnix = {AttributeSpec{UNIX_DIAG_NAME, "name", Kind::hex},
                              AttributeSpec{UNIX_DIAG_VFS, "file", Kind::hex},
                              AttributeSpec{UNIX_DIAG_PEER, "peer", Kind::u32},
                              AttributeSpec{UNIX_DIAG_ICONS, "waiting", Kind::hex},
                              AttributeSpec{UNIX_DIAG_RQLEN, "queues", Kind::hex},
                              AttributeSpec{UNIX_DIAG_SHUTDOWN, "shutdown", Kind::u8},
                              AttributeSpec{UNIX_DIAG_UID, "uid", Kind::u32}};
constexpr std::array kPacket = {AttributeSpec{PACKET_DIAG_INFO, "info", Kind::hex},
                                AttributeSpec{PACKET_DIAG_FANOUT, "fanout", Kind::u32},
                                AttributeSpec{PACKET_DIAG_UID, "uid", Kind::u32},
                                AttributeSpec{PACKET_DIAG_FILTER, "filter", Kind::hex}};
constexpr std::array kNetlink = {AttributeSpec{NETLINK_DIAG_GROUPS, "groups", Kind::hex},
                                 AttributeSpec{NETLINK_DIAG_FLAGS, "flags", Kind::u32}};
constexpr std::array kXdpSocket = {AttributeSpec{XDP_DIAG_UID, "uid", Kind::u32},
                                   AttributeSpec{XDP_DIAG_INFO, "info", Kind::hex}};

/// Sets "inode" and, from the processes' descriptors, "owners".
void put_owners(Json& line, HostView& host, std::uint64_t inode) {
  line["inode"] = std::to_string(inode);
  Json owners = Json::array();
  const auto [begin, end] = host.processes().socket_owners().equal_range(inode);
  for (auto owner = begin; owner != end && inode != 0; ++owner) {
    Json holder = {{"pid", owner->second.pid}, {"fd", owner->second.fd}};
    if (const ProcessFacts* process = host.processes().find(owner->second.pid)) {
      put_bytes(holder, "comm", process->stat.comm);
      put_bytes(holder, "exe", process->exe);
    }
    owners.push_back(std::move(holder));
  }
  line["owners"] = std::move(owners);
}

std::string inet_address(std::uint8_t family, const __be32 (&words)[4]) {
  const auto bytes = std::as_bytes(std::span(words));
  return address_text(bytes.first(family == AF_INET ? 4 : 16));
}

/// The counters of a connection that tell how long and how much.
void put_tcp_info(Json& line) {
  if (!line.contains("tcp_info")) return;
  const auto bytes = from_hex(line["tcp_info"].get<std::string>());
  tcp_info info{};
  if (!bytes) return;
  std::copy_n(bytes->begin(), std::min(bytes->size(), sizeof info),
              reinterpret_cast<std::byte*>(&info));
  line["rtt_us"] = info.tcpi_rtt;
  line["last_sent_ms"] = info.tcpi_last_data_sent;
  line["last_received_ms"] = info.tcpi_last_data_recv;
  line["bytes_acked"] = std::to_string(info.tcpi_bytes_acked);
  line["bytes_received"] = std::to_string(info.tcpi_bytes_received);
}

Json inet_line(HostView& host, const NetlinkMessage& message) {
  Json line = Json::object();
  inet_diag_msg head{};
  if (!front_of(message.payload, head)) return line;
  put_attributes(line, after(message.payload, sizeof head), kInet);
  put_tcp_info(line);
  line["family"] = head.idiag_family;
  line["state"] = head.idiag_state;
  line["timer"] = head.idiag_timer;
  line["local"] = inet_address(head.idiag_family, head.id.idiag_src);
  line["local_port"] = ntohs(head.id.idiag_sport);
  line["remote"] = inet_address(head.idiag_family, head.id.idiag_dst);
  line["remote_port"] = ntohs(head.id.idiag_dport);
  line["interface"] = head.id.idiag_if;
  line["cookie"] = to_hex(std::as_bytes(std::span(head.id.idiag_cookie)));
  line["receive_queue"] = head.idiag_rqueue;
  line["send_queue"] = head.idiag_wqueue;
  line["uid"] = head.idiag_uid;
  put_owners(line, host, head.idiag_inode);
  return line;
}

using VisitLine = std::function<void(Json line)>;

/// Visits the sockets of one Internet protocol, IPv4 and IPv6.
CallFailure visit_inet(HostView& host, NetlinkSocket& socket, std::uint32_t protocol,
                       const VisitLine& visit) {
  for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
    inet_diag_req_v2 head{};
    head.sdiag_family = family;
    head.sdiag_protocol = static_cast<std::uint8_t>(std::min<std::uint32_t>(protocol, 255));
    head.idiag_ext = (1U << (INET_DIAG_INFO - 1U)) | (1U << (INET_DIAG_CONG - 1U)) |
                     (1U << (INET_DIAG_TOS - 1U)) | (1U << (INET_DIAG_SKMEMINFO - 1U));
    head.idiag_states = 0xffffffffU;
    std::string request(as_text(bytes_of(head)));
    if (protocol > 255) append_attribute(request, INET_DIAG_REQ_PROTOCOL, bytes_of(protocol));
    const CallFailure failure =
        socket.ask(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, as_bytes(request),
                   [&](const NetlinkMessage& message) { visit(inet_line(host, message)); });
    if (failure.errno_value != 0) return failure;
  }
  return {};
}

Status finish(ReadingRun& run, const NetNamespace& space, const JsonLines& lines,
              CallFailure failure) {
  if (means_absent(failure.errno_value) || failure.errno_value == EOPNOTSUPP) return run.absent();
  if (failure.errno_value != 0) return run.lose(instance_of(space), failure);
  return lines.store(run, instance_of(space));
}

Status take_inet(ReadingRun& run, const NetNamespace& space, std::uint32_t protocol,
                 const char* name) {
  if (!kernel_has_protocol(run.host(), name)) return run.absent();
  NetlinkSocket socket = NetlinkSocket::open(run.host(), space, NETLINK_SOCK_DIAG);
  if (!socket) return run.lose(instance_of(space), socket.failure());
  JsonLines lines(run.request().size_bytes_max);
  const CallFailure failure =
      visit_inet(run.host(), socket, protocol, [&](const Json& line) { lines.add(line); });
  return finish(run, space, lines, failure);
}

Status read_tcp(ReadingRun& run, const NetNamespace& space) {
  return take_inet(run, space, IPPROTO_TCP, "TCP");
}
Status read_udp(ReadingRun& run, const NetNamespace& space) {
  return take_inet(run, space, IPPROTO_UDP, "UDP");
}
Status read_udplite(ReadingRun& run, const NetNamespace& space) {
  return take_inet(run, space, kProtocolUdpLite, "UDP-Lite");
}
Status read_raw(ReadingRun& run, const NetNamespace& space) {
  return take_inet(run, space, IPPROTO_RAW, "RAW");
}
Status read_dccp(ReadingRun& run, const NetNamespace& space) {
  return take_inet(run, space, kProtocolDccp, "DCCP");
}
Status read_sctp(ReadingRun& run, const NetNamespace& space) {
  return take_inet(run, space, kProtocolSctp, "SCTP");
}
Status read_mptcp(ReadingRun& run, const NetNamespace& space) {
  return take_inet(run, space, kProtocolMptcp, "MPTCP");
}

/// TCP connections with an upper protocol (kernel TLS, multipath).
Status read_upper_protocols(ReadingRun& run, const NetNamespace& space) {
  NetlinkSocket socket = NetlinkSocket::open(run.host(), space, NETLINK_SOCK_DIAG);
  if (!socket) return run.lose(instance_of(space), socket.failure());
  JsonLines lines(run.request().size_bytes_max);
  const CallFailure failure = visit_inet(run.host(), socket, IPPROTO_TCP, [&](const Json& line) {
    if (line.contains("upper_protocol")) lines.add(line);
  });
  return finish(run, space, lines, failure);
}

Json unix_line(HostView& host, const NetlinkMessage& message) {
  Json line = Json::object();
  unix_diag_msg head{};
  if (!front_of(message.payload, head)) return line;
  put_attributes(line, after(message.payload, sizeof head), kUnix);
  if (line.contains("name")) {
    const auto bytes = from_hex(line["name"].get<std::string>());
    line.erase("name");
    std::string name = bytes ? std::string(as_text(*bytes)) : std::string();
    const bool abstract = name.starts_with('\0');
    if (abstract) name[0] = '@';
    while (!abstract && name.ends_with('\0')) name.pop_back();
    put_bytes(line, "name", name);
    line["abstract"] = abstract;
  }
  line["type"] = head.udiag_type;
  line["state"] = head.udiag_state;
  line["cookie"] = to_hex(std::as_bytes(std::span(head.udiag_cookie)));
  put_owners(line, host, head.udiag_ino);
  return line;
}

Json packet_line(HostView& host, const NetlinkMessage& message) {
  Json line = Json::object();
  packet_diag_msg head{};
  if (!front_of(message.payload, head)) return line;
  put_attributes(line, after(message.payload, sizeof head), kPacket);
  line["type"] = head.pdiag_type;
  line["protocol"] = head.pdiag_num;
  put_owners(line, host, head.pdiag_ino);
  return line;
}

Json netlink_line(HostView& host, const NetlinkMessage& message) {
  Json line = Json::object();
  netlink_diag_msg head{};
  if (!front_of(message.payload, head)) return line;
  put_attributes(line, after(message.payload, sizeof head), kNetlink);
  line["protocol"] = head.ndiag_protocol;
  line["state"] = head.ndiag_state;
  line["port_id"] = head.ndiag_portid;
  line["destination_port_id"] = head.ndiag_dst_portid;
  put_owners(line, host, head.ndiag_ino);
  return line;
}

Json vsock_line(HostView& host, const NetlinkMessage& message) {
  Json line = Json::object();
  vsock_diag_msg head{};
  if (!front_of(message.payload, head)) return line;
  line["type"] = head.vdiag_type;
  line["state"] = head.vdiag_state;
  line["local_cid"] = head.vdiag_src_cid;
  line["local_port"] = head.vdiag_src_port;
  line["remote_cid"] = head.vdiag_dst_cid;
  line["remote_port"] = head.vdiag_dst_port;
  put_owners(line, host, head.vdiag_ino);
  return line;
}

Json xdp_line(HostView& host, const NetlinkMessage& message) {
  Json line = Json::object();
  xdp_diag_msg head{};
  if (!front_of(message.payload, head)) return line;
  put_attributes(line, after(message.payload, sizeof head), kXdpSocket);
  put_owners(line, host, head.xdiag_ino);
  return line;
}

/// A family that is not of the Internet: the request, and how an answer is read.
struct Family {
  const char* protocol;  ///< In /proc/net/protocols.
  std::string request;
  Json (*line)(HostView& host, const NetlinkMessage& message);
};

Status take_family(ReadingRun& run, const NetNamespace& space, const Family& family) {
  if (!kernel_has_protocol(run.host(), family.protocol)) return run.absent();
  NetlinkSocket socket = NetlinkSocket::open(run.host(), space, NETLINK_SOCK_DIAG);
  if (!socket) return run.lose(instance_of(space), socket.failure());
  JsonLines lines(run.request().size_bytes_max);
  const CallFailure failure = socket.ask(
      SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, as_bytes(family.request),
      [&](const NetlinkMessage& message) { lines.add(family.line(run.host(), message)); });
  return finish(run, space, lines, failure);
}

template <typename Request>
std::string text_of(const Request& request) {
  return std::string(as_text(bytes_of(request)));
}

Status read_unix(ReadingRun& run, const NetNamespace& space) {
  unix_diag_req head{};
  head.sdiag_family = AF_UNIX;
  head.udiag_states = 0xffffffffU;
  head.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS | UDIAG_SHOW_PEER | UDIAG_SHOW_ICONS |
                    UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID;
  return take_family(run, space, {"UNIX", text_of(head), unix_line});
}

packet_diag_req packet_request() {
  packet_diag_req head{};
  head.sdiag_family = AF_PACKET;
  head.pdiag_show = PACKET_SHOW_INFO | PACKET_SHOW_FANOUT | PACKET_SHOW_FILTER;
  return head;
}

Status read_packet(ReadingRun& run, const NetNamespace& space) {
  return take_family(run, space, {"PACKET", text_of(packet_request()), packet_line});
}

Status read_netlink(ReadingRun& run, const NetNamespace& space) {
  netlink_diag_req head{};
  head.sdiag_family = AF_NETLINK;
  head.sdiag_protocol = NDIAG_PROTO_ALL;
  head.ndiag_show = NDIAG_SHOW_GROUPS | NDIAG_SHOW_FLAGS;
  return take_family(run, space, {"NETLINK", text_of(head), netlink_line});
}

Status read_vsock(ReadingRun& run, const NetNamespace& space) {
  vsock_diag_req head{};
  head.sdiag_family = AF_VSOCK;
  head.vdiag_states = 0xffffffffU;
  return take_family(run, space, {"AF_VSOCK", text_of(head), vsock_line});
}

Status read_xdp(ReadingRun& run, const NetNamespace& space) {
  xdp_diag_req head{};
  head.sdiag_family = AF_XDP;
  head.xdiag_show = XDP_SHOW_INFO;
  return take_family(run, space, {"XDP", text_of(head), xdp_line});
}

/// Classic filter programs on packet sockets, eight bytes an instruction.
Status read_socket_filters(ReadingRun& run, const NetNamespace& space) {
  NetlinkSocket socket = NetlinkSocket::open(run.host(), space, NETLINK_SOCK_DIAG);
  if (!socket) return run.lose(instance_of(space), socket.failure());
  JsonLines lines(run.request().size_bytes_max);
  const CallFailure failure =
      socket.ask(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, bytes_of(packet_request()),
                 [&](const NetlinkMessage& message) {
                   const Json line = packet_line(run.host(), message);
                   if (line.contains("filter")) lines.add(line);
                 });
  return finish(run, space, lines, failure);
}

/// Selects from the TCP and UDP sockets of a namespace.
Status select_inet(ReadingRun& run, const NetNamespace& space, bool (*wanted)(const Json& line)) {
  NetlinkSocket socket = NetlinkSocket::open(run.host(), space, NETLINK_SOCK_DIAG);
  if (!socket) return run.lose(instance_of(space), socket.failure());
  JsonLines lines(run.request().size_bytes_max);
  CallFailure failure;
  for (const auto& [protocol, name] : {std::pair{std::uint32_t{IPPROTO_TCP}, "tcp"},
                                       std::pair{std::uint32_t{IPPROTO_UDP}, "udp"}}) {
    const CallFailure asked = visit_inet(run.host(), socket, protocol, [&](Json line) {
      line["protocol"] = name;
      if (wanted(line)) lines.add(line);
    });
    if (asked.errno_value != 0) failure = asked;
  }
  return finish(run, space, lines, failure);
}

bool has_no_owner(const Json& line) { return line["owners"].empty(); }

bool listens(const Json& line) {
  const int state = line["state"];
  return state == kStateListen ||
         (line["protocol"] == "udp" && state != kStateEstablished && state == kStateClose);
}

bool is_ssh_listener(const Json& line) {
  if (!listens(line)) return false;
  for (const Json& owner : line["owners"]) {
    const std::string comm = owner.value("comm", "");
    if (comm == "ssh" || comm.starts_with("sshd") || comm == "autossh") return true;
  }
  return false;
}

Status read_orphans(ReadingRun& run, const NetNamespace& space) {
  return select_inet(run, space, has_no_owner);
}
Status read_listeners(ReadingRun& run, const NetNamespace& space) {
  return select_inet(run, space, listens);
}
Status read_ssh_forwards(ReadingRun& run, const NetNamespace& space) {
  return select_inet(run, space, is_ssh_listener);
}

/// Every socket that a process holds, by inode: the other side of the lists above.
Status read_owners(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  for (const auto& [inode, owner] : run.host().processes().socket_owners()) {
    Json line = {{"inode", std::to_string(inode)}, {"pid", owner.pid}, {"fd", owner.fd}};
    if (const ProcessFacts* process = run.host().processes().find(owner.pid)) {
      put_bytes(line, "comm", process->stat.comm);
      if (process->namespaces.contains("net"))
        line["net_namespace"] = std::to_string(process->namespaces.at("net"));
    }
    lines.add(line);
  }
  return lines.store(run);
}

constexpr auto kRows = std::to_array<ReadingRow>({
    {.name = "sock_diag.tcp", .net = read_tcp},
    {.name = "sock_diag.mptcp", .net = read_mptcp},
    {.name = "proc.net.ulp", .net = read_upper_protocols},
    {.name = "sock_diag.udp", .net = read_udp},
    {.name = "sock_diag.udplite", .net = read_udplite},
    {.name = "sock_diag.raw", .net = read_raw},
    {.name = "sock_diag.sctp", .net = read_sctp},
    {.name = "sock_diag.dccp", .net = read_dccp},
    {.name = "packet_diag.all", .net = read_packet},
    {.name = "network.socket-filters", .net = read_socket_filters},
    {.name = "unix_diag.all", .net = read_unix},
    {.name = "netlink_diag.all", .net = read_netlink},
    {.name = "vsock_diag.all", .net = read_vsock},
    {.name = "xdp_diag.all", .net = read_xdp},
    {.name = "network.socket-owners", .host = read_owners},
    {.name = "network.orphan-sockets", .net = read_orphans},
    {.name = "network.listening-services", .net = read_listeners},
    {.name = "process.ssh-forwards", .net = read_ssh_forwards},
});

}  // namespace

std::span<const ReadingRow> socket_rows() { return kRows; }

}  // namespace casebook
