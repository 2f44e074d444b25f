#include "cli/runbook_values.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "cli/note_writing.h"
#include "core/nearest.h"
#include "core/printable.h"
#include "reports/facts_file.h"

namespace casebook::cli {
namespace {

using workflow::Moment;
using workflow::Value;
using workflow::ValueType;

constexpr std::size_t kCodeBytesMax = 64;
constexpr std::size_t kBagsMax = 10'000;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Error not_expected(const ValueForm& form, const std::string& text, const std::string& near = {}) {
  return Error{ErrorCode::invalid_input,
               form.name + "=" + printable(text) + ": not " + expected_text(form),
               near.empty() ? "" : "did you mean " + near + "?"};
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
  return number;
}

Result<Value> read_choice(const ValueForm& form, const std::string& text) {
  if (std::ranges::find(form.values, text) != form.values.end()) return Value(text);
  return not_expected(form, text, nearest(text, form.values));
}

Result<Value> read_set(const ValueForm& form, const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    std::string word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (!form.values.empty() && std::ranges::find(form.values, word) == form.values.end()) {
      return not_expected(form, word, nearest(word, form.values));
    }
    words.push_back(std::move(word));
  }
  std::ranges::sort(words);
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return Value(std::move(words));
}

bool is_code(std::string_view text) {
  static constexpr std::string_view kOthers = "._-+@:/";
  return !text.empty() && text.size() <= kCodeBytesMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

Result<Value> read_record(CaseSession& session, const ValueForm& form, const std::string& text) {
  const auto number = whole_number(text.starts_with('#') ? text.substr(1) : text);
  const workflow::Record* record =
      number && *number > 0
          ? session.runbook().record_by_number(static_cast<std::uint64_t>(*number))
          : nullptr;
  if (record == nullptr || (!form.of.empty() && record->kind != form.of)) {
    return Error{ErrorCode::not_found,
                 form.name + "=" + printable(text) + ": no " +
                     (form.of.empty() ? std::string("entry") : form.of) + " with that number",
                 "casebook record list " + form.of + " shows them"};
  }
  return Value(static_cast<std::int64_t>(record->number));
}

/// The record of the bag of that name, in one compartment.
Result<std::optional<Digest256>> recorded_bag(vault::Compartment& compartment,
                                              const std::string& name) {
  auto hits = compartment.search({.words = "", .kinds = {"bag"}, .count_max = kBagsMax});
  if (!hits) return std::move(hits).error();
  for (const vault::SearchHit& hit : *hits) {
    auto item = compartment.item(hit.id);
    if (!item) return std::move(item).error();
    if (!*item || !(*item)->text.title.starts_with(name + " ")) continue;
    auto stored = compartment.record_at(hit.seq);
    if (!stored) return std::move(stored).error();
    if (*stored) return std::optional((*stored)->commit);
  }
  return std::optional<Digest256>();
}

}  // namespace

workflow::Language language_of(const Runtime& runtime) {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const auto value = runtime.environment(name);
    if (!value || value->empty()) continue;
    return value->starts_with("nl") ? workflow::Language::nl : workflow::Language::en;
  }
  return workflow::Language::en;
}

ValueForm form_of(const workflow::FactRule& fact) {
  return {fact.name, fact.type, fact.values, fact.levels, {}};
}
ValueForm form_of(const workflow::FieldRule& field) {
  return {field.name, field.type, field.values, field.levels, field.of};
}

std::string expected_text(const ValueForm& form) {
  switch (form.type) {
    case ValueType::boolean:
      return "yes or no";
    case ValueType::choice:
      return "one of " + joined(form.values);
    case ValueType::set:
      return form.values.empty() ? "words with commas between" : "some of " + joined(form.values);
    case ValueType::level: {
      std::string levels;
      for (const auto level : form.levels) {
        levels += (levels.empty() ? "" : ", ") + std::to_string(level);
      }
      return "one of " + levels;
    }
    case ValueType::count:
      return "a whole number";
    case ValueType::time:
      return "a time: 2026-11-21T02:00:00Z, \"2026-11-21T02:00 Europe/Paris\", now, +4h, -30m";
    case ValueType::person:
      return "a person of the case";
    case ValueType::record:
      return "the number of " + (form.of.empty() ? "an entry" : "a " + form.of);
    case ValueType::digest:
      return "64 hex digits";
    case ValueType::evidence:
      return "an entry, a bag (B-7) or a record (#12)";
    case ValueType::code:
      return "a word of letters, digits and . _ - + @ : /";
    case ValueType::text:
    case ValueType::link:
      return "text";
  }
  return "a value";
}

