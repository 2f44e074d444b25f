#pragma once
/// One JSON record of a Slack export: a user, a conversation or a message.
/// Specification: docs/spec/imports.md section 3.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "vault/imports/json_array.h"
#include "vault/imports/message.h"

namespace casebook::imports {

struct SlackConversation {
  std::string id;
  std::string shown_name;
};

/// Who and where, as the lists at the top of an export say.
struct SlackNames {
  std::unordered_map<std::string, std::string> users;                   ///< Id to escaped name.
  std::map<std::string, SlackConversation, std::less<>> conversations;  ///< By folder.
};

/// Reads records; one for many, since it keeps the parser's memory. Not for several threads.
class SlackRecordReader {
 public:
  SlackRecordReader();
  SlackRecordReader(SlackRecordReader&&) noexcept;
  ~SlackRecordReader();

  // Each takes the text of a JsonElement, with its padding, and returns why the record is bad, or
  // an empty text.
  std::string_view read_user(std::string_view record, SlackNames& names);
  std::string_view read_conversation(std::string_view record, SlackNames& names);
  /// Fills everything but the origin and the conversation. `message` is empty before.
  std::string_view read_message(std::string_view record, const SlackNames& names, Message& message);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// "1600000000.000200", seconds since 1970. @return nothing for any other text.
std::optional<UtcNanoseconds> slack_time(std::string_view ts);

}  // namespace casebook::imports
