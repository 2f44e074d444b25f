// Makes sample documents and writes them in any form: for tests in another environment, for
// scripts/bench and for looking at pages.
// usage: render_document full|long:SECTIONS|FILE.json json|html|text|pdf|docx OUT [FONT-FOLDER]
#include <charconv>
#include <fstream>
#include <iostream>
#include <sstream>

#include "reports/document/document_json.h"
#include "reports/document/docx_writer.h"
#include "reports/document/html_writer.h"
#include "reports/document/pdf_writer.h"
#include "reports/document/text_writer.h"
#include "tests/support/sample_document.h"

namespace casebook::documents {
namespace {

Result<Document> input(const std::string& name) {
  if (name == "full") return full_sample();
  if (name == "full-nl") return full_sample(Language::nl);
  if (name.starts_with("long:")) {
    int sections = 0;
    std::from_chars(name.data() + 5, name.data() + name.size(), sections);
    return long_sample(sections);
  }
  std::ostringstream text;
  text << std::ifstream(name, std::ios::binary).rdbuf();
  return parse_document(text.str());
}

Result<std::string> written(const Document& document, const std::string& form,
                            const PdfOptions& options) {
  if (form == "json") return document_json(document);
  if (form == "html") return document_html(document);
  if (form == "text") return document_text(document);
  if (form == "docx") return document_docx(document);
  auto pdf = document_pdf(document, options);
  if (!pdf) return std::move(pdf).error();
  return std::move(pdf->bytes);
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 3) return 2;
  PdfOptions options;
  if (arguments.size() > 3) options.font_folder = arguments[3];
  const auto document = input(arguments[0]);
  const auto bytes = document ? written(*document, arguments[1], options)
                              : Result<std::string>(Error(document.error()));
  if (!bytes) {
    std::cerr << bytes.error().message << "\n" << bytes.error().hint << "\n";
    return 1;
  }
  std::ofstream(arguments[2], std::ios::binary) << *bytes;
  return 0;
}

}  // namespace
}  // namespace casebook::documents

int main(int argc, char** argv) { return casebook::documents::run({argv + 1, argv + argc}); }
