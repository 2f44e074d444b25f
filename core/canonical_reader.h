#pragma once
/// Reads canonical JSON of a known shape without making a tree: the caller asks for each key in its
/// order. It is lenient about spelling; whoever uses it writes the value again and compares.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace casebook {

/// After the first thing that does not fit, failed() is true and all further answers are empty.
class CanonicalReader {
 public:
  explicit CanonicalReader(std::string_view text) : left_(text) {}

  /// Takes `c` or fails.
  void expect(char c);
  /// Takes `c` if it is next.
  bool accept(char c);
  /// Takes `"name":` if it is next, with the comma before it unless it is the object's first key.
  bool key(std::string_view name);
  /// Takes the opening brace.
  void begin_object();
  void end_object() {
    expect('}');
    first_key_ = false;
  }

  std::string text();          ///< A JSON string, unescaped, UTF-8.
  std::int64_t integer();      ///< A JSON number.
  std::uint64_t decimal();     ///< A decimal string.
  std::int64_t nanoseconds();  ///< A time of nine decimals, as text.
  void fail() { failed_ = true; }

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool finished() const { return !failed_ && left_.empty(); }

 private:
  std::string_view simple_text();
  void escape(std::string& out);
  std::optional<std::uint32_t> hex4();

  std::string_view left_;
  bool first_key_ = true;
  bool failed_ = false;
};

}  // namespace casebook
