#pragma once
/// Asking the kernel by netlink: dumps, and turning attributes into JSON by tables of their names.
/// Source: netlink(7), rtnetlink(7), sock_diag(7), linux/netlink.h.

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "collector/kernel_reading.h"

namespace casebook {

/// What tells the lines of one namespace from those of another.
inline std::string instance_of(const NetNamespace& space) { return std::to_string(space.inode); }

/// How the bytes of an attribute are shown.
enum class AttributeKind {
  u8,
  u16,
  u32,
  u64,
  be16,
  be32,
  be64,
  text,     ///< Ends at the first NUL.
  address,  ///< 4 bytes IPv4, 16 bytes IPv6, 6 bytes hardware; else hex.
  hex,
  flag,    ///< There or not.
  nested,  ///< Attributes again, by `inner`.
  list,    ///< Attributes of any type, each holding attributes by `inner`: a JSON array.
  hidden,  ///< There, but its bytes are a secret: only its size is told.
};

struct AttributeSpec {
  unsigned type;
  const char* name;
  AttributeKind kind;
  std::span<const AttributeSpec> inner = {};
};

/// Shows a row of attributes. Unknown ones become "attribute_<type>" in hex, up to 4 KiB each.
void put_attributes(Json& object, std::span<const std::byte> bytes,
                    std::span<const AttributeSpec> specs);
/// "192.0.2.1", "2001:db8::1", "02:00:…", or hex.
std::string address_text(std::span<const std::byte> bytes);

/// One netlink message: its type and what follows the header.
struct NetlinkMessage {
  std::uint16_t type = 0;
  std::span<const std::byte> payload;
};
using NetlinkVisitor = std::function<void(const NetlinkMessage&)>;

/// Reads a fixed structure at the front of a payload. @return false when it is too short.
template <typename T>
bool front_of(std::span<const std::byte> payload, T& value) {
  if (payload.size() < sizeof value) return false;
  std::copy_n(payload.begin(), sizeof value, reinterpret_cast<std::byte*>(&value));
  return true;
}
/// What follows a structure of `size` bytes, aligned as netlink aligns.
std::span<const std::byte> after(std::span<const std::byte> payload, std::size_t size);

template <typename T>
std::span<const std::byte> bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

/// A netlink socket inside one network namespace.
class NetlinkSocket {
 public:
  /// @param protocol  NETLINK_ROUTE, NETLINK_SOCK_DIAG, …
  static NetlinkSocket open(HostView& host, const NetNamespace& space, int protocol);
  [[nodiscard]] CallFailure failure() const { return failure_; }
  [[nodiscard]] explicit operator bool() const { return bool(fd_); }

  /// Sends one request and visits every message of the answer, until its end, an error, or five
  /// seconds of silence. @param flags  NLM_F_DUMP or 0.
  CallFailure ask(std::uint16_t type, std::uint16_t flags, std::span<const std::byte> request,
                  const NetlinkVisitor& visit);

 private:
  UniqueFd fd_;
  CallFailure failure_;
  std::uint32_t sequence_ = 0;
};

/// True when the kernel has this module, loaded or built in, or when that cannot be known.
/// Asking for what it does not have would make it load one.
bool kernel_has_module(const HostView& host, std::string_view module);
/// True when sockets of this protocol ("TCP", "SCTP", "AF_VSOCK") can exist: /proc/net/protocols.
bool kernel_has_protocol(const HostView& host, std::string_view protocol);

/// Appends one attribute to a request.
void append_attribute(std::string& request, std::uint16_t type, std::span<const std::byte> value);

}  // namespace casebook
