#pragma once
/// Words that documents and letters add, by language. A message file is data
/// ("casebook-messages/1", docs/spec/messages.md); a message is looked up by its key and its
/// `{names}` are filled in one pass: a value is never searched for further names.

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace casebook {

class Messages {
 public:
  using Value = std::pair<std::string_view, std::string_view>;  ///< name, text

  /// @return `invalid_input` naming the key when the file is not a message file, a brace is not
  ///         closed, or a name holds anything but a-z and _.
  static Result<Messages> parse(std::string_view text);

  [[nodiscard]] const std::string& language() const { return language_; }
  /// The message with `values` filled in. An unknown key, a name without a value and a value
  /// without a name are our own mistakes.
  [[nodiscard]] std::string text(std::string_view key,
                                 std::initializer_list<Value> values = {}) const;
  [[nodiscard]] bool has(std::string_view key) const { return messages_.contains(key); }

  /// Adds the messages of `more`, of the same language and with other keys.
  Status add(const Messages& more);
  /// Each key with its names in order, sorted: two languages are complete when these are equal.
  [[nodiscard]] std::vector<std::string> shape() const;

 private:
  std::string language_;
  std::map<std::string, std::string, std::less<>> messages_;
};

}  // namespace casebook
