#pragma once
/// What papers take out of a case: words of entries, values in the language of the paper, the
/// course. Everything is as of the last entry of the ledger; no clock is read.

#include "cli/record_fields.h"
#include "cli/report_command.h"
#include "cli/runbook_saying.h"
#include "workflow/case_state.h"

namespace casebook::cli {

/// A case open for reading, and the language of the paper.
struct CaseReader {
  std::unique_ptr<CaseSession> session;
  documents::Language language = documents::Language::en;
};
/// @return `not_found` for a case that follows no runbook.
Result<CaseReader> open_paper_case(Runtime& runtime, const PaperOptions& options,
                                   const std::string& purpose);

workflow::Language words_in(documents::Language language);

/// Words of an entry as they were said first or amended last; empty when they are erased.
std::string words_of(CaseSession& session, const workflow::Record& record);
/// Their first line, safe to show.
std::string first_words(CaseSession& session, const workflow::Record& record);
/// Words that came with one version of an entry: those by which it was settled.
std::string words_said_at(CaseSession& session, std::uint64_t seq,
                          const std::string& name = "text");
/// One of several texts of an entry, by the name of its field; the whole when there is but one.
std::string named_words(const workflow::Register& rule, const std::string& words,
                        std::string_view field);
/// Entries of one kind, in the order of the ledger.
std::vector<const workflow::Record*> entries_of(const workflow::CaseState& state,
                                                std::string_view kind);

/// A value as a paper says it: choices in its language, levels as Sev-2.
std::string paper_value(CaseSession& session, documents::Language language,
                        const workflow::Value& value, workflow::ValueType type);
/// The fact as "Label: value"; empty when nobody said it.
std::string paper_fact(CaseSession& session, documents::Language language, const std::string& name);
/// "4 h 10 min", with the words of the language.
std::string span_words(documents::Language language, std::chrono::seconds span);
/// The title people gave the case, else its code name.
std::string case_title(CaseSession& session);
std::string names_of(CaseSession& session, const std::vector<PersonId>& persons);

/// What moved the case, words given over it, what was told, and the four moments that a review asks
/// for, up to an entry of the ledger.
documents::Timeline course_of(CaseSession& session, documents::Language language,
                              std::uint64_t until_seq);

/// A language that we do not have is wrong use, before anything is opened.
template <typename Options>
std::function<ExitStatus(Runtime&)> in_language(const std::shared_ptr<Options>& options,
                                                ExitStatus (*make)(Runtime&, const Options&)) {
  return [options, make](Runtime& runtime) {
    if (auto good = paper_language(runtime, options->paper); !good) {
      return refuse_usage(runtime, good.error());
    }
    return make(runtime, *options);
  };
}

}  // namespace casebook::cli
