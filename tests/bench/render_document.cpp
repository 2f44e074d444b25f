// Makes sample documents and writes them in any form: for tests in another environment, for
// scripts/bench and for looking at pages.
// usage: render_document full|long:SECTIONS|FILE.json json|html|text|pdf|docx|html+pdf OUT
// [FONT-FOLDER] html+pdf writes OUT.html and OUT.pdf.
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

Status write_file(const Document& document, const std::string& form, const std::string& path,
                  const PdfOptions& options) {
  const auto bytes = written(document, form, options);
  if (!bytes) return Error(bytes.error());
  std::ofstream(path, std::ios::binary) << *bytes;
  return ok();
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 3) return 2;
  PdfOptions options;
  if (arguments.size() > 3) options.font_folder = arguments[3];
  const auto document = input(arguments[0]);
  Status done = ok();
  if (!document) {
    done = Error(document.error());
  } else if (arguments[1] == "html+pdf") {
    done = write_file(*document, "html", arguments[2] + ".html", options);
    if (done) done = write_file(*document, "pdf", arguments[2] + ".pdf", options);
  } else {
    done = write_file(*document, arguments[1], arguments[2], options);
  }
  if (!done) {
    std::cerr << done.error().message << "\n" << done.error().hint << "\n";
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace casebook::documents

int main(int argc, char** argv) { return casebook::documents::run({argv + 1, argv + argc}); }
