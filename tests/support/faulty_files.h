#pragma once
/// File calls of which the n-th fails, to show what every write path leaves behind.

#include <cerrno>

#include "core/durable_file.h"

namespace casebook {

/// Passes calls on to the machine, except that call number `fails_at` (from 1) fails with EIO and
/// every later write, fsync, rename and link fails too, as on a disk that is gone.
class FaultyFiles final : public FileCalls {
 public:
  explicit FaultyFiles(int fails_at) : left_(fails_at) {}
  int open(const char* path, int flags, mode_t mode) override {
    return fails() ? refuse() : FileCalls::open(path, flags, mode);
  }
  ssize_t write(int fd, const void* bytes, std::size_t size_bytes) override {
    return fails() ? refuse() : FileCalls::write(fd, bytes, size_bytes);
  }
  int fsync(int fd) override { return fails() ? refuse() : FileCalls::fsync(fd); }
  int ftruncate(int fd, off_t size_bytes) override {
    return fails() ? refuse() : FileCalls::ftruncate(fd, size_bytes);
  }
  int rename(const char* from, const char* to) override {
    return fails() ? refuse() : FileCalls::rename(from, to);
  }
  int link(const char* from, const char* to) override {
    return fails() ? refuse() : FileCalls::link(from, to);
  }
  /// True once the planned failure was reached.
  [[nodiscard]] bool reached() const { return left_ <= 0; }

 private:
  bool fails() { return --left_ <= 0; }
  static int refuse() {
    errno = EIO;
    return -1;
  }
  int left_;
};

}  // namespace casebook
