#pragma once
/// The words that writers of documents add (policies/messages/documents.*.json, built in).

#include "core/messages.h"
#include "reports/document/document.h"

namespace casebook::documents {

const Messages& document_messages(Language language);

}  // namespace casebook::documents
