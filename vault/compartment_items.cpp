/// Writing and reading what records show: items with their versions, and the secrets beside them.

#include <algorithm>

#include "vault/compartment_state.h"

namespace casebook::vault {
namespace {

SqlValue optional_seconds(const std::optional<UtcSeconds>& time) {
  if (!time) return std::monostate{};
  return std::int64_t{time->time_since_epoch().count()};
}

/// The columns of an item that hold raw bytes, alive while they are bound.
struct Blobs {
  Bytes id;
  Bytes reply_to;
  explicit Blobs(const ItemVersion& item) : id(*from_hex(item.id.text())) {
    if (item.reply_to) reply_to = *from_hex(item.reply_to->text());
  }
};

SqlValue blob_or_null(bool is_there, std::span<const std::byte> bytes) {
  if (!is_there) return std::monostate{};
  return bytes;
}

Status insert_item(Database& database, std::int64_t record, const ItemVersion& item) {
  const Blobs blobs(item);
  const std::string tags = join_tags(item.text.tags);
  auto put = database.execute(
      "INSERT INTO items(id, kind, record, version, state, author, on_behalf_of, claimed, "
      "received, "
      "reply_to, source, leaf_salt, leaf, title, tags, fields, body) "
      "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      {blobs.id, item.kind, record, static_cast<std::int64_t>(item.version), to_string(item.state),
       item.author, item.on_behalf_of, optional_seconds(item.claimed),
       std::int64_t{item.received.time_since_epoch().count()},
       blob_or_null(item.reply_to.has_value(), blobs.reply_to),
       item.source ? SqlValue(*item.source) : SqlValue(),
       item.leaf ? SqlValue(item.leaf->salt) : SqlValue(),
       item.leaf ? SqlValue(item.leaf->commit) : SqlValue(), item.text.title, tags,
       item.text.fields, item.text.body});
  if (!put) return put;
  return database.execute("INSERT INTO search(rowid, title, body, tags) VALUES(?,?,?,?)",
                          {database.last_row(), item.text.title, item.text.body, tags});
}

Status overwrite_item(Database& database, std::int64_t number, std::int64_t record,
                      const ItemVersion& item) {
  const Blobs blobs(item);
  return database.execute(
      "UPDATE items SET record=?, version=?, state=?, author=?, on_behalf_of=?, claimed=?, "
      "received=?, reply_to=?, source=?, leaf_salt=?, leaf=?, title=?, tags=?, fields=?, body=? "
      "WHERE number=?",
      {record, static_cast<std::int64_t>(item.version), to_string(item.state), item.author,
       item.on_behalf_of, optional_seconds(item.claimed),
       std::int64_t{item.received.time_since_epoch().count()},
       blob_or_null(item.reply_to.has_value(), blobs.reply_to),
       item.source ? SqlValue(*item.source) : SqlValue(),
       item.leaf ? SqlValue(item.leaf->salt) : SqlValue(),
       item.leaf ? SqlValue(item.leaf->commit) : SqlValue(), item.text.title,
       join_tags(item.text.tags), item.text.fields, item.text.body, number});
}

Status set_tags(Database& database, std::int64_t item, const std::vector<std::string>& tags) {
  for (const std::string& tag : tags) {
    auto put = database.execute("INSERT OR IGNORE INTO tags(tag, item) VALUES(?,?)", {tag, item});
    if (!put) return put;
  }
  return ok();
}

struct CurrentVersion {
  std::int64_t number;
  std::uint64_t version;
  ItemState state;
  std::string kind;
};

Result<std::optional<CurrentVersion>> current_version(Database& database, const ItemId& id) {
  auto rows = database.query("SELECT number, version, state, kind FROM items WHERE id=?",
                             {*from_hex(id.text())});
  if (!rows) return std::move(rows).error();
  auto row = rows->next();
  if (!row) return std::move(row).error();
  if (!*row) return std::optional<CurrentVersion>();
  const ItemState state = rows->text(2) == "live"        ? ItemState::live
                          : rows->text(2) == "tombstone" ? ItemState::tombstone
                                                         : ItemState::erased;
  return std::optional(CurrentVersion{rows->integer(0),
                                      static_cast<std::uint64_t>(rows->integer(1)), state,
                                      std::string(rows->text(3))});
}

Status supersede(Database& database, std::int64_t record, const ItemVersion& item,
                 const CurrentVersion& current) {
  if (item.version != current.version + 1 || item.kind != current.kind) {
    return Error{ErrorCode::invalid_input, "this item has changed meanwhile",
                 "read it again; nothing was overwritten"};
  }
  auto kept = database.execute(
      "INSERT INTO versions SELECT number, version, record, state, author, on_behalf_of, claimed, "
      "received, reply_to, source, leaf_salt, leaf, title, tags, fields, body FROM items "
      "WHERE number=?",
      {current.number});
  if (!kept) return kept;
  if (auto out = change_index(database, current.number, IndexChange::remove); !out) return out;
  auto untagged = database.execute("DELETE FROM tags WHERE item=?", {current.number});
  if (!untagged) return untagged;
  if (auto over = overwrite_item(database, current.number, record, item); !over) return over;
  if (auto in = change_index(database, current.number, IndexChange::add); !in) return in;
  return set_tags(database, current.number, item.text.tags);
}

Status write_item(Database& database, std::int64_t record, const ItemVersion& item) {
  if (item.version == 1) {
    auto put = insert_item(database, record, item);
    if (!put && put.error().code == ErrorCode::invalid_input) {
      return Error{ErrorCode::invalid_input, "an item with this id is in the compartment already"};
    }
    if (!put || item.text.tags.empty()) return put;
    auto current = current_version(database, item.id);
    if (!current) return std::move(current).error();
    return set_tags(database, (*current)->number, item.text.tags);
  }
  auto current = current_version(database, item.id);
  if (!current) return std::move(current).error();
  if (!*current) return Error{ErrorCode::invalid_input, "there is no earlier version of this item"};
  return supersede(database, record, item, **current);
}

}  // namespace

