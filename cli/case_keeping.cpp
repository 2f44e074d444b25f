#include "cli/case_keeping.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/note_writing.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

constexpr std::string_view kRuleFormat = "casebook-keeping-rule/1";

Result<KeptRule> rule_of(vault::Compartment& general, const vault::ItemVersion& item) {
  KeptRule rule{item, 0, {}, 0, {}};
  auto records = general.records_of_item(item.id);
  if (!records) return std::move(records).error();
  if (!records->empty()) rule.seq = records->back().seq.value_or(0);
  auto fields = parse_canonical_json(item.text.fields);
  if (!fields) return std::move(fields).error().context(rule.name());
  auto compartment = json_text_member(*fields, "compartment");
  auto kind = json_text_member(*fields, "kind");
  auto subject = json_text_member(*fields, "subject");
  auto days = json_integer_member(*fields, "keep_days");
  if (!compartment || !kind || !subject || !days) {
    return Error{ErrorCode::corrupt, rule.name() + ": not a rule of this form"};
  }
  rule.scope = {*std::move(compartment), *std::move(kind), *std::move(subject)};
  rule.keep_days = *days;
  if (auto due = json_integer_member(*fields, "due_days")) rule.due_days = *due;
  return rule;
}

Result<std::vector<vault::ItemVersion>> all_of_kind(vault::Compartment& compartment,
                                                    std::string_view kind) {
  std::vector<vault::ItemVersion> items;
  const auto listed = compartment.each_item(kind, [&](const vault::ItemVersion& item) {
    items.push_back(item);
    return ok();
  });
  if (!listed) return Error(listed.error());
  return items;
}

/// Where it came into the case.
Result<std::uint64_t> first_entry(vault::Compartment& compartment, const vault::ItemId& id) {
  auto records = compartment.records_of_item(id);
  if (!records) return std::move(records).error();
  if (records->empty() || !records->front().seq) {
    return Error{ErrorCode::corrupt, "an item without its record"};
  }
  return *records->front().seq;
}

Result<std::uint64_t> generation_of(const Json& fields, const std::string& compartment) {
  const auto all = json_member(fields, "generations");
  if (!all) return Error(all.error());
  const auto one = json_integer_member(**all, compartment);
  if (!one) return Error(one.error());
  return static_cast<std::uint64_t>(*one);
}

}  // namespace

std::string rule_fields(const KeptRule& rule) {
  Json fields = {{"compartment", rule.scope.compartment},
                 {"format", kRuleFormat},
                 {"keep_days", rule.keep_days},
                 {"kind", rule.scope.kind},
                 {"subject", rule.scope.subject}};
  if (rule.due_days) fields["due_days"] = *rule.due_days;
  return canonical_json(fields);
}

Result<std::vector<KeptRule>> kept_rules(CaseSession& session, std::string_view kind) {
  auto general = session.compartment("general");
  if (!general) return std::move(general).error();
  auto items = all_of_kind(**general, kind);
  if (!items) return std::move(items).error();
  std::vector<KeptRule> rules;
  for (const vault::ItemVersion& item : *items) {
    if (item.state != vault::ItemState::live) continue;
    auto rule = rule_of(**general, item);
    if (!rule) return std::move(rule).error();
    rules.push_back(*std::move(rule));
  }
  return rules;
}

Result<KeepingRules> keeping_rules(CaseSession& session) {
  auto holds = kept_rules(session, kHoldKind);
  if (!holds) return std::move(holds).error();
  auto rules = kept_rules(session, kRetentionKind);
  if (!rules) return std::move(rules).error();
  KeepingRules all;
  for (const KeptRule& hold : *holds) {
    all.holds.push_back({.name = hold.name(),
                         .compartment = hold.scope.compartment,
                         .kind = hold.scope.kind,
                         .subject = hold.scope.subject});
  }
  for (const KeptRule& rule : *rules) {
    vault::RetentionRule made{.name = rule.name(),
                              .compartment = rule.scope.compartment,
                              .kind = rule.scope.kind,
                              .keep_at_least = std::chrono::days(rule.keep_days)};
    if (rule.due_days) made.erase_after = std::chrono::days(*rule.due_days);
    all.rules.push_back(std::move(made));
  }
  return all;
}