Result<Value> read_value(CaseSession& session, const ValueForm& form, const std::string& text) {
  switch (form.type) {
    case ValueType::boolean:
      if (text == "yes" || text == "true" || text == "ja") return Value(true);
      if (text == "no" || text == "false" || text == "nee") return Value(false);
      return not_expected(form, text);
    case ValueType::choice:
      return read_choice(form, text);
    case ValueType::set:
      return read_set(form, text);
    case ValueType::level:
    case ValueType::count: {
      const auto number = whole_number(text);
      const bool fits = number && *number >= 0 && *number <= kJsonIntegerMax &&
                        (form.type == ValueType::count ||
                         std::ranges::find(form.levels, *number) != form.levels.end());
      if (!fits) return not_expected(form, text);
      return Value(*number);
    }
    case ValueType::time: {
      auto moment = read_moment(text, session.now());
      if (!moment) return std::move(moment).error().context(form.name);
      return Value(Moment{moment->time_since_epoch().count()});
    }
    case ValueType::person: {
      auto person = session.find_person(text);
      if (!person) return std::move(person).error();
      return Value(person->text());
    }
    case ValueType::record:
      return read_record(session, form, text);
    case ValueType::evidence: {
      auto statement = read_evidence(session, text);
      if (!statement) return std::move(statement).error();
      return Value(statement->text());
    }
    case ValueType::digest:
      if (auto bytes = from_hex(text); bytes && bytes->size() == 32) return Value(text);
      return not_expected(form, text);
    case ValueType::code:
      if (!is_code(text)) return not_expected(form, text);
      return Value(text);
    case ValueType::text:
    case ValueType::link:
      return Value(text);
  }
  return not_expected(form, text);
}

std::string value_text(CaseSession& session, const Value& value, ValueType type) {
  if (std::holds_alternative<std::monostate>(value)) return "unknown";
  if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "yes" : "no";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* words = std::get_if<std::vector<std::string>>(&value)) {
    return words->empty() ? "none" : printable(joined(*words));
  }
  if (const auto* moment = std::get_if<Moment>(&value)) {
    return format_utc(UtcSeconds(std::chrono::seconds(moment->seconds)));
  }
  const auto& text = std::get<std::string>(value);
  if (type == ValueType::person) {
    if (const auto id = PersonId::parse(text)) return session.name_of(*id);
  }
  if (type == ValueType::record) {
    const auto id = StatementId::parse(text);
    const workflow::Record* record = id ? session.runbook().record(*id) : nullptr;
    if (record != nullptr) return "#" + std::to_string(record->number);
  }
  return printable(text);
}

Json value_json(const Value& value) {
  if (const auto* yes = std::get_if<bool>(&value)) return *yes;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* words = std::get_if<std::vector<std::string>>(&value)) return *words;
  if (const auto* moment = std::get_if<Moment>(&value)) {
    return format_utc(UtcSeconds(std::chrono::seconds(moment->seconds)));
  }
  return nullptr;
}

/// "90m", "4h", "2d", or ISO 8601: "PT1H30M".
static Result<std::chrono::seconds> read_span(const std::string& text) {
  static constexpr std::int64_t kUnitsMax = 10'000;
  if (text.starts_with('P')) return workflow::parse_duration(text);
  const auto number = text.empty() ? std::nullopt : whole_number(text.substr(0, text.size() - 1));
  const char unit = text.empty() ? ' ' : text.back();
  if (number && *number >= 0 && *number <= kUnitsMax) {
    if (unit == 'm') return std::chrono::seconds(std::chrono::minutes(*number));
    if (unit == 'h') return std::chrono::seconds(std::chrono::hours(*number));
    if (unit == 'd') return std::chrono::seconds(std::chrono::days(*number));
  }
  return Error{ErrorCode::invalid_input, printable(text) + ": not a span of time",
               "write +90m, +4h, -2d, or +PT1H30M"};
}

Result<UtcSeconds> read_moment(const std::string& text, UtcSeconds now) {
  if (text == "now") return now;
  if (text.starts_with('+') || text.starts_with('-')) {
    auto span = read_span(text.substr(1));
    if (!span) return std::move(span).error();
    return text.front() == '+' ? now + *span : now - *span;
  }
  ZoneDatabase zones;
  return reports::parse_moment(text, zones);
}

Result<StatementId> read_evidence(CaseSession& session, const std::string& text) {
  if (text.starts_with('#')) {
    const auto number = whole_number(std::string_view(text).substr(1));
    const workflow::Record* record =
        number && *number > 0
            ? session.runbook().record_by_number(static_cast<std::uint64_t>(*number))
            : nullptr;
    if (record != nullptr) return record->id;
    return Error{ErrorCode::not_found, printable(text) + ": no record with that number", ""};
  }
  const auto place = whole_number(text);
  for (const std::string& name : session.held()) {
    auto compartment = session.compartment(name);
    if (!compartment) return std::move(compartment).error();
    std::optional<Digest256> commit;
    if (place && *place >= 0) {
      auto stored = (*compartment)->record_at(static_cast<std::uint64_t>(*place));
      if (!stored) return std::move(stored).error();
      if (*stored) commit = (*stored)->commit;
    } else {
      auto bag = recorded_bag(**compartment, text);
      if (!bag) return std::move(bag).error();
      commit = *bag;
    }
    if (!commit) continue;
    auto stored = (*compartment)->record_of(*commit);
    if (!stored) return std::move(stored).error();
    if (!*stored) continue;
    auto record = vault::parse_record(as_text((*stored)->record));
    if (!record) return std::move(record).error();
    auto statement = parse_statement(record->statement.text);
    if (!statement) return std::move(statement).error();
    return statement->id;
  }
  return Error{ErrorCode::not_found, printable(text) + ": nothing like it in the case",
               "the number of a note or finding, #N of a record, or a recorded bag: B-7"};
}

Result<workflow::FacetKey> make_facet_key(Randomness& randomness) {
  workflow::FacetKey key{};
  if (auto filled = randomness.fill(key); !filled) return std::move(filled).error();
  return key;
}

}  // namespace casebook::cli
