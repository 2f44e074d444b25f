#include "reports/evaluator.h"

#include <algorithm>
#include <array>

#include "core/calendar_text.h"
#include "reports/legal_time.h"
#include "reports/stage_deadline.h"

namespace casebook::reports {
namespace {

constexpr std::array<std::string_view, 4> kOutcomes{"due", "recommended", "unknown", "not_due"};
constexpr std::array<std::string_view, 5> kKinds{"limit", "guideline", "own_target", "retention",
                                                 "open"};

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += between;
    text += part;
  }
  return text;
}

Finding settled(Truth truth, std::string reason) { return {truth, {}, {std::move(reason)}}; }

/// The day whose law governs a regime: set by counsel, else the local day of its first trigger.
struct LawDate {
  std::optional<LocalDate> day;
  std::string taken_from;
  bool assumed = false;
};

LawDate law_date(const Regime& regime, const DateContext& context) {
  if (const auto set = context.facts.get<std::string>("law_date")) {
    if (const auto day = parse_date(*set)) return {*day, "law_date", false};
  }
  const std::string& trigger = regime.stages.front().starts_at;
  auto time = legal_time(trigger, context.facts, context.catalog, context.zone);
  if (time)
    return {context.zone.local_date(time->at), time->taken_from,
            time->assumed || context.zone_assumed};
  time = legal_time("awareness_at", context.facts, context.catalog, context.zone);
  if (time) return {context.zone.local_date(time->at), time->taken_from, true};
  return {std::nullopt, trigger, false};
}

/// Whether the dates `from` and `to` (both included) hold the law date.
Finding within(const LawDate& date, const std::optional<LocalDate>& from,
               const std::optional<LocalDate>& to) {
  if (!from && !to) return {Truth::yes, {}, {}};
  if (!date.day) return {Truth::unknown, {date.taken_from}, {"the date whose law applies"}};
  const std::string on = date_text(*date.day) + " (" + date.taken_from + ")";
  if (from && *date.day < *from)
    return {Truth::no,
            {date.taken_from},
            {"binds only from " + date_text(*from) + "; the law of " + on + " counts"}};
  if (to && *date.day > *to)
    return {Truth::no,
            {date.taken_from},
            {"governed only until " + date_text(*to) + "; the law of " + on + " counts"}};
  return {Truth::yes, {}, {"in force on " + on}};
}

/// By the regime's own status and dates, without what replaces it.
Finding own_force(const Regime& regime, const LawDate& date) {
  switch (regime.status) {
    case RegimeStatus::not_in_force_as_far_as_found:
      return settled(Truth::no, "not in force as far as found (" + regime.as_of + ")");
    case RegimeStatus::phased_not_yet_binding:
      if (!regime.effective_from)
        return settled(Truth::no, "not binding yet, and no date is known (" + regime.as_of + ")");
      break;
    case RegimeStatus::superseded:
      if (!regime.effective_to) return settled(Truth::no, "replaced by newer law");
      break;
    default:
      break;
  }
  return within(date, regime.effective_from, regime.effective_to);
}

class RegimeEvaluator {
 public:
  RegimeEvaluator(const Regime& regime, const DateContext& context, Finding force, LawDate date)
      : regime_(regime), context_(context), date_(std::move(date)) {
    verdict_.regime = &regime;
    verdict_.in_force = std::move(force);
    if (date_.assumed && (regime.effective_from || regime.effective_to)) {
      verdict_.assumed_date =
          "the law of " + date_text(*date_.day) + " applies (" + date_.taken_from + ")";
    }
  }

  RegimeVerdict run() {
    const Finding gate = evaluate(regime_.applies_if, context_.facts);
    verdict_.applies = gate.truth;
    base_ = both(verdict_.in_force, gate);
    done_.assign(regime_.stages.size(), false);
    verdict_.stages.resize(regime_.stages.size());
    for (std::size_t i = 0; i < regime_.stages.size(); ++i) settle(i);
    dates_done_.assign(regime_.stages.size(), false);
    for (std::size_t i = 0; i < regime_.stages.size(); ++i) settle_date(i);
    return std::move(verdict_);
  }

 private:
  [[nodiscard]] std::size_t index_of(const std::string& stage) const {
    return static_cast<std::size_t>(regime_.find_stage(stage) - regime_.stages.data());
  }

  /// Decides stage `i`, its parent first. The parser has refused circles.
  void settle(std::size_t i) {
    if (done_[i]) return;
    done_[i] = true;
    const Stage& stage = regime_.stages[i];
    StageVerdict& verdict = verdict_.stages[i];
    verdict.stage = &stage;
    Finding finding = both(base_, within(date_, stage.effective_from, std::nullopt));
    if (stage.when) finding = both(std::move(finding), evaluate(*stage.when, context_.facts));
    if (stage.depends_on) finding = both(std::move(finding), parent_finding(*stage.depends_on));
    decide(verdict, finding);
    apply_harbours(verdict);
  }

  Finding parent_finding(const std::string& parent) {
    const std::size_t i = index_of(parent);
    settle(i);
    const StageVerdict& verdict = verdict_.stages[i];
    switch (verdict.outcome) {
      case Outcome::due:
      case Outcome::recommended:
        return {Truth::yes, {}, {"stage " + parent + " is due"}};
      case Outcome::unknown:
        return {Truth::unknown, verdict.missing, {"whether stage " + parent + " is due"}};
      case Outcome::not_due:
        break;
    }
    return {Truth::no, verdict.deciding, {"stage " + parent + " is not due"}};
  }

