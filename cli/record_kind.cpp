#include "cli/record_kind.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "cli/board_messages.h"
#include "cli/note_writing.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/durable_file.h"
#include "core/nearest.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

using workflow::FieldRule;
using workflow::Register;
using workflow::ValueType;

bool is_words(ValueType type) { return type == ValueType::text || type == ValueType::link; }

/// What a person typed, apart: pairs by name, and free text.
struct Typed {
  std::map<std::string, std::string> pairs;
  std::string text;
};
Typed typed_words(const std::vector<std::string>& words, std::size_t first) {
  Typed typed;
  for (std::size_t i = first; i < words.size(); ++i) {
    const std::string& word = words[i];
    const std::size_t equals = word.find('=');
    const bool is_pair = equals != std::string::npos && equals > 0 &&
                         word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == equals;
    if (is_pair) {
      typed.pairs[word.substr(0, equals)] = word.substr(equals + 1);
    } else {
      typed.text += (typed.text.empty() ? "" : " ") + word;
    }
  }
  return typed;
}

Result<const Register*> find_register(const CaseSession& session, const std::string& kind) {
  const auto& registers = session.runbook().policy->registers;
  if (const auto found = registers.find(kind); found != registers.end()) return &found->second;
  std::vector<std::string> kinds;
  for (const auto& [name, rule] : registers) kinds.push_back(name);
  const std::string near = nearest(kind, kinds);
  return Error{ErrorCode::not_found, printable(kind) + ": the policy has no such register",
               near.empty() ? "casebook record alone shows them" : "did you mean " + near + "?"};
}

/// Keeps a file in the case and names it by its entry.
Result<workflow::Value> keep_evidence(CaseSession& session, const Register& rule,
                                      const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return system_error("open " + printable(path), errno);
  FdSource source(fd.get());
  const std::string name = std::filesystem::path(path).filename().string();
  auto kept = keep_file(session, rule.compartment, name, source);
  if (!kept) return std::move(kept).error();
  auto statement = read_evidence(session, std::to_string(kept->seq));
  if (!statement) return std::move(statement).error();
  return workflow::Value(statement->text());
}

/// The fields of one statement, read by the register's rules, and its words.
struct Filled {
  workflow::Fields fields;
  std::map<std::string, std::string> words;
};

class Form {
 public:
  Form(CaseSession& session, const Register& rule, bool is_settling)
      : session_(session), rule_(rule), is_settling_(is_settling) {}

  /// @param is_partial  only some fields: for an amendment.
  Result<Filled> fill(Typed typed, bool is_partial) {
    Filled filled;
    for (const auto& [name, text] : typed.pairs) {
      if (!is_asked(name)) return unknown(name);
    }
    const FieldRule* open_field = typed.text.empty() ? nullptr : field_of_text(typed);
    if (!is_partial) {
      if (auto there = check_complete(typed, open_field); !there) return std::move(there).error();
    }
    for (const FieldRule& field : rule_.fields) {
      if (field.at_settle != is_settling_) continue;
      auto given = typed.pairs.find(field.name);
      if (&field == open_field) {
        filled.words[field.name] = typed.text;
        typed.text.clear();
        continue;
      }
      if (given == typed.pairs.end()) continue;
      if (auto taken = take(field, given->second, filled); !taken) return std::move(taken).error();
      typed.pairs.erase(given);
    }
    if (!typed.text.empty()) {
      return Error{ErrorCode::invalid_input,
                   rule_.kind + " takes no text here: " + printable(typed.text).substr(0, 40),
                   "fields are given as NAME=VALUE: " + names()};
    }
    return filled;
  }

