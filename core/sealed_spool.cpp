#include "core/sealed_spool.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/openssl_error.h"

namespace casebook {
namespace {

constexpr std::size_t kChunkBytes = 65536;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kKeyBytes = 32;
using Cipher = Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using Nonce = std::array<unsigned char, 12>;

/// The chunk's number: the key serves one spool only and no chunk is written twice.
Nonce nonce_of(std::uint64_t chunk) {
  Nonce nonce{};
  for (std::size_t i = 0; i < 8; ++i)
    nonce[4 + i] = static_cast<unsigned char>(chunk >> (56 - 8 * i));
  return nonce;
}

const unsigned char* raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::span<std::byte> bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

Status seal_chunk(const SecretBytes& key, std::uint64_t chunk, std::span<const std::byte> plain,
                  std::span<std::byte> sealed) {
  const Nonce nonce = nonce_of(chunk);
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int count = 0;
  if (!cipher ||
      EVP_EncryptInit_ex(cipher.get(), EVP_chacha20_poly1305(), nullptr, raw(key.reveal()),
                         nonce.data()) != 1 ||
      EVP_EncryptUpdate(cipher.get(), raw(sealed), &count, raw(plain),
                        static_cast<int>(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(cipher.get(), raw(sealed.subspan(plain.size())), &count) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes,
                          raw(sealed.subspan(plain.size()))) != 1) {
    return openssl_error("seal a chunk of the spool");
  }
  return ok();
}

Status open_chunk(const SecretBytes& key, std::uint64_t chunk, std::span<std::byte> sealed,
                  std::span<std::byte> plain) {
  const Nonce nonce = nonce_of(chunk);
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int count = 0;
  if (!cipher ||
      EVP_DecryptInit_ex(cipher.get(), EVP_chacha20_poly1305(), nullptr, raw(key.reveal()),
                         nonce.data()) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes,
                          raw(sealed.subspan(plain.size()))) != 1 ||
      EVP_DecryptUpdate(cipher.get(), raw(plain), &count, raw(sealed),
                        static_cast<int>(plain.size())) != 1) {
    return openssl_error("open a chunk of the spool");
  }
  if (EVP_DecryptFinal_ex(cipher.get(), raw(plain), &count) != 1) {
    return Error{ErrorCode::corrupt, "the spool was changed on the disk"};
  }
  return ok();
}

Result<UniqueFd> nameless_file(const std::filesystem::path& folder, Randomness& randomness,
                               FileCalls& calls) {
  UniqueFd fd(calls.open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (fd) return fd;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) {
    return system_error("make a nameless file", errno);
  }
  std::array<std::byte, 8> random{};
  if (auto filled = randomness.fill(random); !filled) return std::move(filled).error();
  const std::filesystem::path path = folder / (".spool." + to_hex(random));
  fd.reset(calls.open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return system_error("make a spool file", errno);
  if (calls.unlink(path.c_str()) != 0) return system_error("unlink the spool file", errno);
  return fd;
}

Status read_fully_at(int fd, std::span<std::byte> out, std::uint64_t offset) {
  while (!out.empty()) {
    const ssize_t count = ::pread(fd, out.data(), out.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("read the spool", errno);
    if (count == 0) return Error{ErrorCode::corrupt, "the spool was cut on the disk"};
    out = out.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return ok();
}

}  // namespace

/// Gives whole chunks from the file, then the tail from memory.
class SealedSpool::Reader final : public ByteSource {
 public:
  explicit Reader(const SealedSpool& spool) : spool_(spool) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    if (left_.empty()) {
      if (next_chunk_ < spool_.chunks_) {
        if (auto loaded = load(next_chunk_++); !loaded) return std::move(loaded).error();
      } else if (!tail_given_) {
        tail_given_ = true;
        left_ = spool_.tail_;
      }
    }
    const std::size_t count = std::min(buffer.size(), left_.size());
    std::copy_n(left_.begin(), count, buffer.begin());
    left_ = left_.subspan(count);
    return count;
  }

 private:
  Status load(std::uint64_t chunk) {
    sealed_.resize(kChunkBytes + kTagBytes);
    plain_.resize(kChunkBytes);
    const std::uint64_t offset = chunk * (kChunkBytes + kTagBytes);
    if (auto got = read_fully_at(spool_.fd_.get(), sealed_, offset); !got) return got;
    left_ = plain_;
    return open_chunk(spool_.key_, chunk, sealed_, plain_);
  }

  const SealedSpool& spool_;
  Bytes sealed_;
  Bytes plain_;
  std::span<const std::byte> left_;
  std::uint64_t next_chunk_ = 0;
  bool tail_given_ = false;
};

Result<SealedSpool> SealedSpool::create(const std::filesystem::path& folder, Randomness& randomness,
                                        FileCalls& calls) {
  auto fd = nameless_file(folder, randomness, calls);
  if (!fd) return std::move(fd).error();
  SealedSpool spool;
  spool.fd_ = std::move(*fd);
  spool.calls_ = &calls;
  spool.key_ = SecretBytes(kKeyBytes);
  if (auto filled = randomness.fill(spool.key_.reveal_mutable()); !filled) {
    return std::move(filled).error();
  }
  return spool;
}

SealedSpool SealedSpool::in_memory(std::uint64_t size_bytes_max) {
  SealedSpool spool;
  spool.size_bytes_max_ = size_bytes_max;
  return spool;
}

Status SealedSpool::append(std::span<const std::byte> bytes) {
  if (!fd_) {
    if (bytes.size() > size_bytes_max_ - size_bytes_) {
      return Error{ErrorCode::limit_exceeded, "no room in memory and no disk to spool to"};
    }
    tail_.insert(tail_.end(), bytes.begin(), bytes.end());
    size_bytes_ += bytes.size();
    return ok();
  }
  size_bytes_ += bytes.size();
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), kChunkBytes - tail_.size());
    tail_.insert(tail_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    bytes = bytes.subspan(count);
    if (tail_.size() == kChunkBytes) {
      if (auto written = write_chunk(); !written) return written;
    }
  }
  return ok();
}

Status SealedSpool::write_chunk() {
  Bytes sealed(kChunkBytes + kTagBytes);
  if (auto done = seal_chunk(key_, chunks_, tail_, sealed); !done) return done;
  if (auto written = write_all(fd_.get(), sealed, *calls_); !written) {
    return std::move(written).error().context("write the spool");
  }
  ++chunks_;
  tail_.clear();
  return ok();
}

std::unique_ptr<ByteSource> SealedSpool::read_back() const {
  return std::make_unique<Reader>(*this);
}

}  // namespace casebook
