#include "collector/matcher.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace casebook::collector {
namespace {

/// Homes of system accounts in which a wildcard right below home would list the system itself.
constexpr std::array<std::string_view, 13> kSystemHomes = {"/",     "/bin", "/dev",  "/etc", "/lib",
                                                           "/proc", "/run", "/sbin", "/sys", "/usr",
                                                           "/var",  "/opt", "/srv"};
constexpr std::array<std::string_view, 7> kSystemParents = {
    "/bin/", "/dev/", "/proc/", "/sbin/", "/sys/", "/usr/bin/", "/usr/sbin/"};

bool is_system_home(std::string_view home) {
  if (home == "/usr/bin" || home == "/usr/sbin" || home == "/usr/games") return true;
  return std::ranges::find(kSystemHomes, home) != kSystemHomes.end() ||
         std::ranges::any_of(kSystemParents,
                             [&](std::string_view parent) { return home.starts_with(parent); });
}

/// Calls `visit` for each part of an absolute path.
template <typename Visit>
void for_each_part(std::string_view path, Visit visit) {
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0) visit(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
}

}  // namespace

Matcher::Matcher(std::vector<MatchRule> rules, std::span<const std::string> homes)
    : rules_(std::move(rules)), nodes_(3) {
  home_root_ = 1;
  system_home_root_ = 2;
  for (std::uint32_t rule = 0; rule < rules_.size(); ++rule) {
    const auto add = [&](const PathPattern& pattern, bool excludes) {
      const Accept accept{rule, excludes, pattern.from_home == rules_[rule].pattern.from_home};
      if (!pattern.from_home) return add_pattern(0, pattern, accept);
      add_pattern(home_root_, pattern, accept);
      if (excludes ||
          (!pattern.parts.empty() && pattern.parts.front().kind() == GlobPart::Kind::literal))
        add_pattern(system_home_root_, pattern, accept);
    };
    add(rules_[rule].pattern, false);
    for (const PathPattern& exclude : rules_[rule].excludes) add(exclude, true);
  }
  for (const std::string& home : homes.first(std::min(homes.size(), kHomesMax))) add_home(home);
  settle();
}

std::uint32_t Matcher::literal_child(std::uint32_t node, std::string_view name) {
  const auto [found, fresh] = nodes_[node].literals.try_emplace(
      std::string(name), static_cast<std::uint32_t>(nodes_.size()));
  const std::uint32_t to = found->second;
  if (fresh) {
    Node made;
    made.named = nodes_[node].named;
    made.depth = nodes_[node].depth + 1;
    nodes_.push_back(std::move(made));
  }
  return to;
}

std::uint32_t Matcher::child(std::uint32_t node, const GlobPart& part) {
  if (part.kind() == GlobPart::Kind::literal) return literal_child(node, part.text());
  const auto next = static_cast<std::uint32_t>(nodes_.size());
  const bool deep = part.kind() == GlobPart::Kind::deep;
  if (deep && nodes_[node].deep != kNone) return nodes_[node].deep;
  if (!deep) {
    for (const auto& [known, to] : nodes_[node].globs)
      if (known.text() == part.text()) return to;
  }
  Node made;
  made.named = false;
  made.is_deep = deep;
  made.depth = nodes_[node].depth + 1;
  nodes_.push_back(std::move(made));
  if (deep)
    nodes_[node].deep = next;
  else
    nodes_[node].globs.emplace_back(part, next);
  return next;
}

std::uint32_t Matcher::literal_node(std::string_view path) {
  std::uint32_t node = 0;
  for_each_part(path, [&](std::string_view name) { node = literal_child(node, name); });
  return node;
}

void Matcher::add_pattern(std::uint32_t root, const PathPattern& pattern, Accept accept) {
  std::uint32_t node = root;
  for (const GlobPart& part : pattern.parts) node = child(node, part);
  nodes_[node].accepts.push_back(accept);
}

void Matcher::add_home(std::string_view home) {
  const std::uint32_t node = literal_node(home);
  const std::uint32_t to = is_system_home(home) ? system_home_root_ : home_root_;
  if (std::ranges::find(nodes_[node].links, to) == nodes_[node].links.end())
    nodes_[node].links.push_back(to);
}