 private:
  /// Where text without a name goes: "words", else what is required, else the first that is words.
  [[nodiscard]] const FieldRule* field_of_text(const Typed& typed) const {
    const FieldRule* best = nullptr;
    for (const FieldRule& field : rule_.fields) {
      if (field.at_settle != is_settling_ || !is_words(field.type)) continue;
      if (typed.pairs.contains(field.name)) continue;
      if (field.name == "words") return &field;
      if (best == nullptr || (field.required && !best->required)) best = &field;
    }
    return best;
  }
  static bool has_initial(const FieldRule& field) {
    return !std::holds_alternative<std::monostate>(field.initial);
  }
  Status take(const FieldRule& field, const std::string& text, Filled& filled) {
    if (is_words(field.type)) {
      filled.words[field.name] = text;
      return ok();
    }
    auto value = field.type == ValueType::evidence && text.starts_with('@')
                     ? keep_evidence(session_, rule_, text.substr(1))
                     : read_value(session_, form_of(field), text);
    if (!value) return std::move(value).error();
    filled.fields[field.name] = *std::move(value);
    return ok();
  }
  [[nodiscard]] std::string names() const {
    std::string text;
    for (const FieldRule& field : rule_.fields) {
      if (field.at_settle != is_settling_) continue;
      text += (text.empty() ? "" : ", ") + field.name;
    }
    return text.empty() ? "none" : text;
  }
  [[nodiscard]] bool is_asked(const std::string& name) const {
    const FieldRule* field = rule_.field(name);
    return field != nullptr && field->at_settle == is_settling_;
  }
  /// All that is missing is named at once.
  [[nodiscard]] Status check_complete(const Typed& typed, const FieldRule* open_field) const {
    std::vector<const FieldRule*> missing;
    std::string names, adds;
    for (const FieldRule& field : rule_.fields) {
      const bool is_given = &field == open_field || typed.pairs.contains(field.name);
      if (field.at_settle != is_settling_ || !field.required || is_given || has_initial(field)) {
        continue;
      }
      missing.push_back(&field);
      names += (names.empty() ? "" : ", ") + field.name;
      adds += " " + field.name + "=...";
    }
    if (missing.empty()) return ok();
    if (missing.size() == 1) names += ": " + expected_text(form_of(*missing.front()));
    return Error{
        ErrorCode::invalid_input, rule_.kind + " needs " + names,
        "add" + adds +
            (missing.size() == 1 ? "" : "; casebook record " + rule_.kind + " shows the form")};
  }
  [[nodiscard]] Error unknown(const std::string& name) const {
    std::vector<std::string> known;
    for (const FieldRule& field : rule_.fields) known.push_back(field.name);
    const std::string near = nearest(name, known);
    return Error{
        ErrorCode::invalid_input,
        printable(name) + ": " + rule_.kind + " has no such field" +
            (is_settling_ ? " when it is settled" : ""),
        near.empty() || near == name ? "fields: " + names() : "did you mean " + near + "?"};
  }

  CaseSession& session_;
  const Register& rule_;
  bool is_settling_;
};

std::string words_body(const std::map<std::string, std::string>& words) {
  if (words.size() == 1) return words.begin()->second;
  std::string body;
  for (const auto& [name, text] : words) body += (body.empty() ? "" : "\n") + name + ": " + text;
  return body;
}

/// Words of an entry go where its register keeps them; the statement names their leaf.
struct KeptWords {
  std::vector<ProposedText> in_general;
  std::optional<Digest256> elsewhere;
};
Result<KeptWords> keep_words(CaseSession& session, const Register& rule, const Filled& filled) {
  KeptWords kept;
  if (filled.words.empty()) return kept;
  const std::string body = words_body(filled.words);
  if (rule.compartment == "general") {
    kept.in_general.push_back({"text", body, "record"});
    return kept;
  }
  auto item = new_item(session, {}, "record");
  if (!item) return std::move(item).error();
  item->text.title = rule.kind;
  item->text.body = body;
  if (auto given = give_leaf(*item, session.runtime().randomness); !given) {
    return std::move(given).error();
  }
  kept.elsewhere = item->leaf->commit;
  if (auto written = session.write(rule.compartment, "words", *item); !written) {
    return std::move(written).error();
  }
  return kept;
}

using MakeBody = std::function<workflow::RunbookBody(workflow::Fields, workflow::FacetKey)>;

