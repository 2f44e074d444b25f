#pragma once
/// A policy as a document that people read before they agree to it: its steps, gates, roles,
/// clocks, registers and severities in the words of the policy.

#include <string>
#include <vector>

#include "workflow/policy.h"

namespace casebook::workflow {

struct DocumentLine {
  enum class Kind {
    title,    ///< One, the first.
    section,  ///< "Gates".
    part,     ///< One step, gate, role ...: its name, and `text` what it is called by.
    row,      ///< `label` and `text` side by side.
    item      ///< Of a list, `depth` deep.
  };
  Kind kind = Kind::row;
  std::string label, text;
  std::size_t depth = 0;
};

std::vector<DocumentLine> policy_document(const Policy& policy, Language language);
/// Words of the policy are escaped: they make no links, code or HTML.
std::string markdown(const std::vector<DocumentLine>& lines);

}  // namespace casebook::workflow
