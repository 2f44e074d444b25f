#pragma once
/// A policy: a runbook as data. Specification: docs/spec/policy.md.

#include "core/digest.h"
#include "workflow/predicate.h"

namespace casebook::workflow {

inline constexpr std::size_t kPolicyBytesMax = std::size_t{1} << 20U;

enum class Language { en, nl };

/// The same words in every language we ship.
struct Label {
  std::string en, nl;
  [[nodiscard]] const std::string& in(Language language) const {
    return language == Language::nl ? nl : en;
  }
  bool operator==(const Label&) const = default;
};

enum class ValueType {
  boolean,
  choice,
  level,
  count,
  set,
  time,
  code,
  // Fields of registers only:
  person,
  record,
  text,
  digest,
  evidence,
  link
};

struct RuleOut {
  bool milder = false;  ///< Of a level: any value milder than the one in force.
  std::vector<std::string> to = {};
  std::uint32_t persons = 2;
  std::uint32_t evidence = 1;
  bool operator==(const RuleOut&) const = default;
};

struct FactRule {
  std::string name;
  ValueType type = ValueType::boolean;
  std::vector<std::string> values = {};   ///< Of choice and set.
  std::vector<std::int64_t> levels = {};  ///< Of level.
  std::int64_t worst = 0;                 ///< Of level.
  Value initial = {};                     ///< monostate: nobody said.
  Value worst_unknown = {};               ///< What gates take while nobody said.
  Label label, question;
  std::optional<RuleOut> rule_out = {};
  std::vector<std::string> roles = {};
  bool operator==(const FactRule&) const = default;
};

struct IncidentKind {
  std::string id;
  Label label;
  bool restricted = true;
  std::string room;
  std::string severities;
  bool operator==(const IncidentKind&) const = default;
};

struct RoleRule {
  std::string name;
  Label label, card;
  std::string function;
  bool single = false;
  std::vector<std::string> excludes = {};
  Predicate needed;
  bool operator==(const RoleRule&) const = default;
};

struct FieldRule {
  std::string name;
  ValueType type = ValueType::code;
  Label label;
  bool required = false;
  bool at_settle = false;
  std::vector<std::string> values = {};
  std::vector<std::int64_t> levels = {};
  Value initial = {};
  std::string of = {};  ///< Of record: the kind.
  bool operator==(const FieldRule&) const = default;
};

struct SettleRule {
  std::vector<std::string> roles = {};
  std::vector<Exclusion> exclusions = {};
  Label verb;
  bool operator==(const SettleRule&) const = default;
};

struct Register {
  std::string kind;
  Label label, help;
  std::vector<FieldRule> fields;
  std::vector<std::string> add_roles = {}, add_phases = {};
  std::vector<Exclusion> add_exclusions = {};
  std::string attempt = {};  ///< Empty: gates do not see it.
  std::optional<SettleRule> settle = {};
  std::vector<std::string> blocks = {};
  std::string clock = {};
  std::string compartment = "general";
  std::string owner = {};  ///< Name of a person field.
  [[nodiscard]] const FieldRule* field(std::string_view name) const;
  bool operator==(const Register&) const = default;
};

struct Phase {
  std::string id;
  Label label;
  std::string stage;
  bool open = true;
  bool operator==(const Phase&) const = default;
};

struct Move {
  std::string name;
  Label label;
  std::vector<std::string> from;
  std::string to;
  bool exit = false;
  std::uint32_t persons = 1;
  std::vector<std::string> roles = {};
  bool action = false;
  bool operator==(const Move&) const = default;
};

enum class StepKind { step, trigger, duty, reminder };

struct Step {
  std::string id;
  std::uint32_t number = 0;  ///< 0: none.
  Label label, text;
  std::string role = {};
  Predicate opens;
  std::optional<Predicate> done = {};
  std::vector<std::string> blocks = {};
  std::string clock = {};
  StepKind kind = StepKind::step;
  bool attest = false;
  bool operator==(const Step&) const = default;
};

struct WaiveRule {
  std::string ask, grant;
  std::uint32_t reason_chars = 0;
  std::vector<std::string> except_on = {}, only_on = {};
  std::optional<std::chrono::seconds> sign_within = {};
  bool operator==(const WaiveRule&) const = default;
};

struct Gate {
  std::string id;
  Label label;
  std::vector<std::string> on;
  Predicate when, need;
  std::optional<WaiveRule> waive = {};
  std::vector<std::string> practices = {};
  bool operator==(const Gate&) const = default;
};

struct Escalation {
  std::uint32_t after_percent = 100;
  std::vector<std::string> roles;
  std::optional<std::chrono::seconds> repeat = {};
  bool operator==(const Escalation&) const = default;
};

struct ClockRule {
  std::string id;
  Label label;
  std::string start;
  std::optional<Predicate> stop = {};
  std::string by = {};  ///< A fact, or empty: `within` has the one key "".
  std::map<std::string, std::optional<std::chrono::seconds>> within;
  std::string until = {};  ///< Field of the entry that starts it: when it is due.
  bool cadence = false;
  std::uint32_t warn_percent = 75;
  std::vector<Escalation> escalate = {};
  std::string audience = {};
  bool operator==(const ClockRule&) const = default;
};

struct MatrixRow {
  std::string id;
  std::int64_t level = 0;
  Label label;
  Predicate when;
  bool operator==(const MatrixRow&) const = default;
};

struct FollowUp {
  Predicate when;
  std::string form;
  Label label;
  bool operator==(const FollowUp&) const = default;
};

struct ChecklistItem {
  std::string id;
  Label label;
  bool operator==(const ChecklistItem&) const = default;
};

struct Checklist {
  Label label;
  std::vector<ChecklistItem> items;
  bool operator==(const Checklist&) const = default;
};

struct PolicyReference {
  std::string id;
  Digest256 digest{};
  bool operator==(const PolicyReference&) const = default;
};

struct Policy {
  Digest256 digest{};  ///< Of the canonical text: its identity.
  std::string id;
  std::uint32_t version = 1;
  Label title;
  std::string owner;
  std::string review_by;  ///< "2027-06-01".
  std::optional<PolicyReference> extends = {};
  std::map<std::string, IncidentKind, std::less<>> kinds;
  std::map<std::string, FactRule, std::less<>> facts;
  std::map<std::string, std::vector<std::string>, std::less<>> facets;
  std::map<std::string, RoleRule, std::less<>> roles;
  std::map<std::string, Register, std::less<>> registers;
  std::vector<Phase> phases;
  std::map<std::string, Move, std::less<>> moves;
  std::vector<Step> steps;
  std::vector<Gate> gates;
  std::vector<ClockRule> clocks;
  std::map<std::string, std::vector<MatrixRow>, std::less<>> matrices;
  std::vector<FollowUp> follow_up;
  std::map<std::string, Checklist, std::less<>> checklists;
  std::map<std::string, Label, std::less<>> templates;
  std::map<std::string, std::vector<std::string>, std::less<>> practices;

