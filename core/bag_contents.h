#pragma once
/// Checks what an archive holds, in one pass: it must be, byte for byte, what the writer's rule
/// makes from its catalog. Specification: docs/spec/bag.md section 7.

#include <array>
#include <functional>
#include <memory>

#include "core/bag_format.h"
#include "core/frame_reader.h"

namespace casebook {

/// Something that is not as it must be.
struct BagFinding {
  std::string code;   ///< Short and fixed, e.g. "content_digest".
  std::string where;  ///< A member or file name, as it stands in the bag; may be hostile text.
  std::string what;   ///< One line for people.
};

struct BagContents {
  CatalogIndex index;  ///< As rebuilt from what was read; `run`, `date`, `software` as stated.
  Digest256 tagmanifest_sha256{};
  std::string context_json;
  std::uint64_t members = 0;  ///< Payload members read.
  std::uint64_t matched = 0;  ///< Of these, equal to their catalog line.
  std::uint64_t payload_bytes = 0;
  std::array<std::uint64_t, 5> outcomes{};  ///< Lines by Outcome.
  bool whole = false;                       ///< Read to the end without a finding.
};

/// Called for each catalog line, in order.
using LineListener = std::function<void(const CatalogLine& line)>;

struct CheckedContents {
  BagContents contents;
  std::vector<BagFinding> findings;
};

/// Reads the archive (decrypted) to its end, or to the first thing that makes the rest meaningless.
/// @param listener  may be empty. @return findings as data; an error only where reading itself
/// failed (`io`, `crypto`).
Result<CheckedContents> check_contents(ByteSource& archive, const LineListener& listener);

}  // namespace casebook
