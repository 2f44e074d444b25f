// tests/fuzz/mbox_fuzz.cpp: each mail of an mbox is a piece of the file that begins with an
// envelope, in order and without overlap; what it says is UTF-8; the same bytes as an eml do no
// harm.
#include <cstdint>

#include "core/json_text.h"
#include "vault/imports/mbox.h"

namespace {
using namespace casebook;
using namespace casebook::imports;

struct Checker final : MessageSink {
  explicit Checker(std::string_view whole) : input(whole) {}
  Status take(const Message& message) override {
    check(message.origin.offset >= end, "mails do not overlap");
    end = message.origin.offset + message.origin.size_bytes;
    check(end <= input.size(), "a mail lies inside the file");
    const auto raw = input.substr(message.origin.offset, message.origin.size_bytes);
    check(*sha256(as_bytes(raw)) == message.origin.digest, "the digest is that of the raw record");
    check(is_utf8(message.text) && is_utf8(message.shown_name), "texts are UTF-8");
    return ok();
  }
  Status take(const BadRecord& bad) override {
    check(!bad.reason.empty(), "a bad record has a reason");
    return ok();
  }
  Status take_unread(std::string_view) override { return ok(); }
  std::string_view input;
  std::uint64_t end = 0;
};
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  MemorySource mbox(as_bytes(input));
  Checker many(input);
  (void)bool(read_mbox(mbox, {.conversation = "box"}, many));
  MemorySource eml(as_bytes(input));
  Checker one(input);
  (void)bool(read_eml(eml, {.conversation = "box"}, one));
  return 0;
}
