// tests/fuzz/transcript_fuzz.cpp: the messages of a text are pieces of it, in order, and between
// them lie only line ends and blanks: no line is passed over.
#include <cstdint>
#include <set>

#include "core/json_text.h"
#include "vault/imports/transcript.h"

namespace {
using namespace casebook;
using namespace casebook::imports;

struct Checker final : MessageSink {
  explicit Checker(std::string_view whole) : input(whole) {}
  void check_gap(std::uint64_t next) {
    const auto gap = input.substr(end, next - end);
    check(gap.find_first_not_of(" \t\r\n") == std::string_view::npos, "no line is passed over");
  }
  Status take(const Message& message) override {
    check(message.origin.offset >= end, "messages do not overlap");
    check_gap(message.origin.offset);
    end = message.origin.offset + message.origin.size_bytes;
    check(end <= input.size(), "a message lies inside the text");
    check(is_utf8(message.text) && is_utf8(message.shown_name), "texts are UTF-8");
    check(keys.insert(to_hex(*import_key(message))).second, "each message has a key of its own");
    return ok();
  }
  Status take(const BadRecord&) override { return ok(); }
  Status take_unread(std::string_view) override { return ok(); }
  std::string_view input;
  std::uint64_t end = 0;
  std::set<std::string> keys;
};
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  static const TimeZone zone = TimeZone::utc();
  Checker checker(input);
  const auto summary = read_transcript(input, {.conversation = "c", .zone = &zone}, checker);
  check(bool(summary), "any text can be read");
  checker.check_gap(input.size());
  return 0;
}
