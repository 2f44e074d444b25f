#pragma once
/// Strict JSON reading and canonical writing. Specification: docs/spec/json.md, a subset of RFC
/// 8785: ASCII keys, integers within +-(2^53-1), no floats, no duplicate keys, UTF-8 only.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "core/result.h"

namespace casebook {

using Json = nlohmann::json;

struct JsonLimits {
  std::size_t size_bytes_max = std::size_t{16} << 20U;
  std::size_t depth_max = 32;
};

/// Reads one JSON value; white space around it is accepted.
/// @return the value, or `invalid_input` naming the byte where reading stopped and why,
///         or `limit_exceeded`.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

/// As parse_json, and refuses (`invalid_input`) text that is not exactly its own canonical form.
/// Digests and signatures are over received bytes, so nothing is ever normalised silently.
Result<Json> parse_canonical_json(std::string_view text, const JsonLimits& limits = {});

/// The one text form of a value: keys sorted by bytes, no white space, shortest escapes, no final
/// line feed. The value must hold only what parse_json accepts; anything else is our own mistake.
std::string canonical_json(const Json& value);

/// Appends `text` (valid UTF-8) as a JSON string with its quotes, escaped as canonical_json does.
/// For writers that make many lines and cannot afford a tree for each.
void append_json_string(std::string& out, std::string_view text);

/// True for well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
bool is_utf8(std::string_view text) noexcept;

/// The largest integer that stays a JSON number; larger ones are decimal strings.
inline constexpr std::int64_t kJsonIntegerMax = (std::int64_t{1} << 53U) - 1;

// Accessors for members of an object, for parsers of our formats. Each returns `invalid_input`
// naming the key when it is absent or of another type.
Result<std::string> json_text_member(const Json& object, std::string_view key);
Result<std::int64_t> json_integer_member(const Json& object, std::string_view key);
Result<bool> json_bool_member(const Json& object, std::string_view key);
/// A decimal string without sign, leading zero or blank ("0" itself is fine), up to 2^64-1.
Result<std::uint64_t> json_decimal_member(const Json& object, std::string_view key);
/// The member as it is; the pointer lives as long as `object`.
Result<const Json*> json_member(const Json& object, std::string_view key);
/// Refuses (`invalid_input`, naming the key) an object with a key that is not in `known`.
Status json_only_members(const Json& object, std::initializer_list<std::string_view> known);

}  // namespace casebook
