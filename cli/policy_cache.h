#pragma once
/// Texts of policies, read once. A pack is large, most cases pin the same one, and reading it takes
/// longer than all the rest of a small case.

#include <string_view>

#include "core/digest.h"

namespace casebook::workflow {
struct Policy;
}  // namespace casebook::workflow

namespace casebook::cli {

/// The policy with this digest, out of its text when no case opened by this program had it before.
/// It lives as long as the program. Any thread.
/// @return null when the text has another digest or is no policy, or when very many are kept.
const workflow::Policy* policy_read_once(const Digest256& digest, std::string_view text);

}  // namespace casebook::cli
