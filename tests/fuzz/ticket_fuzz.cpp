/// A ticket, its key, facts, a ratification and a proof of one line have one spelling each.

#include <cstdint>

#include "core/line_proof.h"
#include "core/ratification.h"
#include "core/ticket.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
  if (const auto ticket = parse_ticket(text)) {
    check(format_ticket(*ticket) == text, "a ticket has one spelling");
  }
  if (const auto key = parse_ticket_key(SecretBytes::copy_of(text))) {
    check(as_text(format_ticket_key(*key).reveal()) == text, "a ticket key has one spelling");
  }
  if (const auto facts = parse_facts(SecretBytes::copy_of(text))) {
    check(as_text(format_facts(*facts).reveal()) == text, "facts have one spelling");
  }
  if (const auto ratification = parse_ratification(text)) {
    check(format_ratification(*ratification) == text, "a ratification has one spelling");
  }
  if (const auto proof = parse_line_proof(text)) {
    check(format_line_proof(*proof) == text, "a proof has one spelling");
  }
  return 0;
}
