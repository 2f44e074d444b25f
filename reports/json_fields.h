#pragma once
/// Reading members of policy files into fields. Every error names the member.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace casebook::reports {

using TextField = std::pair<std::string_view, std::string*>;

/// All of `fields` must be there and be text of at most 8 KiB.
Status read_texts(const nlohmann::json& object, std::initializer_list<TextField> fields);
/// Those that are there must be text.
Status read_optional_texts(const nlohmann::json& object, std::initializer_list<TextField> fields);
/// A list of texts; absent counts as empty.
Result<std::vector<std::string>> read_list(const nlohmann::json& object, std::string_view key);

}  // namespace casebook::reports