  void decide(StageVerdict& verdict, const Finding& finding) const {
    switch (finding.truth) {
      case Truth::yes:
        verdict.outcome = regime_.binds() ? Outcome::due : Outcome::recommended;
        verdict.deciding = finding.facts;
        verdict.reason = (regime_.binds() ? "Due: " : "Recommended by guidance, no legal duty: ") +
                         joined(finding.reasons, "; ") + ".";
        return;
      case Truth::no:
        verdict.outcome = Outcome::not_due;
        verdict.deciding = finding.facts;
        verdict.reason = "Not due: " + joined(finding.reasons, "; ") + ".";
        return;
      case Truth::unknown:
        break;
    }
    verdict.outcome = regime_.binds() ? Outcome::unknown : Outcome::not_due;
    verdict.missing = finding.facts;
    verdict.reason = (regime_.binds() ? "Undecided until known: "
                                      : "Guidance only, no legal duty. Recommended if: ") +
                     joined(finding.reasons, "; ") + ".";
  }

  void apply_harbours(StageVerdict& verdict) const {
    if (verdict.outcome == Outcome::not_due) return;
    for (const Harbour& harbour : regime_.harbours) {
      if (!harbour.covers(verdict.stage->id)) continue;
      const Finding finding = evaluate(harbour.condition, context_.facts);
      const HarbourMark mark{&harbour, finding.facts};
      if (harbour.effect == Harbour::Effect::content && finding.truth != Truth::no)
        verdict.contents.push_back(mark);
      if (finding.truth == Truth::unknown && harbour.effect == Harbour::Effect::exempt)
        verdict.open_exemptions.push_back(mark);
      if (finding.truth != Truth::yes) continue;
      if (harbour.effect == Harbour::Effect::delay) verdict.delays.push_back(mark);
      if (harbour.effect == Harbour::Effect::substitute) verdict.substitutes.push_back(mark);
      if (harbour.effect != Harbour::Effect::exempt) continue;
      verdict = StageVerdict{verdict.stage,
                             Outcome::not_due,
                             "Not due: exempt under " + harbour.clause + ", " +
                                 harbour.effect_words + " (" + joined(finding.reasons, "; ") + ").",
                             finding.facts,
                             {},
                             {},
                             {},
                             {},
                             {},
                             {}};
      return;
    }
  }

  void settle_date(std::size_t i) {
    if (dates_done_[i]) return;
    dates_done_[i] = true;
    StageVerdict& verdict = verdict_.stages[i];
    if (verdict.outcome != Outcome::due && verdict.outcome != Outcome::recommended) return;
    const StageDeadline* bound = nullptr;
    if (verdict.stage->bounded_by) {
      const std::size_t other = index_of(*verdict.stage->bounded_by);
      settle_date(other);
      const StageVerdict& named = verdict_.stages[other];
      if (named.deadline) bound = &*named.deadline;
    }
    verdict.deadline = stage_deadline(*verdict.stage, regime_, context_, bound);
  }

  const Regime& regime_;
  const DateContext& context_;
  LawDate date_;
  Finding base_;
  RegimeVerdict verdict_;
  std::vector<bool> done_, dates_done_;
};

/// A regime that another one replaces binds only where that one does not, unless it has an end date
/// of its own.
Finding with_successors(const Regime& regime, Finding own, const std::vector<Regime>& regimes,
                        const std::vector<Finding>& forces) {
  if (regime.effective_to) return own;
  for (std::size_t i = 0; i < regimes.size(); ++i) {
    if (regimes[i].supersedes != regime.id) continue;
    if (forces[i].truth == Truth::yes)
      own = both(std::move(own), settled(Truth::no, "replaced by " + regimes[i].id));
    if (forces[i].truth == Truth::unknown) own = both(std::move(own), forces[i]);
  }
  return own;
}

}  // namespace

std::string_view to_string(Outcome outcome) noexcept {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}
std::string_view to_string(DeadlineKind kind) noexcept {
  return kKinds[static_cast<std::size_t>(kind)];
}

Result<Evaluation> evaluate_regimes(const std::vector<Regime>& regimes, const Facts& facts,
                                    const FactCatalog& catalog, const Calendars& calendars,
                                    ZoneDatabase& zones) {
  Evaluation evaluation;
  const auto zone_name = facts.get<std::string>("entity.zone");
  auto zone = zones.find(zone_name.value_or("UTC"));
  if (!zone) return std::move(zone).error().context("entity.zone");
  evaluation.zone = *zone;
  evaluation.zone_assumed = !zone_name;
  const DateContext context{facts, catalog, calendars, *evaluation.zone, evaluation.zone_assumed};
  std::vector<LawDate> dates;
  std::vector<Finding> forces;
  for (const Regime& regime : regimes) {
    dates.push_back(law_date(regime, context));
    forces.push_back(own_force(regime, dates.back()));
  }
  for (std::size_t i = 0; i < regimes.size(); ++i) {
    Finding force = with_successors(regimes[i], forces[i], regimes, forces);
    evaluation.regimes.push_back(
        RegimeEvaluator(regimes[i], context, std::move(force), dates[i]).run());
  }
  return evaluation;
}

}  // namespace casebook::reports
