#include "reports/document/document_messages.h"

#include <array>
#include <optional>

namespace casebook::documents {
namespace {

using namespace std::string_view_literals;

struct MessageFile {
  std::string_view name;
  std::string_view text;
};
constexpr MessageFile kFiles[] = {
#include "reports/document/messages.inc"
};

/// All built-in files of one language, whatever their name.
Messages load(Language language) {
  const std::string ending = "." + std::string(to_string(language)) + ".json";
  std::optional<Messages> all;
  for (const MessageFile& file : kFiles) {
    if (!file.name.ends_with(ending)) continue;
    auto messages = Messages::parse(file.text);
    check(bool(messages), "built-in messages are sound");
    if (all) {
      check(bool(all->add(*messages)), "built-in messages have different keys");
    } else {
      all = *std::move(messages);
    }
  }
  check(all.has_value(), "messages in every language");
  return *std::move(all);
}

}  // namespace

const Messages& document_messages(Language language) {
  static const std::array<Messages, 2> all{load(Language::en), load(Language::nl)};
  return language == Language::en ? all[0] : all[1];
}

}  // namespace casebook::documents
