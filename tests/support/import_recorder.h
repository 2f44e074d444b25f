#pragma once
/// Keeps what an import yields.

#include <string>
#include <vector>

#include "vault/imports/message.h"

namespace casebook::imports {

struct ImportRecorder : MessageSink {
  Status take(const Message& message) override {
    messages.push_back(message);
    return ok();
  }
  Status take(const BadRecord& record) override {
    bad.push_back(record);
    return ok();
  }
  Status take_unread(std::string_view member) override {
    unread.emplace_back(member);
    return ok();
  }
  std::vector<Message> messages;
  std::vector<BadRecord> bad;
  std::vector<std::string> unread;
};

}  // namespace casebook::imports
