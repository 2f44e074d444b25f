#pragma once
/// A document as one HTML file. Specification: docs/spec/document.md 5.

#include <string>

#include "reports/document/document.h"

namespace casebook::documents {

/// @return UTF-8 HTML with a final line feed, or the error of check_document.
Result<std::string> document_html(const Document& document);

}  // namespace casebook::documents
