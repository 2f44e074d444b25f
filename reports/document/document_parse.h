#pragma once
/// A JSON tree as a document, without the rules between blocks. Used by document_json.cpp only.

#include <nlohmann/json_fwd.hpp>

#include "reports/document/document.h"

namespace casebook::documents {

/// @return `invalid_input` naming the block and the member.
Result<Document> document_of_json(const nlohmann::json& json);

}  // namespace casebook::documents
