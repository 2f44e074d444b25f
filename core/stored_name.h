#pragma once
/// Names under which a bag stores things: ASCII, safe on every file system.
/// Specification: docs/spec/bag.md section 4.

#include <string>
#include <string_view>

#include "core/bag_format.h"

namespace casebook {

/// What names an entry before any escaping: the raw path of an object of the host without its
/// leading slash below `files/`, or `live/…`, `added/…`.
std::string raw_name(const CatalogLine& line);

/// Replaces every byte that may not stand in a stored name by `=HH`, part by part.
std::string escape_name(std::string_view raw);

/// Why a name cannot be stored as it is, apart from twins.
bool needs_digest_name(std::string_view stored);

/// `data/` and the escaped raw name; whether it may be used is for needs_digest_name and the twins.
std::string plain_stored_name(const CatalogLine& line);

/// `data/by-digest/<hex SHA-256 of the raw path or name>`, with `-<copy>` for copy 2 and later.
Result<std::string> digest_stored_name(const CatalogLine& line, unsigned copy = 1);

/// ASCII letters in lower case: names equal in this form are twins.
std::string fold_case(std::string_view name);
/// The same into memory that is used again.
void fold_case_to(std::string& out, std::string_view name);

/// True when `line.stored` is one of the names that the rule allows for this line.
bool is_stored_name_of(const CatalogLine& line);

}  // namespace casebook
