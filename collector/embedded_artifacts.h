#pragma once
/// The artifact definitions a program was built with: policies/artifacts/ joined to one canonical
/// text (docs/spec/artifacts.md section 3). The collector reads no rule from the host it looks at.

#include <string>

#include "core/result.h"

namespace casebook::collector {

/// The whole set as canonical JSON. Its SHA-256 is the artifact set digest that tickets pin.
/// Unpacks about 1 MB on each call, so callers keep the result.
/// @return the text, or `corrupt` when the program itself was damaged.
Result<std::string> embedded_artifact_set();

}  // namespace casebook::collector
