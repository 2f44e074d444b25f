#pragma once
/// The register of incidents of an organisation: what happened, its effects, what was done, and
/// who was told or why nobody was. Specification: docs/spec/papers.md 4.

#include <string>
#include <vector>

#include "reports/paper/paper.h"

namespace casebook::papers {

struct RegisterEntry {
  std::string case_name;
  UtcSeconds noticed_at;
  std::string nature;   ///< What happened.
  std::string effects;  ///< For whom.
  std::string measures;
  std::string notified;  ///< To whom and when, or the reasons why not.
};

struct IncidentRegisterInput {
  PaperHead head;
  std::string organisation;
  std::string period;
  std::vector<RegisterEntry> entries;
  bool breaches_only = false;  ///< Personal data breaches: GDPR Art. 33(5).
};

Document incident_register(const IncidentRegisterInput& input);

}  // namespace casebook::papers
