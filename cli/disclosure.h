#pragma once
/// One statement shown to somebody outside: its record, salt and path to a signed head, and nothing
/// else of the case. Specification: docs/spec/disclosure.md.

#include <filesystem>

#include "cli/case_session.h"
#include "cli/verify_papers.h"
#include "core/line_proof.h"

namespace casebook::cli {

inline constexpr const char* kDisclosureFormat = "casebook-disclosure/1";

/// A text that the statement commits to, or that stands in its batch.
struct DisclosedText {
  std::string item;  ///< Canonical JSON, as the leaf commits to it.
  Salt salt{};
};

struct Disclosure {
  SignedHead head;
  SshPublicKey log_key;  ///< That signed the head.
  LineProof entry;
  Salt salt{};
  std::string record;
  std::vector<DisclosedText> texts;
};
/// Canonical JSON and a line feed.
std::string format_disclosure(const Disclosure& disclosure);
/// @return `invalid_input` for anything that format_disclosure() does not write.
Result<Disclosure> parse_disclosure(std::string_view text);

/// What a disclosure comes to, without anything from outside.
struct DisclosureCheck {
  std::uint64_t seq = 0;
  std::optional<Statement> statement;
  std::vector<std::string> signers;   ///< Fingerprints.
  std::vector<std::string> findings;  ///< What does not fit.
};
/// @return an error only when nothing can be told.
Result<DisclosureCheck> check_disclosure(const Disclosure& disclosure);

/// Which statement.
struct DiscloseRequest {
  std::string number;  ///< Of an entry, or the id of an item: then its newest version.
  std::string compartment = "general";
  bool without_words = false;
};
Result<Disclosure> disclose(CaseSession& session, const DiscloseRequest& request);

/// For `casebook verify FILE`.
Result<CheckedPaper> verify_disclosure(std::string_view text, const OutsideFacts& outside);

}  // namespace casebook::cli
