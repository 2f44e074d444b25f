#pragma once
/// Fills the fields of a draft from facts, profile and admitted statements. Used by draft.cpp only.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reports/filing/draft.h"

namespace casebook::filing {

class DraftMaker {
 public:
  /// All three must outlive this.
  DraftMaker(const DraftInput& input, const reports::Stage& stage, Draft& draft);
  /// Fields, withheld, previous and changes.
  void fill();

 private:
  void sort_statements();
  [[nodiscard]] bool rests_on_labelled(const SourcedStatement& statement,
                                       std::vector<std::string>& seen) const;
  DraftField make_field(const reports::ContentField& field);
  DraftField fed_field(DraftField field, const Feed& feed);
  void add_own_field(const std::string& id, const Feed& feed);
  void add_late_field();
  void fill_field(DraftField& field, const Feed& feed, bool alone);
  bool take_own_answer(DraftField& field);
  bool take_answer(DraftField& field, const std::string& name);
  void take_fact(DraftField& field, const std::string& names, bool alone);
  void take_profile(DraftField& field, const std::string& name);
  void take_made(DraftField& field, const std::string& what);
  void miss(DraftField& field, Missing::Kind kind, const std::string& name, bool withheld);
  /// The fact if a reader may have it. @return nothing when unknown; `withheld` when labelled.
  const FactEntry* admitted_fact(const std::string& name, bool& withheld) const;

  const DraftInput& input_;
  const reports::Stage& stage_;
  Draft& draft_;
  StageFields fields_;
  std::map<std::string, const SourcedStatement*, std::less<>> by_id_;
  std::multimap<std::string, OutwardText, std::less<>> admitted_;  ///< By answer.
  std::multimap<std::string, std::string, std::less<>> withheld_;  ///< Answer to statement id.
  std::vector<std::string> counted_;  ///< Ids of withheld statements that answered a field here.
};

}  // namespace casebook::filing
