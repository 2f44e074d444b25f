#pragma once
/// One page for those who decide: where we stand, what we need from them, and the course drawn.
/// Specification: docs/spec/papers.md 5.

#include <string>
#include <vector>

#include "reports/paper/paper.h"

namespace casebook::papers {

struct DecisionWanted {
  std::string question;
  std::string by;          ///< Until when, in the zone of the organisation.
  std::string recommends;  ///< What the team recommends and why; may be empty.
};

struct OnePageInput {
  PaperHead head;
  std::string title;     ///< "Sign-in with a withdrawn key"
  std::string severity;  ///< "Sev-1"
  std::string phase;
  std::string since;  ///< "14 h"
  std::string commander;
  std::string bottom_line;          ///< One or two sentences.
  std::vector<std::string> impact;  ///< For whom, how much.
  std::vector<std::string> known;
  std::vector<DecisionWanted> decisions;
  std::vector<std::string> deadlines;  ///< "GDPR authority: Mon 26 Oct 17:00 Paris"
  std::vector<std::string> next;
  documents::Timeline course;  ///< At most five events are drawn.
};

/// Long lists are cut after three items with the number left out, so that it stays one page.
Document one_page(const OnePageInput& input);

}  // namespace casebook::papers
