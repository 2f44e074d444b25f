#include "vault/item.h"

#include <algorithm>

#include "core/json_text.h"

namespace casebook::vault {
namespace {

Error too_long(std::string_view what) {
  return Error{ErrorCode::limit_exceeded, "the " + std::string(what) + " of an item is too long"};
}
Error not_text(std::string_view what) {
  return Error{ErrorCode::invalid_input,
               "the " + std::string(what) + " of an item is not text that can be kept"};
}

bool is_plain_word(std::string_view text, std::size_t size_max) {
  return !text.empty() && text.size() <= size_max && text[0] >= 'a' && text[0] <= 'z' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

bool is_tag(std::string_view tag) {
  return !tag.empty() && tag.size() <= kTagBytesMax && is_utf8(tag) &&
         std::ranges::all_of(
             tag, [](char c) { return static_cast<unsigned char>(c) > ' ' && c != 127; });
}

Status check_text(std::string_view what, std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) return too_long(what);
  return is_utf8(text) ? ok() : Status(not_text(what));
}

void append_member(std::string& out, std::string_view key, std::string_view text) {
  out += out.back() == '{' ? "\"" : ",\"";
  out += key;
  out += "\":";
  append_json_string(out, text);
}

}  // namespace

std::string_view to_string(ItemState state) noexcept {
  switch (state) {
    case ItemState::live:
      return "live";
    case ItemState::tombstone:
      return "tombstone";
    case ItemState::erased:
      return "erased";
  }
  return "erased";
}

Status check_item(const ItemVersion& item) {
  if (!is_plain_word(item.kind, 64)) return not_text("kind");
  if (item.version == 0 || item.version > static_cast<std::uint64_t>(kJsonIntegerMax)) {
    return Error{ErrorCode::invalid_input, "versions of an item count from 1"};
  }
  if (item.state == ItemState::erased) {
    return Error{ErrorCode::invalid_input, "an item is erased by erasing its record"};
  }
  if (item.state == ItemState::tombstone && (!item.text.body.empty() || !item.text.tags.empty())) {
    return Error{ErrorCode::invalid_input, "a tombstone has a title (the reason) and nothing else"};
  }
  const std::pair<std::string_view, std::pair<std::string_view, std::size_t>> texts[] = {
      {"author", {item.author, kNameBytesMax}},
      {"name", {item.on_behalf_of, kNameBytesMax}},
      {"title", {item.text.title, kTitleBytesMax}},
      {"body", {item.text.body, kBodyBytesMax}},
      {"fields", {item.text.fields, kFieldsBytesMax}}};
  for (const auto& [what, text] : texts) {
    if (auto fits = check_text(what, text.first, text.second); !fits) return fits;
  }
  if (item.text.tags.size() > kTagsMax) return too_long("list of tags");
  if (!std::ranges::all_of(item.text.tags, is_tag)) return not_text("tag");
  return ok();
}

std::string format_item(const ItemVersion& item) {
  std::string out = "{";
  out.reserve(item.text.body.size() + item.text.title.size() + item.text.fields.size() + 400);
  append_member(out, "author", item.author);
  append_member(out, "body", item.text.body);
  if (item.claimed) append_member(out, "claimed", format_utc(*item.claimed));
  append_member(out, "fields", item.text.fields);
  append_member(out, "format", "casebook-item/1");
  append_member(out, "id", item.id.text());
  append_member(out, "kind", item.kind);
  append_member(out, "on_behalf_of", item.on_behalf_of);
  append_member(out, "received", format_utc(item.received));
  if (item.reply_to) append_member(out, "reply_to", item.reply_to->text());
  if (item.source) append_member(out, "source", to_hex(*item.source));
  append_member(out, "state", to_string(item.state));
  out += ",\"tags\":[";
  for (const std::string& tag : item.text.tags) {
    if (out.back() != '[') out += ',';
    append_json_string(out, tag);
  }
  out += ']';
  append_member(out, "title", item.text.title);
  out += ",\"version\":" + std::to_string(item.version) + '}';
  return out;
}

Result<Digest256> item_leaf(const Salt& salt, const ItemVersion& item) {
  return commit_to(salt, as_bytes(format_item(item)));
}

}  // namespace casebook::vault
