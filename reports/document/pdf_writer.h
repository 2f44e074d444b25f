#pragma once
/// A document as a tagged PDF. Specification: docs/spec/document.md 6.

#include <filesystem>
#include <string>
#include <vector>

#include "reports/document/document.h"
#include "reports/document/document_check.h"

namespace casebook::documents {

struct PdfOptions {
  /// Where DejaVuSans.ttf, DejaVuSans-Bold.ttf, DejaVuSansMono.ttf and DejaVuSansMono-Bold.ttf are.
  std::filesystem::path font_folder = "/usr/share/fonts/truetype/dejavu";
  DocumentLimits limits = {};
};

struct PdfFile {
  std::string bytes;
  int pages = 0;
  std::vector<FontDigest> fonts;  ///< Of the font files that were used, for the manifest.
};

/// Depends on the document, this build and the font files, and on nothing else of the machine.
/// @return the file; the error of check_document; `not_found` naming a font file that is missing;
///         `invalid_input` when the document pins other fonts; `limit_exceeded` for too many pages.
Result<PdfFile> document_pdf(const Document& document, const PdfOptions& options = {});

/// The digests of the font files, in the order in which a document pins them.
Result<std::vector<FontDigest>> font_digests(const std::filesystem::path& folder);

}  // namespace casebook::documents
