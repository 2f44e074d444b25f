// One law in full: with facts (why) and without (show).
#include "cli/regime_text.h"

#include <algorithm>

#include "cli/deadlines_text.h"
#include "cli/text.h"
#include "core/calendar_text.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

using namespace reports;

constexpr std::size_t kLabelColumns = 14;

std::string status_words(const Regime& regime) {
  std::string words(to_string(regime.status));
  std::ranges::replace(words, '_', ' ');
  if (regime.effective_from) words += ", from " + date_text(*regime.effective_from);
  if (regime.effective_to) words += ", until " + date_text(*regime.effective_to);
  return words;
}

/// Labelled lines: the label on the left, the text wrapped beside it, or below it when narrow.
class Sheet {
 public:
  explicit Sheet(int width_columns)
      : width_(std::min(width_columns, kTextColumnsMax)),
        is_narrow_(width_columns < kTableColumnsMin) {}

  void title(const std::string& text) { text_ += wrap_behind("", text, width_); }
  void gap() { text_ += '\n'; }
  void row(const std::string& label, const std::string& value) {
    if (value.empty()) return;
    if (is_narrow_) {
      if (!label.empty()) text_ += "  " + label + '\n';
      text_ += wrap_behind("    ", value, width_);
      return;
    }
    std::string first = "  " + label;
    first.resize(kLabelColumns + 2, ' ');
    text_ += wrap_behind(first, value, width_);
  }
  void rows(const std::string& label, const std::vector<std::string>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) row(i == 0 ? label : "", values[i]);
  }
  std::string take() { return std::move(text_); }

 private:
  int width_;
  bool is_narrow_;
  std::string text_;
};

void add_head(Sheet& sheet, const Regime& regime) {
  sheet.title(regime.id + "  " + regime.title);
  sheet.row("where", regime.jurisdiction);
  sheet.row("law", regime.legal_basis);
  sheet.row("status", status_words(regime));
  sheet.row("how sure", evidence_text(regime) + "; confidence " + regime.confidence);
  std::string addressees;
  for (const std::string& who : regime.addressees)
    addressees += (addressees.empty() ? "" : "; ") + who;
  sheet.row("addressed to", addressees);
  sheet.row("applies if", condition_text(regime.applies_if));
}

void add_tail(Sheet& sheet, const Regime& regime) {
  sheet.gap();
  sheet.rows("judged by", regime.thresholds);
  sheet.row("register", regime.documentation_duty);
  sheet.row("content",
            regime.content_fields.empty()
                ? "not modelled: a draft for this law is never complete"
                : counted(regime.content_fields.size(), "field", "fields") + " modelled");
  sheet.row("fines", regime.fines);
  sheet.row("notes", regime.notes);
  sheet.rows("not verified", regime.unverified_points);
  sheet.rows("sources", regime.sources);
}

std::string rule_words(const Stage& stage) {
  std::string text = (stage.limit ? limit_text(*stage.limit) : stage.limit_words) + " from " +
                     stage.starts_at + "; " + stage.rule.name;
  for (const std::string& mark : stage.marks) text += ", " + mark;
  return text;
}

std::string fact_words(const std::string& name, const Facts& facts, const TimeZone& zone) {
  const Fact* fact = facts.find(name);
  if (fact == nullptr) return name + ": unknown";
  const auto* time = std::get_if<UtcSeconds>(&fact->value);
  std::string text =
      name + ": " + (time != nullptr ? local_text(zone, *time) : value_text(fact->value));
  std::string origin;
  for (const std::string& part : {fact->author, fact->recorded_at, fact->source, fact->reason}) {
    if (!part.empty()) origin += (origin.empty() ? "" : ", ") + part;
  }
  return printable(text + (origin.empty() ? "" : " (" + origin + ")"));
}

std::vector<std::string> facts_of_stage(const Regime& regime, const Stage& stage,
                                        const Facts& facts, const TimeZone& zone) {
  std::vector<std::string> names = regime.applies_if.fact_names();
  if (stage.when) {
    for (std::string& name : stage.when->fact_names()) names.push_back(std::move(name));
  }
  names.push_back(stage.starts_at);
  if (stage.cap) names.push_back(stage.cap->starts_at);
  std::vector<std::string> lines;
  for (const std::string& name : names) {
    std::string line = fact_words(name, facts, zone);
    if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
  }
  return lines;
}

std::string outcome_words(Outcome outcome) {
  switch (outcome) {
    case Outcome::due:
      return "DUE";
    case Outcome::recommended:
      return "RECOMMENDED, no legal duty";
    case Outcome::unknown:
      return "UNKNOWN";
    case Outcome::not_due:
      break;
  }
  return "NOT DUE";
}

