#include "reports/regime_document.h"

#include <algorithm>
#include <map>

#include "core/calendar_text.h"

namespace casebook::reports {
namespace {

/// A cell of a Markdown table.
std::string cell(std::string text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string status_words(const Regime& regime) {
  std::string words(to_string(regime.status));
  std::ranges::replace(words, '_', ' ');
  if (regime.effective_from) words += " from " + date_text(*regime.effective_from);
  if (regime.effective_to) words += " until " + date_text(*regime.effective_to);
  return words;
}

std::string stage_words(const Regime& regime) {
  std::string text;
  for (const Stage& stage : regime.stages) {
    if (!text.empty()) text += "; ";
    text +=
        stage.id + " " + (stage.limit ? limit_text(*stage.limit) : "\"" + stage.limit_words + "\"");
    if (stage.rule.kind == CalendarRule::Kind::guideline_days ||
        stage.rule.kind == CalendarRule::Kind::guideline_hours)
      text += " (guidance)";
  }
  return text;
}

std::string header(const PolicySet& policies) {
  std::map<std::string, int> sure;
  std::size_t stages = 0;
  std::size_t fields = 0;
  int without_content = 0;
  std::string as_of;
  for (const Regime& regime : policies.regimes) {
    ++sure[verification_text(regime)];
    stages += regime.stages.size();
    fields += regime.content_fields.size();
    if (regime.content_fields.empty()) ++without_content;
    as_of = std::max(as_of, regime.as_of);
  }
  std::string text =
      "# Notification laws: what is covered, how sure, what is not\n\n"
      "Made from `policies/` by `casebook regimes document`; do not edit. Information, not legal "
      "advice.\n\n";
  text += std::to_string(policies.regimes.size()) + " laws and contracts, " +
          std::to_string(stages) + " stages, " + std::to_string(fields) +
          " content fields; law data of " + as_of + ".\n\n| how sure | laws |\n|---|---|\n";
  for (const auto& [level, count] : sure)
    text += "| " + level + " | " + std::to_string(count) + " |\n";
  text +=
      "\n\"Law text read\" means that trigger and time limits were read in the law itself, "
      "\"secondary sources\" in what others write\n"
      "about it. \"Not verified\" is general knowledge: read the law before you rely on it. " +
      std::to_string(without_content) +
      " laws have no modelled content:\na draft for them is never complete.\n";
  return text;
}

bool can_be_due(const Regime& regime) {
  if (!regime.binds() || regime.status == RegimeStatus::not_in_force_as_far_as_found) return false;
  return regime.status != RegimeStatus::phased_not_yet_binding || regime.effective_from.has_value();
}

std::string tables(const PolicySet& policies) {
  std::string text =
      "\n## Can be due\n\n| id | law | stages | status | how sure |\n|---|---|---|---|---|\n";
  for (const Regime& regime : policies.regimes) {
    if (!can_be_due(regime)) continue;
    text += "| " + regime.id + " | " + cell(regime.title) + " | " + cell(stage_words(regime)) +
            " | " + status_words(regime) + " | " + verification_text(regime) + ", confidence " +
            regime.confidence + " |\n";
  }
  text += "\n## Shown, never due\n\n| id | law | why |\n|---|---|---|\n";
  for (const Regime& regime : policies.regimes) {
    if (!can_be_due(regime))
      text += "| " + regime.id + " | " + cell(regime.title) + " | " + status_words(regime) + " |\n";
  }
  return text;
}

std::string open_points(const PolicySet& policies) {
  std::string text = "\n## Open points\n\n";
  for (const Regime& regime : policies.regimes) {
    for (const std::string& point : regime.unverified_points)
      text += "- " + regime.id + ": " + point + "\n";
  }
  return text;
}

std::string calendars(const PolicySet& policies) {
  std::string text =
      "\n## Holiday calendars\n\nA year that is not here is an error, never \"no holidays\". "
      "Without a calendar: other Member States,\n"
      "Colombia, Australia, Egypt. Add your own with `--policies`.\n\n| id | calendar | years | "
      "checked |\n|---|---|---|---|\n";
  for (const auto& [id, calendar] : policies.calendars) {
    text += "| " + id + " | " + cell(calendar.name()) + " | " +
            std::to_string(calendar.first_year().value_or(0)) + " to " +
            std::to_string(calendar.last_year().value_or(0)) + " | " +
            cell(calendar.checked() + (calendar.note().empty() ? "" : ". " + calendar.note())) +
            " |\n";
  }
  return text;
}

}  // namespace

std::string regime_document(const PolicySet& policies) {
  return header(policies) + tables(policies) + calendars(policies) + open_points(policies);
}

}  // namespace casebook::reports
