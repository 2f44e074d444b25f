#pragma once
/// Trusted time: RFC 3161 queries, replies and tokens over the bytes of a signature file.
/// Specification: docs/spec/time.md.

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/digest.h"
#include "core/random.h"

namespace casebook {

/// Longest query, reply or token that is looked at.
inline constexpr std::size_t kTimestampBytesMax = 65536;

/// What is sent to an authority, and what its reply must repeat.
struct TimestampQuery {
  Bytes der;  ///< Sent as `application/timestamp-query`.
  Digest256 imprint;
  Bytes nonce;  ///< Big-endian without leading zeros; empty when a foreign query has none.
};

/// A query for the SHA-256 of `data` (a signature file), with a nonce, asking for certificates.
Result<TimestampQuery> make_timestamp_query(std::span<const std::byte> data,
                                            Randomness& randomness);
/// Reads a query back from its file. @return `invalid_input` unless it is over SHA-256.
Result<TimestampQuery> parse_timestamp_query(std::span<const std::byte> der);

/// Takes an authority's reply to `query`.
/// @return the bytes of the `.tsr` file; `invalid_input` when the authority refused (its words are
///         in the message), or the reply is malformed or answers another query.
Result<Bytes> accept_timestamp_reply(std::span<const std::byte> reply, const TimestampQuery& query);
/// The same for a reply whose query is not at hand: only the imprint of `data` is compared.
Result<Bytes> accept_timestamp_reply(std::span<const std::byte> reply,
                                     std::span<const std::byte> data);

/// What a valid token says.
struct TrustedTime {
  UtcNanoseconds at;
  std::optional<std::chrono::microseconds> accuracy;  ///< Plus or minus, when stated.
  std::string serial;                                 ///< Upper-case hex, as openssl prints it.
  std::string policy;                                 ///< Dotted numbers.
  std::string authority;  ///< Subject of the signer's certificate, RFC 2253, ASCII.
  Digest256 certificate;  ///< SHA-256 of the signer's certificate.
};

/// A time, or why there is none. An unknown time is a finding, not an error.
struct TimeCheck {
  std::optional<TrustedTime> time;
  std::string reason;  ///< One line; empty when there is a time.
};

/// Checks a `.tsr` file over `data` at the token's own time, as `openssl ts -verify -attime` does,
/// and more strictly: docs/spec/time.md section 3.
/// @param authorities_pem  certificates of the authorities believed, from outside the case; at most
///                         64 of them in 1 MiB.
/// @return `invalid_input` for unusable authorities only.
Result<TimeCheck> verify_timestamp(std::span<const std::byte> data,
                                   std::span<const std::byte> token,
                                   std::string_view authorities_pem);

}  // namespace casebook
