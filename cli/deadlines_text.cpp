#include "cli/deadlines_text.h"

#include <algorithm>

#include "cli/regime_text.h"
#include "cli/text.h"
#include "core/calendar_text.h"
#include "core/printable.h"
#include "reports/deadline_list.h"

namespace casebook::cli {
namespace {

using namespace reports;

constexpr int kWhenColumns = 12;

/// Builds the screen from its parts, in the order in which they matter.
class ListScreen {
 public:
  explicit ListScreen(const DeadlineScreen& screen)
      : screen_(screen),
        zone_(*screen.evaluation.zone),
        list_(list_deadlines(screen.evaluation)),
        width_(std::min(screen.width_columns, kTextColumnsMax)),
        is_narrow_(screen.width_columns < kTableColumnsMin) {}

  std::string text() {
    heading();
    contracts();
    dated("Due", list_.limits);
    dated("Due without a number in law: guidance and own targets", list_.targets);
    waiting();
    dated("Keep until", list_.kept);
    guidance();
    undecided();
    unknown_laws();
    not_due();
    triggers();
    closing();
    return std::move(text_);
  }

 private:
  void line(std::string_view first, const std::string& text) {
    text_ += wrap_behind(first, text, width_);
  }
  void title(const std::string& text) {
    text_ += '\n';
    line("", text);
  }

  void heading() {
    std::string files;
    for (const std::string& file : screen_.files)
      files += (files.empty() ? "" : ", ") + printable(file);
    line("", "Deadlines at " + local_text(zone_, screen_.now) + ", from " + files + " (" +
                 counted(screen_.facts.all().size(), "fact", "facts") + ")");
    if (list_.limits.empty() && list_.targets.empty() && screen_.contracts.empty())
      line("", "Nothing is due by these facts alone.");
  }

  /// Those whose data a processor holds hear of it first. Equal hours are one line.
  void contracts() {
    if (screen_.contracts.empty()) return;
    title("Customers first: hours that contracts promise");
    for (std::size_t i = 0; i < screen_.contracts.size();) {
      const DeadlineScreen::Contract& one = screen_.contracts[i];
      std::string names;
      std::size_t count = 0;
      for (; i < screen_.contracts.size() && screen_.contracts[i].due == one.due; ++i, ++count) {
        names += (names.empty() ? "" : ", ") + printable(screen_.contracts[i].customer);
      }
      std::string when = countdown_text(one.due - screen_.now);
      when.resize(std::max<std::size_t>(when.size() + 1, kWhenColumns), ' ');
      line(" " + (is_narrow_ ? std::string() : when),
           local_text(zone_, one.due) + "  " + counted(count, "customer", "customers") +
               " within " + std::to_string(one.hours) + " h: " + names);
    }
  }

  /// Who stands for the moments that everything is counted from.
  void triggers() {
    if (screen_.triggers.empty()) return;
    title("Counted from");
    for (const DeadlineScreen::Trigger& one : screen_.triggers) {
      line(" ",
           one.fact + "  " + local_text(zone_, one.at) + ": " + printable(one.said_by) +
               (one.is_confirmed ? ""
                                 : "; nobody confirmed it: casebook fact " + one.fact + "=TIME"));
    }
  }

  void dated(const std::string& name, const std::vector<Duty>& duties) {
    if (duties.empty()) return;
    title(name);
    for (const Duty& duty : duties) entry(duty);
  }

  void entry(const Duty& duty) {
    const Stage& stage = *duty.stage->stage;
    const Regime& regime = *duty.regime->regime;
    const StageDeadline& deadline = duty.deadline();
    std::string when = countdown_text(*deadline.earliest - screen_.now);
    if (!duty.stage->delays.empty()) when = "suspended";
    const std::string date =
        local_text(zone_, *deadline.earliest) +
        (zone_.name() == "UTC" ? "" : ", " + utc_text(zone_, *deadline.earliest));
    std::string indent(is_narrow_ ? 4 : kWhenColumns + 1, ' ');
    if (is_narrow_) {
      line(" ", when + "  " + regime.id + " " + stage.id);
      line(indent, date);
    } else {
      when.resize(std::max<std::size_t>(when.size() + 1, kWhenColumns), ' ');
      const std::string name = regime.id + " " + stage.id;
      const int room = width_ - 1 - display_width(when) - display_width(date) - 2;
      if (display_width(name) <= room) {
        std::string gap(static_cast<std::size_t>(room - display_width(name) + 2), ' ');
        text_ += ' ' + when + date + gap + name + '\n';
      } else {
        text_ += ' ' + when + date + '\n';
        line(indent, name);
      }
    }
    line(indent, stage.name + ": to " + stage.recipient);
    details(duty, indent);
  }

