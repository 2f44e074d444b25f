#include "collector/match_rule.h"

#include <algorithm>
#include <set>

namespace casebook::collector {
namespace {

/// The patterns were checked when the set was parsed.
PathPattern checked_pattern(const std::string& text) {
  auto pattern = parse_pattern(text);
  check(bool(pattern), "pattern of a parsed artifact");
  return *std::move(pattern);
}

MatchRule make_rule(const ChosenEntry& item) {
  const ArtifactEntry& entry = *item.entry;
  MatchRule rule;
  rule.id = entry.id;
  rule.pattern = checked_pattern(entry.path);
  rule.stage = item.artifact->stage;
  rule.take = entry.take;
  rule.guard = entry.guard;
  rule.secret = item.artifact->sensitivity == Sensitivity::secret;
  rule.bytes_max = entry.limits.max_bytes.value_or(kFileBytesMaxDefault);
  rule.depth_max = entry.limits.max_depth;
  rule.age_days_max = entry.limits.max_age_days;
  for (const std::string& text : entry.limits.exclude) {
    auto exclude = parse_exclude(text);
    check(bool(exclude), "exclude of a parsed artifact");
    rule.excludes.push_back(*std::move(exclude));
  }
  return rule;
}

/// True for `…/*` and `…/**`: it names a place, no file.
bool is_inventory(const PathPattern& pattern) {
  if (pattern.parts.empty()) return true;
  const GlobPart::Kind last = pattern.parts.back().kind();
  return last == GlobPart::Kind::any || last == GlobPart::Kind::deep;
}

struct Wish {
  Take take;
  std::uint32_t decided_by;
};

/// What one chosen rule gets once everything that holds it back has spoken.
Wish allowed(std::span<const MatchRule> rules, const Fit& wanting,
             std::span<const Fit> careful_fits) {
  Wish wish{rules[wanting.rule].take, wanting.rule};
  for (const Fit& careful : careful_fits) {
    const MatchRule& rule = rules[careful.rule];
    if (rule.take > wish.take &&
        holds_back(rule, careful.home_parts, rules[wanting.rule], wanting.home_parts))
      wish = {rule.take, careful.rule};
  }
  return wish;
}

}  // namespace

Result<std::vector<MatchRule>> make_match_rules(const ArtifactSet& set,
                                                std::span<const ChosenEntry> chosen,
                                                std::span<const std::string> lifted,
                                                std::span<const std::string> extra) {
  std::set<const ArtifactEntry*> wanted;
  for (const ChosenEntry& item : chosen) wanted.insert(item.entry);
  std::vector<MatchRule> rules;
  for (const ChosenEntry& item : set.all()) {
    if (item.entry->kind != EntryKind::file) continue;
    const bool is_chosen = wanted.contains(item.entry);
    if (!is_chosen && item.entry->take == Take::content) continue;
    MatchRule rule = make_rule(item);
    rule.chosen = is_chosen;
    if (rule.guard && std::ranges::find(lifted, rule.id) != lifted.end()) {
      rule.take = Take::content;
      rule.guard = false;
    }
    rules.push_back(std::move(rule));
  }
  for (std::size_t i = 0; i < extra.size(); ++i) {
    auto pattern = parse_pattern(extra[i]);
    if (!pattern) return std::move(pattern).error();
    MatchRule rule;
    rule.id = "path/" + std::to_string(i + 1);
    rule.pattern = *std::move(pattern);
    rule.stage = kExtraStage;
    rule.chosen = true;
    rule.bytes_max = kExtraFileBytesMax;
    rules.push_back(std::move(rule));
  }
  return rules;
}

bool holds_back(const MatchRule& careful, std::size_t careful_home_parts, const MatchRule& wanting,
                std::size_t wanting_home_parts) {
  if (careful.guard) return true;
  if (pattern_contains(careful.pattern, careful_home_parts, wanting.pattern, wanting_home_parts) &&
      !pattern_contains(wanting.pattern, wanting_home_parts, careful.pattern, careful_home_parts))
    return false;
  return careful.secret || careful.take == Take::redacted || !is_inventory(careful.pattern) ||
         pattern_weight(wanting.pattern, wanting_home_parts) <
             pattern_weight(careful.pattern, careful_home_parts);
}

Decision decide(std::span<const MatchRule> rules, std::span<const Fit> chosen_fits,
                std::span<const Fit> careful_fits) {
  Decision decision;
  for (const Fit& fit : chosen_fits) {
    const MatchRule& rule = rules[fit.rule];
    const Wish wish = allowed(rules, fit, careful_fits);
    const bool richer = !decision.taken || wish.take < decision.take;
    const bool same = decision.taken && wish.take == decision.take;
    if (same) decision.bytes_max = std::max(decision.bytes_max, rule.bytes_max);
    if (!richer && !(same && rule.stage < decision.stage)) continue;
    decision.bytes_max = richer ? rule.bytes_max : decision.bytes_max;
    decision.taken = true;
    decision.rule = wish.decided_by;
    decision.asked_by = fit.rule;
    decision.take = wish.take;
    decision.stage = rule.stage;
  }
  return decision;
}

}  // namespace casebook::collector
