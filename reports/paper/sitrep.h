#pragma once
/// A situation report as a document. Specification: docs/spec/papers.md 3.

#include <string>
#include <vector>

#include "reports/paper/paper.h"

namespace casebook::papers {

struct SitrepStatement {
  std::string text;
  std::string source;      ///< "note 12"; may be empty.
  std::string confidence;  ///< A word of the policy, "confirmed"; may be empty.
};

struct SitrepClock {
  std::string name;
  std::string due;   ///< In the zone of the organisation, as the clock prints it.
  std::string left;  ///< "in 21 h"
  std::string state;
};

struct SitrepInput {
  PaperHead head;
  int number = 1;
  std::string severity;
  std::string phase;
  std::string commander;
  std::vector<SitrepStatement> known;
  std::vector<SitrepStatement> unknown;
  std::vector<SitrepStatement> changes;  ///< Since the sitrep before.
  std::vector<SitrepStatement> next;
  std::vector<SitrepClock> clocks;
  documents::Timeline course;  ///< Drawn when it has events.
  std::string ledger_head;     ///< Size and root that readers may keep as an anchor.
};

Document sitrep(const SitrepInput& input);

}  // namespace casebook::papers
