#pragma once
/// Lines of an allowed_signers file, for checking with stock `ssh-keygen -Y verify`.
/// Specification: docs/spec/signature.md section 6.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/ssh_public_key.h"

namespace casebook {

struct AllowedSigner {
  /// An optional word of a-z and '-' (such as "ticket-"), then 8 to 64 lower-case hex digits. Never
  /// a name of a person: stock programs read '*', '?', '!' and ',' in it as a pattern.
  std::string principal;
  std::vector<std::string_view> namespaces;  ///< At least one: a line without any would allow all.
  SshPublicKey key;
  std::optional<UtcSeconds> valid_before;
};

/// `PRINCIPAL namespaces="…"[,valid-before="YYYYMMDDHHMMSSZ"] TYPE BASE64` and a line feed.
/// @return `invalid_input` when the principal or a namespace could be read as a pattern.
Result<std::string> allowed_signers_line(const AllowedSigner& signer);

}  // namespace casebook
