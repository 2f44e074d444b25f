#include "reports/paper/incident_register.h"

#include "reports/document/document_messages.h"

namespace casebook::papers {

using namespace documents;

Document incident_register(const IncidentRegisterInput& input) {
  const Messages& words = document_messages(input.head.language);
  const std::string title =
      words.text(input.breaches_only ? "register.breaches" : "register.title");
  Document document = begin_paper(input.head, title);
  document.blocks.emplace_back(TitlePage{
      title, input.period,
      said({{words.text("paper.organisation"), plain(input.organisation)},
            {words.text("register.count"), plain(std::to_string(input.entries.size()))}})});
  document.blocks.emplace_back(Paragraph{
      plain(words.text(input.breaches_only ? "register.breaches_intro" : "register.intro"))});
  if (input.entries.empty()) {
    document.blocks.emplace_back(Paragraph{plain(words.text("register.none"))});
    return document;
  }
  Table table{"",
              {{words.text("paper.case"), ColumnKind::text},
               {words.text("register.noticed"), ColumnKind::time},
               {words.text("register.nature"), ColumnKind::text},
               {words.text("register.effects"), ColumnKind::text},
               {words.text("register.measures"), ColumnKind::text},
               {words.text("register.notified"), ColumnKind::text}},
              {}};
  for (const RegisterEntry& entry : input.entries) {
    table.rows.push_back({plain(entry.case_name), plain(format_utc(entry.noticed_at).substr(0, 10)),
                          plain(entry.nature), plain(entry.effects), plain(entry.measures),
                          plain(entry.notified)});
  }
  document.blocks.emplace_back(std::move(table));
  return document;
}

}  // namespace casebook::papers
