// PDF: docs/spec/document.md 6, checked with programs that are not ours.
#include "reports/document/pdf_writer.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "reports/document/pdf_canvas.h"
#include "tests/support/golden.h"
#include "tests/support/random_document.h"
#include "tests/unit/documents/pdf_reader.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CASEBOOK_TEST_SANITIZED
#endif
#endif

namespace casebook::documents {
namespace {

#ifdef CASEBOOK_TEST_SANITIZED
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

using testing::HasSubstr;

const PdfFonts& fonts() {
  static const PdfFonts opened = *PdfFonts::open(PdfOptions().font_folder);
  return opened;
}

/// The text as the PDF shows it, without blanks.
std::string drawn(const std::string& text) {
  std::string all;
  for (const Run& run : runs_of(fonts(), text)) all += run.text;
  return without_blanks(all);
}

PdfFile made(const Document& document) {
  auto pdf = document_pdf(document);
  check(bool(pdf), "a PDF of a sound document");
  return *std::move(pdf);
}

class Pdf : public testing::Test {
 protected:
  void SetUp() override {
    if (!PdfReader::is_here()) GTEST_SKIP() << "poppler-utils is not here";
  }
};

int random_cases() {
  const char* asked = std::getenv("CASEBOOK_PROPERTY_CASES");
  return asked == nullptr ? 10 : std::max(1, std::atoi(asked));
}

TEST_F(Pdf, IsTaggedTitledAndDatedFromTheDocument) {
  PdfReader reader(made(full_sample()).bytes);
  const std::string info = reader.info();
  EXPECT_THAT(info, HasSubstr("Initial report: odd logins"));
  EXPECT_THAT(info, HasSubstr("CreationDate:    2026-11-21T02:11:00Z"));
  EXPECT_THAT(info, HasSubstr("ModDate:         2026-11-21T02:11:00Z"));
  EXPECT_THAT(info, HasSubstr("Tagged:          yes"));
  EXPECT_THAT(info, HasSubstr("JavaScript:      no"));
  const std::string fonts_seen = reader.output({"pdffonts", reader.file().native()});
  std::istringstream lines(fonts_seen);
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("DejaVu") == std::string::npos) continue;
    EXPECT_THAT(line, HasSubstr("yes yes yes")) << "embedded, a subset, with Unicode";
    ++count;
  }
  EXPECT_GE(count, 3);
}

TEST_F(Pdf, HasTheGoldenStructureAndText) {
  PdfReader reader(made(full_sample()).bytes);
  const std::string version = reader.info();
  if (version.find("Custom Metadata") == std::string::npos)
    GTEST_SKIP() << "another version of poppler-utils prints in another form";
  expect_golden("documents/full.pdf.structure", reader.info("-struct-text"));
}

TEST_F(Pdf, NumbersItsPagesAndMarksThem) {
  Document document = long_sample(2);
  document.draft = true;
  const PdfFile pdf = made(document);
  PdfReader reader(pdf.bytes);
  const auto pages = reader.whole_pages();
  ASSERT_EQ(pages.size(), static_cast<std::size_t>(pdf.pages));
  EXPECT_GT(pages.size(), 6U);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    EXPECT_THAT(pages[i],
                HasSubstr("Page " + std::to_string(i + 1) + " of " + std::to_string(pages.size())));
    EXPECT_THAT(pages[i], HasSubstr("TLP:AMBER"));
    EXPECT_THAT(pages[i], HasSubstr("Case amber-heron"));
    EXPECT_THAT(pages[i], HasSubstr("DRAFT"));
  }
}

TEST_F(Pdf, ContentsNameThePagesOnWhichTheHeadingsAre) {
  PdfReader reader(made(long_sample(3)).bytes);
  const auto pages = reader.body_pages();
  const std::string contents = pages.front();
  int found = 0;
  for (std::size_t page = 1; page < pages.size(); ++page) {
    for (int section = 1; section <= 3; ++section) {
      const std::string name = "Part 4 of section " + std::to_string(section);
      if (pages[page].find(name) == std::string::npos) continue;
      EXPECT_THAT(contents, HasSubstr(name + " " + std::to_string(page + 1) + "\n"));
      ++found;
    }
  }
  EXPECT_GE(found, 2);
}

TEST_F(Pdf, LosesNoTextAndStaysInsideTheMargins) {
  for (int seed = 1; seed <= random_cases(); ++seed) {
    const Document document = RandomDocument(static_cast<unsigned>(seed)).make();
    PdfReader reader(made(document).bytes);
    std::string body;
    for (const std::string& page : reader.body_pages()) body += without_blanks(page);
    for (const std::string& each : texts_of(document)) {
      EXPECT_NE(body.find(drawn(each)), std::string::npos) << "seed " << seed << ": " << each;
    }
    for (const PdfWord& word : reader.words()) {
      EXPECT_GE(word.x_min, 56.0) << "seed " << seed << ": " << word.text;
      EXPECT_LE(word.x_max, 540.0) << "seed " << seed << ": " << word.text;
      EXPECT_GE(word.y_min, 28.0) << "seed " << seed << ": " << word.text;
      EXPECT_LE(word.y_max, 812.0) << "seed " << seed << ": " << word.text;
    }
  }
}