/// Fills the form, signs, and says it.
ExitStatus say_record(CaseSession& session, const Register& rule, const Typed& typed,
                      bool is_settling, bool is_partial, const Cosigning& cosigning,
                      const std::string& attempt, const MakeBody& make,
                      const std::function<void(CaseSession&, const vault::Appended&)>& done) {
  Runtime& runtime = session.runtime();
  const bool has_private_words =
      rule.compartment != "general" && !typed.text.empty() && cosigning.from.empty();
  if (has_private_words) {
    return refuse_usage(runtime, {ErrorCode::invalid_input,
                                  "text for " + rule.compartment + " is never typed as an argument",
                                  "leave it out: casebook note add --in " + rule.compartment});
  }
  std::vector<ProposedText> texts;
  Saying saying{.purpose = "recording", .attempt = attempt};
  saying.body = [&](CaseSession& open) -> Result<workflow::RunbookBody> {
    auto filled = Form(open, rule, is_settling).fill(typed, is_partial);
    if (!filled) return std::move(filled).error();
    auto words = keep_words(open, rule, *filled);
    if (!words) return std::move(words).error();
    for (const ProposedText& text : words->in_general) {
      saying.words.push_back({text.digest_name, text.text, text.kind});
    }
    if (words->elsewhere) saying.digests.emplace("text", *words->elsewhere);
    auto key = make_facet_key(runtime.randomness);
    if (!key) return std::move(key).error();
    return make(std::move(filled->fields), *key);
  };
  return say_in(session, cosigning, saying, done);
}

void show_said(CaseSession& session, const workflow::Record& record, const std::string& what) {
  Runtime& runtime = session.runtime();
  if (runtime.common.is_json) {
    print_json(runtime, {{"entry", record.versions.back().seq},
                         {"format", "casebook-recorded/1"},
                         {"id", record.id.text()},
                         {"kind", record.kind},
                         {"number", record.number},
                         {"settled", record.is_settled()}});
    return;
  }
  runtime.out << record.kind << " #" << record.number << ' ' << what << '\n';
}

std::string field_line(CaseSession& session, const Register& rule, const workflow::Record& record) {
  std::string line;
  for (const auto& [name, value] : record.fields()) {
    const FieldRule* field = rule.field(name);
    line += (line.empty() ? "" : "  ") + name + "=" +
            value_text(session, value, field == nullptr ? ValueType::code : field->type);
  }
  return line;
}

/// What to type, in the language of the screen; a refusal says it in English.
std::string expected_in(const Messages& messages, const FieldRule& field) {
  const auto listed = [&](const char* key, const std::string& values) {
    return messages.text(key, {{"values", values}});
  };
  std::string values;
  for (const std::string& value : field.values) values += (values.empty() ? "" : ", ") + value;
  for (const auto level : field.levels) {
    values += (values.empty() ? "" : ", ") + std::to_string(level);
  }
  switch (field.type) {
    case ValueType::choice:
    case ValueType::level:
      return listed("form.one_of", values);
    case ValueType::set:
      return values.empty() ? messages.text("form.words") : listed("form.some_of", values);
    case ValueType::record:
      return listed("form.number_of", field.of.empty() ? messages.text("form.entry") : field.of);
    case ValueType::boolean:
      return messages.text("form.boolean");
    case ValueType::count:
      return messages.text("form.count");
    case ValueType::time:
      return messages.text("form.time");
    case ValueType::person:
      return messages.text("form.person");
    case ValueType::evidence:
      return messages.text("form.evidence");
    case ValueType::code:
      return messages.text("form.code");
    case ValueType::digest:
      return messages.text("form.digest");
    case ValueType::text:
    case ValueType::link:
      return messages.text("form.text");
  }
  return expected_text(form_of(field));
}

void show_form(Runtime& runtime, const Register& rule) {
  const auto language = language_of(runtime);
  const Messages& messages = board_messages(language);
  runtime.out << wrap_behind(rule.kind + ": ", rule.help.in(language),
                             runtime.terminal.width_columns);
  Table table({{""}, {"expects"}, {""}});
  for (const FieldRule& field : rule.fields) {
    const std::string when = field.at_settle  ? messages.text("form.when_done")
                             : field.required ? messages.text("form.needed")
                                              : "";
    table.row({"  " + field.name, expected_in(messages, field),
               field.label.in(language) + (when.empty() ? "" : " (" + when + ")")});
  }
  runtime.out << table.text(runtime.terminal.width_columns);
}

