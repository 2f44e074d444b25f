#pragma once
/// Documents as canonical JSON. Specification: docs/spec/document.md 4.

#include <string>
#include <string_view>

#include "reports/document/document.h"

namespace casebook::documents {

/// Refuses what is not canonical, unknown, or breaks a rule of documents (`invalid_input`,
/// `limit_exceeded`). What it accepts is written again as the same bytes.
Result<Document> parse_document(std::string_view text);

/// The document must keep the rules; else the error of check_document.
Result<std::string> document_json(const Document& document);

}  // namespace casebook::documents
