#include "cli/filing_text.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/text.h"
#include "core/printable.h"
#include "reports/filing/draft_json.h"

namespace casebook::cli {
namespace {

std::string missing_line(const filing::Missing& missing) {
  return missing.name + (missing.withheld ? " (known, but not for this reader)" : "") + ": " +
         missing.meaning + (missing.decided_by.empty() ? "" : " (" + missing.decided_by + ")");
}

std::string command_for(const filing::Missing& one, filing::Audience audience) {
  if (one.kind == filing::Missing::Kind::fact) return "casebook fact " + one.name + "=...";
  const std::string prefix = one.kind == filing::Missing::Kind::profile ? "org." : "";
  return "casebook record answer answers=" + prefix + one.name +
         " audience=" + std::string(to_string(audience)) + " words='...'";
}

Json findings_json(const std::vector<filing::DraftFinding>& findings) {
  Json list = Json::array();
  for (const filing::DraftFinding& one : findings) {
    list.push_back({{"level", to_string(one.level)},
                    {"say", one.say},
                    {"todo", one.todo},
                    {"what", one.what},
                    {"where", one.where}});
  }
  return list;
}

}  // namespace

std::string how_to_say(const filing::Draft& draft) {
  for (const filing::Missing& one : draft.missing()) {
    if (!one.withheld) return command_for(one, draft.audience);
  }
  return {};
}

void show_filing_state(Runtime& runtime, const CurrentDraft& current, UtcSeconds now) {
  const int width = runtime.terminal.width_columns;
  const auto missing = current.draft.missing();
  if (!current.draft.draftable()) {
    runtime.out << wrap_behind("", "Not draftable: the data name no fields for this stage.", width);
  }
  for (const filing::Missing& one : missing) {
    runtime.out << wrap_behind("  missing  ", printable(missing_line(one)), width)
                << wrap_behind("           ", printable(command_for(one, current.draft.audience)),
                               width);
  }
  for (const filing::DraftFinding& finding : current.findings(now)) {
    const bool is_told = finding.level == filing::FindingLevel::blocks &&
                         (finding.what == "missing" || finding.what == "withheld");
    if (is_told) continue;
    runtime.out << wrap_behind(
        finding.level == filing::FindingLevel::blocks ? "  blocks   " : "  note     ",
        printable(finding.where + ": " + finding.say +
                  (finding.todo.empty() ? "" : " " + finding.todo)),
        width);
  }
}

Json filing_state_json(const CurrentDraft& current, const FilingKind& kind, UtcSeconds now) {
  Json missing = Json::array();
  for (const filing::Missing& one : current.draft.missing()) {
    missing.push_back({{"decided_by", one.decided_by},
                       {"kind", to_string(one.kind)},
                       {"meaning", one.meaning},
                       {"name", one.name},
                       {"withheld", one.withheld}});
  }
  return {{"digest", filing::draft_digest(current.draft)},
          {"draftable", current.draft.draftable()},
          {"findings", findings_json(current.findings(now))},
          {"format", "casebook-report-state/1"},
          {"missing", std::move(missing)},
          {"report", kind.name()}};
}

std::pair<std::size_t, std::size_t> asked_of(const filing::Draft& draft) {
  std::size_t asked = 0, missing = 0;
  for (const filing::DraftField& field : draft.fields) {
    const bool is_asked =
        field.state == filing::FieldState::filled || field.state == filing::FieldState::missing;
    if (is_asked) ++asked;
    if (field.state == filing::FieldState::missing) ++missing;
  }
  return {asked, missing};
}

}  // namespace casebook::cli
