#include "cli/profile_choice.h"

#include "collector/artifact.h"
#include "collector/embedded_artifacts.h"

namespace casebook::cli {

Result<Digest256> profile_digest(const std::string& profile,
                                 const std::vector<std::string>& opt_ins) {
  auto text = collector::embedded_artifact_set();
  if (!text) return std::move(text).error();
  auto set = collector::ArtifactSet::parse(*text);
  if (!set) return std::move(set).error().context("built-in artifact definitions");
  return set->choice_digest({.profile = profile, .opt_in = opt_ins});
}

}  // namespace casebook::cli
