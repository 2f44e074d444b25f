#include "vault/imports/slack_record.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace casebook::imports {
namespace {

namespace dom = simdjson::dom;

// Every key of a message that is read, so that a second one of a name is noticed.
enum Field : std::size_t {
  type,
  subtype,
  ts,
  user,
  bot_id,
  username,
  text,
  thread_ts,
  edited,
  files,
  attachments,
  blocks,
  user_profile,
  inner_message,
  previous_message,
  deleted_ts,
  field_count
};
constexpr std::array<std::string_view, field_count> kFieldNames = {
    "type",        "subtype", "ts",           "user",    "bot_id",
    "username",    "text",    "thread_ts",    "edited",  "files",
    "attachments", "blocks",  "user_profile", "message", "previous_message",
    "deleted_ts"};

struct Fields {
  std::array<dom::element, field_count> values{};
  std::array<bool, field_count> is_there{};

  /// The text of a field; empty when it is absent or no text.
  [[nodiscard]] std::string_view str(Field field) const {
    std::string_view value;
    if (is_there[field] && values[field].get(value) != simdjson::SUCCESS) value = {};
    return value;
  }
  [[nodiscard]] const dom::element* find(Field field) const {
    return is_there[field] ? &values[field] : nullptr;
  }
};

/// @return false when a key stands twice.
bool collect(dom::object object, Fields& fields) {
  for (const auto [key, value] : object) {
    const auto known = std::ranges::find(kFieldNames, key);
    if (known == kFieldNames.end()) continue;
    const auto index = static_cast<std::size_t>(known - kFieldNames.begin());
    if (fields.is_there[index]) return false;
    fields.is_there[index] = true;
    fields.values[index] = value;
  }
  return true;
}

std::string_view member_text(const dom::object& object, std::string_view key) {
  std::string_view value;
  if (object[key].get(value) != simdjson::SUCCESS) return {};
  return value;
}

std::string first_filled(std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (!name.empty()) return shown(name);
  }
  return {};
}

/// Slack writes `&`, `<` and `>` of people as entities and nothing else.
std::string without_entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto amp = std::min(text.find('&', at), text.size());
    out.append(text.substr(at, amp - at));
    at = amp;
    if (at == text.size()) break;
    const auto rest = text.substr(at);
    const auto [length, plain] = rest.starts_with("&amp;")  ? std::pair(5, '&')
                                 : rest.starts_with("&lt;") ? std::pair(4, '<')
                                 : rest.starts_with("&gt;") ? std::pair(4, '>')
                                                            : std::pair(1, '&');
    out += plain;
    at += static_cast<std::size_t>(length);
  }
  return out;
}

void append_line(Message& message, std::string_view line) {
  if (line.empty()) return;
  if (!message.text.empty()) append_text(message, "\n");
  if (line.find('&') == std::string_view::npos) {
    append_text(message, line);
  } else {
    append_text(message, without_entities(line));
  }
}

void append_attachments(Message& message, const dom::element& element) {
  dom::array list;
  if (element.get(list) != simdjson::SUCCESS) return;
  for (const dom::element item : list) {
    dom::object object;
    if (item.get(object) != simdjson::SUCCESS) continue;
    const auto title = member_text(object, "title");
    const auto text = member_text(object, "text");
    append_line(message, member_text(object, "pretext"));
    append_line(message, title);
    append_line(message, text);
    if (title.empty() && text.empty()) append_line(message, member_text(object, "fallback"));
  }
}

/// Every text in a tree of blocks, in order. Depth is bounded by the splitter.
void append_block_texts(Message& message, const dom::element& element) {
  dom::array list;
  dom::object object;
  if (element.get(list) == simdjson::SUCCESS) {
    for (const dom::element item : list) append_block_texts(message, item);
  } else if (element.get(object) == simdjson::SUCCESS) {
    for (const auto [key, value] : object) {
      std::string_view text;
      if (key == "text" && value.get(text) == simdjson::SUCCESS) {
        append_line(message, text);
      } else {
        append_block_texts(message, value);
      }
    }
  }
}

