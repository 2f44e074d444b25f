#include "reports/filing/filing_messages.h"

#include <array>

namespace casebook::filing {
namespace {

using namespace std::string_view_literals;
using documents::Language;

struct MessageFile {
  std::string_view name;
  std::string_view text;
};
constexpr MessageFile kFiles[] = {
#include "reports/filing/messages.inc"
};

Messages load(Language language) {
  auto messages = Messages::parse(filing_messages_text(language));
  check(bool(messages), "built-in messages are sound");
  return *std::move(messages);
}

}  // namespace

std::string_view filing_messages_text(Language language) {
  const std::string ending = "." + std::string(documents::to_string(language)) + ".json";
  for (const MessageFile& file : kFiles) {
    if (file.name.ends_with(ending)) return file.text;
  }
  check(false, "messages in every language");
  return {};
}

const Messages& filing_messages(Language language) {
  static const std::array<Messages, 2> all{load(Language::en), load(Language::nl)};
  return language == Language::en ? all[0] : all[1];
}

}  // namespace casebook::filing
