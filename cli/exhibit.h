#pragma once
/// One file out of a bag with the proof that it belongs there, in a form that can be handed to
/// somebody without the bag: NAME, NAME.proof (casebook-proof/1) and a folder `seal-<id>` with the
/// signed papers, shared by all exhibits of that bag.

#include <filesystem>

#include "cli/verify_papers.h"
#include "core/bag_reader.h"

namespace casebook::cli {

inline constexpr std::string_view kExhibitFormat = "casebook-proof/1";

/// Writes the papers of a bag beside its exhibits, unless they are there.
Status write_exhibit_papers(const std::filesystem::path& folder, const Seal& seal,
                            const BagPapers& papers);

/// Checks a .proof file with the exhibit and the papers beside it.
Result<CheckedPaper> verify_exhibit(const std::filesystem::path& proof_file, std::string_view proof,
                                    const OutsideFacts& outside);

}  // namespace casebook::cli
