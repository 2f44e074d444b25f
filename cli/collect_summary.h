#pragma once
/// What a collection says at its end: to people in few lines, to programs as one object.

#include <string>

#include "cli/runtime.h"
#include "collector/collect.h"

namespace casebook::cli {

struct CollectionPlace {
  std::vector<std::string> bag_names;  ///< "B-7" or the id, in the order of the report.
  bool has_ticket = false;
  bool is_live = true;    ///< This host, not a mounted tree.
  std::string sealed_on;  ///< Host that made the one-time key; empty: this one.
};

/// Format "casebook-collection/1".
Json collection_json(const CollectionReport& report);
/// @return `invalid_input` unless `text` is what collection_json() writes.
Result<CollectionReport> parse_collection_json(std::string_view text);

/// The closing lines, from "COMPLETE" to "seal code".
std::string collection_text(const CollectionReport& report, const CollectionPlace& place,
                            const Terminal& terminal);

/// The answer of a dry run.
std::string estimate_text(const CollectEstimate& estimate, const Terminal& terminal);
Json estimate_json(const CollectEstimate& estimate);

/// 0 for a complete collection, 3 for a partial one.
ExitStatus status_of(const CollectionReport& report);

/// One line on standard error that is written over again; only on a terminal.
class ProgressLine {
 public:
  explicit ProgressLine(Runtime& runtime);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  void show(const Progress& progress);

 private:
  Runtime& runtime_;
  std::chrono::steady_clock::time_point started_at_;
  std::chrono::steady_clock::time_point shown_at_{};
  bool is_shown_ = false;
};

/// Seal code in the form in which it is read aloud: five groups.
std::string seal_code_text(std::string_view seal_signature);

}  // namespace casebook::cli
