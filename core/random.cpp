#include "core/random.h"

#include <openssl/rand.h>

#include <algorithm>

#include "core/openssl_error.h"

namespace casebook {

Status SystemRandomness::fill(std::span<std::byte> buffer) {
  constexpr std::size_t kCallBytesMax = std::size_t{1} << 20U;
  while (!buffer.empty()) {
    const std::size_t count = std::min(buffer.size(), kCallBytesMax);
    if (RAND_bytes(reinterpret_cast<unsigned char*>(buffer.data()), static_cast<int>(count)) != 1) {
      return openssl_error("RAND_bytes");
    }
    buffer = buffer.subspan(count);
  }
  return ok();
}

}  // namespace casebook
