#pragma once
/// The words that filings add (policies/messages/filing.*.json, built in).

#include "core/messages.h"
#include "reports/document/document.h"

namespace casebook::filing {

const Messages& filing_messages(documents::Language language);
/// The text of the file, for the digest in a manifest.
std::string_view filing_messages_text(documents::Language language);

}  // namespace casebook::filing
