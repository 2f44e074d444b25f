/// Packet filters, tracked connections and IPsec of each network namespace, by netlink.
/// Source: linux/netfilter/nfnetlink.h, nf_tables.h, nfnetlink_conntrack.h, linux/xfrm.h.
/// Key material of IPsec states is never shown: their attributes are hidden.

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "collector/kernel_registry.h"
#include "collector/netlink.h"

namespace casebook {
namespace {

using Kind = AttributeKind;

constexpr std::uint16_t kHookSubsystem = 12;  // NFNL_SUBSYS_HOOK
constexpr std::uint16_t kIpsetSubsystem = 6;  // NFNL_SUBSYS_IPSET
constexpr std::uint16_t kIpsetList = 7;       // IPSET_CMD_LIST
constexpr std::uint8_t kIpsetProtocol = 6;
constexpr std::uint16_t kIpsetProtocolAttribute = 1;

constexpr std::array kCounters = {AttributeSpec{NFTA_COUNTER_BYTES, "bytes", Kind::be64},
                                  AttributeSpec{NFTA_COUNTER_PACKETS, "packets", Kind::be64}};
constexpr std::array kHook = {AttributeSpec{NFTA_HOOK_HOOKNUM, "number", Kind::be32},
                              AttributeSpec{NFTA_HOOK_PRIORITY, "priority", Kind::be32},
                              AttributeSpec{NFTA_HOOK_DEV, "device", Kind::text}};
constexpr std::array kExpression = {AttributeSpec{NFTA_EXPR_NAME, "name", Kind::text},
                                    AttributeSpec{NFTA_EXPR_DATA, "data", Kind::hex}};
constexpr std::array kTable = {AttributeSpec{NFTA_TABLE_NAME, "table", Kind::text},
                               AttributeSpec{NFTA_TABLE_FLAGS, "flags", Kind::be32},
                               AttributeSpec{NFTA_TABLE_USE, "uses", Kind::be32},
                               AttributeSpec{NFTA_TABLE_HANDLE, "handle", Kind::be64}};
constexpr std::array kChain = {
    AttributeSpec{NFTA_CHAIN_TABLE, "table", Kind::text},
    AttributeSpec{NFTA_CHAIN_HANDLE, "handle", Kind::be64},
    AttributeSpec{NFTA_CHAIN_NAME, "chain", Kind::text},
    AttributeSpec{NFTA_CHAIN_HOOK, "hook", Kind::nested, kHook},
    AttributeSpec{NFTA_CHAIN_POLICY, "policy", Kind::be32},
    AttributeSpec{NFTA_CHAIN_USE, "uses", Kind::be32},
    AttributeSpec{NFTA_CHAIN_TYPE, "type", Kind::text},
    AttributeSpec{NFTA_CHAIN_COUNTERS, "counters", Kind::nested, kCounters}};
constexpr std::array kRule = {
    AttributeSpec{NFTA_RULE_TABLE, "table", Kind::text},
    AttributeSpec{NFTA_RULE_CHAIN, "chain", Kind::text},
    AttributeSpec{NFTA_RULE_HANDLE, "handle", Kind::be64},
    AttributeSpec{NFTA_RULE_POSITION, "position", Kind::be64},
    AttributeSpec{NFTA_RULE_USERDATA, "comment", Kind::hex},
    AttributeSpec{NFTA_RULE_EXPRESSIONS, "expressions", Kind::list, kExpression}};
constexpr std::array kSet = {AttributeSpec{NFTA_SET_TABLE, "table", Kind::text},
                             AttributeSpec{NFTA_SET_NAME, "set", Kind::text},
                             AttributeSpec{NFTA_SET_FLAGS, "flags", Kind::be32},
                             AttributeSpec{NFTA_SET_KEY_TYPE, "key_type", Kind::be32},
                             AttributeSpec{NFTA_SET_KEY_LEN, "key_bytes", Kind::be32},
                             AttributeSpec{NFTA_SET_HANDLE, "handle", Kind::be64}};
constexpr std::array kSetElement = {AttributeSpec{NFTA_SET_ELEM_KEY, "key", Kind::hex},
                                    AttributeSpec{NFTA_SET_ELEM_DATA, "data", Kind::hex},
                                    AttributeSpec{NFTA_SET_ELEM_FLAGS, "flags", Kind::be32}};
constexpr std::array kSetElements = {
    AttributeSpec{NFTA_SET_ELEM_LIST_TABLE, "table", Kind::text},
    AttributeSpec{NFTA_SET_ELEM_LIST_SET, "set", Kind::text},
    AttributeSpec{NFTA_SET_ELEM_LIST_ELEMENTS, "elements", Kind::list, kSetElement}};
constexpr std::array kObject = {AttributeSpec{NFTA_OBJ_TABLE, "table", Kind::text},
                                AttributeSpec{NFTA_OBJ_NAME, "object", Kind::text},
                                AttributeSpec{NFTA_OBJ_TYPE, "type", Kind::be32},
                                AttributeSpec{NFTA_OBJ_DATA, "data", Kind::hex}};
constexpr std::array kFlowtable = {AttributeSpec{NFTA_FLOWTABLE_TABLE, "table", Kind::text},
                                   AttributeSpec{NFTA_FLOWTABLE_NAME, "flowtable", Kind::text}};

constexpr std::array kTupleAddress = {AttributeSpec{CTA_IP_V4_SRC, "source", Kind::address},
                                      AttributeSpec{CTA_IP_V4_DST, "destination", Kind::address},
                                      AttributeSpec{CTA_IP_V6_SRC, "source", Kind::address},
                                      AttributeSpec{CTA_IP_V6_DST, "destination", Kind::address}};
constexpr std::array kTupleProtocol = {
    AttributeSpec{CTA_PROTO_NUM, "number", Kind::u8},
    AttributeSpec{CTA_PROTO_SRC_PORT, "source_port", Kind::be16},
    AttributeSpec{CTA_PROTO_DST_PORT, "destination_port", Kind::be16}};
constexpr std::array kTuple = {
    AttributeSpec{CTA_TUPLE_IP, "address", Kind::nested, kTupleAddress},
    AttributeSpec{CTA_TUPLE_PROTO, "protocol", Kind::nested, kTupleProtocol},
    AttributeSpec{CTA_TUPLE_ZONE, "zone", Kind::be16}};
constexpr std::array kFlowCounters = {AttributeSpec{CTA_COUNTERS_PACKETS, "packets", Kind::be64},
                                      AttributeSpec{CTA_COUNTERS_BYTES, "bytes", Kind::be64}};
constexpr std::array kConnection = {
    AttributeSpec{CTA_TUPLE_ORIG, "original", Kind::nested, kTuple},
    AttributeSpec{CTA_TUPLE_REPLY, "reply", Kind::nested, kTuple},
    AttributeSpec{CTA_STATUS, "status", Kind::be32},
    AttributeSpec{CTA_TIMEOUT, "timeout_s", Kind::be32},
    AttributeSpec{CTA_MARK, "mark", Kind::be32},
    AttributeSpec{CTA_ID, "id", Kind::be32},
    AttributeSpec{CTA_USE, "uses", Kind::be32},
    AttributeSpec{CTA_COUNTERS_ORIG, "original_counters", Kind::nested, kFlowCounters},
    AttributeSpec{CTA_COUNTERS_REPLY, "reply_counters", Kind::nested, kFlowCounters}};
constexpr std::array kExpectation = {
    AttributeSpec{CTA_EXPECT_MASTER, "master", Kind::nested, kTuple},
    AttributeSpec{CTA_EXPECT_TUPLE, "tuple", Kind::nested, kTuple},
    AttributeSpec{CTA_EXPECT_MASK, "mask", Kind::nested, kTuple},
    AttributeSpec{CTA_EXPECT_TIMEOUT, "timeout_s", Kind::be32}};
constexpr std::array kAddressSet = {
    AttributeSpec{1, "protocol", Kind::u8}, AttributeSpec{2, "set", Kind::text},
    AttributeSpec{3, "type", Kind::text},   AttributeSpec{4, "revision", Kind::u8},
    AttributeSpec{5, "family", Kind::u8},   AttributeSpec{7, "data", Kind::hex},
    AttributeSpec{8, "entries", Kind::hex}};
constexpr std::array kHookFunction = {
    AttributeSpec{1, "hook", Kind::be32},   AttributeSpec{2, "priority", Kind::be32},
    AttributeSpec{3, "device", Kind::text}, AttributeSpec{4, "function", Kind::text},
    AttributeSpec{5, "module", Kind::text}, AttributeSpec{6, "chain", Kind::hex}};

/// One question to a netfilter subsystem.
struct Question {
  std::uint16_t subsystem;
  std::uint16_t command;
  const char* what;
  std::span<const AttributeSpec> specs;
};

std::string filter_request(std::uint8_t family) {
  nfgenmsg head{};
  head.nfgen_family = family;
  head.version = NFNETLINK_V0;
  return std::string(as_text(bytes_of(head)));
}

CallFailure ask_filter(NetlinkSocket& socket, const Question& question, const std::string& request,
                       JsonLines& lines) {
  const auto type = static_cast<std::uint16_t>((question.subsystem << 8U) | question.command);
  return socket.ask(type, NLM_F_DUMP, as_bytes(request), [&](const NetlinkMessage& message) {
    nfgenmsg head{};
    if (!front_of(message.payload, head)) return;
    Json line = Json::object();
    put_attributes(line, after(message.payload, sizeof head), question.specs);
    line["what"] = question.what;
    line["family"] = head.nfgen_family;
    lines.add(line);
  });
}

Status finish(ReadingRun& run, const NetNamespace& space, const JsonLines& lines,
              CallFailure failure) {
  const bool unknown = failure.errno_value == EINVAL || failure.errno_value == EOPNOTSUPP;
  if (lines.text().empty() && (unknown || means_absent(failure.errno_value))) return run.absent();
  if (lines.text().empty() && failure.errno_value != 0)
    return run.lose(instance_of(space), failure);
  return lines.store(run, instance_of(space));
}

/// The elements of every set that was listed before.
void ask_elements(NetlinkSocket& socket, JsonLines& lines) {
  std::vector<Json> sets;
  for (std::string_view text = lines.text(); !text.empty();) {
    auto line = parse_json(text.substr(0, text.find('\n')));
    if (line && line->value("what", "") == "set") sets.push_back(*std::move(line));
    text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
  }
  constexpr Question kElements = {NFNL_SUBSYS_NFTABLES, NFT_MSG_GETSETELEM, "elements",
                                  kSetElements};
  for (const Json& set : sets) {
    std::string request = filter_request(set["family"].get<std::uint8_t>());
    const auto append = [&](std::uint16_t type, const std::string& name) {
      append_attribute(request, type, std::as_bytes(std::span(name.c_str(), name.size() + 1)));
    };
    append(NFTA_SET_ELEM_LIST_TABLE, set.value("table", ""));
    append(NFTA_SET_ELEM_LIST_SET, set.value("set", ""));
    ask_filter(socket, kElements, request, lines);
  }
}

Status read_tables(ReadingRun& run, const NetNamespace& space) {
  if (!kernel_has_module(run.host(), "nf_tables")) return run.absent();
  NetlinkSocket socket = NetlinkSocket::open(run.host(), space, NETLINK_NETFILTER);
  if (!socket)
    return means_absent(socket.failure().errno_value)
               ? run.absent()
               : run.lose(instance_of(space), socket.failure());
  static constexpr std::array kQuestions = {
      Question{NFNL_SUBSYS_NFTABLES, NFT_MSG_GETTABLE, "table", kTable},
      Question{NFNL_SUBSYS_NFTABLES, NFT_MSG_GETCHAIN, "chain", kChain},
      Question{NFNL_SUBSYS_NFTABLES, NFT_MSG_GETRULE, "rule", kRule},
      Question{NFNL_SUBSYS_NFTABLES, NFT_MSG_GETSET, "set", kSet},
      Question{NFNL_SUBSYS_NFTABLES, NFT_MSG_GETOBJ, "object", kObject},
      Question{NFNL_SUBSYS_NFTABLES, NFT_MSG_GETFLOWTABLE, "flowtable", kFlowtable}};
  JsonLines lines(run.request().size_bytes_max);
  CallFailure failure;
  for (const Question& question : kQuestions) {
    const CallFailure asked = ask_filter(socket, question, filter_request(AF_UNSPEC), lines);
    if (asked.errno_value != 0) failure = asked;
  }
  ask_elements(socket, lines);
  return finish(run, space, lines, failure);
}

Status take_question(ReadingRun& run, const NetNamespace& space, const char* module,
                     const Question& question, const std::string& request) {
  if (!kernel_has_module(run.host(), module)) return run.absent();
  NetlinkSocket socket = NetlinkSocket::open(run.host(), space, NETLINK_NETFILTER);
  if (!socket)
    return means_absent(socket.failure().errno_value)
               ? run.absent()
               : run.lose(instance_of(space), socket.failure());
  JsonLines lines(run.request().size_bytes_max);
  const CallFailure failure = ask_filter(socket, question, request, lines);
  return finish(run, space, lines, failure);
}

Status read_connections(ReadingRun& run, const NetNamespace& space) {
  return take_question(run, space, "nf_conntrack_netlink",
                       {NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_GET, "connection", kConnection},
                       filter_request(AF_UNSPEC));
}

Status read_expectations(ReadingRun& run, const NetNamespace& space) {
  return take_question(run, space, "nf_conntrack_netlink",
                       {NFNL_SUBSYS_CTNETLINK_EXP, IPCTNL_MSG_EXP_GET, "expectation", kExpectation},
                       filter_request(AF_UNSPEC));
}

Status read_address_sets(ReadingRun& run, const NetNamespace& space) {
  std::string request = filter_request(AF_INET);
  append_attribute(request, kIpsetProtocolAttribute, bytes_of(kIpsetProtocol));
  return take_question(run, space, "ip_set", {kIpsetSubsystem, kIpsetList, "set", kAddressSet},
                       request);
}

/// Functions on each filter hook: the kernel wants one question per family and hook.
Status read_hooks(ReadingRun& run, const NetNamespace& space) {
  if (!kernel_has_module(run.host(), "nfnetlink_hook")) return run.absent();
  NetlinkSocket socket = NetlinkSocket::open(run.host(), space, NETLINK_NETFILTER);
  if (!socket)
    return means_absent(socket.failure().errno_value)
               ? run.absent()
               : run.lose(instance_of(space), socket.failure());
  JsonLines lines(run.request().size_bytes_max);
  CallFailure failure;
  for (const int family : {AF_INET, AF_INET6, AF_BRIDGE}) {
    for (std::uint32_t hook = 0; hook < 5; ++hook) {
      std::string request = filter_request(static_cast<std::uint8_t>(family));
      const std::uint32_t number = htonl(hook);
      append_attribute(request, 1, bytes_of(number));
      const CallFailure asked =
          ask_filter(socket, {kHookSubsystem, 0, "hook", kHookFunction}, request, lines);
      if (asked.errno_value != 0) failure = asked;
    }
  }
  return finish(run, space, lines, failure);
}

/// Of both kinds of IPsec message: everything that could hold a key is only counted.
constexpr std::array kIpsec = {AttributeSpec{XFRMA_ALG_AUTH, "authentication", Kind::hidden},
                               AttributeSpec{XFRMA_ALG_AUTH_TRUNC, "authentication", Kind::hidden},
                               AttributeSpec{XFRMA_ALG_CRYPT, "encryption", Kind::hidden},
                               AttributeSpec{XFRMA_ALG_AEAD, "encryption", Kind::hidden},
                               AttributeSpec{XFRMA_ALG_COMP, "compression", Kind::hidden},
                               AttributeSpec{XFRMA_ENCAP, "encapsulation", Kind::hex},
                               AttributeSpec{XFRMA_TMPL, "template", Kind::hex},
                               AttributeSpec{XFRMA_MARK, "mark", Kind::hex},
                               AttributeSpec{XFRMA_IF_ID, "interface_id", Kind::u32}};

std::string xfrm_address(std::uint16_t family, const xfrm_address_t& address) {
  return address_text(bytes_of(address).first(family == AF_INET ? 4 : 16));
}

void put_selector(Json& line, const xfrm_selector& selector) {
  line["source"] = xfrm_address(selector.family, selector.saddr);
  line["source_prefix"] = selector.prefixlen_s;
  line["destination"] = xfrm_address(selector.family, selector.daddr);
  line["destination_prefix"] = selector.prefixlen_d;
  line["protocol"] = selector.proto;
}

Json policy_line(const NetlinkMessage& message) {
  Json line = Json::object();
  xfrm_userpolicy_info info{};
  if (!front_of(message.payload, info)) return line;
  put_attributes(line, after(message.payload, sizeof info), kIpsec);
  put_selector(line, info.sel);
  line["index"] = info.index;
  line["priority"] = info.priority;
  line["direction"] = info.dir;
  line["action"] = info.action;
  return line;
}

Json state_line(const NetlinkMessage& message) {
  Json line = Json::object();
  xfrm_usersa_info info{};
  if (!front_of(message.payload, info)) return line;
  put_attributes(line, after(message.payload, sizeof info), kIpsec);
  put_selector(line, info.sel);
  line["tunnel_source"] = xfrm_address(info.family, info.saddr);
  line["tunnel_destination"] = xfrm_address(info.family, info.id.daddr);
  line["spi"] = ntohl(info.id.spi);
  line["mode"] = info.mode;
  line["request_id"] = info.reqid;
  line["bytes"] = std::to_string(info.curlft.bytes);
  line["packets"] = std::to_string(info.curlft.packets);
  return line;
}

Status take_ipsec(ReadingRun& run, const NetNamespace& space, std::uint16_t type,
                  Json (*line)(const NetlinkMessage&)) {
  if (!kernel_has_module(run.host(), "xfrm_user")) return run.absent();
  NetlinkSocket socket = NetlinkSocket::open(run.host(), space, NETLINK_XFRM);
  if (!socket)
    return means_absent(socket.failure().errno_value)
               ? run.absent()
               : run.lose(instance_of(space), socket.failure());
  JsonLines lines(run.request().size_bytes_max);
  const CallFailure failure = socket.ask(
      type, NLM_F_DUMP, {}, [&](const NetlinkMessage& message) { lines.add(line(message)); });
  return finish(run, space, lines, failure);
}

Status read_policies(ReadingRun& run, const NetNamespace& space) {
  return take_ipsec(run, space, XFRM_MSG_GETPOLICY, policy_line);
}
Status read_states(ReadingRun& run, const NetNamespace& space) {
  return take_ipsec(run, space, XFRM_MSG_GETSA, state_line);
}

constexpr auto kRows = std::to_array<ReadingRow>({
    {.name = "nfnetlink.nftables", .net = read_tables},
    {.name = "nfnetlink.hooks", .net = read_hooks},
    {.name = "nfnetlink.ipset", .net = read_address_sets},
    {.name = "nfnetlink.conntrack", .net = read_connections},
    {.name = "nfnetlink.conntrack-expect", .net = read_expectations},
    {.name = "xfrm.policies", .net = read_policies},
    {.name = "xfrm.states", .net = read_states},
});

}  // namespace

std::span<const ReadingRow> netfilter_rows() { return kRows; }

}  // namespace casebook
