#include "reports/paper/privilege_log.h"

#include <algorithm>

#include "reports/document/document_messages.h"

namespace casebook::papers {

using namespace documents;

Document privilege_log(const PrivilegeLogInput& input) {
  const Messages& words = document_messages(input.head.language);
  Document document = begin_paper(input.head, words.text("privilege.title"));
  const auto in_part = std::ranges::count_if(input.entries, &PrivilegeEntry::in_part);
  document.blocks.emplace_back(
      TitlePage{words.text("privilege.title"),
                words.text("privilege.subtitle"),
                {{words.text("paper.organisation"), plain(input.organisation)},
                 {words.text("paper.case"), plain(input.head.code_name)},
                 {words.text("privilege.counsel"), plain(input.counsel)},
                 {words.text("privilege.withheld"),
                  plain(std::to_string(input.entries.size() - static_cast<std::size_t>(in_part)))},
                 {words.text("privilege.in_part"), plain(std::to_string(in_part))}}});
  document.blocks.emplace_back(
      Notice{NoticeTone::legal, "", {plain(words.text("privilege.notice"))}});
  Table table{"",
              {{words.text("privilege.control"), ColumnKind::text},
               {words.text("privilege.date"), ColumnKind::time},
               {words.text("privilege.kind"), ColumnKind::text},
               {words.text("privilege.author"), ColumnKind::text},
               {words.text("privilege.recipients"), ColumnKind::text},
               {words.text("privilege.basis"), ColumnKind::text},
               {words.text("privilege.description"), ColumnKind::text},
               {words.text("privilege.how"), ColumnKind::text}},
              {}};
  for (const PrivilegeEntry& entry : input.entries) {
    std::string recipients;
    for (const std::string& each : entry.recipients) {
      recipients += (recipients.empty() ? "" : "; ") + each;
    }
    table.rows.push_back(
        {plain(entry.control_number), plain(format_utc(entry.date).substr(0, 10)),
         plain(entry.kind), plain(entry.author), plain(recipients), plain(entry.basis),
         plain(entry.description),
         plain(words.text(entry.in_part ? "privilege.redacted" : "privilege.whole"))});
  }
  document.blocks.emplace_back(std::move(table));
  return document;
}

}  // namespace casebook::papers
