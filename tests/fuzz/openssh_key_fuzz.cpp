/// A key file is opened without a passphrase or refused; what opens can sign.

#include <cstdint>

#include "core/openssh_key.h"
#include "core/ssh_signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  const auto file = SecretBytes::copy_of(std::as_bytes(std::span(data, size)));
  const auto info = inspect_openssh_key(file);
  auto signer = open_openssh_key(file, SecretBytes());
  if (!signer) return 0;
  check(info && !info->encrypted, "only a plain key opens without a passphrase");
  check((*signer)->public_key() == info->public_key, "the halves belong together");
  check(bool(make_ssh_signature(**signer, kSealNamespace, as_bytes("text"))), "the key can sign");
  return 0;
}
