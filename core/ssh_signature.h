#pragma once
/// SSHSIG signatures: making them and checking them more strictly than `ssh-keygen -Y verify`.
/// Specification: docs/spec/signature.md sections 4 and 5.

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/ssh_raw_signature.h"
#include "core/ssh_signer.h"

namespace casebook {

// One namespace per purpose, so that a signature for one is nothing for another.
inline constexpr std::string_view kSealNamespace = "casebook-seal@v1";
inline constexpr std::string_view kTicketNamespace = "casebook-ticket@v1";
inline constexpr std::string_view kStatementNamespace = "casebook-statement@v1";
inline constexpr std::string_view kHeadNamespace = "casebook-head@v1";
inline constexpr std::string_view kRosterNamespace = "casebook-roster@v1";
inline constexpr std::string_view kPolicyNamespace = "casebook-policy@v1";
inline constexpr std::string_view kEnrolNamespace = "casebook-enrol@v1";

/// Longest armored signature that is looked at.
inline constexpr std::size_t kArmoredBytesMax = 4096;

/// SHA-512 of the signed message: what SSHSIG signs. Long messages are hashed as a stream.
using Digest512 = std::array<std::byte, 64>;
Result<Digest512> sha512(std::span<const std::byte> message);
/// @return `limit_exceeded` beyond `size_bytes_max`, or the error of `message`.
Result<Digest512> sha512_stream(ByteSource& message, std::uint64_t size_bytes_max);

/// Signs for one purpose. The result is checked before it is given out, so a broken agent or token
/// shows here and not months later.
/// @param name_space  1 to 64 characters of a-z, 0-9, '@', '.', '-'.
/// @return the armored text exactly as `ssh-keygen -Y sign` writes it; `invalid_input`, or the
/// error
///         of `signer`, or `crypto`.
Result<std::string> make_ssh_signature(Signer& signer, std::string_view name_space,
                                       std::span<const std::byte> message);
Result<std::string> make_ssh_signature(Signer& signer, std::string_view name_space,
                                       const Digest512& message_digest);

/// What a check found. Only `good` is a signature; the others are findings, not errors.
enum class SignatureVerdict {
  good,
  malformed,          ///< Not an SSHSIG in its only form, or by a key that is refused.
  wrong_namespace,    ///< Made for another purpose.
  unexpected_key,     ///< By none of the keys that were allowed.
  bad_signature,      ///< Not by its key over this message.
  user_not_present,   ///< A token signed untouched.
  user_not_verified,  ///< A token did not check its user although that was asked for.
};
/// The enumerator's own name.
std::string_view to_string(SignatureVerdict verdict) noexcept;

struct SignatureCheck {
  SignatureVerdict verdict;
  std::string reason;                 ///< One line for people; empty when good.
  std::optional<SshPublicKey> key;    ///< The key named by the signature, unless malformed.
  std::optional<TokenUse> token_use;  ///< For token keys.
  [[nodiscard]] bool good() const { return verdict == SignatureVerdict::good; }
};

struct SignatureExpectation {
  std::string_view name_space;
  std::span<const SshPublicKey> keys;     ///< One of these must have signed. None allows nobody.
  bool user_verification_needed = false;  ///< For tokens: touched is always asked for.
};

/// Checks a signature. @return a finding; `crypto` only when OpenSSL itself fails.
Result<SignatureCheck> verify_ssh_signature(const SignatureExpectation& expected,
                                            std::span<const std::byte> message,
                                            std::string_view armored);
Result<SignatureCheck> verify_ssh_signature(const SignatureExpectation& expected,
                                            const Digest512& message_digest,
                                            std::string_view armored);

/// The key that a signature names, without checking anything else: to look up who that is.
/// @return `invalid_input` for text that is not an SSHSIG in its only form.
Result<SshPublicKey> key_of_ssh_signature(std::string_view armored);

/// Takes an armored signature apart and writes it again. @return text equal to `armored`, or
/// `invalid_input`. For tests and fuzzing.
Result<std::string> rewrite_ssh_signature(std::string_view armored);

}  // namespace casebook
