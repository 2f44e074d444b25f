#pragma once
/// Whether something may be erased, or must be: a legal hold beats retention, retention beats a
/// request to erase. Pure. Specification: docs/spec/keeping.md.

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"

namespace casebook::vault {

/// What is kept, as far as the rules look at it.
struct KeptThing {
  std::string compartment;
  std::string kind;     ///< Of an item, or "evidence".
  std::string subject;  ///< Its id.
  UtcSeconds received;
};

/// Nothing that it covers is erased until a person lifts it.
struct LegalHold {
  std::string name;
  std::string compartment = {};  ///< Empty: all.
  std::string kind = {};         ///< Empty: all.
  std::string subject = {};      ///< Empty: all.
  std::optional<UtcSeconds> lifted_at = {};
};

/// How long a kind is kept at least, and when it is due to go.
struct RetentionRule {
  std::string name;
  std::string compartment = {};  ///< Empty: all.
  std::string kind = {};         ///< Empty: all.
  std::chrono::days keep_at_least{0};
  std::optional<std::chrono::days> erase_after = {};
};

enum class Keeping {
  held,      ///< A hold covers it.
  retained,  ///< Its time of keeping has not passed.
  may_go,    ///< Nothing speaks against erasing it when somebody asks.
  due,       ///< A rule says that it is to go.
};
std::string_view to_string(Keeping keeping) noexcept;

struct KeepingVerdict {
  Keeping keeping = Keeping::may_go;
  /// The holds or rules that decide, by name, in ascending order; a refusal names them.
  std::vector<std::string> because;
  std::optional<UtcSeconds> until = {};  ///< Of `retained`: the first moment when it may go.
};
/// The longest of the rules that cover a thing counts, and the earliest `erase_after`.
KeepingVerdict keeping_of(const KeptThing& thing, const std::vector<LegalHold>& holds,
                          const std::vector<RetentionRule>& rules, UtcSeconds now);

}  // namespace casebook::vault
