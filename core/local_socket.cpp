#include "core/local_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace casebook {
namespace {

constexpr int kBacklog = 16;

Result<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& text = path.native();
  if (text.empty() || text.size() >= sizeof address.sun_path) {
    return Error{ErrorCode::invalid_input, "not the path of a socket"};
  }
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

Result<UniqueFd> make_socket() {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return system_error("socket", errno);
  return fd;
}

}  // namespace

Result<LocalSocket> LocalSocket::connect(const std::filesystem::path& path) {
  auto address = address_of(path);
  if (!address) return std::move(address).error();
  auto fd = make_socket();
  if (!fd) return std::move(fd).error();
  if (::connect(fd->get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    return system_error("connect", errno);
  }
  return LocalSocket(*std::move(fd));
}

Result<LocalSocket> LocalSocket::listen(const std::filesystem::path& path) {
  auto address = address_of(path);
  if (!address) return std::move(address).error();
  auto fd = make_socket();
  if (!fd) return std::move(fd).error();
  if (::bind(fd->get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    return system_error("bind", errno);
  }
  if (::listen(fd->get(), kBacklog) != 0) return system_error("listen", errno);
  return LocalSocket(*std::move(fd));
}

Result<LocalSocket> LocalSocket::adopt(UniqueFd fd) {
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0) {
    return system_error("fcntl", errno);
  }
  return LocalSocket(std::move(fd));
}

Status LocalSocket::check_peer(uid_t uid) const {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd_.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return system_error("SO_PEERCRED", errno);
  }
  if (peer.uid != uid) return Error{ErrorCode::invalid_input, "it runs as another user"};
  return ok();
}

Status LocalSocket::wait_for(short events, Deadline deadline) const {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Error{ErrorCode::io, "no answer in time"};
    pollfd waiting{.fd = fd_.get(), .events = events, .revents = 0};
    const int ready =
        ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
    if (ready > 0) return ok();
    if (ready < 0 && errno != EINTR) return system_error("poll", errno);
  }
}

Result<LocalSocket> LocalSocket::accept(Deadline deadline) {
  for (;;) {
    UniqueFd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd) return LocalSocket(std::move(fd));
    if (errno == EAGAIN) {
      if (auto ready = wait_for(POLLIN, deadline); !ready) return std::move(ready).error();
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return system_error("accept", errno);
    }
  }
}

Status LocalSocket::send(std::span<const std::byte> bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (auto ready = wait_for(POLLOUT, deadline); !ready) return ready;
    } else if (errno != EINTR) {
      return system_error("send", errno);
    }
  }
  return ok();
}

Status LocalSocket::receive(std::span<std::byte> room, Deadline deadline) {
  while (!room.empty()) {
    const ssize_t received = ::recv(fd_.get(), room.data(), room.size(), 0);
    if (received > 0) {
      room = room.subspan(static_cast<std::size_t>(received));
    } else if (received == 0) {
      return Error{ErrorCode::io, "hung up"};
    } else if (errno == EAGAIN) {
      if (auto ready = wait_for(POLLIN, deadline); !ready) return ready;
    } else if (errno != EINTR) {
      return system_error("receive", errno);
    }
  }
  return ok();
}

}  // namespace casebook