void read_files(Message& message, const dom::element& element) {
  dom::array list;
  if (element.get(list) != simdjson::SUCCESS) return;
  for (const dom::element item : list) {
    dom::object object;
    if (item.get(object) != simdjson::SUCCESS) continue;
    if (message.attachments.size() == kAttachmentsMax) return;
    AttachmentReference& file = message.attachments.emplace_back();
    const auto id = member_text(object, "id");
    file.name = first_filled({member_text(object, "name"), member_text(object, "title"), id});
    file.media_type = shown(member_text(object, "mimetype"));
    const auto link = member_text(object, "url_private");
    const auto permalink = member_text(object, "permalink");
    file.place = clean_id(!link.empty() ? link : !permalink.empty() ? permalink : id);
    std::uint64_t size = 0;
    if (object["size"].get(size) == simdjson::SUCCESS) file.size_bytes = size;
  }
}

bool is_ordinary(std::string_view subtype) {
  constexpr std::array<std::string_view, 5> kOrdinary = {"", "thread_broadcast", "me_message",
                                                         "file_share", "bot_message"};
  return std::ranges::find(kOrdinary, subtype) != kOrdinary.end();
}

void read_author(const Fields& fields, const SlackNames& names, Message& message) {
  const auto subtype = fields.str(Field::subtype);
  const auto user = fields.str(Field::user);
  const auto bot = fields.str(Field::bot_id);
  message.is_bot = !bot.empty() || subtype == "bot_message";
  message.user = clean_id(user.empty() ? bot : user);
  if (message.is_bot && !fields.str(Field::username).empty()) {
    message.shown_name = shown(fields.str(Field::username));
    return;
  }
  if (const auto known = names.users.find(message.user); known != names.users.end()) {
    message.shown_name = known->second;
    return;
  }
  std::string_view display;
  std::string_view real;
  dom::object profile;
  if (const auto* element = fields.find(Field::user_profile);
      element != nullptr && element->get(profile) == simdjson::SUCCESS) {
    display = member_text(profile, "display_name");
    real = member_text(profile, "real_name");
  }
  message.shown_name = first_filled({display, real, fields.str(Field::username)});
}

void read_edit(const Fields& fields, Message& message) {
  const auto* element = fields.find(Field::edited);
  dom::object edit;
  if (element == nullptr || element->get(edit) != simdjson::SUCCESS) return;
  message.is_edited = true;
  message.edited_at = slack_time(member_text(edit, "ts"));
}

void read_body(const Fields& fields, Message& message) {
  append_line(message, fields.str(Field::text));
  if (const auto* list = fields.find(Field::attachments)) append_attachments(message, *list);
  if (const auto* blocks = fields.find(Field::blocks); blocks != nullptr && message.text.empty())
    append_block_texts(message, *blocks);
  if (const auto* files = fields.find(Field::files)) read_files(message, *files);
}

std::string_view read_fields(const Fields& fields, const SlackNames& names, Message& message) {
  if (fields.find(Field::type) != nullptr && fields.str(Field::type) != "message")
    return "is not of type message";
  message.claimed_at = slack_time(fields.str(Field::ts));
  if (!message.claimed_at) return "has no ts of seconds and decimals";
  message.id = message.time_as_written = fields.str(Field::ts);
  message.thread = clean_id(fields.str(Field::thread_ts));
  if (message.thread != message.id) message.reply_to = message.thread;
  read_author(fields, names, message);
  read_edit(fields, message);
  read_body(fields, message);
  return {};
}

}  // namespace

struct SlackRecordReader::Parser {
  dom::parser json;

  /// @return why the record is bad, or an empty text and the object.
  std::string_view parse(std::string_view record, dom::object& object) {
    dom::element root;
    // The splitter keeps readable bytes behind each record, so nothing is copied.
    if (json.parse(record.data(), record.size(), /*realloc_if_needed=*/false).get(root) !=
        simdjson::SUCCESS) {
      return "is not valid JSON";
    }
    if (root.get(object) != simdjson::SUCCESS) return "is not a JSON object";
    return {};
  }
};

SlackRecordReader::SlackRecordReader() : parser_(std::make_unique<Parser>()) {}
SlackRecordReader::SlackRecordReader(SlackRecordReader&&) noexcept = default;
SlackRecordReader::~SlackRecordReader() = default;