  [[nodiscard]] const Phase* phase(std::string_view name) const;
  [[nodiscard]] const Step* step(std::string_view name) const;
  [[nodiscard]] const Gate* gate(std::string_view name) const;
  [[nodiscard]] const ClockRule* clock(std::string_view name) const;
};

/// True for `a`-`z`, `0`-`9`, `_`, `-`, beginning with a letter, at most 64 characters.
bool is_policy_id(std::string_view text) noexcept;
/// True for 1 to 64 of `A`-`Z`, `a`-`z`, `0`-`9` and `._-+@:/`.
bool is_code(std::string_view text) noexcept;
/// Whether a fact or field of this type may hold the value (monostate: never).
bool holds(const FactRule& rule, const Value& value);
bool holds(const FieldRule& rule, const Value& value);
/// Exits are what ends a case or makes it milder: moves with `exit`, and "downgrade".
bool is_exit(const Policy& policy, std::string_view attempt);

/// Reads the canonical file. References inside are checked: what it names is there, and compares
/// what can be compared.
/// @param base  the policy that this one extends; must be given when it extends one, and be it.
///              What comes back then holds everything of both under the digest of `canonical`.
/// @return `invalid_input` naming the JSON pointer and what was expected.
Result<Policy> parse_policy(std::string_view canonical, const Policy* base = nullptr);

/// Where a value stands in a source, counted from 1; columns are bytes.
struct SourcePlace {
  std::size_t line = 1, column = 1;
};
/// A commented source, read.
struct PolicySource {
  std::string canonical;
  std::map<std::string, SourcePlace, std::less<>> places;  ///< By JSON pointer.
};
/// `//` comments run to the end of their line. @return `invalid_input` with line and column.
Result<PolicySource> read_policy_source(std::string_view source);
/// The canonical file made of a commented source.
Result<std::string> canonical_policy(std::string_view source);

/// The policies that a case pins, joined: gates and duties add up. Names that two of them give must
/// agree; a gate, step or clock that differs from an earlier one of its id is named `POLICY.ID`.
/// @return `invalid_input` naming the two that do not.
Result<Policy> join_policies(const std::vector<Policy>& pinned);

}  // namespace casebook::workflow
