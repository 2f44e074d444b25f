#pragma once
/// One table as CSV. Specification: docs/spec/document.md 7, RFC 4180.

#include <string>

#include "reports/document/document.h"

namespace casebook::documents {

/// Header row and rows, CRLF, UTF-8 without byte order mark. Cells hold the joined texts of their
/// spans as they are; one that a spreadsheet could take for a formula gets an apostrophe in front.
std::string table_csv(const Table& table);

}  // namespace casebook::documents
