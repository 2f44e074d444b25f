/// Taking text away for good while its commitment stays.
/// Specification: docs/spec/compartment.md, section "Erasure".

#include "vault/compartment_state.h"

namespace casebook::vault {
namespace {

/// Overwrites the text of what stands in items and versions by one condition on each.
Status blank_item(Database& database, std::int64_t number) {
  if (auto out = change_index(database, number, IndexChange::remove); !out) return out;
  auto done = database.execute("DELETE FROM tags WHERE item=?", {number});
  if (done) {
    done = database.execute(
        "UPDATE items SET state='erased', author='', on_behalf_of='', claimed=NULL, reply_to=NULL, "
        "source=NULL, leaf_salt=NULL, title='', tags='', fields='', body='' WHERE number=?",
        {number});
  }
  if (!done) return done;
  return change_index(database, number, IndexChange::add);
}

Status blank_versions(Database& database, std::string_view sql, std::int64_t number,
                      Erasure& erasure) {
  auto done = database.execute(sql, {number});
  if (done) erasure.versions += static_cast<std::uint64_t>(database.changed_rows());
  return done;
}

Result<std::vector<std::int64_t>> numbers_of(Result<Statement> rows) {
  if (!rows) return std::move(rows).error();
  std::vector<std::int64_t> numbers;
  for (;;) {
    auto row = rows->next();
    if (!row) return std::move(row).error();
    if (!*row) return numbers;
    numbers.push_back(rows->integer(0));
  }
}

Status erase_attachments(Database& database, std::int64_t record, Erasure& erasure) {
  {
    auto rows = database.query("SELECT id FROM attachments WHERE record=?", {record});
    if (!rows) return std::move(rows).error();
    for (;;) {
      auto row = rows->next();
      if (!row) return std::move(row).error();
      if (!*row) break;
      auto id = AttachmentId::parse(to_hex(rows->bytes(0)));
      if (!id) return unreadable_row("attachments");
      erasure.attachments.push_back(*id);
    }
  }
  return database.execute("UPDATE attachments SET state='erased', identity='' WHERE record=?",
                          {record});
}

Status erase_one(Database& database, const Digest256& commit, Erasure& erasure) {
  auto record = find_record(database, commit);
  if (!record) return std::move(record).error();
  if (!*record || (*record)->state == "pending") {
    return Error{ErrorCode::not_found, "a record to be erased is not in this compartment"};
  }
  const std::int64_t number = (*record)->number;
  auto items = numbers_of(
      database.query("SELECT number FROM items WHERE record=? AND state<>'erased'", {number}));
  if (!items) return std::move(items).error();
  for (const std::int64_t item : *items) {
    if (auto done = blank_item(database, item); !done) return done;
    ++erasure.items;
  }
  auto done = blank_versions(
      database,
      "UPDATE versions SET state='erased', author='', on_behalf_of='', claimed=NULL, "
      "reply_to=NULL, source=NULL, leaf_salt=NULL, title='', tags='', fields='', body='' "
      "WHERE record=? AND state<>'erased'",
      number, erasure);
  if (done) done = erase_attachments(database, number, erasure);
  if (done) {
    done = database.execute("UPDATE identities SET state='erased', identity='' WHERE record=?",
                            {number});
  }
  if (done) {
    done = database.execute(
        "UPDATE records SET state='erased', salt=NULL, record=NULL WHERE number=?", {number});
  }
  if (done && (*record)->state != "erased") ++erasure.records;
  return done;
}

Status erase_leaf(Database& database, const ItemId& id, Erasure& erasure) {
  auto rows = database.query(
      "SELECT number, state, leaf IS NOT NULL AND NOT EXISTS(SELECT 1 FROM versions v "
      "WHERE v.item=items.number AND v.leaf IS NULL) FROM items WHERE id=?",
      {*from_hex(id.text())});
  if (!rows) return std::move(rows).error();
  auto row = rows->next();
  if (!row) return std::move(row).error();
  if (!*row) return Error{ErrorCode::not_found, "an item to be erased is not in this compartment"};
  const std::int64_t number = rows->integer(0);
  const bool erased = rows->text(1) == "erased";
  if (rows->integer(2) == 0) {
    return Error{ErrorCode::invalid_input, "this item is not one of a batch",
                 "erase the record that it came with"};
  }
  if (!erased) {
    if (auto done = blank_item(database, number); !done) return done;
    ++erasure.items;
  }
  return blank_versions(
      database,
      "UPDATE versions SET state='erased', author='', on_behalf_of='', claimed=NULL, "
      "reply_to=NULL, source=NULL, leaf_salt=NULL, title='', tags='', fields='', body='' "
      "WHERE item=? AND state<>'erased'",
      number, erasure);
}

/// Commits, then empties the log: the old words stand there too.
Status finish(Database& database, Transaction transaction) {
  auto merged = database.execute("INSERT INTO search(search) VALUES('optimize')");
  if (!merged) return merged;
  if (auto done = std::move(transaction).commit(); !done) return done;
  auto emptied = database.checkpoint();
  if (emptied) return emptied;
  return std::move(emptied).error().context("erased, but the log still holds it");
}

}  // namespace

Result<Erasure> Compartment::erase(std::span<const Digest256> commits) {
  Database& database = state_->database;
  auto transaction = database.begin();
  if (!transaction) return std::move(transaction).error();
  Erasure erasure;
  for (const Digest256& commit : commits) {
    if (auto done = erase_one(database, commit, erasure); !done) return std::move(done).error();
  }
  if (auto done = finish(database, std::move(*transaction)); !done) return std::move(done).error();
  return erasure;
}

Result<Erasure> Compartment::erase_leaves(std::span<const ItemId> items) {
  Database& database = state_->database;
  auto transaction = database.begin();
  if (!transaction) return std::move(transaction).error();
  Erasure erasure;
  for (const ItemId& item : items) {
    if (auto done = erase_leaf(database, item, erasure); !done) return std::move(done).error();
  }
  if (auto done = finish(database, std::move(*transaction)); !done) return std::move(done).error();
  return erasure;
}

Status Compartment::erase_identity(std::string_view purpose, std::string_view subject) {
  Database& database = state_->database;
  auto transaction = database.begin();
  if (!transaction) return std::move(transaction).error();
  auto done = database.execute(
      "UPDATE identities SET state='erased', identity='' WHERE purpose=? AND subject=?",
      {purpose, subject});
  if (!done) return done;
  if (database.changed_rows() == 0) {
    return Error{ErrorCode::not_found, "no identity is kept for this " + std::string(purpose)};
  }
  if (auto committed = std::move(*transaction).commit(); !committed) return committed;
  return database.checkpoint();
}

}  // namespace casebook::vault
