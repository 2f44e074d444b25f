#pragma once
/// What happened in a case, in order: facts, records, words, moves; and the four moments that every
/// review asks for. Pure. Specification: docs/spec/workflow.md, section "Timeline".

#include "workflow/case_state.h"

namespace casebook::workflow {

struct TimelineEntry {
  enum class Kind { fact, record, settled, word, waiver, move, step, told };
  std::uint64_t seq = 0;
  UtcSeconds at;                           ///< Received by the writer.
  std::optional<UtcSeconds> claimed = {};  ///< When it happened, as a field of the entry says.
  Kind kind = Kind::fact;
  std::string what;          ///< Name of the fact, kind, gate, move, or step.
  Value value = {};          ///< Of a fact.
  std::uint64_t number = 0;  ///< Of the record or open thing; 0: none.
  std::vector<PersonId> persons = {};
  std::optional<Digest256> text = {};  ///< Words of the record.
};
std::string_view to_string(TimelineEntry::Kind kind) noexcept;

/// First sign, discovery, first decision, remedy. A moment that nobody recorded is missing.
struct TimelineAnchor {
  std::string id;  ///< "first_sign", "discovered", "decided", "remedied".
  std::optional<UtcSeconds> at = {};
  std::optional<std::uint64_t> seq = {};
};

struct Timeline {
  std::vector<TimelineEntry> entries;  ///< In the order of the ledger.
  std::vector<TimelineAnchor> anchors;
};
Timeline make_timeline(const CaseState& state);

}  // namespace casebook::workflow
