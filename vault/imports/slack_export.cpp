#include "vault/imports/slack_export.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "core/printable.h"
#include "vault/imports/slack_record.h"

namespace casebook::imports {
namespace {

/// Members up to this size are checked in memory before the first message of them is given on;
/// larger ones are read twice.
constexpr std::uint64_t kCheckedInMemoryBytes = std::uint64_t{32} << 20U;
constexpr std::size_t kDrainBytes = std::size_t{256} << 10U;
constexpr std::array<std::string_view, 4> kConversationLists = {"channels.json", "groups.json",
                                                                "dms.json", "mpims.json"};

/// The folder that holds users.json or channels.json, with its slash; nothing when there is none.
std::optional<std::string_view> top_of(const ZipArchive& archive) {
  std::optional<std::string_view> top;
  for (const ZipMember& member : archive.members()) {
    const auto name = archive.name(member);
    for (const std::string_view list : {"users.json", "channels.json"}) {
      if (!name.ends_with(list)) continue;
      const auto folder = name.substr(0, name.size() - list.size());
      if (!folder.empty() && (!folder.ends_with('/') || folder.find('/') != folder.size() - 1))
        continue;
      if (!top || folder.size() < top->size()) top = folder;
    }
  }
  return top;
}

/// "general/2026-11-21.json": true when `path` is such a day of a conversation.
bool is_day(std::string_view path) {
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return false;
  const auto file = path.substr(slash + 1);
  constexpr std::string_view kShape = "dddd-dd-dd.json";
  if (file.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < file.size(); ++i) {
    const bool is_digit = file[i] >= '0' && file[i] <= '9';
    if (kShape[i] == 'd' ? !is_digit : file[i] != kShape[i]) return false;
  }
  return true;
}

class Reader {
 public:
  Reader(const ZipArchive& archive, std::string_view top, MessageSink& sink, Sha256 hasher)
      : archive_(archive), top_(top), sink_(sink), hasher_(std::move(hasher)) {}

  Status run();
  [[nodiscard]] ImportSummary summary() const { return summary_; }

 private:
  using OnElement = std::function<Status(const JsonElement&)>;
  Status each_element(const ZipMember& member, const OnElement& take);
  Status split(ByteSource& source, const ZipMember& member, const OnElement& take);
  Status bad(const ZipMember& member, std::uint64_t offset, std::string_view reason);
  /// Turns damage of the member into a bad record; what is left is an error of ours.
  Status bad_member(const ZipMember& member, const Error& error);
  Status read_list(std::string_view name);
  Status read_day(const ZipMember& member);
  Status take_message(const ZipMember& member, const JsonElement& element);
  [[nodiscard]] std::string_view path_of(const ZipMember& member) const;

