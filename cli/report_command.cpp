// `casebook report`: papers for people outside the team. Each kind is a command of its own.
#include "cli/report_command.h"

#include "cli/report_filing.h"
#include "workflow/case_state.h"

namespace casebook::cli {

papers::PaperHead case_head(const CaseSession& session, documents::Language language,
                            UtcSeconds made_at) {
  papers::PaperHead head;
  head.language = language;
  head.code_name = (session.state().file.is_drill ? "DRILL " : "") + session.state().file.code_name;
  head.made_at = made_at;
  head.tool = tool_name();
  head.draft = false;
  return head;
}

void add_report_command(Command& root) {
  Command& report = root.add("report", "Reports to authorities and people, and other papers");
  report.example("casebook report custody B-7 --out shown", "what a court checks without us")
      .example("casebook report sitrep --out shown --lang nl",
               "the last one kept, as PDF and HTML");
  add_report_custody(report);
  add_report_papers(report);
  add_report_deciders(report);
  add_report_register(report);
  add_report_review(report);
  add_report_filing(report);
}

}  // namespace casebook::cli