Status change_index(Database& database, std::int64_t item, IndexChange change) {
  if (change == IndexChange::add) {
    return database.execute(
        "INSERT INTO search(rowid, title, body, tags) SELECT number, title, body, tags FROM items "
        "WHERE number=?",
        {item});
  }
  return database.execute(
      "INSERT INTO search(search, rowid, title, body, tags) SELECT 'delete', number, title, body, "
      "tags FROM items WHERE number=?",
      {item});
}

std::string join_tags(const std::vector<std::string>& tags) {
  std::string joined;
  for (const std::string& tag : tags) {
    if (!joined.empty()) joined += ' ';
    joined += tag;
  }
  return joined;
}

std::vector<std::string> split_tags(std::string_view joined) {
  std::vector<std::string> tags;
  while (!joined.empty()) {
    const std::size_t end = joined.find(' ');
    tags.emplace_back(joined.substr(0, end));
    joined = end == std::string_view::npos ? std::string_view() : joined.substr(end + 1);
  }
  return tags;
}

Status write_projections(Database& database, std::int64_t record, const Projections& projections) {
  for (const ItemVersion& item : projections.items) {
    if (auto put = write_item(database, record, item); !put) return put;
  }
  for (const AttachmentRow& attachment : projections.attachments) {
    auto put = database.execute(
        "INSERT INTO attachments(id, record, state, digest, size_bytes, identity) "
        "VALUES(?,?,'live',?,?,?)",
        {*from_hex(attachment.id.text()), record, attachment.digest,
         static_cast<std::int64_t>(attachment.size_bytes), as_text(attachment.identity.reveal())});
    if (!put) return put;
  }
  for (const KeptIdentity& kept : projections.identities) {
    auto identity = AgeIdentity::parse(as_text(kept.identity.reveal()));
    if (!identity) return std::move(identity).error();
    auto put = database.execute(
        "INSERT INTO identities(purpose, subject, record, state, recipient, identity) "
        "VALUES(?,?,?,'live',?,?)",
        {kept.purpose, kept.subject, record, identity->recipient().text(),
         as_text(kept.identity.reveal())});
    if (!put) return put;
  }
  return ok();
}

Status remove_projections(Database& database, std::int64_t record) {
  auto built_on = database.query("SELECT 1 FROM versions WHERE record=? LIMIT 1", {record});
  if (!built_on) return std::move(built_on).error();
  auto row = built_on->next();
  if (!row) return std::move(row).error();
  if (*row) {
    return Error{ErrorCode::invalid_input, "a later record builds on this one: discard it first"};
  }
  std::vector<std::pair<std::int64_t, std::int64_t>> items;  // Number and version.
  {
    auto rows = database.query("SELECT number, version FROM items WHERE record=?", {record});
    if (!rows) return std::move(rows).error();
    for (;;) {
      auto found = rows->next();
      if (!found) return std::move(found).error();
      if (!*found) break;
      items.emplace_back(rows->integer(0), rows->integer(1));
    }
  }
  for (const auto& [number, version] : items) {
    if (auto out = change_index(database, number, IndexChange::remove); !out) return out;
    auto gone = database.execute("DELETE FROM tags WHERE item=?", {number});
    if (!gone) return gone;
    if (version == 1) {
      gone = database.execute("DELETE FROM items WHERE number=?", {number});
      if (!gone) return gone;
      continue;
    }
    auto back = database.execute(
        "UPDATE items SET (version, record, state, author, on_behalf_of, claimed, received, "
        "reply_to, source, leaf_salt, leaf, title, tags, fields, body)=(SELECT version, record, "
        "state, author, on_behalf_of, claimed, received, reply_to, source, leaf_salt, leaf, title, "
        "tags, fields, body FROM versions WHERE item=?1 AND version=?2-1) WHERE number=?1",
        {number, version});
    if (!back) return back;
    back = database.execute("DELETE FROM versions WHERE item=? AND version=?-1", {number, version});
    if (!back) return back;
    if (auto in = change_index(database, number, IndexChange::add); !in) return in;
    auto tags = database.query("SELECT tags FROM items WHERE number=?", {number});
    if (!tags) return std::move(tags).error();
    auto found = tags->next();
    if (!found) return std::move(found).error();
    if (auto set = set_tags(database, number, split_tags(tags->text(0))); !set) return set;
  }
  auto gone = database.execute("DELETE FROM attachments WHERE record=?", {record});
  if (!gone) return gone;
  return database.execute("DELETE FROM identities WHERE record=?", {record});
}

}  // namespace casebook::vault
