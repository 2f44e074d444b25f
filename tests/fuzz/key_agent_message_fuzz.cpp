// docs/spec/agent.md: what a request or an answer parses to is written again as the same bytes, and
// the keys answer anything with something that can be parsed.
#include "core/clock.h"
#include "core/key_agent_keys.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  using namespace casebook::key_agent;
  const std::span message(reinterpret_cast<const std::byte*>(data), size);
  const auto is_same = [&](const SecretBytes& written) {
    return std::equal(message.begin(), message.end(), written.reveal().begin(),
                      written.reveal().end());
  };
  if (const auto request = parse_request(message)) {
    check(is_same(format_request(*request)), "a request is written as it was read");
  }
  if (const auto answer = parse_answer(message)) {
    check(is_same(format_answer(*answer)), "an answer is written as it was read");
  }
  const FixedClock clock{UtcNanoseconds(std::chrono::hours(1))};
  HeldKeys keys(clock);
  check(bool(parse_answer(keys.answer(message).reveal())), "every message has an answer");
  return 0;
}