void add_dates(Sheet& sheet, const StageDeadline& deadline, const TimeZone& zone, UtcSeconds now) {
  std::vector<std::string> steps;
  for (std::size_t i = 0; i < deadline.steps.size(); ++i)
    steps.push_back(std::to_string(i + 1) + ". " + deadline.steps[i]);
  sheet.rows("arithmetic", steps);
  const auto moment = [&](UtcSeconds time) {
    return local_text(zone, time) + ", " + utc_text(zone, time) + " (" +
           countdown_text(time - now) + ")";
  };
  if (deadline.earliest) {
    const bool law =
        deadline.kind == DeadlineKind::limit || deadline.kind == DeadlineKind::retention;
    sheet.row(law ? "earliest" : "target", moment(*deadline.earliest));
  }
  if (deadline.legal)
    sheet.row(deadline.kind == DeadlineKind::guideline ? "guided until" : "legal",
              moment(*deadline.legal));
  if (deadline.problem)
    sheet.row("no legal",
              deadline.problem->message +
                  (deadline.problem->hint.empty() ? "" : ": " + deadline.problem->hint));
  sheet.rows("also", deadline.notes);
  sheet.rows("assumed", deadline.assumed);
  std::string missing;
  for (const std::string& fact : deadline.missing) missing += (missing.empty() ? "" : ", ") + fact;
  sheet.row("would help", missing);
}

void add_harbours(Sheet& sheet, const std::string& label, const std::vector<HarbourMark>& marks,
                  bool is_open) {
  for (const HarbourMark& mark : marks) {
    std::string text = mark.harbour->effect_words + " (" + mark.harbour->clause + ")";
    std::string facts;
    for (const std::string& fact : mark.facts) facts += (facts.empty() ? "" : ", ") + fact;
    if (!facts.empty()) text += is_open ? "; open: " + facts : "; by " + facts;
    sheet.row(label, text);
  }
}

}  // namespace

std::string evidence_text(const Regime& regime) {
  return verification_text(regime) + "; law data of " + regime.as_of + "; " +
         counted(regime.sources.size(), "source", "sources");
}

std::string notice_text(const Evaluation& evaluation) {
  std::string oldest;
  for (const RegimeVerdict& verdict : evaluation.regimes) {
    if (oldest.empty() || verdict.regime->as_of < oldest) oldest = verdict.regime->as_of;
  }
  return "Information, not legal advice; law data of " + oldest + ".";
}

std::string regime_why_text(const DeadlineScreen& screen, const RegimeVerdict& verdict) {
  const Regime& regime = *verdict.regime;
  const TimeZone& zone = *screen.evaluation.zone;
  Sheet sheet(screen.width_columns);
  add_head(sheet, regime);
  if (!verdict.in_force.reasons.empty()) sheet.row("in time", verdict.in_force.reasons.front());
  sheet.row("assumed", verdict.assumed_date);
  for (const StageVerdict& stage : verdict.stages) {
    sheet.gap();
    sheet.title(stage.stage->id + "  " + stage.stage->name + ": " + outcome_words(stage.outcome));
    sheet.row("to", stage.stage->recipient);
    sheet.row("clause", stage.stage->clause);
    sheet.row("why", stage.reason);
    sheet.rows("facts", facts_of_stage(regime, *stage.stage, screen.facts, zone));
    sheet.row("rule", rule_words(*stage.stage));
    if (stage.deadline) add_dates(sheet, *stage.deadline, zone, screen.now);
    add_harbours(sheet, "suspended", stage.delays, false);
    add_harbours(sheet, "instead", stage.substitutes, false);
    add_harbours(sheet, "exemption", stage.open_exemptions, true);
    add_harbours(sheet, "content", stage.contents, true);
    sheet.row("note", stage.stage->note);
  }
  add_tail(sheet, regime);
  sheet.gap();
  sheet.title("Information, not legal advice; law data of " + regime.as_of + ".");
  return sheet.take();
}

std::string regime_show_text(const Regime& regime, int width_columns) {
  Sheet sheet(width_columns);
  add_head(sheet, regime);
  for (const Stage& stage : regime.stages) {
    sheet.gap();
    sheet.title(stage.id + "  " + stage.name);
    sheet.row("to", stage.recipient);
    sheet.row("clause", stage.clause);
    if (stage.when) sheet.row("when", condition_text(*stage.when));
    if (stage.depends_on) sheet.row("follows", *stage.depends_on);
    sheet.row("rule", rule_words(stage));
    sheet.row("note", stage.note);
  }
  if (!regime.harbours.empty()) sheet.gap();
  for (const Harbour& harbour : regime.harbours) {
    sheet.row("exception", harbour.effect_words + " (" + harbour.clause +
                               "): " + condition_text(harbour.condition));
  }
  add_tail(sheet, regime);
  sheet.gap();
  sheet.title("Information, not legal advice; law data of " + regime.as_of + ".");
  return sheet.take();
}

}  // namespace casebook::cli
