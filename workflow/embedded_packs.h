#pragma once
/// The policies that we ship, as they are built into the program: canonical files of
/// policies/packs/ (cmake/embed_files.cmake). Specification: docs/spec/policy.md.

#include <span>
#include <string_view>

namespace casebook::workflow {

struct EmbeddedPack {
  std::string_view name;  ///< "packs/need-to-know.json", as below policies/.
  std::string_view text;
};

std::span<const EmbeddedPack> embedded_packs();
/// By the id of the policy, "need-to-know"; empty when we ship no such pack.
std::string_view embedded_pack(std::string_view id);

/// Stories that are played for practice (docs/spec/drill.md), "packs/drill/odd-logins.json".
std::span<const EmbeddedPack> embedded_drills();
/// By id, "odd-logins"; empty when we ship no such story.
std::string_view embedded_drill(std::string_view id);

}  // namespace casebook::workflow
