#pragma once
/// Owners of C resources: a file descriptor, and any pointer with a free function.

#include <unistd.h>

#include <memory>
#include <utility>

namespace casebook {

/// Calls `free_function` on a pointer; stateless, so that the owner is as small as the pointer.
template <auto free_function>
struct FreeWith {
  template <typename T>
  void operator()(T* pointer) const noexcept {
    free_function(pointer);
  }
};

/// A C pointer freed by `free_function`, for use inside .cpp files.
template <typename T, auto free_function>
using Handle = std::unique_ptr<T, FreeWith<free_function>>;

/// An open file descriptor, closed on destruction. -1 means none.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  explicit operator bool() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
  void reset(int fd = -1) noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

}  // namespace casebook