ExitStatus show_kinds(Runtime& runtime, const CaseSession& session) {
  const auto language = language_of(runtime);
  Json list = Json::array();
  Table table({{""}, {""}});
  for (const auto& [kind, rule] : session.runbook().policy->registers) {
    list.push_back({{"kind", kind}, {"label", rule.label.in(language)}});
    table.row({kind, rule.help.in(language)});
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-registers/1"}, {"registers", std::move(list)}});
  } else {
    runtime.out << table.text(runtime.terminal.width_columns)
                << board_messages(language).text("form.more") << '\n';
  }
  return ExitStatus::done;
}

/// Opens the case and hands it to a function, then closes it.
ExitStatus in_case(Runtime& runtime, SessionKind kind, const std::string& purpose,
                   const std::function<ExitStatus(CaseSession&)>& function) {
  auto session = CaseSession::open(runtime, kind, purpose);
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  const ExitStatus status = function(**session);
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  return status;
}

const workflow::Record* find_numbered(const CaseSession& session, const std::string& text) {
  const auto number = read_number(text);
  return number ? session.runbook().record_by_number(*number) : nullptr;
}

Error no_record(const std::string& text) {
  return {ErrorCode::not_found, printable(text) + ": no entry with that number",
          "casebook record list shows them"};
}

}  // namespace

Result<std::uint64_t> read_number(const std::string& text) {
  const std::string_view digits = std::string_view(text).substr(text.starts_with('#') ? 1 : 0);
  std::uint64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (read.ec == std::errc() && read.ptr == digits.data() + digits.size() && number > 0) {
    return number;
  }
  return Error{ErrorCode::invalid_input, printable(text) + ": not the number of a thing",
               "casebook status shows numbers"};
}

ExitStatus record_kind(Runtime& runtime, const RecordWords& options) {
  const bool is_reading = options.words.size() < 2 && options.cosigning.from.empty();
  const SessionKind kind =
      is_reading && options.words.empty() ? SessionKind::reads : kind_for(options.cosigning);
  return in_case(runtime, kind, "recording", [&](CaseSession& session) {
    if (options.words.empty()) return show_kinds(runtime, session);
    auto rule = find_register(session, options.words.front());
    if (!rule) return fail(runtime, rule.error());
    const bool needs_nothing = std::ranges::none_of(
        (*rule)->fields, [](const FieldRule& field) { return !field.at_settle && field.required; });
    if (is_reading && !needs_nothing) {
      show_form(runtime, **rule);
      return ExitStatus::done;
    }
    const std::string& name = (*rule)->kind;
    const std::string attempt = (*rule)->attempt.empty() ? "record " + name : (*rule)->attempt;
    return say_record(
        session, **rule, typed_words(options.words, 1), false, false, options.cosigning, attempt,
        [&](workflow::Fields fields, workflow::FacetKey key) {
          return workflow::RunbookBody(workflow::RecordAdd{name, std::move(fields), key});
        },
        [&](CaseSession& open, const vault::Appended& appended) {
          const auto& records = open.runbook().records;
          if (records.empty()) return;
          const workflow::Record& added = records.back();
          show_said(open, added,
                    "added, entry " + std::to_string(appended.seq) +
                        ((*rule)->settle && !open.runtime().common.is_json
                             ? "\nNext: casebook done " + std::to_string(added.number)
                             : ""));
        });
  });
}

ExitStatus amend_record(Runtime& runtime, const RecordWords& options) {
  return in_case(runtime, kind_for(options.cosigning), "amending", [&](CaseSession& session) {
    const workflow::Record* record =
        options.words.empty() ? nullptr : find_numbered(session, options.words.front());
    if (record == nullptr) {
      return fail(runtime, no_record(options.words.empty() ? "" : options.words.front()));
    }
    auto rule = find_register(session, record->kind);
    if (!rule) return fail(runtime, rule.error());
    const StatementId id = record->id;
    return say_record(
        session, **rule, typed_words(options.words, 1), false, true, options.cosigning,
        "record " + record->kind,
        [&](workflow::Fields fields, workflow::FacetKey key) {
          return workflow::RunbookBody(workflow::RecordChange{id, std::move(fields), key});
        },
        [&](CaseSession& open, const vault::Appended&) {
          show_said(open, *open.runbook().record(id), "amended");
        });
  });
}

