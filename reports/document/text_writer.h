#pragma once
/// A document as plain text of 78 columns. Specification: docs/spec/document.md 7.

#include <string>

#include "reports/document/document.h"

namespace casebook::documents {

/// @return UTF-8 text with a final line feed, or the error of check_document.
Result<std::string> document_text(const Document& document);

}  // namespace casebook::documents
