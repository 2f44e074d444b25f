#include "reports/paper/section_paper.h"

#include "reports/document/document_messages.h"

namespace casebook::papers {
namespace {

using namespace documents;

void add_section(Document& document, const PaperSection& section) {
  document.blocks.emplace_back(Heading{1, section.title});
  for (const std::string& question : section.to_fill) {
    document.blocks.emplace_back(Notice{NoticeTone::info, "", {plain(question)}});
  }
  if (section.lines.size() == 1 && !section.is_numbered) {
    document.blocks.emplace_back(Paragraph{plain(section.lines.front())});
    return;
  }
  if (section.lines.empty()) return;
  List list{section.is_numbered, {}};
  for (const std::string& line : section.lines) list.items.push_back(plain(line));
  document.blocks.emplace_back(std::move(list));
}

}  // namespace

Document section_paper(const SectionPaperInput& input) {
  const Messages& words = document_messages(input.head.language);
  Document document = begin_paper(input.head, input.title);
  TitlePage title{
      input.title, input.subtitle, {{words.text("paper.case"), plain(input.head.code_name)}}};
  for (const auto& [name, value] : input.facts) title.facts.push_back({name, plain(value)});
  document.blocks.emplace_back(std::move(title));
  for (const PaperSection& section : input.sections) add_section(document, section);
  if (!input.course.events.empty()) {
    document.blocks.emplace_back(Heading{1, words.text("sitrep.course")});
    document.blocks.emplace_back(input.course);
  }
  return document;
}

}  // namespace casebook::papers
