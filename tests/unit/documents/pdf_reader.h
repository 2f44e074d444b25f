#pragma once
/// What others' programs (poppler-utils) see in a PDF.

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"

namespace casebook::documents {

struct PdfWord {
  double x_min, y_min, x_max, y_max;
  std::string text;
};

class PdfReader {
 public:
  static bool is_here() { return run_program({.arguments = {"pdftotext", "-v"}}) == 0; }

  explicit PdfReader(const std::string& bytes) { std::ofstream(file(), std::ios::binary) << bytes; }
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "a.pdf"; }

  std::string info(const std::string& option = "-isodates") {
    return output({"pdfinfo", option, file().native()});
  }
  /// The text between running header and footer, in the order of drawing, of each page.
  std::vector<std::string> body_pages() {
    const std::string all = output({"pdftotext", "-raw", "-x", "0", "-y", "58", "-W", "596", "-H",
                                    "728", file().native(), "-"});
    return pages_of(all);
  }
  std::vector<std::string> whole_pages() {
    return pages_of(output({"pdftotext", "-raw", file().native(), "-"}));
  }
  std::vector<PdfWord> words() {
    const std::string html = output({"pdftotext", "-bbox", file().native(), "-"});
    std::vector<PdfWord> words;
    for (std::size_t at = 0; (at = html.find("<word ", at)) != std::string::npos; ++at) {
      PdfWord word{number(html, "xMin=\"", at),
                   number(html, "yMin=\"", at),
                   number(html, "xMax=\"", at),
                   number(html, "yMax=\"", at),
                   {}};
      const std::size_t text = html.find('>', at) + 1;
      word.text = html.substr(text, html.find("</word>", text) - text);
      words.push_back(std::move(word));
    }
    return words;
  }
  std::string output(const std::vector<std::string>& arguments) {
    const std::filesystem::path out = folder_.path() / "out";
    const int status = run_program({.arguments = arguments, .output = out});
    check(status == 0, "program of poppler-utils: " + arguments.front());
    std::ostringstream text;
    text << std::ifstream(out, std::ios::binary).rdbuf();
    return text.str();
  }

 private:
  static double number(const std::string& text, const std::string& name, std::size_t from) {
    const std::size_t at = text.find(name, from) + name.size();
    double value = 0;
    std::from_chars(text.data() + at, text.data() + text.size(), value);
    return value;
  }
  static std::vector<std::string> pages_of(const std::string& all) {
    std::vector<std::string> pages;
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t end = std::min(all.find('\f', at), all.size());
      pages.push_back(all.substr(at, end - at));
      at = end + 1;
    }
    return pages;
  }

  TemporaryFolder folder_;
};

}  // namespace casebook::documents
