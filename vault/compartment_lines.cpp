/// The digest that binds a record to what it shows: a page of the file that was put back from an
/// earlier time does not fit it. Specification: docs/spec/compartment.md, section "Projections".

#include <algorithm>
#include <set>

#include "core/json_text.h"
#include "vault/compartment_state.h"

namespace casebook::vault {
namespace {

Digest256 erased_line(const std::optional<ItemLeaf>& leaf) {
  return leaf ? leaf->commit : Digest256{};
}

Status add_items(Database& database, std::string_view sql, std::int64_t record,
                 std::vector<Digest256>& lines) {
  return each_item_row(database.query(sql, {record}), [&](const ItemVersion& item) -> Status {
    auto line = line_of(item);
    if (!line) return std::move(line).error();
    lines.push_back(*line);
    return ok();
  });
}

Status add_attachments(Database& database, std::int64_t record, std::vector<Digest256>& lines) {
  auto rows =
      database.query("SELECT id, digest, size_bytes FROM attachments WHERE record=?", {record});
  if (!rows) return std::move(rows).error();
  for (;;) {
    auto row = rows->next();
    if (!row) return std::move(row).error();
    if (!*row) return ok();
    auto id = AttachmentId::parse(to_hex(rows->bytes(0)));
    auto digest = read_digest(*rows, 1);
    if (!id || !digest) return unreadable_row("attachments");
    auto line = line_of(AttachmentRow{.id = *id,
                                      .identity = {},
                                      .digest = *digest,
                                      .size_bytes = static_cast<std::uint64_t>(rows->integer(2))});
    if (!line) return std::move(line).error();
    lines.push_back(*line);
  }
}

Status add_identities(Database& database, std::int64_t record, std::vector<Digest256>& lines) {
  auto rows =
      database.query("SELECT purpose, subject, recipient FROM identities WHERE record=?", {record});
  if (!rows) return std::move(rows).error();
  for (;;) {
    auto row = rows->next();
    if (!row) return std::move(row).error();
    if (!*row) return ok();
    auto line = line_of_identity(rows->text(0), rows->text(1), rows->text(2));
    if (!line) return std::move(line).error();
    lines.push_back(*line);
  }
}

}  // namespace

Result<Digest256> line_of(const ItemVersion& item) {
  if (item.state == ItemState::erased) return erased_line(item.leaf);
  if (!item.leaf) return sha256(as_bytes(format_item(item)));
  auto leaf = item_leaf(item.leaf->salt, item);
  if (leaf && *leaf != item.leaf->commit) {
    return Error{ErrorCode::invalid_input, "the commitment of an item does not fit its text"};
  }
  return leaf;
}

Result<Digest256> line_of(const AttachmentRow& attachment) {
  std::string line = R"({"digest":")" + to_hex(attachment.digest) +
                     R"(","format":"casebook-attachment/1","id":")" + attachment.id.text() +
                     R"(","size":")" + std::to_string(attachment.size_bytes) + R"("})";
  return sha256(as_bytes(line));
}

Result<Digest256> line_of_identity(std::string_view purpose, std::string_view subject,
                                   std::string_view recipient) {
  std::string line = R"({"format":"casebook-identity/1","purpose":)";
  append_json_string(line, purpose);
  line += R"(,"recipient":)";
  append_json_string(line, recipient);
  line += R"(,"subject":)";
  append_json_string(line, subject);
  line += '}';
  return sha256(as_bytes(line));
}

Result<Digest256> digest_of_lines(std::vector<Digest256> lines) {
  std::ranges::sort(lines);
  auto hasher = Sha256::create();
  if (!hasher) return std::move(hasher).error();
  auto added = hasher->update(as_bytes("casebook-projections/1\n"));
  for (const Digest256& line : lines) {
    if (added) added = hasher->update(line);
  }
  if (!added) return std::move(added).error();
  return std::move(*hasher).finish();
}

Result<Digest256> digest_of(const Projections& projections) {
  std::vector<Digest256> lines;
  std::set<ItemId> seen;
  for (const ItemVersion& item : projections.items) {
    if (auto fits = check_item(item); !fits) return std::move(fits).error();
    if (!seen.insert(item.id).second) {
      return Error{ErrorCode::invalid_input, "one record holds one version of an item"};
    }
    auto line = line_of(item);
    if (!line) return line;
    lines.push_back(*line);
  }
  for (const AttachmentRow& attachment : projections.attachments) {
    if (attachment.size_bytes > static_cast<std::uint64_t>(INT64_MAX)) {
      return Error{ErrorCode::limit_exceeded, "an attachment is too large"};
    }
    auto line = line_of(attachment);
    if (!line) return line;
    lines.push_back(*line);
  }
  for (const KeptIdentity& kept : projections.identities) {
    auto identity = AgeIdentity::parse(as_text(kept.identity.reveal()));
    if (!identity) return std::move(identity).error();
    if (!is_utf8(kept.purpose) || !is_utf8(kept.subject) || kept.subject.size() > kNameBytesMax) {
      return Error{ErrorCode::invalid_input, "an identity is kept for a purpose and a subject"};
    }
    auto line = line_of_identity(kept.purpose, kept.subject, identity->recipient().text());
    if (!line) return line;
    lines.push_back(*line);
  }
  return digest_of_lines(std::move(lines));
}

Result<Digest256> projected_digest(Database& database, std::int64_t record) {
  std::vector<Digest256> lines;
  auto added = add_items(
      database,
      "SELECT id, kind, version, state, author, on_behalf_of, claimed, received, reply_to, source, "
      "leaf_salt, leaf, title, tags, fields, body FROM items WHERE record=?",
      record, lines);
  if (added) {
    added = add_items(
        database,
        "SELECT i.id, i.kind, v.version, v.state, v.author, v.on_behalf_of, v.claimed, v.received, "
        "v.reply_to, v.source, v.leaf_salt, v.leaf, v.title, v.tags, v.fields, v.body "
        "FROM versions v JOIN items i ON i.number=v.item WHERE v.record=?",
        record, lines);
  }
  if (added) added = add_attachments(database, record, lines);
  if (added) added = add_identities(database, record, lines);
  if (!added) return std::move(added).error();
  return digest_of_lines(std::move(lines));
}

}  // namespace casebook::vault
