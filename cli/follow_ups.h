#pragma once
/// Follow-ups for a tracker outside: that there is something to do, by when, and where it comes
/// from. No words of the case.

#include <filesystem>

#include "cli/runbook_saying.h"

namespace casebook::cli {

struct FollowUpOptions {
  std::string kind = "action";  ///< The register.
  std::filesystem::path csv;    ///< Jira's import; empty: none.
  std::filesystem::path rest;   ///< Body for POST /rest/api/2/issue/bulk of Jira; empty: none.
  std::string project;          ///< Key of the project there, for `rest`.
  std::filesystem::path rt;     ///< Body for POST /REST/2.0/tickets/bulk of RT; empty: none.
  std::string queue;            ///< Queue there, for `rt`.
  bool with_settled = false;    ///< Also those that have their ticket.
};
/// `casebook record export`.
ExitStatus export_follow_ups(Runtime& runtime, const FollowUpOptions& options);

}  // namespace casebook::cli
