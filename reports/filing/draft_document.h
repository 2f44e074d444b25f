#pragma once
/// A draft as a document: what a reviewer sees, and what leaves the house.

#include "reports/document/document.h"
#include "reports/filing/draft.h"
#include "reports/filing/draft_check.h"

namespace casebook::filing {

/// With what is missing, withheld and found: for reviewers. Marked as a draft on every page.
documents::Document review_document(const Draft& draft, const std::vector<DraftFinding>& findings);

/// What the recipient gets: a report for authorities, a letter for people and customers.
/// @param made_at  from the record of the release.
documents::Document outward_document(const Draft& draft, UtcSeconds made_at);

}  // namespace casebook::filing
