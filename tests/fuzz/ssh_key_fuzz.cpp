/// A public key that is accepted has one wire form and one line, and both give it back.

#include <algorithm>
#include <cstdint>

#include "core/ssh_public_key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  const auto input = std::as_bytes(std::span(data, size));
  if (const auto key = SshPublicKey::from_blob(input)) {
    check(std::ranges::equal(key->blob(), input), "a wire form has no second spelling");
  }
  if (const auto key = SshPublicKey::from_line(as_text(input))) {
    const auto again = SshPublicKey::from_line(key->line());
    check(again && *again == *key, "a key survives its own line");
    check(as_text(input).starts_with(key->line()), "a line has no second spelling");
  }
  return 0;
}
