#pragma once
/// `casebook report KIND ACTION`: from draft to receipt.

#include "cli/paper_output.h"

namespace casebook::cli {

struct FilingOptions {
  std::vector<std::string> words;  ///< Kind and action.
  std::string compartment;         ///< Empty: general, or where the draft lies.
  std::string channel, reference, receipt;
  std::string at = "now";
  std::vector<std::string> settles;
  bool is_all = false;
  PaperOptions paper;
};

ExitStatus report_filing(Runtime& runtime, const FilingOptions& options);
/// What is due, drafted, released, sent; with `is_all` every stage of every law.
ExitStatus list_reports(Runtime& runtime, bool is_all);
/// What reports ask of the organisation, as JSON to fill.
ExitStatus print_report_profile(Runtime& runtime);
void add_report_filing(Command& report);

}  // namespace casebook::cli
