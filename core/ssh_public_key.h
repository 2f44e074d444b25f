#pragma once
/// OpenSSH public keys that Casebook accepts, with the checks that stock programs leave out.
/// Specification: docs/spec/signature.md section 2.

#include <span>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace casebook {

/// The closed list of accepted kinds. The two sk kinds live in a FIDO token.
enum class SshKeyType { ed25519, ecdsa_p256, sk_ed25519, sk_ecdsa_p256 };

/// The name on the wire and at the start of the line, for example "ssh-ed25519".
std::string_view to_string(SshKeyType type) noexcept;
/// The kind with this name. @return `invalid_input` for any other name.
Result<SshKeyType> ssh_key_type(std::string_view name);

/// A public key that passed every check: an object of this class is never a key of small order,
/// never a second spelling of another key, never off its curve.
class SshPublicKey {
 public:
  /// Reads the wire form. @return `invalid_input` for any other type, a point that is not on its
  /// curve, compressed, at infinity, of small order or not canonical, and for bytes left over.
  static Result<SshPublicKey> from_blob(std::span<const std::byte> blob);
  /// Reads the one-line form `TYPE BASE64[ COMMENT]`, with or without one final line feed, at most
  /// 4,096 bytes. The comment is dropped.
  static Result<SshPublicKey> from_line(std::string_view line);
  /// The key `ssh-ed25519` with these 32 bytes; the same checks.
  static Result<SshPublicKey> from_ed25519_point(std::span<const std::byte> point);
  /// The key `ecdsa-sha2-nistp256` with this uncompressed point (65 bytes); the same checks.
  static Result<SshPublicKey> from_p256_point(std::span<const std::byte> point);

  [[nodiscard]] SshKeyType type() const { return type_; }
  /// True when signatures carry flags and a counter. It does not prove that a token made them:
  /// software can call itself one (attack RT-17).
  [[nodiscard]] bool is_token() const;
  /// The wire form, the only one this key has.
  [[nodiscard]] const Bytes& blob() const { return blob_; }
  /// 32 bytes (Ed25519) or 65 bytes beginning with 4 (P-256).
  [[nodiscard]] const Bytes& point() const { return point_; }
  /// What a token binds its signatures to, "ssh:" or "ssh:…"; empty for other kinds.
  [[nodiscard]] const std::string& application() const { return application_; }
  /// `TYPE BASE64` without comment and line feed.
  [[nodiscard]] std::string line() const;
  /// "SHA256:" and 43 characters, as `ssh-keygen -l` prints it.
  [[nodiscard]] Result<std::string> fingerprint() const;

  bool operator==(const SshPublicKey& other) const { return blob_ == other.blob_; }

 private:
  SshPublicKey(SshKeyType type, Bytes point, std::string application);
  SshKeyType type_;
  Bytes point_;
  std::string application_;
  Bytes blob_;
};

/// True for the text of a fingerprint as fingerprint() writes it, so that a typed anchor is
/// recognised before anything is compared.
bool is_ssh_fingerprint(std::string_view text) noexcept;

}  // namespace casebook
