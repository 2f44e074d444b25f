#pragma once
/// What papers have in common. Specification: docs/spec/papers.md.

#include <string>
#include <vector>

#include "reports/document/document.h"

namespace casebook::papers {

using documents::Document;
using documents::Language;

/// What every paper says about itself.
struct PaperHead {
  Language language = Language::en;
  std::string code_name;
  std::string classification;
  UtcSeconds made_at;  ///< From the record of the release.
  std::string tool;
  bool draft = true;
};

/// Without those that say nothing.
std::vector<documents::Entry> said(std::vector<documents::Entry> entries);

/// An empty document with the head's language, markings and times.
Document begin_paper(const PaperHead& head, std::string title);

}  // namespace casebook::papers
