/// A ledger that is accepted is made of the entries that were read from it, byte for byte; a head
/// and a custody log that are accepted have one spelling.

#include <cstdint>

#include "core/custody_check.h"
#include "core/ledger_head.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  const auto input = std::as_bytes(std::span(data, size));
  const auto id = LedgerId::parse("000102030405060708090a0b0c0d0e0f");
  std::string again;
  MemorySource source(input);
  const auto report = read_ledger(source, *id, [&](const LedgerEntry& entry) -> Status {
    again += format_entry(entry) + "\n";
    return ok();
  });
  if (report) {
    check(again.size() == report->whole_bytes, "whole lines are counted");
    check(again == as_text(input).substr(0, again.size()), "an entry has one spelling");
    check(report->whole_bytes + report->torn_bytes == size, "nothing lies outside");
  }
  if (const auto head = parse_head(as_text(input))) {
    check(format_head(*head) == as_text(input), "a head has one spelling");
  }
  if (const auto log = parse_custody(as_text(input))) {
    check(format_custody(*log) == as_text(input), "a custody log has one spelling");
    check(bool(check_custody(*log)), "what is read can be checked");
  }
  if (const auto receipt = parse_receipt(as_text(input))) {
    check(format_receipt(*receipt) == as_text(input), "a receipt has one spelling");
  }
  return 0;
}
