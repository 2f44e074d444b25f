#pragma once
/// The one way in which a tar header of a bag is written, so that a reader can rebuild every header
/// and compare. Specification: docs/spec/bag.md section 3.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace casebook {

inline constexpr std::size_t kTarBlockBytes = 512;
/// Without the folder `<bag id>/`.
inline constexpr std::size_t kStoredNameBytesMax = 900;

/// Appends the header of a regular file, with the extended header before it where the rule asks.
/// @param bag   32 hex digits. @param name  below the folder, ASCII, at most kStoredNameBytesMax.
void append_tar_header(std::string& out, std::string_view bag, std::string_view name,
                       std::uint64_t size_bytes);

/// Zero bytes that follow content of this size.
constexpr std::size_t tar_padding(std::uint64_t size_bytes) {
  return static_cast<std::size_t>((kTarBlockBytes - size_bytes % kTarBlockBytes) % kTarBlockBytes);
}

/// What a header says.
struct TarMember {
  std::string bag;   ///< 32 hex digits.
  std::string name;  ///< Below the folder.
  std::uint64_t size_bytes = 0;
  std::size_t header_bytes = 0;  ///< Of all its blocks.
};

/// How many bytes of header begin with this block: 512, or more when it is an extended header.
/// @param block  512 bytes. @return `corrupt` when it is no header of a bag.
Result<std::size_t> tar_header_bytes(std::span<const std::byte> block);

/// Reads a header of tar_header_bytes() bytes. @return `corrupt` unless it is, byte for byte, what
/// append_tar_header makes.
Result<TarMember> parse_tar_header(std::span<const std::byte> header);

}  // namespace casebook
