#pragma once
/// Checks single files: an exhibit's proof, a hand-over receipt, a ticket.

#include <filesystem>

#include "cli/bag_judgement.h"
#include "cli/runtime.h"

namespace casebook::cli {

struct CheckedPaper {
  std::string kind;                                        ///< "proof", "receipt", "ticket".
  std::string title;                                       ///< First line, printable.
  std::vector<std::pair<std::string, std::string>> lines;  ///< Label and text, printable.
  Verdict verdict = Verdict::not_fully_checked;
  std::string because;  ///< Why not intact; may be empty.
};

/// @return `invalid_input` for a file that is none of these.
Result<CheckedPaper> verify_paper(const std::filesystem::path& path, const OutsideFacts& outside);
void print_paper(Runtime& runtime, const CheckedPaper& paper);

}  // namespace casebook::cli
