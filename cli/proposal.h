#pragma once
/// A statement on its way to its signatures: with the texts that it commits to, as a file that
/// travels between machines. Specification: docs/spec/proposal.md.

#include "core/statement.h"
#include "vault/case_writer.h"
#include "workflow/skeleton.h"

namespace casebook::cli {

/// A name, title or reason that a statement commits to.
struct ProposedText {
  std::string digest_name;  ///< Name in the statement's digests: "name", "title", "reason".
  std::string text;
  std::string kind = "text";  ///< Of the item that keeps it; `find` looks in "record".
};

struct Proposal {
  SignedStatement statement;
  std::vector<vault::ItemVersion> items;  ///< Each with its leaf.
};

/// Canonical JSON.
std::string format_proposal(const Proposal& proposal);
/// Checks the signatures, and that each text is one that the statement commits to.
Result<Proposal> parse_proposal(std::string_view text);

/// Where and when a statement is made.
struct DraftPlace {
  CaseId case_id;
  bool is_drill = false;
  PersonId author;
  UtcSeconds now;
  MerkleHead basis;
};
/// What is said: canonical JSON under a verb.
struct SaidBody {
  std::string verb, body;
};
/// A statement of the skeleton with its texts, before anybody signed.
struct Draft {
  Statement statement;
  std::vector<vault::ItemVersion> items;
};
Result<Draft> draft_skeleton(const DraftPlace& place, const workflow::Body& body,
                             const std::vector<ProposedText>& texts, Randomness& randomness);
/// @param digests  of words that lie elsewhere, named in the statement, too.
Result<Draft> draft_statement(const DraftPlace& place, const SaidBody& said,
                              const std::vector<ProposedText>& texts,
                              const StatementDigests& digests, Randomness& randomness);

/// Kind of the item that says where a skeleton's record stands.
inline constexpr std::string_view kSkeletonKind = "skeleton";
/// Kind of the item that keeps the text of a policy that the case pins, in its fields.
inline constexpr std::string_view kPolicyKind = "policy";
/// Its texts, and the item that says at which place the record stands.
Result<std::vector<vault::ItemVersion>> skeleton_items(const Proposal& proposal,
                                                       const DraftPlace& place, std::uint64_t seq,
                                                       Randomness& randomness);
/// Appends it to `general` with its texts, and so that it is found again. The rules are the
/// caller's.
Result<vault::Appended> append_skeleton(vault::CaseWriter& writer, vault::Compartment& general,
                                        const Proposal& proposal, const DraftPlace& place,
                                        Randomness& randomness);

/// An item for a text, with a fresh leaf.
Result<vault::ItemVersion> text_item(const ProposedText& text, const std::string& author,
                                     UtcSeconds now, Randomness& randomness);
/// True when each item's leaf fits it and stands among the digests.
Status check_items(const Statement& statement, std::span<const vault::ItemVersion> items);

}  // namespace casebook::cli
