#pragma once
/// Facets: named groups of facts and entries that an approval covers. Specification:
/// docs/spec/workflow.md, section "Facets".

#include "workflow/case_state.h"

namespace casebook::workflow {

/// Canonical JSON of `{"facet", "values"}` as the state stands.
std::string facet_values(const CaseState& state, std::string_view facet);
/// HMAC-SHA-256. @param key  32 hex digits, or empty for a facet that nobody changed yet.
Digest256 facet_hmac(std::string_view key, std::string_view values);

/// Who changed something, and the key of the statement.
struct FacetChange {
  std::string key;
  std::uint64_t seq = 0;
  std::vector<PersonId> persons;
};
/// Makes a new version of each facet whose values are no longer the same.
void refresh_facets(CaseState& state, const std::vector<std::string>& facets,
                    const FacetChange& change);
/// All facets of a policy that was just pinned.
void begin_facets(CaseState& state, const FacetChange& change);

}  // namespace casebook::workflow
