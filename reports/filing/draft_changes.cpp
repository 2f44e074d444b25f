/// What a later draft says differently. Specification: docs/spec/filing.md 5.

#include <algorithm>
#include <set>

#include "reports/filing/draft.h"

namespace casebook::filing {
namespace {

struct Told {
  std::string text, field;
};
using Statements = std::map<std::string, Told, std::less<>>;

/// The statements whose texts stand in a draft. Parts of facts rest on statements, but hold none.
Statements statements_of(const Draft& draft) {
  Statements all;
  for (const DraftField& field : draft.fields) {
    for (const Part& part : field.parts) {
      if (part.answers.empty()) continue;
      for (const std::string& id : part.statements) all.emplace(id, Told{part.text, field.id});
    }
  }
  return all;
}

std::string reason_for(const Reasons& reasons, const std::string& id, const std::string& field) {
  auto found = reasons.find(id);
  if (found == reasons.end()) found = reasons.find(field);
  return found == reasons.end() ? std::string() : found->second;
}

/// The reason for a field, or the one for a statement that stands in it now or stood in it.
std::string field_reason(const Reasons& reasons, const DraftField* before,
                         const DraftField* after) {
  const DraftField* const named = after != nullptr ? after : before;
  if (const auto found = reasons.find(named->id); found != reasons.end()) return found->second;
  for (const DraftField* field : {before, after}) {
    if (field == nullptr) continue;
    for (const Part& part : field->parts) {
      for (const std::string& id : part.statements) {
        if (const auto found = reasons.find(id); found != reasons.end()) return found->second;
      }
    }
  }
  return {};
}

void compare_fields(const Draft& before, const Draft& after, const Reasons& reasons,
                    std::vector<Change>& all) {
  for (const DraftField& field : after.fields) {
    const DraftField* old = before.find(field.id);
    const std::string was = old == nullptr ? std::string() : old->text();
    const std::string is = field.text();
    if (was == is) continue;
    const Change::Kind kind = was.empty()  ? Change::Kind::added
                              : is.empty() ? Change::Kind::withdrawn
                                           : Change::Kind::changed;
    all.push_back({kind, Change::Of::field, field.id, was, is, field_reason(reasons, old, &field)});
  }
}

}  // namespace

std::vector<Change> changes(const Draft& before, const Draft& after, const Reasons& reasons) {
  std::vector<Change> all;
  compare_fields(before, after, reasons, all);
  const Statements was = statements_of(before);
  const Statements is = statements_of(after);
  for (const auto& [id, told] : is) {
    const auto old = was.find(id);
    if (old != was.end() && old->second.text == told.text) continue;
    const bool known = old != was.end();
    all.push_back({known ? Change::Kind::changed : Change::Kind::added, Change::Of::statement, id,
                   known ? old->second.text : "", told.text, reason_for(reasons, id, told.field)});
  }
  for (const auto& [id, told] : was) {
    // What the later stage does not ask for is not taken back.
    if (is.contains(id) || after.find(told.field) == nullptr) continue;
    all.push_back({Change::Kind::withdrawn, Change::Of::statement, id, told.text, "",
                   reason_for(reasons, id, told.field)});
  }
  return all;
}

}  // namespace casebook::filing
