#pragma once
/// Files of a release: sealed into a compartment as they left, and out of it again, the same bytes.
/// Specification: docs/spec/duties.md 4.

#include "cli/case_session.h"
#include "reports/filing/release.h"

namespace casebook::cli {

/// Words of an entry, kept where only that compartment's readers find them. @return their leaf, for
/// the digests of the entry; `locked` when this person cannot open the compartment.
Result<Digest256> keep_words_in(CaseSession& session, const std::string& compartment,
                                const std::string& title, const std::string& words);
/// The compartment that holds these words. @return `locked` when none that this person opens does.
Result<std::string> compartment_of_words(CaseSession& session, const Digest256& leaf);

/// Each file as an attachment named STEM-FILE.
Status keep_release_files(CaseSession& session, const std::string& compartment,
                          const std::string& stem, const filing::Release& made);
/// Clear copies of what a manifest names, but the manifest itself, into a folder; nothing is
/// replaced. @return `locked` when this person cannot open them.
Status copy_release_files(CaseSession& session, const std::string& manifest,
                          const std::filesystem::path& folder);

}  // namespace casebook::cli
