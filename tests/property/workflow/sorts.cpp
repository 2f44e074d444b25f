// Entries that each need an answer: what opens a gate, said so that all of it is of that sort.
#include <algorithm>

#include "tests/property/workflow/world.h"

namespace casebook::workflow {
namespace {

bool is_entry(const Event& event, const std::string& kind) {
  return event.name.starts_with(kind + " ") || event.name.starts_with(kind + "=");
}

/// What says of entries of a kind that each has to have something: "test, where result is fail".
struct Sort {
  std::string kind, answer;
  Fields fields;
};

/// @return nothing when it asks for all entries, or for what is said when they are settled.
std::optional<Sort> sort_of(const Predicate& each, const Policy& policy) {
  const Predicate& asked = each.children.front();
  const auto rule = policy.registers.find(each.query->kind);
  if (!asked.query || rule == policy.registers.end()) return std::nullopt;
  Sort sort{each.query->kind, asked.query->kind, {}};
  for (const FieldMatch& match : each.query->where) {
    const FieldRule* field = rule->second.field(match.field);
    const Operand& value = match.values.front();
    if (field == nullptr || field->at_settle || value.kind != Operand::Kind::literal) continue;
    sort.fields.emplace(match.field, value.literal);
  }
  return sort.fields.empty() ? std::nullopt : std::optional(sort);
}

void add_sort(const Sort& sort, bool is_confirmed, Slice& slice) {
  std::vector<std::size_t> answers;
  for (std::size_t i = 0; i < slice.opening; ++i) {
    const Event& event = slice.events[i];
    const bool is_word = is_confirmed && event.name.starts_with("confirmed ");
    if (is_entry(event, sort.answer) || is_word) answers.push_back(i);
  }
  for (std::size_t i = 0; i < slice.opening; ++i) {
    if (!is_entry(slice.events[i], sort.kind)) continue;
    Event other = slice.events[i];
    other.name += " of that sort";
    other.body = [original = other.body, fields = sort.fields](const World& world) {
      auto body = original(world);
      if (auto* add = body ? std::get_if<RecordAdd>(&*body) : nullptr) {
        for (const auto& [name, value] : fields) add->fields.insert_or_assign(name, value);
      }
      return body;
    };
    slice.answered[i] = {slice.events.size()};
    slice.answered[i].insert(slice.answered[i].end(), answers.begin(), answers.end());
    slice.events.push_back(std::move(other));
  }
}

void add_sorts(const Policy& policy, const Predicate& node, Slice& slice) {
  for (const Predicate& child : node.children) add_sorts(policy, child, slice);
  if (node.kind != Predicate::Kind::each || !node.query) return;
  const auto sort = sort_of(node, policy);
  if (sort) add_sort(*sort, node.children.front().query->attested.value_or(false), slice);
}

}  // namespace

Slice with_sorts(const Policy& policy, const std::string& gate, Slice slice) {
  add_sorts(policy, policy.gate(gate)->need, slice);
  return slice;
}

}  // namespace casebook::workflow
