#include "reports/filing/draft_maker.h"

#include <algorithm>

#include "reports/filing/draft_json.h"
#include "reports/filing/fact_words.h"
#include "reports/filing/filing_messages.h"
#include "reports/filing/law_words.h"

namespace casebook::filing {
namespace {

using reports::ContentField;

constexpr std::string_view kLateField = "late_reasons";
constexpr std::string_view kLateAnswer = "delay_reasons";

Need need_of(const ContentField& field, const std::string& stage, const Feed& feed) {
  if (!feed.when.empty()) return Need::conditional;
  const auto required = field.required.find(stage);
  if (required == field.required.end()) return Need::yes;
  return required->second == "yes"           ? Need::yes
         : required->second == "conditional" ? Need::conditional
                                             : Need::no;
}

std::string topic_of(const Feed& feed) {
  if (!feed.answers.empty()) return feed.answers.front();
  if (!feed.facts.empty()) return feed.facts.front().substr(0, feed.facts.front().find('|'));
  return feed.org.empty() ? std::string() : feed.org.front();
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::vector<std::string> names_of(const std::string& alternatives) {
  std::vector<std::string> names;
  for (std::size_t from = 0; from <= alternatives.size();) {
    const std::size_t end = std::min(alternatives.find('|', from), alternatives.size());
    names.push_back(alternatives.substr(from, end - from));
    from = end + 1;
  }
  return names;
}

Part part_of(const OutwardText& text) {
  Part part;
  part.text = text.text();
  part.statements = {text.statement()};
  part.facts = text.facts();
  part.sources = text.sources();
  part.answers = text.answers();
  part.confidence = text.confidence();
  part.time = text.time();
  return part;
}

}  // namespace

DraftMaker::DraftMaker(const DraftInput& input, const reports::Stage& stage, Draft& draft)
    : input_(input),
      stage_(stage),
      draft_(draft),
      fields_(fields_of(*input.regime, stage.id, *input.map)) {
  for (const SourcedStatement& statement : input.statements) by_id_[statement.id] = &statement;
}

/// A text is as secret as what it was taken from.
bool DraftMaker::rests_on_labelled(const SourcedStatement& statement,
                                   std::vector<std::string>& seen) const {
  if (statement.label != Label::none) return true;
  if (contains(seen, statement.id)) return false;
  seen.push_back(statement.id);
  for (const std::string& fact : statement.facts) {
    bool withheld = false;
    admitted_fact(fact, withheld);
    if (withheld) return true;
  }
  return std::any_of(statement.sources.begin(), statement.sources.end(), [&](const auto& source) {
    const auto found = by_id_.find(source);
    return found != by_id_.end() && rests_on_labelled(*found->second, seen);
  });
}

void DraftMaker::sort_statements() {
  for (const SourcedStatement& statement : input_.statements) {
    std::vector<std::string> seen;
    const auto outward =
        rests_on_labelled(statement, seen) ? std::nullopt : admit(statement, draft_.audience);
    for (const std::string& answer : statement.answers) {
      if (outward) {
        admitted_.emplace(answer, *outward);
      } else {
        withheld_.emplace(answer, statement.id);
      }
    }
  }
}

const FactEntry* DraftMaker::admitted_fact(const std::string& name, bool& withheld) const {
  const auto found = input_.facts.find(name);
  if (found == input_.facts.end()) return nullptr;
  const FactEntry& entry = found->second;
  bool any = false;
  bool all_labelled = true;
  for (const std::string& id : entry.statements) {
    const auto statement = by_id_.find(id);
    if (statement == by_id_.end()) continue;
    any = true;
    all_labelled = all_labelled && statement->second->label != Label::none;
  }
  withheld = entry.label != Label::none || (any && all_labelled);
  return withheld ? nullptr : &entry;
}

void DraftMaker::miss(DraftField& field, Missing::Kind kind, const std::string& name,
                      bool withheld) {
  Missing missing{kind, name, "", "", withheld};
  if (kind == Missing::Kind::fact) {
    if (const auto* definition = input_.catalog->find(name); definition != nullptr) {
      missing.meaning = definition->meaning;
      missing.decided_by = definition->decided_by;
    }
  } else {
    const auto& all = kind == Missing::Kind::answer ? input_.map->answers() : input_.map->profile();
    const auto found = all.find(name);
    missing.meaning = found == all.end() ? field.requirement : found->second.meaning;
    missing.decided_by = found == all.end()
                             ? filing_messages(draft_.language).text("missing.a_person")
                             : found->second.decided_by;
  }
  field.missing.push_back(std::move(missing));
}

bool DraftMaker::take_answer(DraftField& field, const std::string& name) {
  const auto [hidden, hidden_end] = withheld_.equal_range(name);
  for (auto each = hidden; each != hidden_end; ++each) {
    if (!contains(counted_, each->second)) counted_.push_back(each->second);
  }
  const auto [from, to] = admitted_.equal_range(name);
  for (auto each = from; each != to; ++each) field.parts.push_back(part_of(each->second));
  return from != to;
}

bool DraftMaker::take_own_answer(DraftField& field) {
  const std::string law = draft_.law.regime + ".";
  return take_answer(field, law + draft_.law.stage + "." + field.id) ||
         take_answer(field, law + field.id);
}

void DraftMaker::take_fact(DraftField& field, const std::string& names, bool alone) {
  const std::vector<std::string> alternatives = names_of(names);
  bool any_withheld = false;
  for (const std::string& name : alternatives) {
    bool withheld = false;
    const FactEntry* entry = admitted_fact(name, withheld);
    any_withheld = any_withheld || withheld;
    const auto* definition = input_.catalog->find(name);
    if (entry == nullptr || definition == nullptr) continue;
    Part part;
    if (!field.type.empty() && field.type != "text") {
      part.text = typed_text(entry->fact.value, field.type);
    } else {
      const auto* time = std::get_if<UtcSeconds>(&entry->fact.value);
      part.text = time != nullptr && draft_.audience == Audience::persons
                      ? day_words(*time, input_.zone)
                      : fact_words(entry->fact.value, *definition, input_.zone, draft_.language);
      // In a letter no requirement stands beside it.
      if (!alone || draft_.audience == Audience::persons || draft_.audience == Audience::customer)
        part.text = fact_label(*definition, draft_.language) + ": " + part.text;
    }
    part.facts = {name};
    for (const std::string& id : entry->statements) {
      const auto statement = by_id_.find(id);
      if (statement != by_id_.end() && statement->second->label != Label::none) continue;
      part.statements.push_back(id);
    }
    field.parts.push_back(std::move(part));
    return;
  }
  miss(field, Missing::Kind::fact, alternatives.front(), any_withheld);
}

void DraftMaker::take_profile(DraftField& field, const std::string& name) {
  const auto found = input_.profile.find(name);
  if (found == input_.profile.end() || found->second.empty()) {
    miss(field, Missing::Kind::profile, name, false);
    return;
  }
  Part part;
  part.text = found->second;
  part.sources = {filing_messages(draft_.language).text("source.profile")};
  field.parts.push_back(std::move(part));
}

void DraftMaker::take_made(DraftField& field, const std::string& what) {
  Part part;
  if (what == "stage") part.text = field.type.empty() ? draft_.law.name : draft_.law.stage;
  if (what == "reference") part.text = draft_.reference;
  if (what == "receipt") part.text = draft_.receipt;
  if (part.text.empty()) {
    miss(field, Missing::Kind::answer, what, false);
  } else {
    field.parts.push_back(std::move(part));
  }
}

void DraftMaker::fill_field(DraftField& field, const Feed& feed, bool alone) {
  if (take_own_answer(field)) return;
  for (const std::string& name : feed.org) take_profile(field, name);
  for (const std::string& name : feed.facts) take_fact(field, name, alone);
  for (const std::string& name : feed.answers) {
    if (!take_answer(field, name))
      miss(field, Missing::Kind::answer, name, withheld_.contains(name));
  }
  if (!feed.made.empty()) take_made(field, feed.made);
  if (field.parts.empty() && field.missing.empty()) {
    const std::string own = draft_.law.regime + "." + field.id;
    const std::string staged = draft_.law.regime + "." + draft_.law.stage + "." + field.id;
    miss(field, Missing::Kind::answer, own, withheld_.contains(own) || withheld_.contains(staged));
  }
}

DraftField DraftMaker::make_field(const ContentField& content) {
  const std::string& owner =
      fields_.basis == StageFields::Basis::inherited ? fields_.from : stage_.id;
  const Feed& feed = input_.map->feed(*input_.regime, content.stage, content.id);
  DraftField field;
  field.id = content.id;
  field.requirement =
      LawWords::of(draft_.language)
          .requirement(input_.regime->id, content.id, topic_of(feed), content.requirement);
  field.clause = content.clause;
  field.type = content.type;
  field.topic = topic_of(feed);
  field.choices = content.choices;
  field.keeps_out = feed.keeps_out;
  field.need = need_of(content, owner, feed);
  field.verified = content.verified;
  field.names_people = feed.names_people;
  if (feed.about) {
    field.state = FieldState::about;
    return field;
  }
  return fed_field(std::move(field), feed);
}

DraftField DraftMaker::fed_field(DraftField field, const Feed& feed) {
  if (feed.when == "late" && draft_.late) field.need = Need::yes;
  const bool alone = feed.facts.size() == 1 && feed.org.empty() && feed.answers.empty();
  fill_field(field, feed, alone);
  field.state = field.missing.empty()     ? FieldState::filled
                : field.need == Need::yes ? FieldState::missing
                : feed.when == "late"     ? FieldState::not_asked
                                          : FieldState::open;
  if (field.state == FieldState::not_asked) field.missing.clear();
  return field;
}

void DraftMaker::add_own_field(const std::string& id, const Feed& feed) {
  DraftField field;
  field.id = id;
  field.requirement = filing_messages(draft_.language).text("field." + id);
  field.topic = topic_of(feed);
  draft_.fields.push_back(fed_field(std::move(field), feed));
}

/// A late paper gives its reasons, also under a law whose data do not list them.
void DraftMaker::add_late_field() {
  const bool asks = input_.map->asks_reasons(*input_.regime, stage_.id);
  if ((!draft_.late && !asks) || draft_.audience != Audience::authority) return;
  for (const ContentField* field : fields_.fields) {
    if (input_.map->feed(*input_.regime, field->stage, field->id).when == "late") return;
  }
  DraftField field;
  field.id = std::string(kLateField);
  field.requirement = filing_messages(draft_.language).text("late.requirement");
  field.need =
      asks || contains(stage_.marks, "reasons_required_if_late") ? Need::yes : Need::conditional;
  if (!take_own_answer(field) && !take_answer(field, std::string(kLateAnswer)))
    miss(field, Missing::Kind::answer, std::string(kLateAnswer),
         withheld_.contains(std::string(kLateAnswer)));
  field.state = field.missing.empty()     ? FieldState::filled
                : field.need == Need::yes ? FieldState::missing
                                          : FieldState::open;
  draft_.fields.push_back(std::move(field));
}

void DraftMaker::fill() {
  sort_statements();
  draft_.basis = fields_.basis;
  draft_.inherited_from = fields_.from;
  if (draft_.kind == DraftKind::no_notice) {
    draft_.basis = StageFields::Basis::own;
    draft_.inherited_from.clear();
    for (const auto& [id, feed] : input_.map->no_notice()) add_own_field(id, feed);
    Feed deciding;
    deciding.facts = input_.deciding;
    if (!deciding.facts.empty()) add_own_field("deciding", deciding);
  } else if (draft_.basis == StageFields::Basis::house) {
    for (const auto& [id, feed] : input_.map->customer()) add_own_field(id, feed);
  } else {
    for (const ContentField* field : fields_.fields) draft_.fields.push_back(make_field(*field));
    if (draft_.draftable()) add_late_field();
  }
  draft_.withheld = static_cast<int>(counted_.size());
  if (input_.previous == nullptr) return;
  draft_.previous = draft_digest(*input_.previous);
  Reasons reasons;
  constexpr std::string_view kReason = "reason.";
  for (const auto& [answer, text] : admitted_) {
    if (answer.starts_with(kReason)) reasons.emplace(answer.substr(kReason.size()), text.text());
  }
  draft_.changes = changes(*input_.previous, draft_, reasons);
}

}  // namespace casebook::filing
