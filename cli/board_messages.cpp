#include "cli/board_messages.h"

#include <array>

namespace casebook::cli {
namespace {

using namespace std::string_view_literals;
using workflow::Language;

struct MessageFile {
  std::string_view name;
  std::string_view text;
};
constexpr MessageFile kFiles[] = {
#include "cli/messages.inc"
};

Messages load(std::string_view ending) {
  for (const MessageFile& file : kFiles) {
    if (!file.name.ends_with(ending)) continue;
    auto messages = Messages::parse(file.text);
    check(bool(messages), "built-in messages are sound");
    return *std::move(messages);
  }
  check(false, "messages in every language");
  return {};
}

}  // namespace

const Messages& board_messages(Language language) {
  static const std::array<Messages, 2> all{load(".en.json"), load(".nl.json")};
  return language == Language::nl ? all[1] : all[0];
}

}  // namespace casebook::cli
