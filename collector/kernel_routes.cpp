/// Links, addresses, routes, rules, neighbours and traffic control of each network namespace.
/// Source: rtnetlink(7), linux/rtnetlink.h, linux/if_link.h.

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/nexthop.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <set>

#include "collector/kernel_registry.h"
#include "collector/netlink.h"

namespace casebook {
namespace {

using Kind = AttributeKind;

constexpr std::array kXdp = {AttributeSpec{IFLA_XDP_ATTACHED, "attached", Kind::u8},
                             AttributeSpec{IFLA_XDP_FLAGS, "flags", Kind::u32},
                             AttributeSpec{IFLA_XDP_PROG_ID, "prog_id", Kind::u32},
                             AttributeSpec{IFLA_XDP_DRV_PROG_ID, "driver_prog_id", Kind::u32},
                             AttributeSpec{IFLA_XDP_SKB_PROG_ID, "generic_prog_id", Kind::u32},
                             AttributeSpec{IFLA_XDP_HW_PROG_ID, "hardware_prog_id", Kind::u32}};
constexpr std::array kLinkInfo = {AttributeSpec{IFLA_INFO_KIND, "kind", Kind::text},
                                  AttributeSpec{IFLA_INFO_DATA, "data", Kind::hex},
                                  AttributeSpec{IFLA_INFO_SLAVE_KIND, "slave_kind", Kind::text},
                                  AttributeSpec{IFLA_INFO_SLAVE_DATA, "slave_data", Kind::hex}};
constexpr std::array kLink = {AttributeSpec{IFLA_IFNAME, "name", Kind::text},
                              AttributeSpec{IFLA_IFALIAS, "alias", Kind::text},
                              AttributeSpec{IFLA_ADDRESS, "address", Kind::address},
                              AttributeSpec{IFLA_BROADCAST, "broadcast", Kind::address},
                              AttributeSpec{IFLA_PERM_ADDRESS, "permanent_address", Kind::address},
                              AttributeSpec{IFLA_MTU, "mtu", Kind::u32},
                              AttributeSpec{IFLA_LINK, "link", Kind::u32},
                              AttributeSpec{IFLA_QDISC, "qdisc", Kind::text},
                              AttributeSpec{IFLA_MASTER, "master", Kind::u32},
                              AttributeSpec{IFLA_TXQLEN, "queue_length", Kind::u32},
                              AttributeSpec{IFLA_OPERSTATE, "state", Kind::u8},
                              AttributeSpec{IFLA_GROUP, "group", Kind::u32},
                              AttributeSpec{IFLA_PROMISCUITY, "promiscuity", Kind::u32},
                              AttributeSpec{IFLA_CARRIER, "carrier", Kind::u8},
                              AttributeSpec{IFLA_LINK_NETNSID, "link_namespace", Kind::u32},
                              AttributeSpec{IFLA_STATS64, "statistics64", Kind::hex},
                              AttributeSpec{IFLA_LINKINFO, "info", Kind::nested, kLinkInfo},
                              AttributeSpec{IFLA_XDP, "xdp", Kind::nested, kXdp}};
constexpr std::array kAddress = {AttributeSpec{IFA_ADDRESS, "address", Kind::address},
                                 AttributeSpec{IFA_LOCAL, "local", Kind::address},
                                 AttributeSpec{IFA_LABEL, "label", Kind::text},
                                 AttributeSpec{IFA_BROADCAST, "broadcast", Kind::address},
                                 AttributeSpec{IFA_FLAGS, "flags", Kind::u32},
                                 AttributeSpec{IFA_PROTO, "origin", Kind::u8},
                                 AttributeSpec{IFA_CACHEINFO, "lifetimes", Kind::hex}};
constexpr std::array kRoute = {AttributeSpec{RTA_DST, "destination", Kind::address},
                               AttributeSpec{RTA_SRC, "source", Kind::address},
                               AttributeSpec{RTA_IIF, "input", Kind::u32},
                               AttributeSpec{RTA_OIF, "output", Kind::u32},
                               AttributeSpec{RTA_GATEWAY, "gateway", Kind::address},
                               AttributeSpec{RTA_PRIORITY, "priority", Kind::u32},
                               AttributeSpec{RTA_PREFSRC, "preferred_source", Kind::address},
                               AttributeSpec{RTA_TABLE, "table", Kind::u32},
                               AttributeSpec{RTA_MARK, "mark", Kind::u32},
                               AttributeSpec{RTA_NH_ID, "nexthop_id", Kind::u32},
                               AttributeSpec{RTA_MULTIPATH, "multipath", Kind::hex}};
constexpr std::array kRule = {AttributeSpec{FRA_DST, "destination", Kind::address},
                              AttributeSpec{FRA_SRC, "source", Kind::address},
                              AttributeSpec{FRA_IIFNAME, "input", Kind::text},
                              AttributeSpec{FRA_OIFNAME, "output", Kind::text},
                              AttributeSpec{FRA_GOTO, "goto", Kind::u32},
                              AttributeSpec{FRA_PRIORITY, "priority", Kind::u32},
                              AttributeSpec{FRA_FWMARK, "mark", Kind::u32},
                              AttributeSpec{FRA_FWMASK, "mask", Kind::u32},
                              AttributeSpec{FRA_TABLE, "table", Kind::u32},
                              AttributeSpec{FRA_UID_RANGE, "uids", Kind::hex}};
constexpr std::array kNexthop = {AttributeSpec{NHA_ID, "id", Kind::u32},
                                 AttributeSpec{NHA_OIF, "output", Kind::u32},
                                 AttributeSpec{NHA_GATEWAY, "gateway", Kind::address},
                                 AttributeSpec{NHA_BLACKHOLE, "blackhole", Kind::flag},
                                 AttributeSpec{NHA_GROUP, "group", Kind::hex}};
constexpr std::array kNeighbour = {AttributeSpec{NDA_DST, "address", Kind::address},
                                   AttributeSpec{NDA_LLADDR, "hardware", Kind::address},
                                   AttributeSpec{NDA_CACHEINFO, "ages", Kind::hex},
                                   AttributeSpec{NDA_PROBES, "probes", Kind::u32},
                                   AttributeSpec{NDA_VLAN, "vlan", Kind::u16},
                                   AttributeSpec{NDA_MASTER, "master", Kind::u32}};
constexpr std::array kNeighbourTable = {AttributeSpec{NDTA_NAME, "name", Kind::text},
                                        AttributeSpec{NDTA_THRESH1, "threshold1", Kind::u32},
                                        AttributeSpec{NDTA_THRESH2, "threshold2", Kind::u32},
                                        AttributeSpec{NDTA_THRESH3, "threshold3", Kind::u32}};
constexpr std::array kTraffic = {AttributeSpec{TCA_KIND, "kind", Kind::text},
                                 AttributeSpec{TCA_OPTIONS, "options", Kind::hex},
                                 AttributeSpec{TCA_CHAIN, "chain", Kind::u32}};

/// A dump: what is asked for, how an answer begins, and the names of its attributes.
struct Dump {
  std::uint16_t request;
  std::uint8_t family;
  void (*head)(Json& line, std::span<const std::byte> payload);
  std::size_t head_bytes;
  std::span<const AttributeSpec> specs;
};

void link_head(Json& line, std::span<const std::byte> payload) {
  ifinfomsg head{};
  if (!front_of(payload, head)) return;
  line["index"] = head.ifi_index;
  line["type"] = head.ifi_type;
  line["flags"] = head.ifi_flags;
  line["family"] = head.ifi_family;
}
void address_head(Json& line, std::span<const std::byte> payload) {
  ifaddrmsg head{};
  if (!front_of(payload, head)) return;
  line["family"] = head.ifa_family;
  line["prefix"] = head.ifa_prefixlen;
  line["scope"] = head.ifa_scope;
  line["index"] = head.ifa_index;
}
void route_head(Json& line, std::span<const std::byte> payload) {
  rtmsg head{};
  if (!front_of(payload, head)) return;
  line["family"] = head.rtm_family;
  line["destination_prefix"] = head.rtm_dst_len;
  line["source_prefix"] = head.rtm_src_len;
  line["tos"] = head.rtm_tos;
  line["protocol"] = head.rtm_protocol;
  line["scope"] = head.rtm_scope;
  line["type"] = head.rtm_type;
  line["flags"] = head.rtm_flags;
}
void rule_head(Json& line, std::span<const std::byte> payload) {
  fib_rule_hdr head{};
  if (!front_of(payload, head)) return;
  line["family"] = head.family;
  line["destination_prefix"] = head.dst_len;
  line["source_prefix"] = head.src_len;
  line["action"] = head.action;
  line["flags"] = head.flags;
}
void nexthop_head(Json& line, std::span<const std::byte> payload) {
  nhmsg head{};
  if (!front_of(payload, head)) return;
  line["family"] = head.nh_family;
  line["protocol"] = head.nh_protocol;
  line["flags"] = head.nh_flags;
}
void neighbour_head(Json& line, std::span<const std::byte> payload) {
  ndmsg head{};
  if (!front_of(payload, head)) return;
  line["family"] = head.ndm_family;
  line["index"] = head.ndm_ifindex;
  line["state"] = head.ndm_state;
  line["flags"] = head.ndm_flags;
  line["type"] = head.ndm_type;
}
void table_head(Json& line, std::span<const std::byte> payload) {
  ndtmsg head{};
  if (front_of(payload, head)) line["family"] = head.ndtm_family;
}
void traffic_head(Json& line, std::span<const std::byte> payload) {
  tcmsg head{};
  if (!front_of(payload, head)) return;
  line["index"] = head.tcm_ifindex;
  line["handle"] = head.tcm_handle;
  line["parent"] = head.tcm_parent;
  line["info"] = head.tcm_info;
}

constexpr Dump kLinks = {RTM_GETLINK, AF_UNSPEC, link_head, sizeof(ifinfomsg), kLink};
constexpr Dump kBridges = {RTM_GETNEIGH, AF_BRIDGE, neighbour_head, sizeof(ndmsg), kNeighbour};
constexpr Dump kAddresses = {RTM_GETADDR, AF_UNSPEC, address_head, sizeof(ifaddrmsg), kAddress};
constexpr Dump kRoutes = {RTM_GETROUTE, AF_UNSPEC, route_head, sizeof(rtmsg), kRoute};
constexpr Dump kLabels = {RTM_GETROUTE, AF_MPLS, route_head, sizeof(rtmsg), kRoute};
constexpr Dump kRules = {RTM_GETRULE, AF_UNSPEC, rule_head, sizeof(fib_rule_hdr), kRule};
constexpr Dump kNexthops = {RTM_GETNEXTHOP, AF_UNSPEC, nexthop_head, sizeof(nhmsg), kNexthop};
constexpr Dump kNeighbours = {RTM_GETNEIGH, AF_UNSPEC, neighbour_head, sizeof(ndmsg), kNeighbour};
constexpr Dump kNeighbourTables = {RTM_GETNEIGHTBL, AF_UNSPEC, table_head, sizeof(ndtmsg),
                                   kNeighbourTable};
constexpr Dump kQdiscs = {RTM_GETQDISC, AF_UNSPEC, traffic_head, sizeof(tcmsg), kTraffic};

Json line_of(const Dump& dump, const NetlinkMessage& message) {
  Json line = Json::object();
  dump.head(line, message.payload);
  put_attributes(line, after(message.payload, dump.head_bytes), dump.specs);
  return line;
}

/// The request's fixed part: only its family is set, the rest says "all".
std::string plain_request(const Dump& dump) {
  std::string request(NLMSG_ALIGN(dump.head_bytes), '\0');
  request[0] = static_cast<char>(dump.family);
  return request;
}

Status take_dump(ReadingRun& run, const NetNamespace& space, const Dump& dump,
                 const std::string& request, bool (*wanted)(const Json&)) {
  NetlinkSocket socket = NetlinkSocket::open(run.host(), space, NETLINK_ROUTE);
  if (!socket) return run.lose(instance_of(space), socket.failure());
  JsonLines lines(run.request().size_bytes_max);
  const CallFailure failure =
      socket.ask(dump.request, NLM_F_DUMP, as_bytes(request), [&](const NetlinkMessage& message) {
        const Json line = line_of(dump, message);
        if (wanted == nullptr || wanted(line)) lines.add(line);
      });
  if (failure.errno_value == EOPNOTSUPP || means_absent(failure.errno_value)) return run.absent();
  if (failure.errno_value != 0) return run.lose(instance_of(space), failure);
  return lines.store(run, instance_of(space));
}

template <const Dump& dump>
Status read_dump(ReadingRun& run, const NetNamespace& space) {
  return take_dump(run, space, dump, plain_request(dump), nullptr);
}

Status read_proxies(ReadingRun& run, const NetNamespace& space) {
  ndmsg head{};
  head.ndm_flags = NTF_PROXY;
  return take_dump(run, space, kNeighbours, std::string(as_text(bytes_of(head))), nullptr);
}

bool is_tunnel(const Json& line) {
  static const std::set<std::string> kKinds = {
      "gre", "gretap", "ip6gre", "ipip",   "sit", "vxlan", "geneve",    "l2tp",
      "vti", "vti6",   "ip6tnl", "erspan", "tun", "xfrm",  "wireguard", "ip6gretap"};
  return line.contains("info") && line["info"].contains("kind") &&
         kKinds.contains(line["info"]["kind"].get<std::string>());
}

Status read_tunnels(ReadingRun& run, const NetNamespace& space) {
  return take_dump(run, space, kLinks, plain_request(kLinks), is_tunnel);
}

bool is_promiscuous(const Json& line) {
  constexpr unsigned kPromiscuous = 0x100;  // IFF_PROMISC
  return line.value("promiscuity", 0U) > 0 || (line.value("flags", 0U) & kPromiscuous) != 0;
}

Status read_promiscuous(ReadingRun& run, const NetNamespace& space) {
  return take_dump(run, space, kLinks, plain_request(kLinks), is_promiscuous);
}

/// Filters hang below a qdisc of an interface: the queues the kernel lists, and both ways of
/// clsact.
Status read_filters(ReadingRun& run, const NetNamespace& space) {
  NetlinkSocket socket = NetlinkSocket::open(run.host(), space, NETLINK_ROUTE);
  if (!socket) return run.lose(instance_of(space), socket.failure());
  std::set<std::pair<int, std::uint32_t>> parents;
  const CallFailure listed =
      socket.ask(RTM_GETQDISC, NLM_F_DUMP, as_bytes(plain_request(kQdiscs)),
                 [&](const NetlinkMessage& message) {
                   tcmsg head{};
                   if (!front_of(message.payload, head)) return;
                   parents.emplace(head.tcm_ifindex, head.tcm_handle);
                   parents.emplace(head.tcm_ifindex, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS));
                   parents.emplace(head.tcm_ifindex, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS));
                 });
  if (listed.errno_value != 0) return run.lose(instance_of(space), listed);
  constexpr Dump kFilters = {RTM_GETTFILTER, AF_UNSPEC, traffic_head, sizeof(tcmsg), kTraffic};
  JsonLines lines(run.request().size_bytes_max);
  for (const auto& [index, parent] : parents) {
    tcmsg head{};
    head.tcm_ifindex = index;
    head.tcm_parent = parent;
    socket.ask(RTM_GETTFILTER, NLM_F_DUMP, bytes_of(head),
               [&](const NetlinkMessage& message) { lines.add(line_of(kFilters, message)); });
  }
  return lines.store(run, instance_of(space));
}

