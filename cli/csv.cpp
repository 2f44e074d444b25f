#include "cli/csv.h"

#include "vault/privacy/privilege_log.h"

#include "core/json_text.h"

namespace casebook::cli {
namespace {

Error at_line(std::size_t line, std::string_view why) {
  return Error{ErrorCode::invalid_input, "line " + std::to_string(line) + ": " + std::string(why)};
}

class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : left_(text) {}

  Result<std::vector<CsvRow>> read() {
    while (!left_.empty()) {
      const std::size_t first_line = line_;
      auto row = read_row();
      if (!row) return std::move(row).error();
      if (row->size() == 1 && row->front().empty()) continue;
      if (!rows_.empty() && row->size() != rows_.front().size()) {
        return at_line(first_line, std::to_string(row->size()) + " cells, the first line has " +
                                       std::to_string(rows_.front().size()));
      }
      if (rows_.size() == kCsvRowsMax) {
        return Error{ErrorCode::limit_exceeded, "more than 20000 lines"};
      }
      rows_.push_back(*std::move(row));
    }
    return std::move(rows_);
  }

 private:
  char take() {
    const char c = left_.front();
    left_.remove_prefix(1);
    if (c == '\n') ++line_;
    return c;
  }
  /// The end of a line, taken if it is next.
  bool line_ended() {
    if (left_.empty()) return true;
    if (left_.starts_with("\r\n")) left_.remove_prefix(1);
    if (left_.front() != '\n') return false;
    take();
    return true;
  }
  Result<CsvRow> read_row() {
    CsvRow row;
    for (;;) {
      auto cell = !left_.empty() && left_.front() == '"' ? quoted() : Result<std::string>(plain());
      if (!cell) return std::move(cell).error();
      row.push_back(*std::move(cell));
      if (line_ended()) return row;
      if (take() != ',') return at_line(line_, "something after a closing quote");
    }
  }
  std::string plain() {
    std::string cell;
    while (!left_.empty() && left_.front() != ',' && left_.front() != '\n' &&
           !left_.starts_with("\r\n")) {
      cell.push_back(take());
    }
    return cell;
  }
  Result<std::string> quoted() {
    const std::size_t first_line = line_;
    take();
    std::string cell;
    while (!left_.empty()) {
      const char c = take();
      if (c != '"') {
        cell.push_back(c);
      } else if (!left_.empty() && left_.front() == '"') {
        cell.push_back(take());
      } else {
        return cell;
      }
    }
    return at_line(first_line, "a quote that is never closed");
  }

  std::string_view left_;
  std::size_t line_ = 1;
  std::vector<CsvRow> rows_;
};

}  // namespace

Result<std::vector<CsvRow>> parse_csv(std::string_view text) {
  if (text.size() > kCsvBytesMax) return Error{ErrorCode::limit_exceeded, "more than 8 MiB"};
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (!is_utf8(text)) return Error{ErrorCode::invalid_input, "not UTF-8; save it as CSV UTF-8"};
  return CsvReader(text).read();
}

std::string csv_line(const CsvRow& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (!line.empty()) line += ',';
    line += privacy::csv_field(cell);
  }
  return line + "\r\n";
}

}  // namespace casebook::cli
