#pragma once
/// Facts files: what a person knows, as strict JSON. Specification: docs/spec/facts.md.

#include <string>
#include <string_view>
#include <vector>

#include "core/time_zone.h"
#include "reports/fact.h"

namespace casebook::reports {

struct FactsFile {
  std::string
      incident;  ///< A harmless name of the incident; names the calendar entries. May be empty.
  Facts facts;
  /// Every problem found, in the order of the file: "facts.json:12:5: ...". Empty means usable.
  std::vector<Error> problems;
};

/// Reads a facts file. Values of the wrong kind are problems, never guesses.
/// @param name  how the file is called in messages.
FactsFile parse_facts_file(std::string_view text, const std::string& name,
                           const FactCatalog& catalog, ZoneDatabase& zones);

/// A moment: RFC 3339 with an offset, or a local time and a zone ("2026-10-23T18:00 Europe/Paris").
/// @return `invalid_input` with a hint for dates that do not exist, times without a zone, and times
///         that the clocks of the zone skip or show twice; `not_found` for a zone that does not
///         exist.
Result<UtcSeconds> parse_moment(std::string_view text, ZoneDatabase& zones);

enum class TemplateKind { brief, all, profile };
/// A facts file with empty values, and beside each its meaning and the form of its value.
std::string facts_template(const FactCatalog& catalog, TemplateKind kind);

/// "true or false", "whole number of people", "one of unlikely, risk, high".
std::string form_text(const FactDefinition& definition);

}  // namespace casebook::reports
