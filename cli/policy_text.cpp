#include "cli/policy_text.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/runbook_saying.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/characters.h"
#include "core/nearest.h"
#include "core/printable.h"
#include "workflow/template_text.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kWordsShownMax = 200;

ExitStatus list_texts(Runtime& runtime, const workflow::Policy& policy) {
  Json list = Json::array();
  std::string names;
  for (const auto& [id, text] : policy.templates) {
    list.push_back(id);
    names += (names.empty() ? "" : ", ") + id;
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-texts/1"}, {"texts", std::move(list)}});
  } else {
    runtime.out << wrap_behind("", names.empty() ? "the policy has no texts" : names,
                               std::min(runtime.terminal.width_columns, kTextColumnsMax));
  }
  return ExitStatus::done;
}

Error no_such_text(const workflow::Policy& policy, const std::string& wanted) {
  std::vector<std::string> ids;
  for (const auto& [id, text] : policy.templates) ids.push_back(id);
  const std::string near = nearest(wanted, ids);
  return {ErrorCode::not_found, printable(wanted) + ": the policy has no such text",
          near.empty() ? "casebook policy text lists them" : "did you mean " + near + "?"};
}

workflow::TemplateValues values_of(CaseSession& session, workflow::Language language) {
  const workflow::CaseState& state = session.runbook();
  const auto sitreps = state.records_of.find("sitrep");
  const bool is_first = sitreps == state.records_of.end() || sitreps->second.empty();
  auto values = workflow::template_values(
      {.state = state,
       .now = session.now(),
       .language = language,
       .number = is_first ? 1 : sitreps->second.size() + 1,
       .since = is_first ? 0 : state.records[sitreps->second.back()].versions.front().seq,
       .name_of = [&](const PersonId& id) { return printable(session.name_of(id)); },
       .words_of =
           [&](const workflow::Record& record) {
             if (!record.text) return std::string();
             const std::string words = session.text_of(*record.text);
             return printable(first_characters(words.substr(0, words.find('\n')), kWordsShownMax));
           }});
  const MerkleHead head = session.basis();
  values["head"] = {std::to_string(head.count) + " " + to_hex(head.root).substr(0, 16)};
  return values;
}

Status add_given(const TextOptions& options, workflow::TemplateValues& values) {
  for (std::size_t i = 1; i < options.words.size(); ++i) {
    const std::string& word = options.words[i];
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{ErrorCode::invalid_input, printable(word) + ": not NAME=VALUE",
                   "fill a place of the text, such as summary='It is quiet'"};
    }
    values[word.substr(0, equals)] = {printable(word.substr(equals + 1))};
  }
  return ok();
}

}  // namespace

ExitStatus show_policy_text(Runtime& runtime, const TextOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "reading a text of the policy");
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  const workflow::Policy& policy = *(*session)->runbook().policy;
  if (options.words.empty()) return list_texts(runtime, policy);
  const auto found = policy.templates.find(options.words.front());
  if (found == policy.templates.end()) {
    return fail(runtime, no_such_text(policy, options.words.front()));
  }
  const auto language = options.language == "nl"   ? workflow::Language::nl
                        : options.language == "en" ? workflow::Language::en
                                                   : language_of(runtime);
  auto values = values_of(**session, language);
  if (auto given = add_given(options, values); !given) {
    return refuse_usage(runtime, given.error());
  }
  const auto filled = workflow::fill_template(found->second.in(language), values, language,
                                              (*session)->runbook().people.is_drill);
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-text/1"},
                         {"id", found->first},
                         {"text", filled.text},
                         {"unknown", filled.unknown}});
  } else {
    runtime.out << filled.text;
    std::string names;
    for (const std::string& name : filled.unknown) names += " " + name + "=...";
    if (!names.empty())
      runtime.err << wrap_behind("casebook: still to say: ", names.substr(1), kTextColumnsMax);
  }
  return filled.unknown.empty() ? ExitStatus::done : ExitStatus::incomplete;
}

}  // namespace casebook::cli