Status read_namespaces(ReadingRun& run, const NetNamespace& space) {
  NetlinkSocket socket = NetlinkSocket::open(run.host(), space, NETLINK_ROUTE);
  if (!socket) return run.lose(instance_of(space), socket.failure());
  Json line = {{"inode", instance_of(space)}, {"own", space.own}, {"pid", space.pid}};
  put_bytes(line, "name_path", space.name_path);
  Json names = Json::array();
  const CallFailure failure = socket.ask(
      RTM_GETLINK, NLM_F_DUMP, as_bytes(plain_request(kLinks)), [&](const NetlinkMessage& message) {
        names.push_back(line_of(kLinks, message).value("name", ""));
      });
  if (failure.errno_value != 0) put_failure(line, failure);
  line["interfaces"] = std::move(names);
  JsonLines lines(run.request().size_bytes_max);
  lines.add(line);
  return lines.store(run, instance_of(space));
}

constexpr auto kRows = std::to_array<ReadingRow>({
    {.name = "rtnetlink.links", .net = read_dump<kLinks>},
    {.name = "rtnetlink.addresses", .net = read_dump<kAddresses>},
    {.name = "rtnetlink.routes", .net = read_dump<kRoutes>},
    {.name = "rtnetlink.mpls", .net = read_dump<kLabels>},
    {.name = "rtnetlink.rules", .net = read_dump<kRules>},
    {.name = "rtnetlink.nexthops", .net = read_dump<kNexthops>},
    {.name = "rtnetlink.neighbours", .net = read_dump<kNeighbours>},
    {.name = "rtnetlink.neighbour-tables", .net = read_dump<kNeighbourTables>},
    {.name = "rtnetlink.neighbour-proxies", .net = read_proxies},
    {.name = "rtnetlink.bridge", .net = read_dump<kBridges>},
    {.name = "rtnetlink.qdiscs", .net = read_dump<kQdiscs>},
    {.name = "rtnetlink.tc-filters", .net = read_filters},
    {.name = "rtnetlink.tunnels", .net = read_tunnels},
    {.name = "network.promiscuous", .net = read_promiscuous},
    {.name = "network.namespaces", .net = read_namespaces},
});

}  // namespace

std::span<const ReadingRow> route_rows() { return kRows; }

}  // namespace casebook
