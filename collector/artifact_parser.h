#pragma once
/// The strict reading of one definition; used by artifact.cpp alone.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "collector/artifact.h"
#include "core/json_text.h"

namespace casebook::collector {

/// @return `invalid_input` naming the id (as far as it was readable) and what is wrong.
Result<Artifact> parse_artifact(const Json& definition);

/// An array of texts, none empty. Absent means none, unless `required`.
Result<std::vector<std::string>> parse_texts(const Json& object, std::string_view key,
                                             bool required = false);

}  // namespace casebook::collector
