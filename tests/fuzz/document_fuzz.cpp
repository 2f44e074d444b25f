// tests/fuzz/document_fuzz.cpp: whatever document the reader accepts is written again as the same
// bytes, and every writer takes it.
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "reports/document/csv_writer.h"
#include "reports/document/document_json.h"
#include "reports/document/docx_writer.h"
#include "reports/document/html_writer.h"
#include "reports/document/pdf_writer.h"
#include "reports/document/text_writer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  using namespace casebook::documents;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = parse_document(text);
  if (!document) return 0;
  check(*document_json(*document) == text, "an accepted document is written as it was read");
  check(bool(document_html(*document)), "HTML of an accepted document");
  check(bool(document_text(*document)), "plain text of an accepted document");
  check(bool(document_docx(*document)), "DOCX of an accepted document");
  for (const Block& block : document->blocks) {
    if (const auto* table = std::get_if<Table>(&block)) static_cast<void>(table_csv(*table));
  }
  // A PDF may also be refused: for its pages, or for the fonts that it names.
  static_cast<void>(document_pdf(*document));
  return 0;
}
