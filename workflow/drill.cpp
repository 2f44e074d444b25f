#include "workflow/drill.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_text.h"

namespace casebook::workflow {
namespace {

Error wrong(std::string what) { return {ErrorCode::invalid_input, std::move(what)}; }

/// Key of an event that says what its act is about, and the other keys that it may have.
struct Act {
  std::string_view name, about;
  std::vector<std::string_view> keys;
};
const std::vector<Act>& acts() {
  static const std::vector<Act> kActs = {
      {"record", "kind", {"fields", "as"}},
      {"change", "", {"record", "fields"}},
      {"settle", "", {"record", "fields"}},
      {"fact", "name", {"value", "evidence"}},
      {"move", "move", {}},
      {"done", "target", {}},
      {"attest", "word", {"role", "covers", "record"}},
      {"time", "", {"record"}},
      {"told", "", {"record", "channel"}},
      {"evidence", "name", {"words"}},
      {"pin", "policy", {}},
  };
  return kActs;
}

Label label_of(const Json& json) { return {json.value("en", ""), json.value("nl", "")}; }

DrillValue value_of(const Json& json) {
  if (json.is_object()) return label_of(json);
  if (json.is_boolean()) return Value(json.get<bool>());
  if (json.is_number_integer()) return Value(json.get<std::int64_t>());
  if (json.is_array()) return Value(json.get<std::vector<std::string>>());
  return Value(json.is_string() ? json.get<std::string>() : std::string());
}

std::vector<std::string> texts_of(const Json& event, const char* key) {
  return event.contains(key) ? event.at(key).get<std::vector<std::string>>()
                             : std::vector<std::string>();
}

/// Lists hold texts, labels both languages; everything else is a scalar.
bool has_sound_values(const Json& json) {
  if (json.is_array())
    return std::ranges::all_of(json, [](const Json& item) { return item.is_string(); });
  if (json.is_object()) {
    return json.size() == 2 && json.contains("en") && json.contains("nl") &&
           json.at("en").is_string() && json.at("nl").is_string();
  }
  return !json.is_null();
}

Status check_keys(const Json& event, const Act& act) {
  const auto is_known = [&](const std::string& key) {
    for (const std::string_view common : {"at", "who", "do", "step", "say", "refused", "extra"})
      if (key == common) return true;
    return key == act.about || std::ranges::find(act.keys, key) != act.keys.end();
  };
  for (const auto& [key, value] : event.items()) {
    if (!is_known(key)) return wrong("unknown key " + key);
    if (key == "fields") {
      if (!value.is_object()) return wrong("fields is not an object");
      for (const auto& [name, field] : value.items())
        if (!has_sound_values(field)) return wrong("field " + name + " is no value");
    } else if (!has_sound_values(value)) {
      return wrong("key " + key + " is no value");
    }
  }
  for (const std::string_view list : {"who", "covers", "refused", "evidence"})
    if (event.contains(list) && !event.at(std::string(list)).is_array())
      return wrong(std::string(list) + " is not a list");
  return ok();
}

/// Keys whose value is one text.
Status read_texts(const Json& json, const Act& act, DrillEvent& event) {
  for (const auto& [key, into] : {std::pair{act.about, &event.about},
                                  {std::string_view("record"), &event.record},
                                  {std::string_view("role"), &event.role},
                                  {std::string_view("channel"), &event.channel},
                                  {std::string_view("as"), &event.as}}) {
    if (key.empty() || !json.contains(key)) continue;
    auto found = json_text_member(json, key);
    if (!found) return std::move(found).error();
    *into = *std::move(found);
  }
  if (!act.about.empty() && event.about.empty()) return wrong("lacks " + std::string(act.about));
  return ok();
}

Status read_rest(const Json& json, DrillEvent& event) {
  auto at = json_text_member(json, "at");
  if (!at) return std::move(at).error();
  auto since = parse_duration(*at);
  if (!since) return std::move(since).error();
  event.at = *since;
  if (json.contains("fields")) {
    for (const auto& [name, value] : json.at("fields").items())
      event.fields.emplace_back(name, value_of(value));
  }
  for (const char* key : {"value", "words"})
    if (json.contains(key)) event.fields.emplace_back(key, value_of(json.at(key)));
  event.covers = texts_of(json, "covers");
  event.evidence = texts_of(json, "evidence");
  event.refused = texts_of(json, "refused");
  if (json.contains("step")) {
    auto number = json_integer_member(json, "step");
    if (!number || *number < 1 || *number > 99) return wrong("step is no number of one");
    event.step = static_cast<std::uint32_t>(*number);
  }
  if (json.contains("extra")) {
    auto extra = json_bool_member(json, "extra");
    if (!extra) return std::move(extra).error();
    event.is_extra = *extra;
  }
  if (!json.contains("say")) return ok();
  if (!json.at("say").is_object()) return wrong("say is said in no language");
  event.say = label_of(json.at("say"));
  return ok();
}

Result<DrillEvent> read_event(const Json& json) {
  if (!json.is_object()) return wrong("not an object");
  auto act_name = json_text_member(json, "do");
  if (!act_name) return std::move(act_name).error();
  const auto act = std::ranges::find(acts(), *act_name, &Act::name);
  if (act == acts().end()) return wrong("nothing is called " + *act_name);
  if (auto known = check_keys(json, *act); !known) return std::move(known).error();
  DrillEvent event;
  event.act = *act_name;
  event.who = texts_of(json, "who");
  if (event.who.empty()) return wrong("nobody does it");
  if (auto read = read_texts(json, *act, event); !read) return std::move(read).error();
  if (auto read = read_rest(json, event); !read) return std::move(read).error();
  return event;
}

Result<DrillPerson> read_person(const std::string& id, const Json& json) {
  if (!json.is_object()) return wrong("cast: " + id + " is not an object");
  if (auto known = json_only_members(json, {"name", "roles", "founder"}); !known)
    return std::move(known).error();
  auto name = json_text_member(json, "name");
  if (!name) return std::move(name).error();
  auto founder = json_bool_member(json, "founder");
  if (!founder) return std::move(founder).error();
  if (!json.contains("roles") || !json.at("roles").is_array() ||
      !has_sound_values(json.at("roles")))
    return wrong("cast: roles of " + id + " are no list");
  return DrillPerson{id, *std::move(name), texts_of(json, "roles"), *founder};
}

Status read_events(const Json& json, DrillStory& story) {
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string place = "event " + std::to_string(i) + ": ";
    auto event = read_event(json[i]);
    if (!event) return wrong(place + event.error().message);
    for (const std::string& who : event->who) {
      if (std::ranges::find(story.cast, who, &DrillPerson::id) == story.cast.end())
        return wrong(place + "nobody is called " + who);
    }
    if (!story.events.empty() && event->at < story.events.back().at)
      return wrong(place + "before the one before it");
    story.events.push_back(*std::move(event));
  }
  return ok();
}

/// "now", "+PT1H" or "-PT3H".
std::optional<Moment> moment_of(const std::string& text, UtcSeconds now) {
  std::chrono::seconds shift{};
  if (text != "now") {
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    auto duration = parse_duration(std::string_view(text).substr(1));
    if (!duration) return std::nullopt;
    shift = text[0] == '-' ? -*duration : *duration;
  }
  return Moment{(now + shift).time_since_epoch().count()};
}

/// Turns the names of a story into ids of the case.
class Translation {
 public:
  Translation(const CaseState& state, const DrillNames& names, UtcSeconds now)
      : state_(state), names_(names), now_(now) {}

