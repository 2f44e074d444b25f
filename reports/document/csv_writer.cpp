#include "reports/document/csv_writer.h"

namespace casebook::documents {
namespace {

/// "-12.5" and the like: digits with at most one sign in front and one point inside.
bool is_plain_number(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  bool point = false;
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
    } else if (c < '0' || c > '9') {
      return false;
    }
  }
  return true;
}

/// Spreadsheets skip blanks and full-width forms of the same signs count too.
bool could_be_formula(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \n");
  if (first == std::string_view::npos) return false;
  text.remove_prefix(first);
  for (const std::string_view begin :
       {"=", "+", "-", "@", "\t", "\r", "|", "%", "＝", "＋", "－", "＠"}) {
    if (text.starts_with(begin)) return true;
  }
  return false;
}

void append_cell(std::string& out, std::string_view text, ColumnKind kind) {
  std::string cell;
  if (could_be_formula(text) && !(kind == ColumnKind::number && is_plain_number(text))) cell = "'";
  cell += text;
  if (cell.find_first_of(",\"\r\n") == std::string::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

std::string table_csv(const Table& table) {
  std::string out;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) out += ',';
    append_cell(out, table.columns[i].name, ColumnKind::text);
  }
  out += "\r\n";
  for (const Row& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += ',';
      append_cell(out, joined_text(row[i]), table.columns[i].kind);
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace casebook::documents