  const ZipArchive& archive_;
  std::string_view top_;
  MessageSink& sink_;
  Sha256 hasher_;
  SlackRecordReader records_;
  SlackNames names_;
  SlackConversation conversation_;
  Message message_;
  ImportSummary summary_;
  Bytes whole_;
};

std::string_view Reader::path_of(const ZipMember& member) const {
  const auto name = archive_.name(member);
  return name.starts_with(top_) ? name.substr(top_.size()) : std::string_view();
}

Status Reader::bad(const ZipMember& member, std::uint64_t offset, std::string_view reason) {
  ++summary_.bad_records;
  return sink_.take(BadRecord{
      .member = printable(archive_.name(member)), .offset = offset, .reason = std::string(reason)});
}

Status Reader::bad_member(const ZipMember& member, const Error& error) {
  if (error.code != ErrorCode::corrupt) return error;
  return bad(member, 0, error.message);
}

Status Reader::split(ByteSource& source, const ZipMember& member, const OnElement& take) {
  JsonArraySplitter splitter(source);
  while (true) {
    const auto element = splitter.next();
    if (!element) return bad_member(member, element.error());
    if (element->kind == JsonElement::Kind::end) return ok();
    auto done = element->kind == JsonElement::Kind::bad
                    ? bad(member, element->offset, element->reason)
                    : take(*element);
    if (!done) return done;
  }
}

Status Reader::each_element(const ZipMember& member, const OnElement& take) {
  auto source = archive_.source(member);
  if (member.size_bytes <= kCheckedInMemoryBytes) {
    // One byte more than there should be: the read behind the end checks length and checksum.
    whole_.resize(member.size_bytes + 1);
    std::size_t used = 0;
    while (true) {
      const auto count = source.read(std::span(whole_).subspan(used));
      if (!count) return bad_member(member, count.error());
      if (*count == 0) break;
      used += *count;
    }
    MemorySource memory(std::span<const std::byte>(whole_).first(used));
    return split(memory, member, take);
  }
  whole_.resize(kDrainBytes);
  while (true) {
    const auto count = source.read(whole_);
    if (!count) return bad_member(member, count.error());
    if (*count == 0) break;
  }
  auto again = archive_.source(member);
  return split(again, member, take);
}

Status Reader::read_list(std::string_view name) {
  const auto& members = archive_.members();
  const auto list =
      std::ranges::find_if(members, [&](const auto& member) { return path_of(member) == name; });
  if (list == members.end()) return ok();
  const bool is_users = name == "users.json";
  return each_element(*list, [&](const JsonElement& element) {
    const auto reason = is_users ? records_.read_user(element.text, names_)
                                 : records_.read_conversation(element.text, names_);
    return reason.empty() ? ok() : bad(*list, element.offset, reason);
  });
}

Status Reader::take_message(const ZipMember& member, const JsonElement& element) {
  message_.clear();
  message_.kind = SourceKind::slack;
  const auto reason = records_.read_message(element.text, names_, message_);
  if (!reason.empty()) return bad(member, element.offset, reason);
  message_.origin.member = archive_.name(member);
  message_.origin.offset = element.offset;
  message_.origin.size_bytes = element.text.size();
  if (auto added = hasher_.update(as_bytes(element.text)); !added) return added;
  const auto digest = hasher_.finish_and_restart();
  if (!digest) return digest.error();
  message_.origin.digest = *digest;
  message_.conversation = conversation_.id;
  message_.conversation_name = conversation_.shown_name;
  ++summary_.messages;
  return sink_.take(message_);
}

Status Reader::read_day(const ZipMember& member) {
  const auto path = path_of(member);
  const auto folder = path.substr(0, path.find('/'));
  const auto known = names_.conversations.find(folder);
  conversation_ = known == names_.conversations.end()
                      ? SlackConversation{.id = std::string(folder), .shown_name = shown(folder)}
                      : known->second;
  return each_element(member,
                      [&](const JsonElement& element) { return take_message(member, element); });
}

Status Reader::run() {
  if (auto read = read_list("users.json"); !read) return read;
  for (const auto list : kConversationLists) {
    if (auto read = read_list(list); !read) return read;
  }
  std::vector<const ZipMember*> days;
  for (const ZipMember& member : archive_.members()) {
    const auto path = path_of(member);
    if (is_day(path)) {
      days.push_back(&member);
    } else if (path != "users.json" &&
               std::ranges::find(kConversationLists, path) == kConversationLists.end()) {
      ++summary_.unread_members;
      if (auto said = sink_.take_unread(printable(archive_.name(member))); !said) return said;
    }
  }
  std::ranges::sort(days, {}, [&](const ZipMember* member) { return archive_.name(*member); });
  for (const ZipMember* day : days) {
    if (auto read = read_day(*day); !read) return read;
  }
  return ok();
}

}  // namespace

bool is_slack_export(const ZipArchive& archive) { return top_of(archive).has_value(); }

Result<ImportSummary> read_slack_export(const ZipArchive& archive, MessageSink& sink) {
  const auto top = top_of(archive);
  if (!top) {
    return Error{ErrorCode::invalid_input, "not a Slack export: no users.json or channels.json",
                 "import takes the zip as Slack made it, an mbox, an eml, or a text"};
  }
  auto hasher = Sha256::create();
  if (!hasher) return std::move(hasher).error();
  Reader reader(archive, *top, sink, std::move(*hasher));
  if (auto done = reader.run(); !done) return std::move(done).error();
  return reader.summary();
}

}  // namespace casebook::imports
