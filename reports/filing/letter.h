#pragma once
/// Letters to people and customers: only what the law lists for them, in five plain sections.

#include "reports/document/document.h"
#include "reports/filing/draft.h"

namespace casebook::filing {

/// A section without content is left out: what one law demands another forbids.
documents::Document letter_document(const Draft& draft, UtcSeconds made_at);

}  // namespace casebook::filing
