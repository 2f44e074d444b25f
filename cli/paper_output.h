#pragma once
/// Documents on their way to people: as text on the terminal, or as files in a folder. Only here do
/// clear copies leave.

#include <filesystem>

#include "cli/command.h"
#include "cli/runtime.h"
#include "reports/document/document.h"

namespace casebook::cli {

struct PaperOptions {
  std::filesystem::path out;  ///< Folder of clear copies; empty: shown here as text.
  std::string language;
  bool is_docx = false;
};
/// `--out`, `--lang`, `--docx`.
void add_paper_options(Command& command, PaperOptions& options);

/// en or nl: as asked for, else as the terminal says. @return `invalid_input` for another word.
Result<documents::Language> paper_language(const Runtime& runtime, const PaperOptions& options);
/// "casebook 0.1.0".
std::string tool_name();

/// The pages as PDF, drawn by casebook-pages beside this program.
Result<std::string> draw_pages(const documents::Document& document);

/// Shows it, or writes STEM.html, STEM.pdf and STEM.json, STEM.csv when there is a table for it,
/// and STEM.docx when asked for. No file is replaced.
ExitStatus deliver_paper(Runtime& runtime, const documents::Document& document,
                         const std::string& stem, const PaperOptions& options,
                         const documents::Table* csv = nullptr);
/// The first table of a document; null when it has none.
const documents::Table* first_table(const documents::Document& document);

}  // namespace casebook::cli
