#pragma once
/// All file patterns in one automaton over path parts, so that a walk reads each folder at most
/// once however many patterns there are, and none that no pattern can reach.
///
/// A `Matcher` is a trie whose edges are literal parts (hashed), wildcard parts and `**`; home
/// folders and links on literal paths are further edges without a part. `PathStates` makes it
/// deterministic as far as a walk needs it.

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collector/match_rule.h"

namespace casebook::collector {

/// Patterns below home folders make sense for this many homes; more are reported by the caller.
inline constexpr std::size_t kHomesMax = 20'000;

class Matcher {
 public:
  /// @param homes  absolute paths; those of system folders get no pattern that begins with a
  ///               wildcard below home, since that would list whole system trees.
  Matcher(std::vector<MatchRule> rules, std::span<const std::string> homes);

  [[nodiscard]] std::span<const MatchRule> rules() const { return rules_; }

  /// A link on a literal path, and the path it leads to (absolute, inside the root, no link on it).
  struct Link {
    std::string path;
    std::string target;
  };
  /// What patterns want at or below each link is then found at or below its target.
  void add_links(std::span<const Link> links);

  /// A literal name that patterns expect in a folder.
  struct Expected {
    std::string name;
    bool below;  ///< Something is wanted below it, too.
  };
  /// The literal names that patterns expect in the folder `path`, so that links on literal paths
  /// are found beforehand. Empty when no pattern goes there part by part.
  [[nodiscard]] std::vector<Expected> expected_names(std::string_view path) const;

 private:
  friend class PathStates;
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr int kNoLimit = INT32_MAX;

  struct Accept {
    std::uint32_t rule;
    bool excludes;    // The path is excluded from `rule`, not matched by it.
    bool same_frame;  // Both patterns count depth from the same folder.
  };
  struct Node {
    std::unordered_map<std::string, std::uint32_t> literals;
    std::vector<std::pair<GlobPart, std::uint32_t>> globs;
    std::uint32_t deep = kNone;        // Child by `**`.
    bool is_deep = false;              // Stays itself on every part.
    bool named = true;                 // Only literal parts lead here.
    int depth = 0;                     // Parts from the root or from the home folder.
    std::vector<std::uint32_t> links;  // Reached together with this node.
    std::vector<Accept> accepts;
    int depth_limit = -1;               // Deepest part that a rule from here on can fit.
    int live_limit = -1;                // The same for chosen rules alone.
    std::uint32_t sample_rule = kNone;  // A chosen rule that is here or below.
    [[nodiscard]] bool live() const { return sample_rule != kNone; }
  };

  std::uint32_t child(std::uint32_t node, const GlobPart& part);
  std::uint32_t literal_child(std::uint32_t node, std::string_view name);
  std::uint32_t literal_node(std::string_view path);
  void add_pattern(std::uint32_t root, const PathPattern& pattern, Accept accept);
  void add_home(std::string_view home);
  void settle();  // Fills in what nodes say about what lies below them.
  bool carry(std::uint32_t upper, std::uint32_t lower, bool linked);
  void note_accepts(Node& node) const;
  [[nodiscard]] int limit_of(std::uint32_t rule) const;
  [[nodiscard]] std::vector<std::uint32_t> literal_nodes(std::string_view path) const;

  std::vector<MatchRule> rules_;
  std::vector<Node> nodes_;
  std::uint32_t home_root_ = kNone;
  std::uint32_t system_home_root_ = kNone;
  int depth_cap_ = 0;  // Beyond this depth all limits are passed.
};

/// What is known after some parts of a path. Owned by PathStates.
class PathState {
 public:
  /// What to do with the object of this path, as far as it does not depend on its age.
  [[nodiscard]] const Decision& decision() const { return decision_; }
  /// The decision needs the modification time: ask PathStates::decide_by_age.
  [[nodiscard]] bool depends_on_age() const { return depends_on_age_; }
  /// Something may be wanted below, if this is a folder.
  [[nodiscard]] bool descends() const { return descends_; }
  /// The chosen rules that fit, for counting.
  [[nodiscard]] std::span<const Fit> chosen_fits() const { return chosen_fits_; }
  /// A rule on whose behalf a folder is read; for the catalog line when it cannot be.
  [[nodiscard]] std::uint32_t sample_rule() const { return sample_rule_; }

 private:
  friend class PathStates;
  struct Item {
    std::uint32_t node;
    int base;  // Depth at which the node's own frame begins.
    auto operator<=>(const Item&) const = default;
  };
  struct GlobEdge {
    const GlobPart* part;
    Item to;
  };
  std::vector<Item> items_;
  int depth_ = 0;
  Decision decision_;
  bool depends_on_age_ = false;
  bool descends_ = false;
  std::uint32_t sample_rule_ = 0;
  std::vector<Fit> chosen_fits_;
  std::vector<Fit> careful_fits_;

  // Edges, made when the first name is asked for.
  bool has_edges_ = false;
  std::vector<GlobEdge> globs_;
  std::vector<Item> always_;  // Where every name leads.
  std::unordered_map<std::string_view, std::vector<Item>> literals_;
  PathState* other_ = nullptr;  // Target of a name that no literal and no wildcard fits.
  std::unordered_map<std::string_view, PathState*> literal_targets_;
  std::unordered_map<std::string, PathState*> mixed_targets_;  // By the edges that fitted.
};

/// The deterministic automaton, built as it is walked. Not shared between threads.
class PathStates {
 public:
  explicit PathStates(const Matcher& matcher) : matcher_(&matcher) {}

  PathState* root();
  /// The state after one more part. Pointers stay valid until trim().
  PathState* step(PathState* from, std::string_view name);
  /// `from` without what was reached through a wildcard: for places that are only entered when a
  /// pattern names them.
  PathState* only_named(PathState* from);
  /// True when a pattern names the path to `from`, part by part, and wants it or what is below.
  [[nodiscard]] bool is_named(const PathState* from) const;
  /// The decision when rules that want younger objects are left out.
  [[nodiscard]] Decision decide_by_age(const PathState& state, std::chrono::nanoseconds modified,
                                       std::chrono::nanoseconds now) const;

  /// Forgets states when there are too many. @param keep  those that are still in use.
  void trim(std::span<PathState* const> keep);
  [[nodiscard]] bool wants_trim() const { return states_.size() > kStatesMax; }

 private:
  using Item = PathState::Item;
  static constexpr std::size_t kStatesMax = 20'000;

  PathState* intern(std::vector<Item> items, int depth);
  void close(std::vector<Item>& items, int depth) const;
  void prune(std::vector<Item>& items, int depth) const;
  void judge(PathState& state) const;
  void make_edges(PathState& state) const;

  const Matcher* matcher_;
  std::unordered_map<std::string, std::unique_ptr<PathState>> states_;
};

}  // namespace casebook::collector
