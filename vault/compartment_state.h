#pragma once
/// What the parts of Compartment share. For use inside vault/compartment*.cpp.

#include "vault/compartment.h"

namespace casebook::vault {

struct Compartment::State {
  Database database;
  CompartmentName name;
};

/// The schema of version 1: docs/spec/compartment.md, section "Tables".
extern const std::string_view kCompartmentSchema;

/// Takes a row of id, kind and the columns that items and versions share, in this order: version,
/// state, author, on_behalf_of, claimed, received, reply_to, source, leaf_salt, leaf, title, tags,
/// fields, body. @return `corrupt` when one cannot be what was written.
Result<ItemVersion> read_item(const Statement& row);
/// Visits all rows of that form.
Status each_item_row(Result<Statement> rows,
                     const std::function<Status(const ItemVersion&)>& visit);
Result<ItemId> read_id(const Statement& row, int column);
Result<Digest256> read_digest(const Statement& row, int column);
/// Takes a row of digest, seq, state, salt, record.
Result<StoredRecord> read_record(const Statement& row);
Error unreadable_row(std::string_view table);

/// The digest of what a record shows; refuses what cannot be kept.
Result<Digest256> digest_of(const Projections& projections);
/// Writes it, inside the caller's transaction.
Status write_projections(Database& database, std::int64_t record, const Projections& projections);
/// Undoes write_projections(), inside the caller's transaction.
Status remove_projections(Database& database, std::int64_t record);
/// The same digest of what stands in the file now.
Result<Digest256> projected_digest(Database& database, std::int64_t record);

/// What one item, attachment or identity adds to that digest.
Result<Digest256> line_of(const ItemVersion& item);
Result<Digest256> line_of(const AttachmentRow& attachment);
Result<Digest256> line_of_identity(std::string_view purpose, std::string_view subject,
                                   std::string_view recipient);
/// The digest over the lines of a record, in whatever order they come.
Result<Digest256> digest_of_lines(std::vector<Digest256> lines);

/// "one two" and back; tags hold no blanks.
std::string join_tags(const std::vector<std::string>& tags);
std::vector<std::string> split_tags(std::string_view joined);

/// Takes the words of the item in this row out of the full-text index, or puts them in.
enum class IndexChange { remove, add };
Status change_index(Database& database, std::int64_t item, IndexChange change);

struct RecordRow {
  std::int64_t number;
  std::string state;
};
Result<std::optional<RecordRow>> find_record(Database& database, const Digest256& commit);

}  // namespace casebook::vault
