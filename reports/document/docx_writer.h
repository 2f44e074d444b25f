#pragma once
/// A document as DOCX for people who must edit: a draft on every page, never the record copy.
/// Specification: docs/spec/document.md 7; ISO/IEC 29500-1 (WordprocessingML), the few parts
/// needed.

#include <string>

#include "reports/document/document.h"

namespace casebook::documents {

/// @return the file, the same bytes for the same document; or the error of check_document.
Result<std::string> document_docx(const Document& document);

}  // namespace casebook::documents