Result<vault::KeptThing> kept_thing(vault::Compartment& compartment, const vault::ItemId& id) {
  auto versions = compartment.history(id);
  if (!versions) return std::move(versions).error();
  if (versions->empty()) return Error{ErrorCode::not_found, "there is no such item"};
  return vault::KeptThing{compartment.name().compartment, versions->front().kind, id.text(),
                          versions->front().received};
}

Result<std::vector<SaidErasure>> said_erasures(vault::Compartment& compartment) {
  std::vector<SaidErasure> said;
  const auto take = [&](const vault::ItemVersion& mark) -> Status {
    auto fields = parse_canonical_json(mark.text.fields);
    if (!fields) return std::move(fields).error();
    auto item = json_text_member(*fields, "item");
    if (!item) return std::move(item).error();
    auto id = vault::ItemId::parse(*item);
    if (!id) return std::move(id).error();
    auto generation = json_integer_member(*fields, "generation");
    if (!generation) return std::move(generation).error();
    auto seq = first_entry(compartment, mark.id);
    if (!seq) return std::move(seq).error();
    said.push_back({*id, compartment.name().compartment, static_cast<std::uint64_t>(*generation),
                    *seq, mark.received});
    return ok();
  };
  auto marks = all_of_kind(compartment, kErasureKind);
  if (!marks) return std::move(marks).error();
  for (const vault::ItemVersion& mark : *marks) {
    if (auto taken = take(mark); !taken) return Error(taken.error()).context("erasures");
  }
  return said;
}

Result<std::vector<vault::KnownBackup>> known_backups(CaseSession& session,
                                                      const SaidErasure& erasure) {
  auto general = session.compartment("general");
  if (!general) return std::move(general).error();
  std::vector<vault::KnownBackup> backups;
  const auto take = [&](const vault::ItemVersion& item) -> Status {
    auto versions = (*general)->history(item.id);
    if (!versions) return std::move(versions).error();
    const vault::ItemVersion& made = versions->front();
    auto fields = parse_canonical_json(made.text.fields);
    if (!fields) return std::move(fields).error();
    const auto generation = generation_of(*fields, erasure.compartment);
    if (!generation) return ok();  // The compartment was not there yet.
    auto seq = first_entry(**general, item.id);
    if (!seq) return std::move(seq).error();
    backups.push_back({.name = printable(made.text.title),
                       .generation = *generation,
                       .is_made_after_erasure = *seq > erasure.seq,
                       .is_destroyed = item.state == vault::ItemState::tombstone});
    return ok();
  };
  auto items = all_of_kind(**general, kBackupKind);
  if (!items) return std::move(items).error();
  for (const vault::ItemVersion& item : *items) {
    if (auto taken = take(item); !taken) return Error(taken.error()).context("backups");
  }
  return backups;
}

Result<vault::ErasureReport> erasure_report(CaseSession& session, const SaidErasure& erasure) {
  const workflow::GrantedAccess* access = session.people().access_to(erasure.compartment);
  if (access == nullptr) return Error{ErrorCode::corrupt, "an erasure in no compartment"};
  auto backups = known_backups(session, erasure);
  if (!backups) return std::move(backups).error();
  auto leftover = vault::leftover_files(session.paths().vault(), erasure.compartment);
  if (!leftover) return std::move(leftover).error();
  return vault::erasure_report({.erased_in_generation = erasure.generation,
                                .current_generation = access->grant.generation,
                                .leftover_files = *std::move(leftover),
                                .backups = *std::move(backups)});
}

Result<vault::Appended> say_kept(CaseSession& session, const std::string& verb,
                                 vault::ItemVersion item) {
  if (auto given = give_leaf(item, session.runtime().randomness); !given) {
    return std::move(given).error();
  }
  return session.write("general", verb, item);
}

}  // namespace casebook::cli
