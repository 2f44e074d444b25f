// Which entries of registers a query means, and whom exclusions hit.
#include <algorithm>

#include "workflow/evaluate.h"
#include "workflow/policy_index.h"
#include "workflow/values.h"

namespace casebook::workflow {
namespace {

constexpr std::string_view kConfirmed = "confirmed";

Truth weaker(Truth left, Truth right) { return std::min(left, right); }

Truth match_field(const FieldMatch& match, const Record& record, const Scene& scene) {
  const Value value = field_value(record, match.field);
  if (std::holds_alternative<std::monostate>(value)) return Truth::no;
  Truth found = Truth::no;
  for (const Operand& operand : match.values) {
    const Value wanted = operand_value(operand, scene);
    if (std::holds_alternative<std::monostate>(wanted)) {
      found = std::max(found, Truth::unknown);
    } else if (same_value(value, wanted)) {
      return Truth::yes;
    }
  }
  return found;
}

bool covers_present(const Query& query, const Record& record, const CaseState& state) {
  return std::ranges::all_of(query.covers, [&](const std::string& facet) {
    const auto kept = record.covers.find(facet);
    return kept != record.covers.end() && kept->second == state.facet_digest(facet);
  });
}

bool is_author_hit(const Query& query, const Record& record, const Scene& scene) {
  for (const RecordVersion& version : record.versions) {
    if (version.settles) continue;
    for (const PersonId& person : version.persons) {
      if (is_hit(query.exclusions, person, &record, scene)) return true;
    }
  }
  return false;
}

/// A second person said so.
Truth confirmed(const Record& record, const CaseState& state) {
  Truth found = Truth::no;
  for (const std::size_t position : record.attested) {
    const Attestation& word = state.attestations[position];
    if (word.verb != kConfirmed || word.withdrawn || word.spoken) continue;
    if (record.is_author(word.person)) continue;
    if (!state.is_known(word.person)) continue;
    if (!state.is_contested(word.seq)) return Truth::yes;
    found = Truth::unknown;
  }
  return found;
}

Truth was_told(const Record& record, const CaseState& state) {
  if (!record.told_by) return Truth::no;
  return state.is_contested(*record.told_by) ? Truth::unknown : Truth::yes;
}

Truth as_asked(bool wanted, Truth truth) { return wanted ? truth : opposite(truth); }

/// In doubt when a stolen key wrote it, or when nobody known did.
bool is_doubtful(const Record& record, const CaseState& state) {
  if (state.has_contested() &&
      std::ranges::any_of(record.versions, [&](const RecordVersion& version) {
        return state.is_contested(version.seq);
      })) {
    return true;
  }
  return std::ranges::none_of(record.authors(),
                              [&](const PersonId& id) { return state.is_known(id); });
}

bool signed_gate(const CaseState& state, std::string_view gate, const PersonId& person) {
  return std::ranges::any_of(state.index->words, [&](const AttestLeaf& leaf) {
    if (leaf.gate != gate) return false;
    return std::ranges::any_of(words_of(state, *leaf.rule), [&](std::size_t position) {
      const Attestation& word = state.attestations[position];
      return word.person == person && !word.withdrawn && !word.disarmed;
    });
  });
}

/// The entry of `kind` that `about` is or names; null when it says nothing of one.
const Record* named_entry(const CaseState& state, const Record& about, std::string_view kind) {
  if (about.kind == kind) return &about;
  const auto rule = state.policy->registers.find(about.kind);
  if (rule == state.policy->registers.end()) return nullptr;
  for (const FieldRule& field : rule->second.fields) {
    if (field.type != ValueType::record || field.of != kind) continue;
    const Value value = field_value(about, field.name);
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      return state.record_by_number(static_cast<std::uint64_t>(*number));
    }
  }
  return nullptr;
}

bool is_author_of(const std::string& kind, const PersonId& person, const Record* about,
                  const Scene& scene) {
  const CaseState& state = scene.state;
  if (about == nullptr) about = scene.self;
  if (about != nullptr) {
    if (const Record* named = named_entry(state, *about, kind)) return named->is_author(person);
  }
  const auto entries = state.records_of.find(kind);
  return entries != state.records_of.end() &&
         std::ranges::any_of(entries->second, [&](std::size_t position) {
           return state.records[position].is_author(person);
         });
}

}  // namespace

