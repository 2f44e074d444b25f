#include "collector/netlink.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "collector/net_namespace.h"
#include "collector/proc_text.h"

namespace casebook {
namespace {

constexpr std::size_t kReceiveBytes = std::size_t{256} << 10U;
constexpr std::size_t kHexBytesMax = 4096;
constexpr int kNestingMax = 8;
constexpr timeval kAnswerTimeMax = {.tv_sec = 5, .tv_usec = 0};

template <typename T>
std::uint64_t integer(std::span<const std::byte> bytes) {
  T value{};
  return front_of(bytes, value) ? value : 0;
}

std::uint64_t big_endian(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (const std::byte byte : bytes.first(std::min<std::size_t>(bytes.size(), 8)))
    value = (value << 8U) | std::to_integer<std::uint64_t>(byte);
  return value;
}

std::string hex_text(std::span<const std::byte> bytes) {
  return to_hex(bytes.first(std::min(bytes.size(), kHexBytesMax)));
}

struct Attribute {
  unsigned type;
  std::span<const std::byte> value;
};

/// Takes the next attribute off the front. @return false at the end or where the row is damaged.
bool next_attribute(std::span<const std::byte>& bytes, Attribute& attribute) {
  nlattr header{};
  if (!front_of(bytes, header) || header.nla_len < sizeof header || header.nla_len > bytes.size())
    return false;
  attribute.type = header.nla_type & static_cast<unsigned>(NLA_TYPE_MASK);
  attribute.value = bytes.subspan(sizeof header, header.nla_len - sizeof header);
  bytes = bytes.subspan(std::min<std::size_t>(bytes.size(), NLA_ALIGN(header.nla_len)));
  return true;
}

void put_row(Json& object, std::span<const std::byte> bytes, std::span<const AttributeSpec> specs,
             int depth);

void put_list_of(Json& object, const AttributeSpec& spec, std::span<const std::byte> bytes,
                 int depth) {
  Json list = Json::array();
  Attribute element{};
  while (next_attribute(bytes, element)) {
    Json inner = Json::object();
    put_row(inner, element.value, spec.inner, depth + 1);
    list.push_back(std::move(inner));
  }
  object[spec.name] = std::move(list);
}

void put_attribute(Json& object, const AttributeSpec& spec, std::span<const std::byte> value,
                   int depth) {
  switch (spec.kind) {
    case AttributeKind::u8:
      return put_number(object, spec.name, integer<std::uint8_t>(value));
    case AttributeKind::u16:
      return put_number(object, spec.name, integer<std::uint16_t>(value));
    case AttributeKind::u32:
      return put_number(object, spec.name, integer<std::uint32_t>(value));
    case AttributeKind::u64:
      return put_number(object, spec.name, integer<std::uint64_t>(value));
    case AttributeKind::be16:
    case AttributeKind::be32:
    case AttributeKind::be64:
      return put_number(object, spec.name, big_endian(value));
    case AttributeKind::text: {
      const std::string_view text = as_text(value);
      return put_bytes(object, spec.name, text.substr(0, text.find('\0')));
    }
    case AttributeKind::address:
      object[spec.name] = address_text(value);
      return;
    case AttributeKind::flag:
      object[spec.name] = true;
      return;
    case AttributeKind::hidden:
      object[spec.name] = {{"hidden_bytes", value.size()}};
      return;
    case AttributeKind::nested: {
      Json inner = Json::object();
      put_row(inner, value, spec.inner, depth + 1);
      object[spec.name] = std::move(inner);
      return;
    }
    case AttributeKind::list:
      return put_list_of(object, spec, value, depth);
    case AttributeKind::hex:
      object[spec.name] = hex_text(value);
      return;
  }
}

void put_row(Json& object, std::span<const std::byte> bytes, std::span<const AttributeSpec> specs,
             int depth) {
  Attribute attribute{};
  while (depth <= kNestingMax && next_attribute(bytes, attribute)) {
    const auto spec = std::ranges::find(specs, attribute.type, &AttributeSpec::type);
    if (spec != specs.end()) {
      put_attribute(object, *spec, attribute.value, depth);
    } else {
      object["attribute_" + std::to_string(attribute.type)] = hex_text(attribute.value);
    }
  }
}

/// Walks the messages of one datagram. @return true when the answer is complete.
bool visit_messages(std::span<const std::byte> bytes, std::uint32_t sequence, bool dump,
                    const NetlinkVisitor& visit, CallFailure& failure) {
  nlmsghdr header{};
  while (front_of(bytes, header) && header.nlmsg_len >= sizeof header &&
         header.nlmsg_len <= bytes.size()) {
    const auto payload = bytes.subspan(sizeof header, header.nlmsg_len - sizeof header);
    bytes = bytes.subspan(std::min<std::size_t>(bytes.size(), NLMSG_ALIGN(header.nlmsg_len)));
    if (header.nlmsg_seq != sequence) continue;
    if (header.nlmsg_type == NLMSG_DONE) return true;
    if (header.nlmsg_type == NLMSG_ERROR) {
      nlmsgerr error{};
      if (front_of(payload, error) && error.error != 0) failure = {"netlink", -error.error};
      return true;
    }
    visit({header.nlmsg_type, payload});
    if (!dump && (header.nlmsg_flags & NLM_F_MULTI) == 0) return true;
  }
  return false;
}

}  // namespace

std::string address_text(std::span<const std::byte> bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes.size() == 4 && ::inet_ntop(AF_INET, bytes.data(), text.data(), text.size()) != nullptr)
    return text.data();
  if (bytes.size() == 16 &&
      ::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size()) != nullptr)
    return text.data();
  std::string out = to_hex(bytes.first(std::min<std::size_t>(bytes.size(), 32)));
  if (bytes.size() == 6) {
    for (std::size_t at = out.size() - 2; at > 0; at -= 2) out.insert(at, 1, ':');
  }
  return out;
}