std::optional<UtcNanoseconds> slack_time(std::string_view ts) {
  constexpr std::int64_t kSecondsMax = 9'000'000'000;  // Nanoseconds have to fit 63 bits.
  std::int64_t seconds = 0;
  const char* const end = ts.data() + ts.size();
  const auto [dot, error] = std::from_chars(ts.data(), end, seconds);
  if (error != std::errc() || ts.front() == '-' || seconds > kSecondsMax) return std::nullopt;
  if (dot == end) return std::nullopt;
  const std::string_view decimals(dot + 1, static_cast<std::size_t>(end - dot - 1));
  if (*dot != '.' || decimals.empty() || decimals.size() > 9) return std::nullopt;
  std::int64_t nanoseconds = 0;
  const auto rest = std::from_chars(decimals.data(), end, nanoseconds);
  if (rest.ec != std::errc() || rest.ptr != end || decimals.front() == '-') return std::nullopt;
  for (std::size_t i = decimals.size(); i < 9; ++i) nanoseconds *= 10;
  return UtcNanoseconds(std::chrono::seconds(seconds)) + std::chrono::nanoseconds(nanoseconds);
}

std::string_view SlackRecordReader::read_user(std::string_view record, SlackNames& names) {
  dom::object object;
  if (const auto bad = parser_->parse(record, object); !bad.empty()) return bad;
  const auto id = member_text(object, "id");
  if (id.empty() || id.size() > kIdBytesMax) return "has no id";
  dom::object profile;
  std::string_view display;
  std::string_view real = member_text(object, "real_name");
  if (object["profile"].get(profile) == simdjson::SUCCESS) {
    display = member_text(profile, "display_name");
    if (const auto name = member_text(profile, "real_name"); !name.empty()) real = name;
  }
  auto name = first_filled({display, real, member_text(object, "name")});
  if (!names.users.emplace(std::string(id), std::move(name)).second) return "its id is there twice";
  return {};
}

std::string_view SlackRecordReader::read_conversation(std::string_view record, SlackNames& names) {
  dom::object object;
  if (const auto bad = parser_->parse(record, object); !bad.empty()) return bad;
  const auto id = member_text(object, "id");
  if (id.empty() || id.size() > kIdBytesMax) return "has no id";
  const auto name = member_text(object, "name");
  SlackConversation conversation{.id = std::string(id), .shown_name = shown(name)};
  dom::array members;
  if (name.empty() && object["members"].get(members) == simdjson::SUCCESS) {
    for (const dom::element member : members) {  // A direct message is named by who is in it.
      std::string_view user;
      if (member.get(user) != simdjson::SUCCESS) continue;
      const auto known = names.users.find(std::string(user));
      if (conversation.shown_name.size() > kShownNameBytesMax) break;
      if (!conversation.shown_name.empty()) conversation.shown_name += ", ";
      conversation.shown_name += known == names.users.end() ? shown(user) : known->second;
    }
  }
  const std::string folder(name.empty() ? id : name);
  if (!names.conversations.emplace(folder, std::move(conversation)).second)
    return "its folder is there twice";
  return {};
}

std::string_view SlackRecordReader::read_message(std::string_view record, const SlackNames& names,
                                                 Message& message) {
  dom::object object;
  if (const auto bad = parser_->parse(record, object); !bad.empty()) return bad;
  Fields fields;
  if (!collect(object, fields)) return "gives a key twice";
  const std::string_view kind = fields.str(Field::subtype);
  const bool is_change = kind == "message_changed";
  const bool is_deletion = kind == "message_deleted";
  dom::object body;
  const auto* nested = fields.find(is_deletion ? Field::previous_message : Field::inner_message);
  if ((is_change || is_deletion) && nested != nullptr && nested->get(body) == simdjson::SUCCESS) {
    Fields inner;
    if (!collect(body, inner)) return "gives a key twice";
    if (const auto bad = read_fields(inner, names, message); !bad.empty()) return bad;
    message.is_edited = message.is_edited || is_change;
    message.is_deleted = is_deletion;
    return {};
  }
  if (const auto bad = read_fields(fields, names, message); !bad.empty()) return bad;
  message.is_deleted = is_deletion || kind == "tombstone";
  message.is_edited = message.is_edited || is_change;
  message.is_system = !is_ordinary(kind) && !message.is_deleted && !is_change;
  if (is_deletion && !fields.str(Field::deleted_ts).empty())
    message.id = clean_id(fields.str(Field::deleted_ts));
  return {};
}

}  // namespace casebook::imports
