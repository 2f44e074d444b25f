// DOCX: docs/spec/document.md 7, read back by a program that is not ours.
#include "reports/document/docx_writer.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "reports/document/visible_text.h"
#include "tests/support/program.h"
#include "tests/support/random_document.h"
#include "tests/support/temporary_folder.h"

namespace casebook::documents {
namespace {

using testing::HasSubstr;

std::string file_text(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class Docx : public testing::Test {
 protected:
  void write(const Document& document) {
    const auto bytes = document_docx(document);
    ASSERT_TRUE(bytes) << bytes.error().message;
    std::ofstream(folder_.path() / "a.docx", std::ios::binary) << *bytes;
  }
  std::string part(const std::string& name) {
    const std::filesystem::path out = folder_.path() / "part";
    // Brackets are patterns for bsdtar.
    EXPECT_EQ(
        run_program({.arguments = {"bsdtar", "-xOf", (folder_.path() / "a.docx").native(), name},
                     .output = out}),
        0);
    return file_text(out);
  }
  TemporaryFolder folder_;
};

/// Texts of the runs, entities resolved.
std::string text_of_runs(const std::string& xml) {
  std::string out;
  for (std::size_t at = 0;
       (at = xml.find("<w:t xml:space=\"preserve\">", at)) != std::string::npos;) {
    at += 26;
    out += xml.substr(at, xml.find("</w:t>", at) - at);
  }
  const std::pair<std::string, std::string> entities[] = {
      {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}};
  for (const auto& [entity, character] : entities) {
    for (std::size_t at = 0; (at = out.find(entity, at)) != std::string::npos; ++at) {
      out.replace(at, entity.size(), character);
    }
  }
  return out;
}

TEST_F(Docx, LosesNoText) {
  for (unsigned seed = 1; seed <= 15; ++seed) {
    const Document document = RandomDocument(seed).make();
    write(document);
    const std::string text = text_of_runs(part("word/document.xml"));
    for (const std::string& each : texts_of(document)) {
      EXPECT_NE(text.find(visible_text(each)), std::string::npos)
          << "seed " << seed << ": " << each;
    }
  }
}

TEST_F(Docx, IsADraftOnEveryPage) {
  write(full_sample());
  EXPECT_THAT(part("word/header1.xml"), HasSubstr("DRAFT: not the record copy"));
  EXPECT_THAT(part("word/document.xml"), HasSubstr("<w:headerReference w:type=\"default\""));
  EXPECT_EQ(part("word/document.xml").find("w:titlePg"), std::string::npos);
  EXPECT_THAT(part("docProps/core.xml"), HasSubstr("2026-11-21T02:11:00Z</dcterms:created>"));
}

TEST_F(Docx, IsTheSameEveryTime) {
  EXPECT_EQ(*document_docx(full_sample()), *document_docx(full_sample()));
}

TEST_F(Docx, EveryPartIsWellFormedForAStrictReader) {
  if (run_program({.arguments = {"/usr/bin/python3", "-c", "import xml.dom.minidom, zipfile"}}) !=
      0)
    GTEST_SKIP() << "python3 is not here";
  write(RandomDocument(7).make());
  EXPECT_EQ(
      run_program({.arguments = {"/usr/bin/python3", "-c",
                                 "import sys, zipfile, xml.dom.minidom\n"
                                 "z = zipfile.ZipFile(sys.argv[1])\n"
                                 "assert z.testzip() is None\n"
                                 "for n in z.namelist(): xml.dom.minidom.parseString(z.read(n))\n"
                                 "assert all(i.date_time == (1980, 1, 1, 0, 0, 0) for i in "
                                 "z.infolist())",
                                 (folder_.path() / "a.docx").native()}}),
      0);
}

TEST_F(Docx, OpensInPythonDocx) {
  if (run_program({.arguments = {"/usr/bin/python3", "-c", "import docx"}}) != 0)
    GTEST_SKIP() << "python3-docx is not here";
  write(full_sample());
  const std::filesystem::path out = folder_.path() / "said";
  EXPECT_EQ(run_program({.arguments = {"/usr/bin/python3", "-c",
                                       "import sys, docx\nd = docx.Document(sys.argv[1])\n"
                                       "print(len(d.tables), [p.text for p in d.paragraphs if "
                                       "p.style.name == 'Heading 1'])\n"
                                       "print(d.tables[-2].rows[1].cells[3].text)",
                                       (folder_.path() / "a.docx").native()},
                         .output = out}),
            0);
  EXPECT_EQ(file_text(out),
            "5 ['What happened', 'Evidence']\n" + sample_hash("/var/log/service/app-1.log") + "\n");
}

}  // namespace
}  // namespace casebook::documents