  Result<StatementId> thing(const std::string& name) const {
    const auto found = names_.things.find(name);
    if (found == names_.things.end()) return wrong("nothing is called " + name + " yet");
    return found->second;
  }

  Result<Fields> fields(const DrillEvent& event, const std::string& kind) const {
    const auto rule = state_.policy->registers.find(kind);
    if (rule == state_.policy->registers.end()) return wrong("no register " + kind);
    Fields fields;
    for (const auto& [name, said] : event.fields) {
      if (std::holds_alternative<Label>(said)) continue;  // Words go into an item.
      const FieldRule* field = rule->second.field(name);
      if (field == nullptr) return wrong(kind + " has no field " + name);
      auto value = this->value(*field, *std::get_if<Value>(&said));
      if (!value) return std::move(value).error();
      fields.emplace(name, *std::move(value));
    }
    return fields;
  }

 private:
  Result<Value> value(const FieldRule& field, const Value& said) const {
    const auto* name = std::get_if<std::string>(&said);
    if (name == nullptr) return said;
    if (field.type == ValueType::person) {
      const auto person = names_.persons.find(*name);
      if (person == names_.persons.end()) return wrong("nobody is called " + *name);
      return Value(person->second.text());
    }
    if (field.type == ValueType::time) {
      const auto moment = moment_of(*name, now_);
      if (!moment) return wrong(field.name + " is no time");
      return Value(*moment);
    }
    if (field.type != ValueType::evidence && field.type != ValueType::record) return said;
    auto id = thing(*name);
    if (!id) return std::move(id).error();
    if (field.type == ValueType::evidence) return Value(id->text());
    const Record* record = state_.record(*id);
    if (record == nullptr) return wrong(*name + " is no entry of a register");
    return Value(static_cast<std::int64_t>(record->number));
  }

