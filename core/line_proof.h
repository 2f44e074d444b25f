#pragma once
/// One line of a bag's catalog or of a ledger, shown together with the proof that it belongs there.
/// Specification: docs/spec/merkle.md, section "casebook-proof/1".

#include <string>
#include <string_view>

#include "core/merkle.h"

namespace casebook {

struct LineProof {
  std::string leaf_format;  ///< kCatalogLeaf or kEntryLeaf.
  std::string line;         ///< Without its line feed.
  MerkleProof proof;
};

/// Canonical JSON and a line feed.
std::string format_line_proof(const LineProof& proof);
/// @return `invalid_input` for anything that format_line_proof() does not write.
Result<LineProof> parse_line_proof(std::string_view text);
/// Checks the line against a head that was signed. @return `corrupt` when it does not belong there.
Status verify_line(const LineProof& proof, const MerkleHead& signed_head);

}  // namespace casebook
