#pragma once
/// From the front of an age file to the key of its payload. For use inside core/age_*.cpp.

#include "core/age_file.h"
#include "core/age_header.h"
#include "core/age_stream.h"

namespace casebook::age {

struct Unlocked {
  ChunkCipher cipher;
  AgeStanzaCount stanzas;
  std::size_t payload_offset = 0;  ///< In the text that was given.
};

/// @param text  the front of the file. @return nothing when more bytes are needed; else as
///              AgeReader::open().
Result<std::optional<Unlocked>> unlock_front(std::string_view text, const AgeUnlock& unlock);

/// More than any header and payload nonce take.
inline constexpr std::size_t kFrontBytesMax = kHeaderBytesMax + kPayloadNonceBytes;

Error ends_too_early();

}  // namespace casebook::age
