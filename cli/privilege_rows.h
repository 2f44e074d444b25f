#pragma once
/// Labels of claimed privilege as they stand in a compartment, and the rows of the log that follow.
/// Rules: docs/spec/privacy.md sections 3 and 4.

#include <string>
#include <vector>

#include "cli/case_session.h"
#include "vault/privacy/privilege.h"
#include "vault/privacy/privilege_log.h"

namespace casebook::cli {

/// Kind of the item that holds a step.
inline constexpr std::string_view kPrivilegeKind = "privilege";

/// What all steps of a compartment come to.
Result<privacy::PrivilegeStates> privilege_states(CaseSession& session,
                                                  vault::Compartment& compartment);

/// The rows of one compartment, with the texts that they must not give away.
class PrivilegeLog {
 public:
  explicit PrivilegeLog(CaseSession& session) : session_(session) {}

  Status add(vault::Compartment& compartment);
  [[nodiscard]] const std::vector<privacy::PrivilegeLogRow>& rows() const { return rows_; }
  /// Prints what stands against rows. @return `invalid_input` when one lacks what a log needs.
  [[nodiscard]] Status require_fit();

 private:
  [[nodiscard]] std::vector<privacy::LogFinding> check();
  [[nodiscard]] bool is_open(std::string_view word);
  privacy::LogPerson person(const std::string& id);
  privacy::PrivilegeLogRow row_of(const vault::ItemVersion& item,
                                  const privacy::PrivilegeState& state);

  CaseSession& session_;
  std::vector<privacy::PrivilegeLogRow> rows_;
  std::vector<std::string> texts_;
};

}  // namespace casebook::cli
