#include "core/locked_bytes.h"

#include <openssl/crypto.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace casebook {

Result<LockedBytes> LockedBytes::copy_of(std::span<const std::byte> bytes) {
  LockedBytes locked;
  if (bytes.empty()) return locked;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t mapped = (bytes.size() + page - 1) / page * page;
  void* memory =
      ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return system_error("mmap", errno);
  locked.memory_ = static_cast<std::byte*>(memory);
  locked.mapped_ = mapped;
  if (::mlock(memory, mapped) != 0) {
    return Error{ErrorCode::limit_exceeded, "no memory can be locked for keys",
                 "raise the limit: ulimit -l"};
  }
  if (::madvise(memory, mapped, MADV_DONTDUMP) != 0 ||
      ::madvise(memory, mapped, MADV_WIPEONFORK) != 0) {
    return system_error("madvise", errno);
  }
  locked.size_ = bytes.size();
  std::ranges::copy(bytes, locked.memory_);
  return locked;
}

LockedBytes::LockedBytes(LockedBytes&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      mapped_(std::exchange(other.mapped_, 0)) {}

LockedBytes& LockedBytes::operator=(LockedBytes&& other) noexcept {
  if (this != &other) {
    release();
    memory_ = std::exchange(other.memory_, nullptr);
    size_ = std::exchange(other.size_, 0);
    mapped_ = std::exchange(other.mapped_, 0);
  }
  return *this;
}

LockedBytes::~LockedBytes() { release(); }

void LockedBytes::release() noexcept {
  if (memory_ == nullptr) return;
  OPENSSL_cleanse(memory_, mapped_);
  ::munmap(memory_, mapped_);  // Unlocks, too.
  memory_ = nullptr;
  size_ = 0;
  mapped_ = 0;
}

}  // namespace casebook
