#pragma once
/// What was learned from an incident, without blame. Specification: docs/spec/papers.md 6.

#include <string>
#include <vector>

#include "reports/paper/paper.h"

namespace casebook::papers {

struct PostmortemAction {
  std::string what;
  std::string kind;  ///< "prevent", "detect", "respond", as the policy has it.
  std::string owner;
  std::string due;
  std::string state;
};

/// A chain from an effect back to its causes, one step each.
struct PostmortemCause {
  std::string effect;
  std::vector<std::string> whys;
};

struct PostmortemInput {
  PaperHead head;
  std::string title;
  std::vector<std::string> authors;
  std::string summary;
  std::vector<documents::Entry> measures;  ///< "Time to detect", "4 h 10 min".
  std::vector<std::string> impact;
  documents::Timeline course;
  std::vector<PostmortemCause> causes;
  std::vector<std::string> went_well, went_badly, lucky, lessons;
  std::vector<std::string> unverified = {};  ///< Assumed, and never checked.
  std::vector<PostmortemAction> actions;
  std::string ledger_head = {};
  /// Out of the record: parts that only people can write stand there as questions.
  bool asks = false;
  /// For readers outside: no names, no course, nothing of how the team worked.
  bool is_external = false;
};

Document postmortem(const PostmortemInput& input);

}  // namespace casebook::papers
