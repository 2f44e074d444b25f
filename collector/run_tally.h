#pragma once
/// Counts what goes into a bag, and keeps a run within its budget. Every figure of the summary and
/// of `context.json` is counted here, from the lines themselves.

#include <map>
#include <set>
#include <string>

#include "collector/budget.h"
#include "collector/entry_sink.h"

namespace casebook {

struct RunCounts {
  std::uint64_t entries = 0;
  std::uint64_t stored = 0;
  std::uint64_t redacted = 0;
  std::uint64_t listed = 0;
  std::uint64_t linked = 0;
  std::uint64_t lost = 0;
  std::uint64_t left_alone = 0;  ///< Regular files listed without bytes because their rule says so.
  std::uint64_t commands = 0;
  std::uint64_t refused = 0;  ///< Objects of the host that we had no right to read.
  /// Finding code or errno name -> entries that carry it. Labels that are no loss are not counted.
  std::map<std::string, std::uint64_t> exceptions;
};

/// Passes entries on to `next`, with their content read through `budget`.
class RunTally final : public EntrySink {
 public:
  RunTally(EntrySink& next, Budget& budget) : next_(&next), budget_(&budget) {}

  Status list(CatalogLine&& line) override;
  Status store(CatalogLine&& line, Content content) override;

  /// Entries of the next bag go there.
  void set_next(EntrySink& next) { next_ = &next; }
  [[nodiscard]] const RunCounts& counts() const { return counts_; }

 private:
  void count(const CatalogLine& line);

  EntrySink* next_;
  Budget* budget_;
  RunCounts counts_;
};

}  // namespace casebook
