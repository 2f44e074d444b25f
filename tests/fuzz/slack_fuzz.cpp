// tests/fuzz/slack_fuzz.cpp: however an array of records is broken, each element is a piece of it
// at the offset that is told, and a record that is taken is one that the other JSON reader takes
// too.
#include <cstdint>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "vault/imports/slack_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  using namespace casebook::imports;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  MemorySource source(as_bytes(input));
  JsonArraySplitter splitter(source, {.element_bytes_max = 4096});
  static SlackRecordReader reader;
  SlackNames names;
  while (true) {
    const auto element = splitter.next();
    check(bool(element), "memory can be read");
    if (element->kind == JsonElement::Kind::end) break;
    if (element->kind == JsonElement::Kind::bad) {
      check(!element->reason.empty(), "a bad record has a reason");
      continue;
    }
    check(input.substr(element->offset, element->text.size()) == element->text,
          "an element lies where it says");
    Message message;
    (void)reader.read_user(element->text, names);
    (void)reader.read_conversation(element->text, names);
    if (!reader.read_message(element->text, names, message).empty()) continue;
    check(Json::accept(element->text), "what one reader takes, the other takes");
    check(message.claimed_at.has_value(), "a message of Slack has a time");
    check(is_utf8(message.text) && is_utf8(message.shown_name), "texts are UTF-8");
  }
  return 0;
}
