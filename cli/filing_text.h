#pragma once
/// What stands in the way of a report, for people and for programs.

#include <string>
#include <utility>

#include "cli/filing_case.h"

namespace casebook::cli {

/// The command that says the first missing thing; empty when nothing is missing.
std::string how_to_say(const filing::Draft& draft);
void show_filing_state(Runtime& runtime, const CurrentDraft& current, UtcSeconds now);
/// Format "casebook-report-state/1".
Json filing_state_json(const CurrentDraft& current, const FilingKind& kind, UtcSeconds now);
/// How many fields a draft asks for, and how many of them it lacks.
std::pair<std::size_t, std::size_t> asked_of(const filing::Draft& draft);

}  // namespace casebook::cli
