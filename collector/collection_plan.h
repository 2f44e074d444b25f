#pragma once
/// What a run is going to take, worked out before anything is taken: entries of the profile whose
/// conditions hold on this host, sorted into file rules, native readings and programs.

#include "collector/artifact.h"
#include "collector/collect.h"
#include "collector/command_source.h"
#include "collector/kernel_registry.h"
#include "collector/match_rule.h"
#include "collector/root_fs.h"

namespace casebook::collector {

struct CollectionPlan {
  Digest256 set_digest{};     ///< Of all definitions that were built in.
  Digest256 choice_digest{};  ///< Of what profile and opt-ins take: what a ticket pins.
  std::vector<MatchRule> rules;
  std::vector<ReadingRequest> readings;  ///< By stage.
  std::vector<CommandRequest> commands;  ///< By stage.
  UnsupportedEntries unsupported;
};

/// Whether a run can take the entry: files always, readings and programs as far as there is code.
bool supports_entry(const ArtifactEntry& entry);

/// The facts that conditions are asked about, read natively.
HostFacts read_host_facts(const RootFs& root);

/// @return `not_found` for an unknown profile or opt-in, `invalid_input` for a wrong extra pattern.
Result<CollectionPlan> make_plan(const ArtifactSet& set, const CollectOptions& options,
                                 const RootFs& root);

}  // namespace casebook::collector
