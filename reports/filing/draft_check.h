#pragma once
/// What stands in the way of sending a draft. Specification: docs/spec/filing.md 4.

#include <string>
#include <vector>

#include "reports/filing/draft.h"

namespace casebook::filing {

enum class FindingLevel { blocks, warns };
std::string_view to_string(FindingLevel level) noexcept;

struct DraftFinding {
  FindingLevel level = FindingLevel::blocks;
  std::string what;   ///< A word of the specification: "missing".
  std::string where;  ///< Field, or the draft itself.
  std::string say;    ///< A sentence, in the language of the draft.
  std::string todo;   ///< What to do about it.
  bool operator==(const DraftFinding&) const = default;
};

/// Personal data that the caller's detectors found in a text of the draft.
struct PersonalDataHit {
  std::string field;
  std::string kind;  ///< "e-mail", "phone", "payment card".
  int count = 1;
};

struct CheckInput {
  UtcSeconds now;
  std::vector<PersonalDataHit> personal_data;
  /// For papers that must not hold a count: the numbers of people are looked for in their texts.
  const FactEntries* facts = nullptr;
};

/// Everything found, what blocks first; in the order of the fields.
std::vector<DraftFinding> check_draft(const Draft& draft, const CheckInput& input);
bool any_blocks(const std::vector<DraftFinding>& findings);

}  // namespace casebook::filing
