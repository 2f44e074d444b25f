#pragma once
/// Blocks that review papers, reports and letters share. Used by .cpp files of this folder only.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/messages.h"
#include "reports/document/document.h"
#include "reports/filing/draft.h"

namespace casebook::filing {

documents::Document begin_document(const Draft& draft, std::string title, UtcSeconds made_at);

/// A text of people in lines: each line is a paragraph of its own.
std::vector<std::string> lines_of(std::string_view text);
/// On one line, for a cell.
std::string one_line(std::string_view text);
/// A code of the data with blanks.
std::string spaced(std::string_view code);

/// "2026-10-26 16:00 UTC"; seconds only where there are any.
std::string utc_words(UtcSeconds time);

/// Id of a statement → the number behind the words that come from it, in the order of the fields.
using SourceNumbers = std::map<std::string, std::size_t>;
SourceNumbers numbers_of(const Draft& draft);

/// The name of the stage, or of the decision not to act on it.
std::string title_of(const Draft& draft, const Messages& words);

void add_heading(documents::Document& document, int level, std::string text);
void add_paragraph(documents::Document& document, std::string text);

/// Law, recipient, references, times.
std::vector<documents::Entry> head_entries(const Draft& draft, const Messages& words);
void add_advice(documents::Document& document, const Draft& draft, const Messages& words);
void add_deadline(documents::Document& document, const Draft& draft, const Messages& words);
void add_changes(documents::Document& document, const Draft& draft, const Messages& words);
void add_sources(documents::Document& document, const Draft& draft, const Messages& words);
void add_law(documents::Document& document, const Draft& draft, const Messages& words);

/// The parts of a field with their confidence and, when wanted, the numbers of their statements.
documents::Spans field_spans(const DraftField& field, const Messages& words,
                             const SourceNumbers* numbers);

}  // namespace casebook::filing
