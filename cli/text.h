#pragma once
/// Laying out text for people: width, wrapping, tables that become lists, numbers with units.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace casebook::cli {

/// Human text never passes this, however wide the terminal is.
inline constexpr int kTextColumnsMax = 78;
/// Below this width tables turn into lists.
inline constexpr int kTableColumnsMin = 60;

/// Columns that `text` (UTF-8, already printable) takes: two for wide characters, none for
/// combining ones.
int display_width(std::string_view text);

/// Breaks `text` at blanks into lines of at most `width_columns`; a longer word stands alone.
std::vector<std::string> wrap(std::string_view text, int width_columns);

/// Wraps and joins: the first line begins with `first`, the others with as many blanks.
std::string wrap_behind(std::string_view first, std::string_view text, int width_columns);

enum class Align { left, right };

/// Rows of cells. Cells must be printable; nothing is escaped here.
class Table {
 public:
  struct Column {
    std::string label;  ///< Used when the table becomes a list; may be empty.
    Align align = Align::left;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// Missing cells are empty.
  void row(std::vector<std::string> cells);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// The rows, each ending in a line feed; `indent` blanks before every line. The last column
  /// wraps. Under kTableColumnsMin columns each row becomes its first cell and a line per other
  /// cell.
  [[nodiscard]] std::string text(int width_columns, int indent = 0) const;

 private:
  [[nodiscard]] std::string list_text(int width_columns, int indent) const;
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// "1,482".
std::string with_thousands(std::uint64_t number);
/// "512 B", "1.4 KiB", "58 MiB", "3.2 TiB": two significant digits below ten, else whole.
std::string human_size(std::uint64_t size_bytes);
/// "0.4 s", "19 s", "3 min 02 s", "2 h 08 min", "5 d 03 h".
std::string human_duration(std::chrono::milliseconds duration);
/// "1 exception", "2 exceptions".
std::string counted(std::uint64_t number, std::string_view one, std::string_view many);

}  // namespace casebook::cli