void put_attributes(Json& object, std::span<const std::byte> bytes,
                    std::span<const AttributeSpec> specs) {
  put_row(object, bytes, specs, 0);
}

std::span<const std::byte> after(std::span<const std::byte> payload, std::size_t size) {
  return payload.subspan(std::min<std::size_t>(payload.size(), NLMSG_ALIGN(size)));
}

void append_attribute(std::string& request, std::uint16_t type, std::span<const std::byte> value) {
  const nlattr header{static_cast<std::uint16_t>(sizeof(nlattr) + value.size()), type};
  request += as_text(bytes_of(header));
  request += as_text(value);
  request.resize(NLA_ALIGN(request.size()));
}

NetlinkSocket NetlinkSocket::open(HostView& host, const NetNamespace& space, int protocol) {
  NetlinkSocket out;
  const CallFailure entered = in_net_namespace(host, space, [&] {
    out.fd_.reset(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
    if (!out.fd_) out.failure_ = {"socket", errno};
  });
  if (entered.errno_value != 0) out.failure_ = entered;
  if (!out.fd_) return out;
  ::setsockopt(out.fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &kAnswerTimeMax, sizeof kAnswerTimeMax);
  const int strict = 1;
  ::setsockopt(out.fd_.get(), SOL_NETLINK, NETLINK_EXT_ACK, &strict, sizeof strict);
  host.footprint().sockets.push_back("netlink protocol " + std::to_string(protocol) +
                                     " in network namespace " + std::to_string(space.inode));
  return out;
}

CallFailure NetlinkSocket::ask(std::uint16_t type, std::uint16_t flags,
                               std::span<const std::byte> request, const NetlinkVisitor& visit) {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(NLMSG_HDRLEN + request.size());
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  header.nlmsg_seq = ++sequence_;
  std::string message(as_text(bytes_of(header)));
  message += as_text(request);
  if (::send(fd_.get(), message.data(), message.size(), 0) < 0) return {"send", errno};
  std::vector<std::byte> buffer(kReceiveBytes);
  CallFailure failure;
  const bool dump = (flags & NLM_F_DUMP) == NLM_F_DUMP;
  for (;;) {
    const ssize_t count = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return {"recv", errno};
    const auto got = std::span(buffer).first(static_cast<std::size_t>(count));
    if (count == 0 || visit_messages(got, sequence_, dump, visit, failure)) return failure;
  }
}

bool kernel_has_module(const HostView& host, std::string_view module) {
  const std::string name(module);
  if (host.exists("/sys/module/" + name)) return true;
  const HostText loaded = host.read_text("/proc/modules");
  if (!loaded.ok()) return true;  // This kernel loads no modules: asking cannot change it.
  if (("\n" + loaded.bytes).find("\n" + name + " ") != std::string::npos) return true;
  utsname kernel{};
  if (::uname(&kernel) != 0) return true;
  const HostText builtin =
      host.read_text(std::string("/lib/modules/") + kernel.release + "/modules.builtin");
  return builtin.bytes.find("/" + name + ".ko") != std::string::npos;
}

bool kernel_has_protocol(const HostView& host, std::string_view protocol) {
  const HostText text = host.read_text("/proc/net/protocols");
  return ("\n" + text.bytes).find("\n" + std::string(protocol) + " ") != std::string::npos;
}

}  // namespace casebook
