#pragma once
/// What is always said about a law: how sure, as of when, from how many sources.

#include <string>

#include "reports/evaluator.h"

namespace casebook::cli {

/// "law text read; law data of 2026-11-21; 6 sources".
std::string evidence_text(const reports::Regime& regime);
/// "Information, not legal advice; law data of 2026-11-21." with the oldest date of all regimes.
std::string notice_text(const reports::Evaluation& evaluation);

}  // namespace casebook::cli
