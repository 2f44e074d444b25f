#include "vault/compartment.h"

#include <algorithm>
#include <future>

#include "core/printable.h"
#include "vault/compartment_state.h"

namespace casebook::vault {

const std::string_view kCompartmentSchema = R"(
CREATE TABLE about(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE records(
  number INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK(length(digest)=32),
  seq INTEGER UNIQUE CHECK(seq>=0),
  state TEXT NOT NULL CHECK(state IN ('pending','appended','erased')),
  projected BLOB NOT NULL,
  salt BLOB CHECK(length(salt)=16),
  record BLOB,
  CHECK((state='erased')=(record IS NULL) AND (state='erased')=(salt IS NULL)),
  CHECK((state='pending')=(seq IS NULL))) STRICT;
CREATE INDEX pending_records ON records(number) WHERE state='pending';
CREATE TABLE items(
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK(length(id)=16),
  kind TEXT NOT NULL,
  record INTEGER NOT NULL REFERENCES records(number),
  version INTEGER NOT NULL CHECK(version>=1),
  state TEXT NOT NULL CHECK(state IN ('live','tombstone','erased')),
  author TEXT NOT NULL, on_behalf_of TEXT NOT NULL,
  claimed INTEGER, received INTEGER NOT NULL,
  reply_to BLOB, source BLOB, leaf_salt BLOB, leaf BLOB,
  title TEXT NOT NULL, tags TEXT NOT NULL, fields TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX items_of_record ON items(record, source);
CREATE INDEX items_of_kind ON items(kind) WHERE kind NOT IN ('note','message');
CREATE INDEX replies ON items(reply_to) WHERE reply_to IS NOT NULL;
CREATE TABLE versions(
  item INTEGER NOT NULL REFERENCES items(number),
  version INTEGER NOT NULL CHECK(version>=1),
  record INTEGER NOT NULL REFERENCES records(number),
  state TEXT NOT NULL CHECK(state IN ('live','tombstone','erased')),
  author TEXT NOT NULL, on_behalf_of TEXT NOT NULL,
  claimed INTEGER, received INTEGER NOT NULL,
  reply_to BLOB, source BLOB, leaf_salt BLOB, leaf BLOB,
  title TEXT NOT NULL, tags TEXT NOT NULL, fields TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY(item, version)) STRICT, WITHOUT ROWID;
CREATE INDEX versions_of_record ON versions(record);
CREATE TABLE tags(
  tag TEXT NOT NULL, item INTEGER NOT NULL REFERENCES items(number),
  PRIMARY KEY(tag, item)) STRICT, WITHOUT ROWID;
CREATE INDEX tags_of_item ON tags(item);
CREATE TABLE attachments(
  id BLOB NOT NULL PRIMARY KEY CHECK(length(id)=16),
  record INTEGER NOT NULL REFERENCES records(number),
  state TEXT NOT NULL CHECK(state IN ('live','erased')),
  digest BLOB NOT NULL CHECK(length(digest)=32), size_bytes INTEGER NOT NULL CHECK(size_bytes>=0),
  identity TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_of_record ON attachments(record);
CREATE TABLE identities(
  purpose TEXT NOT NULL, subject TEXT NOT NULL,
  record INTEGER NOT NULL REFERENCES records(number),
  state TEXT NOT NULL CHECK(state IN ('live','erased')),
  recipient TEXT NOT NULL, identity TEXT NOT NULL,
  PRIMARY KEY(purpose, subject)) STRICT, WITHOUT ROWID;
CREATE INDEX identities_of_record ON identities(record);
CREATE VIRTUAL TABLE search USING fts5(title, body, tags, content='items', content_rowid='number',
  tokenize='unicode61 remove_diacritics 2');
INSERT INTO search(search, rank) VALUES('secure-delete', 1))";

namespace {

constexpr std::string_view kFormat = "casebook-compartment/1";

/// One statement, so that it needs no transaction of its own.
Status write_about(Database& database, const CompartmentName& name) {
  return database.execute(
      "INSERT INTO about VALUES('format',?),('case',?),('compartment',?),('generation',?)",
      {kFormat, name.case_id.text(), name.compartment, std::to_string(name.generation)});
}

Result<std::string> about(Database& database, std::string_view name) {
  auto rows = database.query("SELECT value FROM about WHERE name=?", {name});
  if (!rows) return std::move(rows).error();
  auto row = rows->next();
  if (!row) return std::move(row).error();
  return *row ? std::string(rows->text(0)) : std::string();
}

Status check_about(Database& database, const CompartmentName& name) {
  const std::pair<std::string_view, std::string> expected[] = {
      {"format", std::string(kFormat)},
      {"case", name.case_id.text()},
      {"compartment", name.compartment},
      {"generation", std::to_string(name.generation)}};
  for (const auto& [key, value] : expected) {
    auto found = about(database, key);
    if (!found) return std::move(found).error();
    if (*found != value) {
      return Error{
          ErrorCode::corrupt,
          "compartment " + name.compartment + ": the file says another " + std::string(key),
          "a file of another place or time was put here; restore it from a backup"};
    }
  }
  return ok();
}

Result<StoredRecord> one_record(Statement& rows, bool& found) {
  auto row = rows.next();
  if (!row) return std::move(row).error();
  found = *row;
  return found ? read_record(rows) : StoredRecord{};
}

Result<std::optional<StoredRecord>> optional_record(Result<Statement> rows) {
  if (!rows) return std::move(rows).error();
  bool found = false;
  auto record = one_record(*rows, found);
  if (!record) return std::move(record).error();
  return found ? std::optional(std::move(*record)) : std::nullopt;
}

Error no_such_record() {
  return Error{ErrorCode::not_found, "no such record is pending in this compartment"};
}

}  // namespace

Status check_compartment_name(std::string_view name) {
  const bool fits = !name.empty() && name.size() <= 32 && name[0] >= 'a' && name[0] <= 'z' &&
                    std::ranges::all_of(name, [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                    });
  if (fits) return ok();
  return Error{ErrorCode::invalid_input, printable(name) + ": not a name for a compartment",
               "use 1 to 32 of a-z, 0-9 and '-', beginning with a letter"};
}

std::string_view to_string(RecordState state) noexcept {
  switch (state) {
    case RecordState::pending:
      return "pending";
    case RecordState::appended:
      return "appended";
    case RecordState::erased:
      return "erased";
  }
  return "erased";
}

Compartment::Compartment(std::unique_ptr<State> state) : state_(std::move(state)) {}
Compartment::Compartment(Compartment&& other) noexcept = default;
Compartment::~Compartment() = default;
const CompartmentName& Compartment::name() const { return state_->name; }

Status Compartment::create(const DatabaseOptions& options, const SecretBytes& key,
                           const CompartmentName& name) {
  if (auto fits = check_compartment_name(name.compartment); !fits) return fits;
  return Database::create(options, key, kCompartmentSchema,
                          [&](Database& database) { return write_about(database, name); });
}

Result<Compartment> Compartment::open(const DatabaseOptions& options, const SecretBytes& key,
                                      const CompartmentName& name) {
  auto database = Database::open(options, key);
  if (!database) return std::move(database).error();
  if (auto same = check_about(*database, name); !same) return std::move(same).error();
  return Compartment(std::make_unique<State>(State{std::move(*database), name}));
}

Status Compartment::close() && { return std::move(state_->database).close(); }
Status Compartment::copy_to(const DatabaseOptions& options, const SecretBytes& key,
                            const CompartmentName& name) {
  if (auto copied = state_->database.export_to(options.path, key); !copied) return copied;
  auto copy = Database::open(options, key);
  if (!copy) return std::move(copy).error();
  auto named = copy->execute("UPDATE about SET value=? WHERE name='generation'",
                             {std::to_string(name.generation)});
  if (!named) return named;
  // Settings of the index lie in a table of its own and came along; checked by verify().
  return std::move(*copy).close();
}

Status Compartment::checkpoint() { return state_->database.checkpoint(); }

Result<std::optional<RecordRow>> find_record(Database& database, const Digest256& commit) {
  auto rows = database.query("SELECT number, state FROM records WHERE digest=?", {commit});
  if (!rows) return std::move(rows).error();
  auto row = rows->next();
  if (!row) return std::move(row).error();
  if (!*row) return std::optional<RecordRow>();
  return std::optional(RecordRow{rows->integer(0), std::string(rows->text(1))});
}

namespace {

/// From here on the digest of what a record shows is computed beside the writing of it.
constexpr std::size_t kManyItems = 64;

/// Inside the caller's transaction. @return the number of the record
Result<std::int64_t> insert_pending(Database& database, const Digest256& commit,
                                    const Digest256& projected, const Salt& salt,
                                    std::span<const std::byte> record) {
  auto known = find_record(database, commit);
  if (!known) return std::move(known).error();
  if (*known) return Error{ErrorCode::invalid_input, "this record is in the compartment already"};
  auto put = database.execute(
      "INSERT INTO records(digest, state, projected, salt, record) VALUES(?,'pending',?,?,?)",
      {commit, projected, salt, record});
  if (!put) return std::move(put).error();
  return database.last_row();
}

/// A batch: what cannot be kept is refused before the transaction ends, so that nothing stays.
Status put_many_pending(Database& database, const Digest256& commit, const Salt& salt,
                        std::span<const std::byte> record, const Projections& projections) {
  // The library's own choice: where no thread is to be had, it is computed when it is asked for.
  auto later = std::async([&projections] { return digest_of(projections); });
  auto transaction = database.begin();
  if (!transaction) return std::move(transaction).error();
  auto number = insert_pending(database, commit, Digest256{}, salt, record);
  if (!number) return std::move(number).error();
  auto shown = write_projections(database, *number, projections);
  auto projected = later.get();
  if (!projected) return std::move(projected).error();
  if (!shown) return shown;
  auto noted =
      database.execute("UPDATE records SET projected=? WHERE number=?", {*projected, *number});
  if (!noted) return noted;
  return std::move(*transaction).commit();
}

}  // namespace

Status Compartment::put_pending(const Digest256& commit, const Salt& salt,
                                std::span<const std::byte> record, const Projections& projections) {
  auto expected = commit_to(salt, record);
  if (!expected) return std::move(expected).error();
  if (*expected != commit) {
    return Error{ErrorCode::invalid_input, "the commitment does not fit salt and record"};
  }
  if (projections.items.size() >= kManyItems) {
    return put_many_pending(state_->database, commit, salt, record, projections);
  }
  auto projected = digest_of(projections);
  if (!projected) return std::move(projected).error();
  Database& database = state_->database;
  auto transaction = database.begin();
  if (!transaction) return std::move(transaction).error();
  auto number = insert_pending(database, commit, *projected, salt, record);
  if (!number) return std::move(number).error();
  auto shown = write_projections(database, *number, projections);
  if (!shown) return shown;
  return std::move(*transaction).commit();
}

Status Compartment::mark_appended(const Digest256& commit, std::uint64_t seq) {
  if (seq > static_cast<std::uint64_t>(INT64_MAX)) {
    return Error{ErrorCode::invalid_input, "no such place in a ledger"};
  }
  Database& database = state_->database;
  auto transaction = database.begin(Durability::with_the_next);
  if (!transaction) return std::move(transaction).error();
  const auto place = static_cast<std::int64_t>(seq);
  auto marked = database.execute(
      "UPDATE records SET state='appended', seq=? WHERE digest=? AND state='pending'",
      {place, commit});
  if (!marked) return marked;
  if (database.changed_rows() == 0) {
    auto same = database.query("SELECT 1 FROM records WHERE digest=? AND seq=?", {commit, place});
    if (!same) return std::move(same).error();
    auto row = same->next();
    if (!row) return std::move(row).error();
    return *row ? ok() : Status(no_such_record());
  }
  return std::move(*transaction).commit();
}

Status Compartment::discard(const Digest256& commit) {
  Database& database = state_->database;
  auto transaction = database.begin();
  if (!transaction) return std::move(transaction).error();
  auto row = find_record(database, commit);
  if (!row) return std::move(row).error();
  if (!*row || (*row)->state != "pending") return no_such_record();
  if (auto removed = remove_projections(database, (*row)->number); !removed) return removed;
  auto removed = database.execute("DELETE FROM records WHERE number=?", {(*row)->number});
  if (!removed) return removed;
  return std::move(*transaction).commit();
}

Result<std::vector<StoredRecord>> Compartment::pending() {
  auto rows = state_->database.query(
      "SELECT digest, seq, state, salt, record FROM records WHERE state='pending' ORDER BY number");
  if (!rows) return std::move(rows).error();
  std::vector<StoredRecord> records;
  for (bool found = true;;) {
    auto record = one_record(*rows, found);
    if (!record) return std::move(record).error();
    if (!found) return records;
    records.push_back(std::move(*record));
  }
}

Result<std::optional<StoredRecord>> Compartment::record_of(const Digest256& commit) {
  return optional_record(state_->database.query(
      "SELECT digest, seq, state, salt, record FROM records WHERE digest=?", {commit}));
}

Result<std::optional<StoredRecord>> Compartment::record_at(std::uint64_t seq) {
  if (seq > static_cast<std::uint64_t>(INT64_MAX)) return std::optional<StoredRecord>();
  return optional_record(
      state_->database.query("SELECT digest, seq, state, salt, record FROM records WHERE seq=?",
                             {static_cast<std::int64_t>(seq)}));
}

Result<std::optional<std::uint64_t>> Compartment::last_seq() {
  auto rows = state_->database.query("SELECT max(seq) FROM records");
  if (!rows) return std::move(rows).error();
  auto row = rows->next();
  if (!row) return std::move(row).error();
  if (!*row || rows->is_null(0)) return std::optional<std::uint64_t>();
  return std::optional(static_cast<std::uint64_t>(rows->integer(0)));
}

Status Compartment::each_record(const std::function<Status(const StoredRecord&)>& visit,
                                std::uint64_t first_seq) {
  const auto first = static_cast<std::int64_t>(std::min<std::uint64_t>(first_seq, INT64_MAX));
  auto rows = state_->database.query(
      "SELECT digest, seq, state, salt, record FROM records WHERE seq>=? ORDER BY seq", {first});
  if (!rows) return std::move(rows).error();
  for (bool found = true;;) {
    auto record = one_record(*rows, found);
    if (!record) return std::move(record).error();
    if (!found) return ok();
    if (auto visited = visit(*record); !visited) return visited;
  }
}

}  // namespace casebook::vault
