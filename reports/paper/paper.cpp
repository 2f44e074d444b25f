#include "reports/paper/paper.h"

namespace casebook::papers {

std::vector<documents::Entry> said(std::vector<documents::Entry> entries) {
  std::erase_if(entries, [](const documents::Entry& entry) {
    return documents::joined_text(entry.value).empty();
  });
  return entries;
}

Document begin_paper(const PaperHead& head, std::string title) {
  Document document;
  document.language = head.language;
  document.title = std::move(title);
  document.classification = head.classification;
  document.code_name = head.code_name;
  document.made_at = head.made_at;
  document.tool = head.tool;
  document.draft = head.draft;
  return document;
}

}  // namespace casebook::papers