Truth matches(const Query& query, const Record& record, const Scene& scene) {
  const CaseState& state = scene.state;
  Truth truth = Truth::yes;
  if (query.settled && record.is_settled() != *query.settled) {
    const bool in_doubt = record.is_settled() && state.is_contested(record.versions.back().seq);
    if (!in_doubt) return Truth::no;
    truth = Truth::unknown;
  }
  for (const FieldMatch& match : query.where) {
    truth = weaker(truth, match_field(match, record, scene));
    if (truth == Truth::no) return truth;
  }
  if (!covers_present(query, record, state)) return Truth::no;
  if (!query.exclusions.empty() && is_author_hit(query, record, scene)) return Truth::no;
  if (!query.roles.empty() && std::ranges::none_of(query.roles, [&](const std::string& role) {
        return std::ranges::binary_search(record.author_roles, role);
      })) {
    return Truth::no;
  }
  if (query.attested) truth = weaker(truth, as_asked(*query.attested, confirmed(record, state)));
  if (query.told) truth = weaker(truth, as_asked(*query.told, was_told(record, state)));
  return is_doubtful(record, state) ? weaker(truth, Truth::unknown) : truth;
}

void each_match(const Query& query, const Scene& scene,
                const std::function<bool(const Record&, Truth)>& take) {
  const CaseState& state = scene.state;
  const auto visit = [&](std::size_t position) {
    const Record& record = state.records[position];
    const Truth truth = matches(query, record, scene);
    return truth == Truth::no || take(record, truth);
  };
  if (query.settled && !*query.settled && !state.has_contested() && scene.after_entry == 0) {
    const auto open = state.unsettled.find(query.kind);
    if (open == state.unsettled.end()) return;
    for (const std::size_t position : open->second) {
      if (!visit(position)) return;
    }
    return;
  }
  if (scene.after_entry != 0) {
    const auto touched = state.touched.find(query.kind);
    if (touched == state.touched.end()) return;
    std::set<std::size_t> seen;
    for (auto it = touched->second.rbegin(); it != touched->second.rend(); ++it) {
      if (it->first <= scene.after_entry) return;
      if (seen.insert(it->second).second && !visit(it->second)) return;
    }
    return;
  }
  const auto entries = state.records_of.find(query.kind);
  if (entries == state.records_of.end()) return;
  for (const std::size_t position : entries->second) {
    if (!visit(position)) return;
  }
}

bool is_hit(const Exclusion& exclusion, const PersonId& person, const Record* about,
            const Scene& scene) {
  const CaseState& state = scene.state;
  switch (exclusion.kind) {
    case Exclusion::Kind::author_of:
      return is_author_of(exclusion.name, person, about, scene);
    case Exclusion::Kind::requester_of: {
      const auto facet = state.facets.find(exclusion.name);
      return facet != state.facets.end() &&
             std::ranges::find(facet->second.changers, person) != facet->second.changers.end();
    }
    case Exclusion::Kind::holder:
      return state.holds(person, exclusion.name, scene.now);
    case Exclusion::Kind::signer_of:
      return signed_gate(state, exclusion.name, person);
  }
  return true;
}

bool is_hit(const std::vector<Exclusion>& exclusions, const PersonId& person, const Record* about,
            const Scene& scene) {
  return std::ranges::any_of(exclusions, [&](const Exclusion& exclusion) {
    return is_hit(exclusion, person, about, scene);
  });
}

}  // namespace casebook::workflow
