#pragma once
/// The draft of a review, out of the record: what happened, what it touched, why, what follows. A
/// person writes the rest. Pure. Specification: docs/spec/workflow.md, section "Post-mortem".

#include "workflow/sitrep.h"

namespace casebook::workflow {

struct PostmortemRequest {
  const CaseState& state;
  UtcSeconds now;
  /// For readers outside: no names, no hosts, no words of entries; only what was decided to
  /// publish.
  bool is_external = false;
  Language language = Language::en;
  std::function<std::string(const PersonId&)> name_of;
  std::function<std::string(const Record&)> words_of;
};
/// CommonMark. Lines that a person has to fill begin with "> ".
std::string postmortem_draft(const PostmortemRequest& request);

}  // namespace casebook::workflow
