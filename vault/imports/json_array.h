#pragma once
/// Cuts a JSON array into its elements while it streams by, so that one bad element costs one bad
/// record and memory depends on the largest element only. Specification: docs/spec/imports.md.

#include <string>
#include <string_view>

#include "core/bytes.h"

namespace casebook::imports {

struct JsonArrayLimits {
  std::size_t element_bytes_max = std::size_t{4} << 20U;
  std::size_t depth_max = 64;
};

/// What next() found.
struct JsonElement {
  enum class Kind { element, bad, end };
  Kind kind = Kind::end;
  std::uint64_t offset = 0;  ///< Of its first byte, from the front of the stream.
  /// Of an element: its bytes, not yet parsed. kJsonPaddingBytes more may be read behind them.
  std::string_view text;
  std::string_view reason;  ///< Of a bad one.
};

inline constexpr std::size_t kJsonPaddingBytes = 64;

class JsonArraySplitter {
 public:
  /// @param source  outlives the splitter.
  explicit JsonArraySplitter(ByteSource& source, const JsonArrayLimits& limits = {});

  /// The next element; good until the next call. An element too long or too deep is bad and passed
  /// over. After an `end`, or a bad one that breaks the array, only `end` follows.
  /// @return the error of the source.
  Result<JsonElement> next();

 private:
  enum class Step { more, done };
  Status fill();
  Result<int> peek();  // The next byte behind white space, or -1.
  Result<JsonElement> broken(std::string_view reason);
  Result<JsonElement> read_element();
  Step scan_nested();
  Step scan_scalar();
  [[nodiscard]] std::uint64_t offset_of(std::size_t at) const { return base_ + at; }

  ByteSource* source_;
  JsonArrayLimits limits_;
  std::string buffer_;  // used_ bytes are data, the rest is room and padding.
  std::size_t used_ = 0;
  std::size_t at_ = 0;      // Next byte to look at.
  std::size_t begin_ = 0;   // Front of the element being read.
  std::uint64_t base_ = 0;  // Offset of buffer_[0] in the stream.
  bool is_source_at_end_ = false;
  bool is_started_ = false;
  bool is_ended_ = false;
  bool is_first_ = true;
  // Of the element being read:
  std::size_t depth_ = 0;
  bool is_in_string_ = false;
  bool is_escaped_ = false;
  bool is_too_deep_ = false;
  bool is_keeping_ = true;  // False between elements and in one that is too long.
};

}  // namespace casebook::imports