  void details(const Duty& duty, const std::string& indent) {
    const StageDeadline& deadline = duty.deadline();
    const Stage& stage = *duty.stage->stage;
    if (deadline.kind == DeadlineKind::own_target)
      line(indent, "own target; the law says \"" + stage.limit_words + "\"");
    if (deadline.kind == DeadlineKind::guideline)
      line(indent, "guidance, no limit of law; until " + local_text(zone_, *deadline.legal));
    if (deadline.kind == DeadlineKind::limit && deadline.legal &&
        *deadline.legal != *deadline.earliest) {
      const std::string other = local_text(zone_, *deadline.legal);
      const bool is_disputed = stage.rule.kind == CalendarRule::Kind::eu_hours;
      line(indent, is_disputed ? "earliest defensible; " + other +
                                     " if the hour of the start does not count (disputed)"
                               : "earliest defensible; legal limit " + other);
    }
    if (deadline.problem)
      line(indent, "no legal date: " + deadline.problem->message + "; the date above is safe");
    for (const HarbourMark& mark : duty.stage->delays)
      line(indent, mark.harbour->effect_words + " (" + mark.harbour->clause + ")");
    for (const HarbourMark& mark : duty.stage->substitutes)
      line(indent, mark.harbour->effect_words + " (" + mark.harbour->clause + ")");
    for (const std::string& note : deadline.notes) line(indent, note);
    std::string sure = evidence_text(*duty.regime->regime);
    if (deadline.start_assumed) sure += "; start assumed";
    line(indent, sure);
  }

  void waiting() {
    if (list_.waiting.empty()) return;
    title("Due later, when something has happened");
    Table table({{}, {}});
    for (const Duty& duty : list_.waiting) {
      const Stage& stage = *duty.stage->stage;
      table.row({duty.regime->regime->id + " " + stage.id,
                 (stage.limit ? limit_text(*stage.limit) : stage.limit_words) + " from " +
                     stage.starts_at});
    }
    text_ += table.text(screen_.width_columns, 1);
  }

  void guidance() {
    if (list_.guidance.empty()) return;
    title("Guidance only, no legal duty");
    Table table({{}, {}});
    for (const Duty& duty : list_.guidance) {
      table.row({duty.regime->regime->id + " " + duty.stage->stage->id,
                 duty.stage->stage->name + ": to " + duty.stage->stage->recipient});
    }
    text_ += table.text(screen_.width_columns, 1);
  }

  void undecided() {
    if (list_.undecided.empty()) return;
    title("Unknown: the law applies, these facts decide");
    Table table({{}, {}});
    for (const Duty& duty : list_.undecided)
      table.row(
          {duty.regime->regime->id + " " + duty.stage->stage->id, joined(duty.stage->missing)});
    text_ += table.text(screen_.width_columns, 1);
  }

  void unknown_laws() {
    if (list_.need_profile.empty() && list_.need_places.empty() && list_.need_other.empty()) return;
    title("Unknown: whether the law applies at all");
    group(list_.need_places,
          "to know where people live: enter residents.PLACE, and "
          "residents_complete when the list is whole");
    group(list_.need_profile, "facts about your organisation, asked once: casebook org profile");
    group(list_.need_other, "other facts");
  }

  void group(const std::vector<const RegimeVerdict*>& regimes, const std::string& what) {
    if (regimes.empty()) return;
    line(" ", counted(regimes.size(), "law needs", "laws need") + " " + what);
    if (screen_.is_all) {
      Table table({{}, {}});
      for (const RegimeVerdict* regime : regimes)
        table.row({regime->regime->id, joined(facts_of(*regime))});
      text_ += table.text(screen_.width_columns, 3);
      return;
    }
    std::string ids;
    for (std::size_t i = 0; i < regimes.size() && i < 6; ++i)
      ids += (ids.empty() ? "" : ", ") + regimes[i]->regime->id;
    if (regimes.size() > 6) ids += " and " + std::to_string(regimes.size() - 6) + " more";
    line("   ", ids);
  }

  static std::vector<std::string> facts_of(const RegimeVerdict& regime) {
    std::vector<std::string> facts;
    for (const auto& [fact, count] : missing_facts({&regime})) facts.push_back(fact);
    return facts;
  }

  void not_due() {
    std::vector<Duty> shown = list_.not_due_here;
    if (screen_.is_all)
      shown.insert(shown.end(), list_.not_due_other.begin(), list_.not_due_other.end());
    if (!shown.empty()) {
      title("Not due");
      Table table({{}, {}});
      for (const Duty& duty : shown) {
        std::string reason = duty.stage->reason;
        constexpr std::string_view prefix = "Not due: ";
        if (reason.starts_with(prefix)) reason.erase(0, prefix.size());
        if (reason.ends_with('.')) reason.pop_back();
        table.row({duty.regime->regime->id + " " + duty.stage->stage->id, reason});
      }
      text_ += table.text(screen_.width_columns, 1);
    }
    if (screen_.is_all || list_.not_due_other.empty()) return;
    if (shown.empty()) title("Not due");
    line(" ", counted(list_.not_due_other.size(), "stage", "stages") +
                  " of other laws, with the fact that decides: casebook deadlines --all");
  }

  void closing() {
    text_ += '\n';
    std::string assumed;
    bool is_moment_assumed = false;
    for (const std::string& text : assumptions(screen_.evaluation)) {
      assumed += (assumed.empty() ? "" : "; ") + text;
      is_moment_assumed = is_moment_assumed || text.find(" taken from ") != std::string::npos;
    }
    if (is_moment_assumed) assumed += ". Counsel decides the moments from which laws count";
    if (!assumed.empty()) line("Assumed: ", assumed + ".");
    for (const std::string& remark : screen_.remarks) line("", remark);
    line("", notice_text(screen_.evaluation) + " Why: casebook deadlines REGIME");
  }

  static std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text;
  }

  const DeadlineScreen& screen_;
  const TimeZone& zone_;
  const DeadlineList list_;
  const int width_;
  const bool is_narrow_;
  std::string text_;
};

}  // namespace

std::string deadlines_text(const DeadlineScreen& screen) { return ListScreen(screen).text(); }

}  // namespace casebook::cli
