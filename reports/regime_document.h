#pragma once
/// docs/regimes.md, made from the data: what is covered, how sure, what is not.

#include <string>

#include "reports/policy_set.h"

namespace casebook::reports {

/// Markdown. The same policies give the same bytes.
std::string regime_document(const PolicySet& policies);

}  // namespace casebook::reports
