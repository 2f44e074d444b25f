#include "reports/document/font_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "core/c_handle.h"
#include "core/digest.h"
#include "reports/document/pdf_writer.h"

namespace casebook::documents {
namespace {

constexpr std::uint64_t kFontBytesMax = std::uint64_t{16} << 20U;

/// Reads a file descriptor; the descriptor outlives it.
class DescriptorSource final : public ByteSource {
 public:
  explicit DescriptorSource(int descriptor) : descriptor_(descriptor) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    for (;;) {
      const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return system_error("read", errno);
    }
  }

 private:
  int descriptor_;
};

Result<FontDigest> digest_of(const std::filesystem::path& folder, const char* name) {
  const std::filesystem::path path = folder / name;
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    Error error = system_error("open", errno).context("font " + path.string());
    error.hint = "install fonts-dejavu-core";
    return error;
  }
  DescriptorSource source(file.get());
  const auto digest = hash_stream(source, kFontBytesMax);
  if (!digest) return Error(digest.error()).context("font " + path.string());
  return FontDigest{name, to_hex(*digest)};
}

}  // namespace

Result<std::vector<FontDigest>> font_digests(const std::filesystem::path& folder) {
  std::vector<FontDigest> digests;
  for (const char* name : kFontFiles) {
    auto digest = digest_of(folder, name);
    if (!digest) return std::move(digest).error();
    digests.push_back(*std::move(digest));
  }
  return digests;
}

}  // namespace casebook::documents
