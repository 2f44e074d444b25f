#include "collector/run_tally.h"

#include <algorithm>
#include <array>

namespace casebook {
namespace {

/// Findings that describe how an entry was made and lose nothing.
constexpr std::array<std::string_view, 2> kLabels = {"masked", "untrusted_output"};

bool is_of_host(EntryType type) {
  return type != EntryType::reading && type != EntryType::command && type != EntryType::added;
}

bool is_refusal(const CatalogLine& line) {
  return line.error && (line.error->errno_name == "EACCES" || line.error->errno_name == "EPERM") &&
         is_of_host(line.type);
}

}  // namespace

Status RunTally::list(CatalogLine&& line) {
  count(line);
  budget_->spent(0);
  return next_->list(std::move(line));
}

Status RunTally::store(CatalogLine&& line, Content content) {
  BudgetedSource source(content.bytes, *budget_);
  Content passed{.bytes = source,
                 .size_bytes = content.size_bytes,
                 .size_bytes_max = content.size_bytes_max,
                 .amend = [this, &content](CatalogLine& final_line, std::uint64_t stored_bytes) {
                   if (content.amend) content.amend(final_line, stored_bytes);
                   count(final_line);
                 }};
  return next_->store(std::move(line), std::move(passed));
}

void RunTally::count(const CatalogLine& line) {
  ++counts_.entries;
  switch (line.outcome) {
    case Outcome::stored:
      ++counts_.stored;
      break;
    case Outcome::redacted:
      ++counts_.redacted;
      break;
    case Outcome::linked:
      ++counts_.linked;
      break;
    case Outcome::lost:
      ++counts_.lost;
      break;
    case Outcome::listed:
      ++counts_.listed;
      if (line.type == EntryType::file) ++counts_.left_alone;
      break;
  }
  if (line.type == EntryType::command) ++counts_.commands;
  if (is_refusal(line)) ++counts_.refused;
  if (line.error) ++counts_.exceptions[line.error->errno_name];
  if (line.error && line.outcome == Outcome::lost) return;  // One exception, said by its error.
  for (const std::string& finding : line.findings) {
    if (std::ranges::find(kLabels, finding) == kLabels.end()) ++counts_.exceptions[finding];
  }
}

}  // namespace casebook
