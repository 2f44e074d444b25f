#include "vault/imports/message_fields.h"

#include "core/json_text.h"
#include "core/printable.h"

namespace casebook::imports {
namespace {

/// Writes an object key by key; a million of these leave no time for a tree. Keys are given in
/// ascending order.
class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  void text(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    begin(key);
    append_json_string(out_, value);
  }
  void number(std::string_view key, std::uint64_t value) { text(key, std::to_string(value)); }
  void begin(std::string_view key) {
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += key;
    out_ += "\":";
  }
  void close() { out_ += '}'; }

 private:
  std::string& out_;
};

void append_attachments(std::string& out, const std::vector<AttachmentReference>& attachments) {
  out += '[';
  for (const AttachmentReference& attachment : attachments) {
    if (out.back() != '[') out += ',';
    Object object(out);
    if (attachment.digest) object.text("digest", to_hex(*attachment.digest));
    object.text("name", attachment.name);
    object.text("place", attachment.place);
    if (attachment.size_bytes) object.number("size", *attachment.size_bytes);
    object.text("type", attachment.media_type);
    object.close();
  }
  out += ']';
}

void append_flags(std::string& out, const Message& message) {
  const std::pair<bool, std::string_view> flags[] = {
      {message.is_bot, "bot"},           {message.is_cut, "cut"},
      {message.is_deleted, "deleted"},   {message.is_edited, "edited"},
      {message.is_repaired, "repaired"}, {message.is_system, "system"}};
  out += '[';
  for (const auto& [is_set, name] : flags) {
    if (!is_set) continue;
    if (out.back() != '[') out += ',';
    append_json_string(out, name);
  }
  out += ']';
}

std::string utc(UtcNanoseconds time) {
  return format_utc(std::chrono::floor<std::chrono::seconds>(time));
}

bool has_flag(const Message& message) {
  return message.is_bot || message.is_cut || message.is_deleted || message.is_edited ||
         message.is_repaired || message.is_system;
}

}  // namespace

std::string message_fields(const Message& message, const ImportSource& source) {
  std::string out;
  out.reserve(512);
  Object object(out);
  if (!message.attachments.empty()) {
    object.begin("attachments");
    append_attachments(out, message.attachments);
  }
  object.text("conversation", message.conversation);
  object.text("conversation_name", message.conversation_name);
  object.text("digest", to_hex(message.origin.digest));
  if (message.edited_at) object.text("edited_at", utc(*message.edited_at));
  object.text("exported_by", source.exported_by);
  if (has_flag(message)) {
    object.begin("flags");
    append_flags(out, message);
  }
  object.text("format", "casebook-message/1");
  object.text("id", message.id);
  object.text("kind", to_string(message.kind));
  object.number("length", message.origin.size_bytes);
  object.text("member", message.origin.member);
  object.number("offset", message.origin.offset);
  object.text("reply_to", message.reply_to);
  object.text("shown_name", message.shown_name);
  object.text("source", to_hex(source.digest));
  object.text("thread", message.thread);
  object.text("time", message.time_as_written);
  object.text("user", message.user);
  object.close();
  return out;
}

std::string citation(const ImportSource& source) {
  return "as exported by " + printable(source.exported_by) + ", received at " +
         format_utc(source.received_at);
}

std::string who_text(const Message& message) {
  if (message.user.empty()) return message.shown_name.empty() ? "(no author)" : message.shown_name;
  const std::string id = printable(message.user);
  if (message.shown_name.empty() || message.shown_name == id) return id;
  return message.shown_name + " (" + id + ")";
}

}  // namespace casebook::imports
