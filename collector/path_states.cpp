/// The deterministic half of the matcher: states made as a walk needs them.
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "collector/matcher.h"

namespace casebook::collector {
namespace {

/// A text that is equal exactly for equal items at equal depth.
template <typename Items>
std::string key_of(const Items& items, int depth) {
  std::string key(sizeof depth + items.size() * sizeof items[0], '\0');
  std::copy_n(reinterpret_cast<const char*>(&depth), sizeof depth, key.data());
  std::copy_n(reinterpret_cast<const char*>(items.data()), items.size() * sizeof items[0],
              key.data() + sizeof depth);
  return key;
}

template <typename Items>
void sort_unique(Items& items) {
  std::ranges::sort(items);
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

/// Links can lead to one rule by several ways.
void add_fit(std::vector<Fit>& fits, const Fit& fit) {
  if (std::ranges::find(fits, fit.rule, &Fit::rule) == fits.end()) fits.push_back(fit);
}

}  // namespace

PathState* PathStates::root() { return intern({{0, 0}}, 0); }

/// Adds what is reached without a part: `**` that stands for none, homes and links.
void PathStates::close(std::vector<Item>& items, int depth) const {
  const auto add = [&](Item item) {
    if (std::ranges::find(items, item) == items.end()) items.push_back(item);
  };
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Matcher::Node& node = matcher_->nodes_[items[i].node];
    if (node.deep != Matcher::kNone) add({node.deep, items[i].base});
    for (const std::uint32_t to : node.links) add({to, depth - matcher_->nodes_[to].depth});
  }
}

void PathStates::prune(std::vector<Item>& items, int depth) const {
  std::erase_if(items, [&](const Item& item) {
    return depth - item.base > matcher_->nodes_[item.node].depth_limit;
  });
}

PathState* PathStates::intern(std::vector<Item> items, int depth) {
  depth = std::min(depth, matcher_->depth_cap_);
  close(items, depth);
  prune(items, depth);
  sort_unique(items);
  std::string key = key_of(items, items.empty() ? 0 : depth);
  std::unique_ptr<PathState>& state = states_[std::move(key)];
  if (!state) {
    state = std::make_unique<PathState>();
    state->items_ = std::move(items);
    state->depth_ = depth;
    judge(*state);
  }
  return state.get();
}

void PathStates::judge(PathState& state) const {
  const std::vector<MatchRule>& rules = matcher_->rules_;
  std::unordered_set<std::uint32_t> excluded;
  for (const Item& item : state.items_) {
    const Matcher::Node& node = matcher_->nodes_[item.node];
    for (const Matcher::Accept& accept : node.accepts)
      if (accept.excludes) excluded.insert(accept.rule);
    const bool leads_on = !node.literals.empty() || !node.globs.empty() || node.is_deep;
    if (!node.live() || !leads_on || state.depth_ - item.base >= node.live_limit) continue;
    if (!state.descends_) state.sample_rule_ = node.sample_rule;
    state.descends_ = true;
  }
  for (const Item& item : state.items_) {
    for (const Matcher::Accept& accept : matcher_->nodes_[item.node].accepts) {
      if (accept.excludes || excluded.contains(accept.rule) ||
          state.depth_ - item.base > matcher_->limit_of(accept.rule))
        continue;
      const MatchRule& rule = rules[accept.rule];
      const Fit fit{accept.rule, static_cast<std::size_t>(std::max(item.base, 0))};
      if (rule.chosen) add_fit(state.chosen_fits_, fit);
      if (rule.take != Take::content) add_fit(state.careful_fits_, fit);
      state.depends_on_age_ = state.depends_on_age_ || (rule.chosen && rule.age_days_max);
    }
  }
  state.decision_ = decide(rules, state.chosen_fits_, state.careful_fits_);
}

Decision PathStates::decide_by_age(const PathState& state, std::chrono::nanoseconds modified,
                                   std::chrono::nanoseconds now) const {
  std::vector<Fit> young;
  for (const Fit& fit : state.chosen_fits_) {
    const auto& days = matcher_->rules_[fit.rule].age_days_max;
    // A time in the future is young: clocks set back must not hide files.
    if (!days || now - modified <= std::chrono::hours(24) * *days) young.push_back(fit);
  }
  return decide(matcher_->rules_, young, state.careful_fits_);
}

void PathStates::make_edges(PathState& state) const {
  state.has_edges_ = true;
  for (const Item& item : state.items_) {
    const Matcher::Node& node = matcher_->nodes_[item.node];
    if (node.is_deep) state.always_.push_back(item);
    for (const auto& [part, to] : node.globs) {
      if (part.kind() == GlobPart::Kind::any)
        state.always_.push_back({to, item.base});
      else
        state.globs_.push_back({&part, {to, item.base}});
    }
    for (const auto& [name, to] : node.literals) state.literals_[name].push_back({to, item.base});
  }
}

PathState* PathStates::step(PathState* from, std::string_view name) {
  if (!from->has_edges_) make_edges(*from);
  const auto literal = from->literals_.find(name);
  std::string fitted;  // One byte pair for each wildcard edge that fits.
  for (std::size_t i = 0; i < from->globs_.size(); ++i) {
    if (!from->globs_[i].part->matches(name)) continue;
    fitted += static_cast<char>(i & 0xFFU);
    fitted += static_cast<char>(i >> 8U);
  }
  const bool has_literal = literal != from->literals_.end();
  PathState** target = nullptr;
  if (fitted.empty() && !has_literal) {
    target = &from->other_;
  } else if (fitted.empty()) {
    target = &from->literal_targets_[literal->first];
  } else {
    // A name cannot hold a slash, so it cannot be mistaken for the numbers before it.
    fitted += '/';
    if (has_literal) fitted += literal->first;
    target = &from->mixed_targets_[fitted];
  }
  if (*target != nullptr) return *target;
  std::vector<Item> items = from->always_;
  if (has_literal) items.insert(items.end(), literal->second.begin(), literal->second.end());
  for (const PathState::GlobEdge& edge : from->globs_)
    if (edge.part->matches(name)) items.push_back(edge.to);
  *target = intern(std::move(items), from->depth_ + 1);
  return *target;
}

PathState* PathStates::only_named(PathState* from) {
  std::vector<Item> items;
  for (const Item& item : from->items_)
    if (matcher_->nodes_[item.node].named) items.push_back(item);
  return intern(std::move(items), from->depth_);
}

bool PathStates::is_named(const PathState* from) const {
  return std::ranges::any_of(from->items_, [&](const Item& item) {
    const Matcher::Node& node = matcher_->nodes_[item.node];
    return node.named && node.live();
  });
}

void PathStates::trim(std::span<PathState* const> keep) {
  const std::unordered_set<const PathState*> kept(keep.begin(), keep.end());
  std::erase_if(states_, [&](const auto& item) { return !kept.contains(item.second.get()); });
  for (auto& [key, state] : states_) {
    state->other_ = nullptr;
    state->literal_targets_.clear();
    state->mixed_targets_.clear();
  }
}

}  // namespace casebook::collector