void Matcher::add_links(std::span<const Link> links) {
  for (const Link& link : links) {
    const std::uint32_t from = literal_node(link.target);
    for (const std::uint32_t to : literal_nodes(link.path)) {
      std::vector<std::uint32_t>& known = nodes_[from].links;
      if (from != to && std::ranges::find(known, to) == known.end()) known.push_back(to);
    }
  }
  settle();
}

std::vector<std::uint32_t> Matcher::literal_nodes(std::string_view path) const {
  std::vector<std::uint32_t> nodes = {0};
  const auto follow_links = [&] {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      for (const std::uint32_t to : nodes_[nodes[i]].links)
        if (std::ranges::find(nodes, to) == nodes.end()) nodes.push_back(to);
  };
  follow_links();
  for_each_part(path, [&](std::string_view name) {
    std::vector<std::uint32_t> next;
    for (const std::uint32_t node : nodes) {
      const auto found = nodes_[node].literals.find(std::string(name));
      if (found != nodes_[node].literals.end()) next.push_back(found->second);
    }
    nodes = std::move(next);
    follow_links();
  });
  return nodes;
}

std::vector<Matcher::Expected> Matcher::expected_names(std::string_view path) const {
  std::unordered_map<std::string, bool> names;
  for (const std::uint32_t node : literal_nodes(path)) {
    for (const auto& [name, to] : nodes_[node].literals) {
      if (!nodes_[to].live()) continue;
      const bool below = !nodes_[to].literals.empty() || !nodes_[to].links.empty();
      names[name] = names[name] || below;
    }
  }
  std::vector<Expected> expected;
  for (auto& [name, below] : names) expected.push_back({name, below});
  return expected;
}

int Matcher::limit_of(std::uint32_t rule) const {
  const MatchRule& known = rules_[rule];
  if (!known.depth_max) return kNoLimit;
  return static_cast<int>(known.pattern.fixed_parts()) + 1 + *known.depth_max;
}

void Matcher::note_accepts(Node& node) const {
  for (const Accept& accept : node.accepts) {
    // An exclude is needed as deep as its rule reaches.
    const int limit = accept.same_frame ? limit_of(accept.rule) : kNoLimit;
    node.depth_limit = std::max(node.depth_limit, limit);
    if (accept.excludes || !rules_[accept.rule].chosen) continue;
    node.live_limit = std::max(node.live_limit, limit);
    if (!node.live()) node.sample_rule = accept.rule;
  }
}

bool Matcher::carry(std::uint32_t upper, std::uint32_t lower, bool linked) {
  Node& to = nodes_[upper];
  const Node& from = nodes_[lower];
  const auto before = std::tuple(to.depth_limit, to.live_limit, to.sample_rule);
  // Across a link depths count from another folder.
  to.depth_limit = std::max(to.depth_limit, linked ? kNoLimit : from.depth_limit);
  if (from.live()) to.live_limit = std::max(to.live_limit, linked ? kNoLimit : from.live_limit);
  if (!to.live()) to.sample_rule = from.sample_rule;
  return before != std::tuple(to.depth_limit, to.live_limit, to.sample_rule);
}

void Matcher::settle() {
  int cap = 0;
  for (Node& node : nodes_) {
    cap = std::max(cap, node.depth);
    note_accepts(node);
  }
  for (std::uint32_t rule = 0; rule < rules_.size(); ++rule)
    if (const int limit = limit_of(rule); limit != kNoLimit) cap = std::max(cap, limit);
  depth_cap_ = 2 * cap + 2;
  // Children come after their parents, so one pass from the back carries everything upwards.
  // Links may lead anywhere: passes are made until nothing changes.
  for (bool changed = true; changed;) {
    changed = false;
    for (auto node = static_cast<std::uint32_t>(nodes_.size()); node-- > 0;) {
      for (const auto& [name, to] : nodes_[node].literals) changed |= carry(node, to, false);
      for (const auto& [part, to] : nodes_[node].globs) changed |= carry(node, to, false);
      if (nodes_[node].deep != kNone) changed |= carry(node, nodes_[node].deep, false);
      for (const std::uint32_t to : nodes_[node].links) changed |= carry(node, to, true);
    }
  }
}

}  // namespace casebook::collector
