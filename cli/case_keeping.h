#pragma once
/// What the case says about keeping: holds, rules of retention, erasures and copies, read from the
/// items that say so. Specification: docs/spec/keeping.md.

#include "cli/case_session.h"
#include "vault/retention.h"

namespace casebook::cli {

/// Kinds of the items. The first three lie in `general`, an erasure where the thing was.
inline constexpr std::string_view kHoldKind = "hold";
inline constexpr std::string_view kRetentionKind = "retention";
inline constexpr std::string_view kBackupKind = "backup";
inline constexpr std::string_view kErasureKind = "erasure";

/// What a hold or a rule covers; an empty part covers all.
struct KeepingScope {
  std::string compartment;
  std::string kind;
  std::string subject;  ///< Id of one item; of holds only.
};

/// A hold or rule in force, with the item that says it.
struct KeptRule {
  vault::ItemVersion item;
  std::uint64_t seq = 0;  ///< Entry of its present version.
  KeepingScope scope;
  std::int64_t keep_days = 0;            ///< Of a rule.
  std::optional<std::int64_t> due_days;  ///< Of a rule: when it is to go.
  [[nodiscard]] std::string name() const { return item.kind + " " + std::to_string(seq); }
};
/// Those in force, of kind `hold` or `retention`.
Result<std::vector<KeptRule>> kept_rules(CaseSession& session, std::string_view kind);
/// The fields of such an item: canonical JSON.
std::string rule_fields(const KeptRule& rule);

struct KeepingRules {
  std::vector<vault::LegalHold> holds;
  std::vector<vault::RetentionRule> rules;
};
Result<KeepingRules> keeping_rules(CaseSession& session);

/// What an item is to the rules: its time counts from its first version.
Result<vault::KeptThing> kept_thing(vault::Compartment& compartment, const vault::ItemId& id);

/// An erasure that was said.
struct SaidErasure {
  vault::ItemId item;
  std::string compartment;
  std::uint64_t generation = 1;  ///< Of the compartment, when it was said.
  std::uint64_t seq = 0;         ///< Its entry: copies noted later were made later.
  UtcSeconds received;
};
Result<std::vector<SaidErasure>> said_erasures(vault::Compartment& compartment);

/// Copies that the case noted, as they stand to an erasure in this compartment.
Result<std::vector<vault::KnownBackup>> known_backups(CaseSession& session,
                                                      const SaidErasure& erasure);
/// What the erasure may be called now.
Result<vault::ErasureReport> erasure_report(CaseSession& session, const SaidErasure& erasure);

/// Appends an item of kind `hold`, `retention` or `backup`, or its next version.
Result<vault::Appended> say_kept(CaseSession& session, const std::string& verb,
                                 vault::ItemVersion item);

}  // namespace casebook::cli
