#include "core/ssh_agent.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/ssh_wire.h"

namespace casebook {
namespace {

constexpr std::uint8_t kRequestIdentities = 11;
constexpr std::uint8_t kIdentitiesAnswer = 12;
constexpr std::uint8_t kSignRequest = 13;
constexpr std::uint8_t kSignResponse = 14;
constexpr std::size_t kMessageBytesMax = std::size_t{256} << 10U;  // As in OpenSSH.
constexpr std::uint32_t kKeysMax = 2048;

using Deadline = std::chrono::steady_clock::time_point;

Error agent_error(std::string_view why) {
  return Error{ErrorCode::io, "ssh-agent: " + std::string(why)};
}

Status wait_for(int fd, short events, Deadline deadline) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return agent_error("no answer in time");
    pollfd waiting{.fd = fd, .events = events, .revents = 0};
    const int ready =
        ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
    if (ready > 0) return ok();
    if (ready < 0 && errno != EINTR) return system_error("ssh-agent: poll", errno);
  }
}

Status send_all(int fd, std::span<const std::byte> bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (auto ready = wait_for(fd, POLLOUT, deadline); !ready) return ready;
    } else if (errno != EINTR) {
      return system_error("ssh-agent: send", errno);
    }
  }
  return ok();
}

Status receive_all(int fd, std::span<std::byte> room, Deadline deadline) {
  while (!room.empty()) {
    const ssize_t received = ::recv(fd, room.data(), room.size(), 0);
    if (received > 0) {
      room = room.subspan(static_cast<std::size_t>(received));
    } else if (received == 0) {
      return agent_error("hung up");
    } else if (errno == EAGAIN) {
      if (auto ready = wait_for(fd, POLLIN, deadline); !ready) return ready;
    } else if (errno != EINTR) {
      return system_error("ssh-agent: receive", errno);
    }
  }
  return ok();
}

Status check_peer(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return system_error("ssh-agent: SO_PEERCRED", errno);
  }
  if (peer.uid != ::geteuid()) {
    return Error{ErrorCode::invalid_input, "ssh-agent: it runs as another user"};
  }
  return ok();
}

Result<std::vector<AgentKey>> parse_keys(std::span<const std::byte> answer) {
  SshReader reader(answer);
  auto kind = reader.byte();
  auto count = reader.uint32();
  if (!kind || *kind != kIdentitiesAnswer || !count) return agent_error("would not list its keys");
  if (*count > kKeysMax) return agent_error("offers too many keys");
  std::vector<AgentKey> keys;
  for (std::uint32_t i = 0; i < *count; ++i) {
    auto blob = reader.string(kMessageBytesMax);
    auto comment = reader.text(kMessageBytesMax);
    if (!blob || !comment) return agent_error("malformed list of keys");
    auto key = SshPublicKey::from_blob(*blob);
    if (key) keys.push_back({*std::move(key), std::string(*comment)});
  }
  if (auto ended = reader.end(); !ended) return agent_error("malformed list of keys");
  return keys;
}

}  // namespace

Result<SshAgent> SshAgent::connect(const std::filesystem::path& socket, AgentTimeouts timeouts) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& path = socket.native();
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return Error{ErrorCode::invalid_input, "ssh-agent: not the path of a socket"};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return system_error("ssh-agent: socket", errno);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return system_error("ssh-agent: connect", errno);
  }
  if (auto good = check_peer(fd.get()); !good) return std::move(good).error();
  return SshAgent(std::move(fd), timeouts);
}

Result<Bytes> SshAgent::ask(std::span<const std::byte> request, std::chrono::milliseconds timeout) {
  if (request.size() > kMessageBytesMax) return agent_error("the request is too long");
  const Deadline deadline = std::chrono::steady_clock::now() + timeout;
  SshWriter message;
  message.string(request);
  if (auto sent = send_all(fd_.get(), message.bytes(), deadline); !sent) {
    return std::move(sent).error();
  }
  std::array<std::byte, 4> prefix{};
  if (auto got = receive_all(fd_.get(), prefix, deadline); !got) return std::move(got).error();
  const std::uint32_t size = *SshReader(prefix).uint32();
  if (size == 0 || size > kMessageBytesMax) return agent_error("its answer is empty or too long");
  Bytes answer(size);
  if (auto got = receive_all(fd_.get(), answer, deadline); !got) return std::move(got).error();
  return answer;
}

Result<std::vector<AgentKey>> SshAgent::keys() {
  SshWriter request;
  request.byte(kRequestIdentities);
  auto answer = ask(request.bytes(), timeouts_.answer);
  if (!answer) return std::move(answer).error();
  return parse_keys(*answer);
}

Result<Bytes> SshAgent::sign(const SshPublicKey& key, std::span<const std::byte> data) {
  SshWriter request;
  request.byte(kSignRequest).string(key.blob()).string(data).uint32(0);
  auto answer = ask(request.bytes(), timeouts_.signature);
  if (!answer) return answer;
  SshReader reader(*answer);
  auto kind = reader.byte();
  if (!kind || *kind != kSignResponse) {
    return Error{ErrorCode::crypto, "ssh-agent: it or its user refused to sign"};
  }
  auto field = reader.string(kMessageBytesMax);
  if (!field || !reader.end()) return agent_error("malformed signature");
  return Bytes(field->begin(), field->end());
}

Result<AgentSigner> AgentSigner::find(SshAgent agent, const SshPublicKey& key) {
  auto keys = agent.keys();
  if (!keys) return std::move(keys).error();
  const bool offered =
      std::ranges::any_of(*keys, [&](const AgentKey& each) { return each.key == key; });
  if (!offered) return Error{ErrorCode::not_found, "ssh-agent: it does not hold this key"};
  return AgentSigner(std::move(agent), key);
}

Result<Bytes> AgentSigner::sign(std::span<const std::byte> data) {
  return agent_.sign(public_key_, data);
}

}  // namespace casebook
