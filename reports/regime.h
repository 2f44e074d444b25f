#pragma once
/// A notification law as data: when it binds, what it demands in which stages, by which calendar
/// rule, and what it leaves out. Specification: docs/spec/regime.md.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar.h"
#include "core/result.h"
#include "reports/condition.h"
#include "reports/fact.h"

namespace casebook::reports {

/// Whether and how the law binds. Names as in the files.
enum class RegimeStatus {
  in_force,
  in_force_via_transposition,
  in_force_by_state_enactment,
  in_force_in_part,
  in_force_limited,
  in_force_renewed_yearly,
  in_force_pending_executive_regulations,
  phased_not_yet_binding,
  guidance_only,
  not_in_force_as_far_as_found,
  superseded,
  contractual,
};
std::string_view to_string(RegimeStatus status) noexcept;

/// The calendar rule that decides the date of a stage.
struct CalendarRule {
  enum class Kind {
    elapsed_hours,
    eu_hours,
    eu_days,
    calendar_days,
    business_days,
    weekend_noon,
    guideline_days,
    guideline_hours,
    no_fixed_limit,
  };
  Kind kind = Kind::no_fixed_limit;
  std::string name;      ///< As in the file: "eu_1182_71_days".
  std::string calendar;  ///< Of business days: "US", "BR"; empty elsewhere.
  int from = 0;          ///< Of guidelines: the window's first day or hour.
  int to = 0;
};

/// A second clock: the earlier of both counts.
struct Cap {
  std::string starts_at;
  Limit limit;
  bool dropped_when_passed = false;  ///< Falls away when the stage starts after the cap's end.
};

struct Stage {
  std::string id, name, starts_at, recipient, clause, note;
  std::optional<Limit> limit;  ///< None: `limit_words` says what the law says.
  std::string limit_words;
  CalendarRule rule;
  std::vector<std::string> marks;  ///< Rules that change no date: "where_feasible" and so on.
  bool doubles_for_small_agents = false;
  bool keep_until = false;  ///< The end of a retention period, no filing.
  std::optional<Condition> when;
  std::optional<std::string> depends_on;
  /// `not_later_than_stage`, `before_stage` or `with_stage`: the named stage bounds this one.
  std::optional<std::string> bounded_by;
  std::optional<Cap> cap;
  std::optional<LocalDate> effective_from;
};

struct Harbour {
  enum class Effect { exempt, delay, substitute, content, rule_exclusion };
  std::string id, effect_words, clause;
  Condition condition;
  Effect effect = Effect::content;
  std::vector<std::string> stages;  ///< Empty: all.
  [[nodiscard]] bool covers(std::string_view stage) const;
};

struct ContentField {
  std::string id, stage, requirement, clause, type;
  std::map<std::string, std::string> required;  ///< Stage to yes, no or conditional; may be empty.
  std::vector<std::string> choices;
  bool verified = true;
};

struct Regime {
  std::string id, title, jurisdiction, legal_basis, as_of, verification_level, confidence;
  RegimeStatus status = RegimeStatus::in_force;
  bool verified = false;
  std::optional<LocalDate> effective_from, effective_to;
  std::string supersedes, documentation_duty, fines, notes;
  std::vector<std::string> addressees, sources, unverified_points;
  Condition applies_if;
  std::vector<Stage> stages;
  std::vector<Harbour> harbours;
  std::vector<ContentField> content_fields;
  /// How the law itself says a judgement is made, for the person who makes it: one line each.
  std::vector<std::string> thresholds;

  /// Reads one file and checks it as a whole: facts defined, stages named that exist, no circle,
  /// limit and rule fit. @return `invalid_input` naming the place.
  static Result<Regime> parse(std::string_view json_text, const FactCatalog& catalog);
  [[nodiscard]] const Stage* find_stage(std::string_view stage) const;
  [[nodiscard]] bool binds() const { return status != RegimeStatus::guidance_only; }
};

/// "verified in law text", "not verified: general knowledge".
std::string verification_text(const Regime& regime);

}  // namespace casebook::reports
