/// Reading a whole compartment and saying what does not fit.

#include "vault/compartment_state.h"

namespace casebook::vault {
namespace {

constexpr std::size_t kFindingsMax = 1000;

void add(CompartmentReport& report, std::string what, std::optional<Digest256> commit = {}) {
  if (report.findings.size() < kFindingsMax) {
    report.findings.push_back({std::move(what), commit});
  }
}

/// Checks that the index holds the words of the items, no more and no less.
Status check_index(Database& database, CompartmentReport& report) {
  {
    auto query_only = database.query("PRAGMA query_only");
    if (!query_only) return std::move(query_only).error();
    auto row = query_only->next();
    if (!row) return std::move(row).error();
    if (*row && query_only->integer(0) != 0) return ok();  // Only a writer may compare them.
  }
  auto transaction = database.begin();
  if (!transaction) return std::move(transaction).error();
  auto fits = database.execute("INSERT INTO search(search, rank) VALUES('integrity-check', 1)");
  if (!fits && fits.error().code != ErrorCode::corrupt) return fits;
  if (!fits) add(report, "the full-text index does not fit the texts");
  return ok();
}

Status check_references(Database& database, CompartmentReport& report) {
  auto rows = database.query("PRAGMA foreign_key_check");
  if (!rows) return std::move(rows).error();
  for (;;) {
    auto row = rows->next();
    if (!row) return std::move(row).error();
    if (!*row) return ok();
    add(report, "a row of " + std::string(rows->text(0)) + " has lost its record");
  }
}

Status check_record(Database& database, const Statement& row, CompartmentReport& report) {
  ++report.records;
  auto record = read_record(row);
  auto projected = read_digest(row, 6);
  if (!record || !projected) {
    add(report, "a record cannot be read");
    return ok();
  }
  if (record->state == RecordState::erased) {
    ++report.erased;
    return ok();
  }
  if (record->state == RecordState::pending) ++report.pending;
  auto commit = commit_to(record->salt, record->record);
  if (!commit) return std::move(commit).error();
  if (*commit != record->commit) {
    add(report, "a record does not fit its commitment", record->commit);
  }
  auto now = projected_digest(database, row.integer(5));
  if (!now && now.error().code == ErrorCode::io) return std::move(now).error();
  if (!now || *now != *projected) {
    add(report, "what is shown of a record is not what it said", record->commit);
  }
  return ok();
}

Status check_records(Database& database, CompartmentReport& report) {
  auto rows = database.query(
      "SELECT digest, seq, state, salt, record, number, projected FROM records ORDER BY number");
  if (!rows) return std::move(rows).error();
  for (;;) {
    auto row = rows->next();
    if (!row) return std::move(row).error();
    if (!*row) break;
    if (auto checked = check_record(database, *rows, report); !checked) return checked;
  }
  auto items = database.query("SELECT count(*) FROM items NOT INDEXED");
  if (!items) return std::move(items).error();
  auto row = items->next();
  if (!row) return std::move(row).error();
  report.items = static_cast<std::uint64_t>(items->integer(0));
  return ok();
}

using Check = Status (*)(Database&, CompartmentReport&);

Status run_checks(Database& database, std::span<const Check> checks, CompartmentReport& report) {
  for (const Check check : checks) {
    auto checked = check(database, report);
    if (checked) continue;
    if (checked.error().code != ErrorCode::corrupt) return checked;
    add(report, checked.error().message);
  }
  return ok();
}

}  // namespace

Result<CompartmentReport> Compartment::verify(const DatabaseOptions& options,
                                              const SecretBytes& key, const CompartmentName& name) {
  CompartmentReport report;
  auto problems = Database::check_file(options, key);
  if (!problems) return std::move(problems).error();
  for (std::string& problem : *problems) add(report, std::move(problem));
  auto opened = open(options, key, name);
  if (!opened) return std::move(opened).error();
  constexpr Check checks[] = {check_index, check_references, check_records};
  auto checked = run_checks(opened->state_->database, checks, report);
  if (!checked) return std::move(checked).error();
  if (auto closed = std::move(*opened).close(); !closed && report.findings.empty()) {
    return std::move(closed).error();
  }
  return report;
}

Result<CompartmentReport> Compartment::verify_copy(const DatabaseOptions& options,
                                                   const SecretBytes& key,
                                                   const CompartmentName& name) {
  CompartmentReport report;
  auto problems = Database::check_copy(options, key);
  if (!problems) return std::move(problems).error();
  for (std::string& problem : *problems) add(report, std::move(problem));
  auto opened = open(options, key, name);
  if (!opened) return std::move(opened).error();
  constexpr Check checks[] = {check_references, check_records};
  auto checked = run_checks(opened->state_->database, checks, report);
  if (!checked) return std::move(checked).error();
  auto closed = std::move(*opened).close();
  if (!closed) return std::move(closed).error();
  return report;
}

Result<RowCounts> Compartment::count_rows() {
  RowCounts counts;
  const std::pair<std::string_view, std::uint64_t*> tables[] = {
      {"SELECT count(*) FROM records", &counts.records},
      {"SELECT count(*) FROM items", &counts.items},
      {"SELECT count(*) FROM versions", &counts.versions},
      {"SELECT count(*) FROM tags", &counts.tags},
      {"SELECT count(*) FROM attachments", &counts.attachments},
      {"SELECT count(*) FROM identities", &counts.identities}};
  for (const auto& [sql, count] : tables) {
    auto rows = state_->database.query(sql);
    if (!rows) return std::move(rows).error();
    auto row = rows->next();
    if (!row) return std::move(row).error();
    *count = static_cast<std::uint64_t>(rows->integer(0));
  }
  return counts;
}

}  // namespace casebook::vault
