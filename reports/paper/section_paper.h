#pragma once
/// A paper of headed sections: a kept situation report, a review, an overview for whoever decides.
/// The lines come as they are in the record; nothing is added but headings and the course, drawn.
/// Specification: docs/spec/papers.md 5.

#include <utility>
#include <vector>

#include "reports/paper/paper.h"

namespace casebook::papers {

struct PaperSection {
  std::string title;
  std::vector<std::string> lines;
  bool is_numbered = false;
  std::vector<std::string> to_fill = {};  ///< Questions that a person still answers.
};

struct SectionPaperInput {
  PaperHead head;
  std::string title;
  std::string subtitle;
  std::vector<std::pair<std::string, std::string>> facts;  ///< Of the title page: name and value.
  std::vector<PaperSection> sections;
  documents::Timeline course;  ///< Drawn when it has events.
};

Document section_paper(const SectionPaperInput& input);

}  // namespace casebook::papers
