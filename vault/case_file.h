#pragma once
/// The folder of a case and its public part, case.json. Specification: docs/spec/case.md.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.h"
#include "core/ids.h"
#include "core/ledger.h"
#include "core/ssh_public_key.h"

namespace casebook::vault {

/// Where things lie in a case.
struct CasePaths {
  std::filesystem::path root;
  [[nodiscard]] std::filesystem::path case_file() const { return root / "case.json"; }
  [[nodiscard]] std::filesystem::path ledger() const { return root / "ledger"; }
  [[nodiscard]] std::filesystem::path head() const { return root / "head"; }
  [[nodiscard]] std::filesystem::path lock() const { return root / "lock"; }
  [[nodiscard]] std::filesystem::path vault() const { return root / "vault"; }
  [[nodiscard]] std::filesystem::path evidence() const { return root / "evidence"; }
};

struct CaseFounder {
  PersonId person;
  SshPublicKey key;
};

/// What case.json says. Claims, until compared with entry 0.
struct CaseFile {
  CaseId case_id;
  std::string code_name;
  bool is_drill = false;
  std::vector<CaseFounder> founders;
  SshPublicKey log_key;
  std::optional<Digest256> roster;

  [[nodiscard]] LedgerId ledger_id() const;
};

std::string format_case_file(const CaseFile& file);
/// @return `invalid_input` for anything that format_case_file() does not write.
Result<CaseFile> parse_case_file(std::string_view text);
/// @return `not_found` when the folder holds no case.
Result<CaseFile> load_case_file(const CasePaths& paths);

}  // namespace casebook::vault
