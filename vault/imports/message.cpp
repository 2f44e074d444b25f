#include "vault/imports/message.h"

#include <array>

#include "core/characters.h"
#include "core/json_text.h"
#include "core/printable.h"

namespace casebook::imports {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::array<std::byte, 8> big_endian(std::uint64_t value) {
  std::array<std::byte, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>(value >> (56 - 8 * i));
  }
  return bytes;
}

std::size_t character_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  return text.size() >= length && is_utf8(text.substr(0, length)) ? length : 0;
}

std::string repaired(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    out.append(length == 0 ? kReplacement : text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace

std::string_view to_string(SourceKind kind) noexcept {
  switch (kind) {
    case SourceKind::slack:
      return "slack";
    case SourceKind::mail:
      return "mail";
    case SourceKind::transcript:
      return "transcript";
  }
  return "unknown";
}

std::string_view left_out(SourceKind kind) noexcept {
  switch (kind) {
    case SourceKind::slack:
      return "not in such an export: the bytes of files (links only), who read what, earlier text "
             "of "
             "edited and deleted messages unless kept, and in standard exports private "
             "conversations";
    case SourceKind::mail:
      return "not in such an export: blind copies, and what the mailbox had deleted; senders and "
             "dates are as the mails claim";
    case SourceKind::transcript:
      return "not in such a text: whatever was not copied, edits, deletions and ids; names are "
             "those "
             "of the exporter's contacts";
  }
  return "";
}

void Message::clear() {
  for (std::string* part : {&origin.member, &id, &user, &shown_name, &conversation,
                            &conversation_name, &thread, &reply_to, &time_as_written, &text}) {
    part->clear();
  }
  origin.offset = origin.size_bytes = copy = 0;
  claimed_at.reset();
  edited_at.reset();
  is_edited = is_deleted = is_bot = is_system = is_repaired = is_cut = false;
  attachments.clear();
}

Result<Digest256> import_key(const Message& message) {
  std::string head = "casebook-import-key@v1";
  head += '\0';
  head += to_string(message.kind);
  head += '\0';
  head += message.conversation;
  head += '\0';
  const auto copy = big_endian(message.copy);
  const std::array<std::span<const std::byte>, 3> parts = {as_bytes(head), message.origin.digest,
                                                           copy};
  return sha256_of_parts(parts);
}

std::string shown(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const std::size_t length = character_length(name);
    const std::string one = printable(name.substr(0, length == 0 ? 1 : length));
    if (out.size() + one.size() > kShownNameBytesMax) break;
    out += one;
    name.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string clean_id(std::string_view id) {
  if (is_utf8(id)) return std::string(front_within(id, kIdBytesMax));
  const std::string escaped = printable(id.substr(0, kIdBytesMax));
  return std::string(front_within(escaped, kIdBytesMax));
}

void append_text(Message& message, std::string_view text) {
  const std::size_t room = kTextBytesMax - message.text.size();
  if (is_utf8(text)) {
    const std::string_view taken = front_within(text, room);
    message.text.append(taken);
    message.is_cut = message.is_cut || taken.size() < text.size();
    return;
  }
  message.is_repaired = true;
  // A repair makes a text three times as long at most, so no more than `room` bytes are looked at.
  const std::string whole = repaired(text.substr(0, room));
  const std::string_view taken = front_within(whole, room);
  message.text.append(taken);
  message.is_cut = message.is_cut || taken.size() < whole.size() || text.size() > room;
}

}  // namespace casebook::imports
