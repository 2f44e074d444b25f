#pragma once
/// One end of a unix stream socket between processes of one user: with deadlines, and with the
/// kernel's word on who is at the other end.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <span>

#include "core/bytes.h"
#include "core/c_handle.h"

namespace casebook {

class LocalSocket {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  /// @return `not_found` or `io` when nobody listens there; `invalid_input` for a path that no
  /// socket can have.
  static Result<LocalSocket> connect(const std::filesystem::path& path);
  /// A socket that listens at `path`, which must not exist.
  static Result<LocalSocket> listen(const std::filesystem::path& path);
  /// Takes over a connected or listening socket; made non-blocking.
  static Result<LocalSocket> adopt(UniqueFd fd);

  /// @return `invalid_input` when the process at the other end does not run as `uid`.
  [[nodiscard]] Status check_peer(uid_t uid) const;
  /// The next caller. @return `io` when none came in time.
  Result<LocalSocket> accept(Deadline deadline);
  Status send(std::span<const std::byte> bytes, Deadline deadline);
  /// Fills `room`. @return `io` when the other end hung up or was too slow.
  Status receive(std::span<std::byte> room, Deadline deadline);
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  explicit LocalSocket(UniqueFd fd) : fd_(std::move(fd)) {}
  Status wait_for(short events, Deadline deadline) const;
  UniqueFd fd_;
};

}  // namespace casebook
