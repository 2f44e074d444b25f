#pragma once
/// Walks a tree with a few patterns and takes what they match into a recorder.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "collector/file_taker.h"
#include "tests/support/recorded_bag.h"

namespace casebook::collector {

inline MatchRule make_rule(std::string_view pattern, Take take = Take::content) {
  MatchRule rule;
  rule.id = std::string(pattern);
  auto parsed = parse_pattern(pattern);
  check(bool(parsed), "a test's pattern");
  rule.pattern = *std::move(parsed);
  rule.stage = 9;
  rule.take = take;
  rule.chosen = true;
  return rule;
}

class TakenTree {
 public:
  explicit TakenTree(std::filesystem::path root) : root_(std::move(root)) {}

  /// Walks and takes at once. What came before is kept.
  void take(std::vector<MatchRule> rules) {
    auto root = RootFs::open(root_);
    check(bool(root), "open a test's root");
    Matcher matcher(std::move(rules), {});
    follow_literal_links(matcher, *root);
    const MountTable mounts = MountTable::read(*root);
    FileTaker taker({.root = *root,
                     .mounts = mounts,
                     .rules = matcher.rules(),
                     .sink = sink,
                     .clock = clock,
                     .watcher = watcher});
    Direct direct(taker, sink);
    auto done = walk(matcher, *root, mounts, direct, {clock, stop});
    check(bool(done), "walk a test's tree");
    summary = *std::move(done);
  }

  [[nodiscard]] const CatalogLine& line(std::string_view path) const {
    const auto* found = sink.find(path);
    static const CatalogLine kNone;
    return found == nullptr ? kNone : found->line;
  }
  [[nodiscard]] std::string bytes(std::string_view path) const {
    const auto* found = sink.find(path);
    return found == nullptr ? "(no entry)" : found->bytes;
  }
  [[nodiscard]] bool has_finding(std::string_view path, std::string_view code) const {
    return std::ranges::find(line(path).findings, code) != line(path).findings.end();
  }

  RecordedBag sink;
  WalkSummary summary;
  FixedClock clock{UtcNanoseconds(std::chrono::hours(24 * 20'000))};
  StopRequest stop;
  TakeWatcher watcher;

 private:
  class Direct final : public MatchSink {
   public:
    Direct(FileTaker& taker, EntrySink& losses) : taker_(taker), losses_(losses) {}
    Status match(const Match& match) override { return taker_.take(match); }
    Status lost(CatalogLine line) override { return losses_.list(std::move(line)); }

   private:
    FileTaker& taker_;
    EntrySink& losses_;
  };
  std::filesystem::path root_;
};

}  // namespace casebook::collector
