#pragma once
/// A second opinion on what the runbook allows, written without looking at the
/// engine: it reads the raw list of what was said from the beginning, each
/// time, and compares values instead of digests. Slow and simple on purpose. It
/// knows nothing of stolen keys, deputies and spoken answers.

#include "workflow/runbook_statement.h"

namespace casebook::workflow {

/// Something that was said and taken.
struct Said {
  RunbookBody body;
  std::vector<std::size_t> persons;  ///< Positions in Setup::ids.
  UtcSeconds at;
  StatementId id;
  std::uint64_t seq = 0;
  std::int64_t number = 0;  ///< Of an entry of a register: what people call it.
};

struct Setup {
  std::shared_ptr<const Policy> policy;
  std::vector<PersonId> ids;
  std::vector<std::vector<std::string>> roles;  ///< What each holds at the start.
};

/// Why `next` may not follow `past`: the gate or rule; empty when it may.
std::string oracle_objects(const Setup& setup, const std::vector<Said>& past, const Said& next);

}  // namespace casebook::workflow