/// Lines of a page that are not empty.
std::vector<std::string> lines_of(const std::string& page) {
  std::vector<std::string> lines;
  std::istringstream text(page);
  for (std::string line; std::getline(text, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

/// Paragraphs, tables and headings of many lengths, so that page ends fall everywhere.
Document paged(unsigned seed) {
  RandomDocument random(seed);
  Document document = empty_sample();
  int number = 0;
  for (int i = 0; i < 40; ++i) {
    const std::string name = "H" + std::to_string(++number);
    document.blocks.emplace_back(Heading{1, name + "HEAD"});
    if (random.chance(30)) document.blocks.emplace_back(Heading{2, name + "SUBHEAD"});
    std::string text;
    for (std::size_t words = 10 + random.below(160); words > 0; --words) text += "word ";
    if (random.chance(60)) document.blocks.emplace_back(Paragraph{plain(text)});
    Table table{"", {{"ROWHEAD", ColumnKind::text}, {"SHA-256", ColumnKind::hash}}, {}};
    for (std::size_t rows = 1 + random.below(12); rows > 0; --rows) {
      table.rows.push_back({plain("ROW"), plain(sample_hash(std::to_string(++number)))});
    }
    document.blocks.emplace_back(std::move(table));
  }
  return document;
}

TEST_F(Pdf, NoHeadingIsLastNoHashSplitNoRowAlone) {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    const Document document = paged(seed);
    PdfReader reader(made(document).bytes);
    const auto pages = reader.body_pages();
    for (std::size_t i = 0; i < pages.size(); ++i) {
      const auto lines = lines_of(pages[i]);
      ASSERT_FALSE(lines.empty());
      EXPECT_EQ(lines.back().find("HEAD"), std::string::npos)
          << "seed " << seed << ", page " << i + 1 << ": a head is last";
      if (lines.front().starts_with("(continued)")) {
        EXPECT_THAT(lines.at(1), HasSubstr("ROWHEAD")) << "the head is repeated";
        // A table of two rows or more leaves two at least on each page.
        EXPECT_THAT(lines.at(2), HasSubstr("ROW "));
        EXPECT_THAT(lines.at(3), HasSubstr("ROW ")) << "seed " << seed << ", page " << i + 1;
      }
    }
    std::set<std::string> words;
    for (const PdfWord& word : reader.words()) words.insert(word.text);
    for (const std::string& text : texts_of(document)) {
      if (text.size() != 64) continue;
      EXPECT_TRUE(words.contains(text)) << text << " is not one word";
    }
  }
}

TEST_F(Pdf, AHashInACrowdedTableBreaksOnlyBetweenGroupsOfOnePage) {
  Table table{"crowded", {}, {}};
  for (int i = 0; i < 4; ++i) table.columns.push_back({"text", ColumnKind::text});
  table.columns.push_back({"hash", ColumnKind::hash});
  for (int i = 0; i < 60; ++i) {
    Row row(4, plain("several words that need room in a narrow column"));
    row.push_back(plain(sample_hash(std::to_string(i))));
    table.rows.push_back(std::move(row));
  }
  Document document = empty_sample();
  document.blocks = {table};
  PdfReader reader(made(document).bytes);
  const auto pages = reader.body_pages();
  EXPECT_GT(pages.size(), 2U);
  for (int i = 0; i < 60; ++i) {
    const std::string hash = sample_hash(std::to_string(i));
    EXPECT_TRUE(std::ranges::any_of(pages,
                                    [&](const std::string& page) {
                                      return without_blanks(page).find(hash) != std::string::npos;
                                    }))
        << hash << " is not whole on a page";
    for (const std::string& page : pages) {
      const std::size_t at = page.find(hash.substr(0, 16));
      if (at == std::string::npos) continue;
      EXPECT_TRUE(page.find(hash.substr(16, 16), at) != std::string::npos);
    }
  }
}

TEST_F(Pdf, BreaksARowThatIsHigherThanAPageAndLosesNothing) {
  Table table{"", {{"a", ColumnKind::text}, {"b", ColumnKind::text}}, {}};
  std::string tall;
  for (int i = 0; i < 6000; ++i) tall += "w" + std::to_string(i) + " ";
  table.rows = {
      {plain("before"), plain("1")}, {plain("beside"), plain(tall)}, {plain("after"), {}}};
  Document document = empty_sample();
  document.blocks = {table};
  const PdfFile pdf = made(document);
  EXPECT_GT(pdf.pages, 3);
  std::set<std::string> words;
  PdfReader reader(pdf.bytes);
  for (const PdfWord& word : reader.words()) words.insert(word.text);
  for (int i = 0; i < 6000; ++i) EXPECT_TRUE(words.contains("w" + std::to_string(i))) << i;
  EXPECT_TRUE(words.contains("after"));
}

TEST_F(Pdf, ATableWhoseHeadFillsPagesStaysOnThem) {
  std::string tall;
  for (int i = 0; i < 1500; ++i) tall += "n" + std::to_string(i) + " ";
  Table table{"", {{tall, ColumnKind::text}, {"b", ColumnKind::hash}}, {}};
  for (int i = 0; i < 80; ++i) table.rows.push_back({plain("ROW"), plain(sample_hash("x"))});
  Document document = empty_sample();
  document.blocks = {table};
  PdfReader reader(made(document).bytes);
  int rows = 0;
  int names = 0;
  for (const PdfWord& word : reader.words()) {
    rows += word.text == "ROW" ? 1 : 0;
    names += word.text.starts_with('n') ? 1 : 0;
    EXPECT_LE(word.y_max, 812.0) << word.text;
  }
  EXPECT_EQ(rows, 80);
  EXPECT_GE(names, 1500);
}

TEST(PdfWriter, GivesTheSameBytesInOtherZonesLanguagesAndDays) {
  TemporaryFolder folder;
  // Found beside this program, so that no path of a checkout is compiled in.
  const auto build = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const std::string program = (build / "../../bench/casebook_render_document").native();
  const std::string other_day = (build / "libcasebook_other_day.so").native();
  const auto render = [&](std::vector<std::string> environment, const std::string& form,
                          const std::string& name) {
    std::vector<std::string> arguments{"env"};
    arguments.insert(arguments.end(), environment.begin(), environment.end());
    for (const std::string& each :
         {program, std::string("full"), form, (folder.path() / name).native()}) {
      arguments.push_back(each);
    }
    EXPECT_EQ(run_program({.arguments = arguments}), 0) << name;
    std::ostringstream text;
    text << std::ifstream(folder.path() / name, std::ios::binary).rdbuf();
    return text.str();
  };
  const std::vector<std::string> here{"TZ=UTC", "LC_ALL=C"};
  std::vector<std::string> elsewhere{"TZ=Pacific/Kiritimati",
                                     "LC_ALL=ar_EG.UTF-8",
                                     "LANG=ja_JP.UTF-8",
                                     "LANGUAGE=nl",
                                     "PANGO_LANGUAGE=zh-cn",
                                     "HOME=/nonexistent",
                                     "FONTCONFIG_FILE=/nonexistent",
                                     "XDG_CACHE_HOME=/nonexistent"};
  // A sanitizer must be the first library, so another one cannot be preloaded then.
  if (!kIsSanitized) elsewhere.push_back("LD_PRELOAD=" + other_day);
  for (const std::string form : {"pdf", "html", "docx", "json", "text"}) {
    const std::string first = render(here, form, "first." + form);
    EXPECT_GT(first.size(), 1000U);
    EXPECT_TRUE(first == render(elsewhere, form, "second." + form)) << form << " differs";
  }
}

TEST(PdfWriter, SaysWhichFontIsMissing) {
  TemporaryFolder empty;
  const auto pdf = document_pdf(full_sample(), {.font_folder = empty.path()});
  ASSERT_FALSE(pdf);
  EXPECT_EQ(pdf.error().code, ErrorCode::not_found);
  EXPECT_THAT(pdf.error().message, HasSubstr("DejaVuSans.ttf: open: No such file"));
  EXPECT_EQ(pdf.error().hint, "install fonts-dejavu-core");
  std::ofstream(empty.path() / "DejaVuSans.ttf") << "no font";
  for (const char* name :
       {"DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"}) {
    std::ofstream(empty.path() / name) << "no font";
  }
  const auto broken = document_pdf(full_sample(), {.font_folder = empty.path()});
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().message, HasSubstr("not a font"));
}

TEST(PdfWriter, WritesWithPinnedFontsOnly) {
  Document document = full_sample();
  document.fonts = *font_digests(PdfOptions().font_folder);
  ASSERT_EQ(document.fonts.size(), 4U);
  const auto pdf = document_pdf(document);
  ASSERT_TRUE(pdf);
  EXPECT_EQ(pdf->fonts, document.fonts);
  document.fonts[0].sha256.front() = document.fonts[0].sha256.front() == '0' ? '1' : '0';
  const auto refused = document_pdf(document);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("not those that the document names"));
}

TEST(PdfWriter, RefusesTooManyPagesBeforeItWritesOne) {
  PdfOptions options;
  options.limits.pages_max = 3;
  const auto pdf = document_pdf(long_sample(1), options);
  ASSERT_FALSE(pdf);
  EXPECT_EQ(pdf.error().code, ErrorCode::limit_exceeded);
  EXPECT_THAT(pdf.error().message, HasSubstr("pages, at most 3"));
}

}  // namespace
}  // namespace casebook::documents
