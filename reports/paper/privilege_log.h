#pragma once
/// The privilege log: what was withheld and on what basis, without its content.
/// Specification: docs/spec/papers.md 2.

#include <vector>

#include "reports/paper/paper.h"

namespace casebook::papers {

struct PrivilegeEntry {
  std::string control_number;  ///< "PRIV-0007"
  UtcSeconds date;
  std::string kind;  ///< "e-mail", "note"
  std::string author;
  std::vector<std::string> recipients;
  std::string basis;        ///< What is claimed: "legal advice", "work product".
  std::string description;  ///< Of the subject, never of the advice.
  bool in_part = false;     ///< Redacted and handed over; otherwise withheld whole.
};

struct PrivilegeLogInput {
  PaperHead head;
  std::string organisation;
  std::string counsel;  ///< Who claims it.
  std::vector<PrivilegeEntry> entries;
};

Document privilege_log(const PrivilegeLogInput& input);

}  // namespace casebook::papers