  const CaseState& state_;
  const DrillNames& names_;
  UtcSeconds now_;
};

Result<RunbookBody> fact_body(const DrillEvent& event, const Translation& names,
                              const FacetKey& key) {
  FactSet set{.name = event.about, .value = {}, .key = key};
  for (const auto& [name, said] : event.fields) {
    if (const auto* value = std::get_if<Value>(&said)) set.value = *value;
  }
  for (const std::string& name : event.evidence) {
    auto id = names.thing(name);
    if (!id) return std::move(id).error();
    set.evidence.push_back(*id);
  }
  std::ranges::sort(set.evidence);
  return RunbookBody(std::move(set));
}

/// The word over the present digests of what the policy wants it to cover.
Result<RunbookBody> word_body(const DrillEvent& event, const CaseState& state,
                              const Translation& names) {
  std::optional<StatementId> about;
  if (!event.record.empty()) {
    auto id = names.thing(event.record);
    if (!id) return std::move(id).error();
    about = *id;
  }
  for (const Gate& gate : state.policy->gates) {
    for (const WordWanted& wanted : words_wanted(state, gate.id)) {
      if (wanted.rule->verb != event.about || wanted.rule->role != event.role) continue;
      if (!event.covers.empty() && wanted.rule->covers != event.covers) continue;
      if (wanted.about_entry != about.has_value()) continue;
      return RunbookBody(
          Attest{event.about, event.role, covers_now(state, wanted.rule->covers), about});
    }
  }
  return wrong("no gate wants the word " + event.about + " of " + event.role);
}

Result<RunbookBody> body_about_entry(const DrillEvent& event, const CaseState& state,
                                     const Translation& names, UtcSeconds now,
                                     const FacetKey& key) {
  auto id = names.thing(event.record);
  if (!id) return std::move(id).error();
  const Record* record = state.record(*id);
  if (record == nullptr) return wrong(event.record + " is no entry of a register");
  if (event.act == "time")
    return RunbookBody(TimeAttest{record->versions.front().seq, record->versions.front().at});
  if (event.act == "told") return RunbookBody(TellDone{*id, now, event.channel, true});
  auto fields = names.fields(event, record->kind);
  if (!fields) return std::move(fields).error();
  if (event.act == "change") return RunbookBody(RecordChange{*id, *std::move(fields), key});
  return RunbookBody(RecordSettle{*id, *std::move(fields), key});
}

}  // namespace

std::string DrillEvent::words(Language language) const {
  std::string all;
  for (const auto& [name, said] : fields) {
    const auto* label = std::get_if<Label>(&said);
    if (label == nullptr) continue;
    if (!all.empty()) all += '\n';
    all += label->in(language);
  }
  return all;
}

Result<DrillStory> parse_drill(std::string_view canonical) {
  auto json = parse_canonical_json(canonical);
  if (!json) return std::move(json).error();
  if (auto known = json_only_members(
          *json, {"format", "id", "title", "policy", "kind", "start", "cast", "events"});
      !known)
    return std::move(known).error();
  DrillStory story;
  std::string format, start;
  for (const auto& [key, into] : {std::pair{"format", &format},
                                  {"id", &story.id},
                                  {"policy", &story.policy},
                                  {"kind", &story.kind},
                                  {"start", &start}}) {
    auto text = json_text_member(*json, key);
    if (!text) return std::move(text).error();
    *into = *std::move(text);
  }
  if (format != "casebook-drill/1") return wrong("not a drill of a format that we know");
  auto from = parse_utc(start);
  if (!from) return std::move(from).error();
  story.start = *from;
  if (!json->contains("title") || !has_sound_values(json->at("title"))) return wrong("no title");
  story.title = label_of(json->at("title"));
  if (!json->contains("cast") || !json->at("cast").is_object()) return wrong("nobody plays");
  for (const auto& [id, person] : json->at("cast").items()) {
    auto read = read_person(id, person);
    if (!read) return std::move(read).error();
    story.cast.push_back(*std::move(read));
  }
  std::ranges::stable_partition(story.cast, &DrillPerson::is_founder);
  if (!json->contains("events") || !json->at("events").is_array()) return wrong("nothing happens");
  if (auto read = read_events(json->at("events"), story); !read) return std::move(read).error();
  return story;
}

Result<RunbookBody> drill_body(const DrillEvent& event, const CaseState& state,
                               const DrillNames& names, UtcSeconds now, const FacetKey& key) {
  if (!state.policy) return wrong("no policy is pinned yet");
  const Translation translation(state, names, now);
  if (event.act == "record") {
    auto fields = translation.fields(event, event.about);
    if (!fields) return std::move(fields).error();
    return RunbookBody(RecordAdd{event.about, *std::move(fields), key});
  }
  if (event.act == "fact") return fact_body(event, translation, key);
  if (event.act == "move") return RunbookBody(MakeMove{event.about});
  if (event.act == "done") return RunbookBody(StepDone{event.about});
  if (event.act == "attest") return word_body(event, state, translation);
  if (!event.record.empty()) return body_about_entry(event, state, translation, now, key);
  return wrong(event.act + " is played otherwise");
}

}  // namespace casebook::workflow
