/// Reading items, attachments and identities of a compartment.

#include <algorithm>

#include "vault/compartment_state.h"

namespace casebook::vault {
namespace {

template <std::size_t size>
std::optional<std::array<std::byte, size>> fixed_bytes(const Statement& row, int column) {
  const auto bytes = row.bytes(column);
  std::array<std::byte, size> out{};
  if (bytes.size() != size) return std::nullopt;
  std::ranges::copy(bytes, out.begin());
  return out;
}

UtcSeconds seconds_at(const Statement& row, int column) {
  return UtcSeconds(std::chrono::seconds(row.integer(column)));
}

std::optional<ItemState> state_from(std::string_view text) {
  for (const ItemState state : {ItemState::live, ItemState::tombstone, ItemState::erased}) {
    if (to_string(state) == text) return state;
  }
  return std::nullopt;
}

/// The columns that may be null; the first of them is claimed.
Status read_optional_columns(const Statement& row, ItemVersion& item) {
  if (!row.is_null(6)) item.claimed = seconds_at(row, 6);
  if (!row.is_null(8)) {
    auto id = read_id(row, 8);
    if (!id) return std::move(id).error();
    item.reply_to = *id;
  }
  if (!row.is_null(9)) {
    item.source = fixed_bytes<16>(row, 9);
    if (!item.source) return unreadable_row("items");
  }
  if (row.is_null(11)) return ok();
  const auto leaf = fixed_bytes<32>(row, 11);
  const auto salt = fixed_bytes<16>(row, 10);
  if (!leaf || (!salt && item.state != ItemState::erased)) return unreadable_row("items");
  item.leaf = ItemLeaf{salt.value_or(Salt{}), *leaf};
  return ok();
}

Result<AttachmentEntry> read_attachment(const Statement& row) {
  auto id = AttachmentId::parse(to_hex(row.bytes(0)));
  auto digest = read_digest(row, 2);
  if (!id || !digest) return unreadable_row("attachments");
  return AttachmentEntry{AttachmentRow{.id = *id,
                                       .identity = SecretBytes::copy_of(row.text(4)),
                                       .digest = *digest,
                                       .size_bytes = static_cast<std::uint64_t>(row.integer(3))},
                         row.text(1) == "live" ? ItemState::live : ItemState::erased};
}

}  // namespace

Error unreadable_row(std::string_view table) {
  return Error{ErrorCode::corrupt, "a row of " + std::string(table) + " is damaged",
               "restore the compartment from a backup"};
}

Result<ItemId> read_id(const Statement& row, int column) {
  auto id = ItemId::parse(to_hex(row.bytes(column)));
  if (!id) return unreadable_row("items");
  return id;
}

Result<Digest256> read_digest(const Statement& row, int column) {
  const auto digest = fixed_bytes<32>(row, column);
  if (!digest) return unreadable_row("digests");
  return *digest;
}

Result<StoredRecord> read_record(const Statement& row) {
  auto commit = read_digest(row, 0);
  if (!commit) return std::move(commit).error();
  StoredRecord record{.commit = *commit};
  if (!row.is_null(1)) record.seq = static_cast<std::uint64_t>(row.integer(1));
  const std::string_view state = row.text(2);
  record.state = state == "pending"    ? RecordState::pending
                 : state == "appended" ? RecordState::appended
                                       : RecordState::erased;
  if (record.state == RecordState::erased) return record;
  const auto salt = fixed_bytes<16>(row, 3);
  if (!salt) return unreadable_row("records");
  record.salt = *salt;
  const auto bytes = row.bytes(4);
  record.record.assign(bytes.begin(), bytes.end());
  return record;
}

Result<ItemVersion> read_item(const Statement& row) {
  auto id = read_id(row, 0);
  const auto state = state_from(row.text(3));
  if (!id || !state) return unreadable_row("items");
  ItemVersion item{.id = *id,
                   .kind = std::string(row.text(1)),
                   .version = static_cast<std::uint64_t>(row.integer(2)),
                   .state = *state,
                   .author = std::string(row.text(4)),
                   .on_behalf_of = std::string(row.text(5)),
                   .received = seconds_at(row, 7)};
  if (auto read = read_optional_columns(row, item); !read) return std::move(read).error();
  item.text = ItemText{.title = std::string(row.text(12)),
                       .body = std::string(row.text(15)),
                       .tags = split_tags(row.text(13)),
                       .fields = std::string(row.text(14))};
  return item;
}

Status each_item_row(Result<Statement> rows,
                     const std::function<Status(const ItemVersion&)>& visit) {
  if (!rows) return std::move(rows).error();
  for (;;) {
    auto row = rows->next();
    if (!row) return std::move(row).error();
    if (!*row) return ok();
    auto item = read_item(*rows);
    if (!item) return std::move(item).error();
    if (auto visited = visit(*item); !visited) return visited;
  }
}

Result<std::optional<ItemVersion>> Compartment::item(const ItemId& id) {
  std::optional<ItemVersion> found;
  auto read = each_item_row(
      state_->database.query(
          "SELECT id, kind, version, state, author, on_behalf_of, claimed, received, reply_to, "
          "source, leaf_salt, leaf, title, tags, fields, body FROM items WHERE id=? "
          "AND record NOT IN (SELECT number FROM records WHERE state='pending')",
          {*from_hex(id.text())}),
      [&](const ItemVersion& item) {
        found = item;
        return ok();
      });
  if (!read) return std::move(read).error();
  return found;
}

Result<std::vector<ItemVersion>> Compartment::history(const ItemId& id) {
  std::vector<ItemVersion> versions;
  auto read = each_item_row(
      state_->database.query(
          "SELECT i.id, i.kind, v.version, v.state, v.author, v.on_behalf_of, v.claimed, "
          "v.received, "
          "v.reply_to, v.source, v.leaf_salt, v.leaf, v.title, v.tags, v.fields, v.body "
          "FROM versions v JOIN items i ON i.number=v.item WHERE i.id=? ORDER BY v.version",
          {*from_hex(id.text())}),
      [&](const ItemVersion& item) {
        versions.push_back(item);
        return ok();
      });
  if (!read) return std::move(read).error();
  auto current = item(id);
  if (!current) return std::move(current).error();
  if (*current) versions.push_back(std::move(**current));
  return versions;
}

Result<std::vector<ItemId>> Compartment::replies(const ItemId& id) {
  auto rows = state_->database.query("SELECT id FROM items WHERE reply_to=? ORDER BY number",
                                     {*from_hex(id.text())});
  if (!rows) return std::move(rows).error();
  std::vector<ItemId> replies;
  for (;;) {
    auto row = rows->next();
    if (!row) return std::move(row).error();
    if (!*row) return replies;
    auto reply = read_id(*rows, 0);
    if (!reply) return std::move(reply).error();
    replies.push_back(*reply);
  }
}

Status Compartment::each_item(std::string_view kind,
                              const std::function<Status(const ItemVersion&)>& visit) {
  if (kind.empty()) {
    return each_item_row(
        state_->database.query(
            "SELECT id, kind, version, state, author, on_behalf_of, claimed, received, reply_to, "
            "source, leaf_salt, leaf, title, tags, fields, body FROM items "
            "WHERE record NOT IN (SELECT number FROM records WHERE state='pending') "
            "ORDER BY number"),
        visit);
  }
  // The index of kinds leaves these two out, and the engine takes it only where a query says so.
  if (kind == "note" || kind == "message") {
    return each_item_row(
        state_->database.query(
            "SELECT id, kind, version, state, author, on_behalf_of, claimed, received, reply_to, "
            "source, leaf_salt, leaf, title, tags, fields, body FROM items WHERE kind=? "
            "AND record NOT IN (SELECT number FROM records WHERE state='pending') ORDER BY number",
            {kind}),
        visit);
  }
  return each_item_row(
      state_->database.query(
          "SELECT id, kind, version, state, author, on_behalf_of, claimed, received, reply_to, "
          "source, leaf_salt, leaf, title, tags, fields, body FROM items WHERE kind=? "
          "AND kind NOT IN ('note','message') "
          "AND record NOT IN (SELECT number FROM records WHERE state='pending') ORDER BY number",
          {kind}),
      visit);
}

Result<std::vector<RecordOfItem>> Compartment::records_of_item(const ItemId& id) {
  const auto raw = from_hex(id.text());
  auto rows = state_->database.query(
      "SELECT digest, seq, (SELECT count(*) FROM items i WHERE i.record=r.number) + "
      "(SELECT count(*) FROM versions v WHERE v.record=r.number) FROM records r WHERE number IN "
      "(SELECT record FROM items WHERE id=?1 UNION SELECT record FROM versions WHERE item="
      "(SELECT number FROM items WHERE id=?1)) ORDER BY number",
      {*raw});
  if (!rows) return std::move(rows).error();
  std::vector<RecordOfItem> records;
  for (;;) {
    auto row = rows->next();
    if (!row) return std::move(row).error();
    if (!*row) return records;
    auto commit = read_digest(*rows, 0);
    if (!commit) return std::move(commit).error();
    RecordOfItem one{*commit, {}, rows->integer(2) == 1};
    if (!rows->is_null(1)) one.seq = static_cast<std::uint64_t>(rows->integer(1));
    records.push_back(one);
  }
}

Result<std::vector<ItemVersion>> Compartment::items_of(const Digest256& commit) {
  Database& database = state_->database;
  auto record = find_record(database, commit);
  if (!record) return std::move(record).error();
  std::vector<ItemVersion> items;
  if (!*record) return items;
  const auto take = [&](const ItemVersion& item) {
    items.push_back(item);
    return ok();
  };
  auto read = each_item_row(
      database.query(
          "SELECT id, kind, version, state, author, on_behalf_of, claimed, received, reply_to, "
          "source, leaf_salt, leaf, title, tags, fields, body FROM items WHERE record=? "
          "ORDER BY number",
          {(*record)->number}),
      take);
  if (read) {
    read = each_item_row(
        database.query(
            "SELECT i.id, i.kind, v.version, v.state, v.author, v.on_behalf_of, v.claimed, "
            "v.received, v.reply_to, v.source, v.leaf_salt, v.leaf, v.title, v.tags, v.fields, "
            "v.body FROM versions v JOIN items i ON i.number=v.item WHERE v.record=? "
            "ORDER BY v.item",
            {(*record)->number}),
        take);
  }
  if (!read) return std::move(read).error();
  return items;
}

// Only the index is read. It has the record before the key, so that what an import puts in lies
// together; keys alone, which are random, would change a page each.
Result<std::vector<SourceKey>> Compartment::sources() {
  auto rows = state_->database.query(
      "SELECT source FROM items INDEXED BY items_of_record WHERE source IS NOT NULL");
  if (!rows) return std::move(rows).error();
  std::vector<SourceKey> sources;
  for (;;) {
    auto row = rows->next();
    if (!row) return std::move(row).error();
    if (!*row) break;
    const auto key = fixed_bytes<16>(*rows, 0);
    if (!key) return unreadable_row("items");
    sources.push_back(*key);
  }
  return sources;
}

Result<std::optional<AttachmentEntry>> Compartment::attachment(const AttachmentId& id) {
  auto rows = state_->database.query(
      "SELECT id, state, digest, size_bytes, identity FROM attachments WHERE id=?",
      {*from_hex(id.text())});
  if (!rows) return std::move(rows).error();
  auto row = rows->next();
  if (!row) return std::move(row).error();
  if (!*row) return std::optional<AttachmentEntry>();
  auto entry = read_attachment(*rows);
  if (!entry) return std::move(entry).error();
  return std::optional(std::move(*entry));
}

Status Compartment::each_attachment(const std::function<Status(const AttachmentEntry&)>& visit) {
  auto rows = state_->database.query(
      "SELECT id, state, digest, size_bytes, identity FROM attachments ORDER BY id");
  if (!rows) return std::move(rows).error();
  for (;;) {
    auto row = rows->next();
    if (!row) return std::move(row).error();
    if (!*row) return ok();
    auto entry = read_attachment(*rows);
    if (!entry) return std::move(entry).error();
    if (auto visited = visit(*entry); !visited) return visited;
  }
}

Result<AgeIdentity> Compartment::identity(std::string_view purpose, std::string_view subject) {
  auto rows = state_->database.query(
      "SELECT state, identity FROM identities WHERE purpose=? AND subject=?", {purpose, subject});
  if (!rows) return std::move(rows).error();
  auto row = rows->next();
  if (!row) return std::move(row).error();
  if (!*row)
    return Error{ErrorCode::not_found, "no identity is kept for this " + std::string(purpose)};
  if (rows->text(0) != "live") {
    return Error{ErrorCode::not_found,
                 "the identity of this " + std::string(purpose) + " was erased"};
  }
  return AgeIdentity::parse(rows->text(1));
}

}  // namespace casebook::vault
