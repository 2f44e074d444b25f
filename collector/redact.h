#pragma once
/// Masks values of secret-looking fields in text. What is looked for, and what cannot be found, is
/// in docs/spec/artifacts.md section 6. On doubt more is masked, and no length shows through.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace casebook::collector {

inline constexpr std::string_view kMask = "[masked]";

/// Whether the name of a field promises a secret: "db_password", "apiKey", "AWS_SECRET".
bool is_secret_name(std::string_view name);

/// Whether bytes are no text: a NUL byte, or too many control bytes.
bool looks_binary(std::string_view start_of_file);

/// Whether a whole small file is nothing but bare words: a password file without field names.
bool looks_like_bare_secret(std::string_view whole_file);

/// Masks line after line; remembers what goes over line ends.
class LineMasker {
 public:
  /// @param every_line  nothing in this file has a name by which to know it: mask all of it.
  explicit LineMasker(bool every_line = false) : every_line_(every_line) {}

  /// Appends `line` (with its line feed, if it has one) to `out` with its secrets masked.
  void mask(std::string_view line, std::string& out);
  /// How many values were masked so far; a block of several lines counts once.
  [[nodiscard]] std::int64_t masked() const { return masked_; }

 private:
  enum class Within { nothing, private_block, public_block, quotes, indented, continued, element };

  bool goes_on(std::string_view& line, std::string& out);
  bool block(std::string_view line, std::string& out);
  void scan(std::string_view line, std::string& out);
  void put_mask(std::string& out);

  bool every_line_;
  Within within_ = Within::nothing;
  char quote_ = 0;
  std::size_t indent_ = 0;
  bool value_follows_ = false;  // A field said that the next "value" is a secret.
  std::int64_t masked_ = 0;
};

/// Passes text through a LineMasker. Lines over 64 KiB are masked from there on.
class MaskingSource final : public ByteSource {
 public:
  MaskingSource(ByteSource& from, bool every_line) : from_(from), masker_(every_line) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;
  [[nodiscard]] std::int64_t masked() const { return masker_.masked(); }

 private:
  Status fill();
  void take_lines(bool at_end);

  ByteSource& from_;
  LineMasker masker_;
  std::string in_;
  std::string out_;
  std::size_t given_ = 0;
  bool ended_ = false;
  bool too_long_ = false;  // The rest of a line whose start was masked already.
};

}  // namespace casebook::collector
