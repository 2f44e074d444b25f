/// An armored signature that is accepted is its own only text, and no text verifies under a key
/// that did not sign.

#include <cstdint>

#include "core/ssh_signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  const auto armored = as_text(std::as_bytes(std::span(data, size)));
  const auto rewritten = rewrite_ssh_signature(armored);
  if (rewritten) check(*rewritten == armored, "a signature has no second spelling");
  const auto key = key_of_ssh_signature(armored);
  check(bool(key) == bool(rewritten), "one parser decides");
  if (!key) return 0;
  const auto found = verify_ssh_signature({.name_space = kSealNamespace, .keys = {&*key, 1}},
                                          as_bytes("a text that nobody signs"), armored);
  check(found && !found->good(), "a signature does not fit a text that was never signed");
  return 0;
}
