#pragma once
/// What the papers below `report` share.

#include "cli/case_session.h"
#include "cli/paper_output.h"
#include "reports/paper/paper.h"

namespace casebook::cli {

/// The head of a paper made from a case: its times are those of the record, never of a clock.
papers::PaperHead case_head(const CaseSession& session, documents::Language language,
                            UtcSeconds made_at);

/// Here and not among the others, since few sources need it.
void add_report_command(Command& root);
void add_report_custody(Command& report);
void add_report_papers(Command& report);
void add_report_deciders(Command& report);
void add_report_register(Command& report);
void add_report_review(Command& report);

}  // namespace casebook::cli