ExitStatus settle_record(CaseSession& session, const workflow::Record& record,
                         const RecordWords& options) {
  Runtime& runtime = session.runtime();
  auto rule = find_register(session, record.kind);
  if (!rule) return fail(runtime, rule.error());
  const StatementId id = record.id;
  return say_record(
      session, **rule, typed_words(options.words, 1), true, false, options.cosigning,
      "settling " + record.kind,
      [&](workflow::Fields fields, workflow::FacetKey key) {
        return workflow::RunbookBody(workflow::RecordSettle{id, std::move(fields), key});
      },
      [&](CaseSession& open, const vault::Appended&) {
        show_said(open, *open.runbook().record(id), "settled");
      });
}

ExitStatus list_records(Runtime& runtime, const std::string& kind) {
  return in_case(runtime, SessionKind::reads, "reading records", [&](CaseSession& session) {
    Json list = Json::array();
    Table table({{"", Align::right}, {"kind"}, {"state"}, {"fields"}});
    for (const workflow::Record& record : session.runbook().records) {
      if (!kind.empty() && record.kind != kind) continue;
      const auto rule = session.runbook().policy->registers.find(record.kind);
      if (rule == session.runbook().policy->registers.end()) continue;
      Json fields = Json::object();
      for (const auto& [name, value] : record.fields()) fields[name] = value_json(value);
      list.push_back({{"fields", std::move(fields)},
                      {"id", record.id.text()},
                      {"kind", record.kind},
                      {"number", record.number},
                      {"settled", record.is_settled()}});
      const std::string state = !rule->second.settle  ? ""
                                : record.is_settled() ? "settled"
                                                      : "open";
      table.row({"#" + std::to_string(record.number), record.kind, state,
                 field_line(session, rule->second, record)});
    }
    if (runtime.common.is_json) {
      print_json(runtime, {{"format", "casebook-records/1"}, {"records", std::move(list)}});
    } else if (table.empty()) {
      runtime.out << "nothing is recorded" << (kind.empty() ? "" : " as " + printable(kind))
                  << '\n';
    } else {
      runtime.out << table.text(runtime.terminal.width_columns);
    }
    return ExitStatus::done;
  });
}

ExitStatus show_record(Runtime& runtime, const std::string& number) {
  return in_case(runtime, SessionKind::reads, "reading a record", [&](CaseSession& session) {
    const workflow::Record* record = find_numbered(session, number);
    if (record == nullptr) return fail(runtime, no_record(number));
    const auto rule = session.runbook().policy->registers.find(record->kind);
    Json versions = Json::array();
    for (const workflow::RecordVersion& version : record->versions) {
      Json fields = Json::object();
      for (const auto& [name, value] : version.fields) fields[name] = value_json(value);
      Json persons = Json::array();
      for (const PersonId& id : version.persons) persons.push_back(session.name_of(id));
      versions.push_back({{"at", format_utc(version.at)},
                          {"entry", version.seq},
                          {"fields", std::move(fields)},
                          {"persons", std::move(persons)},
                          {"settles", version.settles}});
    }
    if (runtime.common.is_json) {
      print_json(runtime, {{"format", "casebook-record/1"},
                           {"id", record->id.text()},
                           {"kind", record->kind},
                           {"number", record->number},
                           {"versions", std::move(versions)}});
      return ExitStatus::done;
    }
    runtime.out << record->kind << " #" << record->number
                << (record->is_settled() ? ", settled" : "") << '\n';
    for (const workflow::RecordVersion& version : record->versions) {
      std::string who;
      for (const PersonId& id : version.persons) {
        who += (who.empty() ? "" : ", ") + session.name_of(id);
      }
      runtime.out << "  entry " << version.seq << "  " << format_utc(version.at) << "  " << who
                  << (version.settles ? "  settled" : "") << '\n';
    }
    if (rule != session.runbook().policy->registers.end()) {
      runtime.out << wrap_behind("  ", field_line(session, rule->second, *record),
                                 runtime.terminal.width_columns);
    }
    if (record->text) {
      const std::string words = session.text_of(*record->text);
      if (!words.empty()) {
        runtime.out << wrap_behind("  ", printable(words), runtime.terminal.width_columns);
      }
    }
    return ExitStatus::done;
  });
}

}  // namespace casebook::cli
