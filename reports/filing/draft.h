#pragma once
/// The draft of what one stage of one law asks for. Specification: docs/spec/filing.md 2 and 3.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time_zone.h"
#include "reports/document/document.h"
#include "reports/evaluator.h"
#include "reports/filing/filing_map.h"
#include "reports/filing/sourced_statement.h"

namespace casebook::filing {

/// One fact of the case with where it comes from.
struct FactEntry {
  reports::Fact fact;
  std::vector<std::string> statements;  ///< Ids of the statements that state it.
  Label label = Label::none;
};
using FactEntries = std::map<std::string, FactEntry, std::less<>>;

/// The deadline as the calculator gave it when the draft was made.
struct DeadlineSnapshot {
  std::string kind = "open";  ///< As to_string(DeadlineKind).
  std::optional<UtcSeconds> start, earliest, legal;
  std::string zone = "UTC";
  std::string earliest_local, legal_local;  ///< "2026-10-26 17:00 (+01:00)"; empty when open.
  bool start_assumed = false;
  std::vector<std::string> steps, notes, assumed, missing;
  std::string problem;
  bool operator==(const DeadlineSnapshot&) const = default;
  /// The moment by which it must be there: the earlier of both, when there is one.
  [[nodiscard]] std::optional<UtcSeconds> by() const;
};
DeadlineSnapshot snapshot(const reports::StageDeadline& deadline, const TimeZone& zone);
/// "2026-10-26 17:00:00 (+01:00)".
std::string local_text(UtcSeconds time, const TimeZone& zone);

struct DraftLaw {
  std::string regime, title, stage, name, recipient, clause, limit, legal_basis, status, as_of;
  std::string verification;        ///< A phrase: "verified in law text".
  std::string documentation_duty;  ///< What the law wants kept, in words; may be empty.
  bool verified = false, binds = true;
  std::vector<std::string> sources, unverified_points;
  bool operator==(const DraftLaw&) const = default;
};

/// A piece of a field.
struct Part {
  std::string text;
  std::vector<std::string> statements, facts, sources, answers;
  Confidence confidence = Confidence::known;
  std::optional<UtcSeconds> time;  ///< When it was stated; facts without a time have none.
  bool operator==(const Part&) const = default;
};

struct Missing {
  enum class Kind { fact, answer, profile };
  Kind kind = Kind::fact;
  std::string name;     ///< "awareness_at", "measures", "eu-gdpr.nature", "contact".
  std::string meaning;  ///< What it is.
  std::string decided_by;
  bool withheld = false;  ///< It is known, but not for this reader.
  bool operator==(const Missing&) const = default;
};

enum class Need { yes, conditional, no };
enum class FieldState { filled, missing, open, not_asked, about };

struct DraftField {
  std::string id, requirement, clause, type;
  std::string topic;  ///< What it is about: its first answer, fact or entry of the profile.
  std::vector<std::string> choices, keeps_out;
  Need need = Need::yes;
  FieldState state = FieldState::missing;
  bool verified = true, names_people = false;
  std::vector<Part> parts;
  std::vector<Missing> missing;
  bool operator==(const DraftField&) const = default;
  [[nodiscard]] std::string text() const;  ///< The parts, one after another.
};

struct Change {
  enum class Kind { added, changed, withdrawn };
  enum class Of { field, statement };
  Kind kind = Kind::added;
  Of of = Of::field;
  std::string id, before, after, reason;
  bool operator==(const Change&) const = default;
};

/// A notice, or the decision not to give it, with its reasons.
enum class DraftKind { notice, no_notice };

struct Draft {
  DraftKind kind = DraftKind::notice;
  documents::Language language = documents::Language::en;
  std::string case_name;  ///< Code name.
  std::string reference;  ///< Our own reference of the incident.
  UtcSeconds made_at;
  std::string tool;
  std::string head;  ///< Head of the ledger; may be empty.
  std::string organisation;
  DraftLaw law;
  std::string law_digest;  ///< SHA-256 of the data of the law, hex; as given.
  Audience audience = Audience::authority;
  StageFields::Basis basis = StageFields::Basis::none;
  std::string inherited_from;
  std::vector<DraftField> fields;
  DeadlineSnapshot deadline;
  bool late = false;     ///< The limit had passed when the draft was made, or is said to be missed.
  int withheld = 0;      ///< Statements that answered a field and were not for this reader.
  std::string previous;  ///< Digest of the draft that was filed before; empty: the first.
  std::string receipt;   ///< Reference that the recipient gave before; may be empty.
  std::vector<Change> changes;
  bool operator==(const Draft&) const = default;

  [[nodiscard]] bool draftable() const { return basis != StageFields::Basis::none; }
  /// Everything missing in fields that are needed, each once, in order.
  [[nodiscard]] std::vector<Missing> missing() const;
  [[nodiscard]] const DraftField* find(std::string_view field) const;
};

/// What a draft is made from. Pointers must outlive the call.
struct DraftInput {
  const reports::Regime* regime = nullptr;
  std::string stage;
  const reports::FactCatalog* catalog = nullptr;
  const FilingMap* map = &FilingMap::built_in();
  DraftKind kind = DraftKind::notice;
  /// For a decision not to notify: the facts that decide it (StageVerdict::deciding, of a harbour).
  std::vector<std::string> deciding;
  FactEntries facts;
  std::vector<SourcedStatement> statements;
  std::map<std::string, std::string, std::less<>> profile;  ///< Entries of FilingMap::profile().
  DeadlineSnapshot deadline;
  const Draft* previous = nullptr;  ///< What was filed before in this matter.
  std::string receipt;
  const TimeZone* zone = nullptr;  ///< For local times beside UTC; none: UTC only.
  documents::Language language = documents::Language::en;
  std::string case_name, reference, tool, head, law_digest;
  UtcSeconds now;
};

/// @return `not_found` naming a stage that the law does not have; `invalid_input` for statements
///         that break their rules. A stage without fields gives a draft that is not draftable.
Result<Draft> make_draft(const DraftInput& input);

/// Id of a field or statement → why it differs from what was filed.
using Reasons = std::map<std::string, std::string, std::less<>>;
/// Added, changed, withdrawn, by field and by statement. make_draft fills Draft::changes with it;
/// there the reason for ID is an admitted statement that answers "reason.ID".
std::vector<Change> changes(const Draft& before, const Draft& after, const Reasons& reasons);

std::string_view to_string(DraftKind kind) noexcept;
std::string_view to_string(Need need) noexcept;
std::string_view to_string(FieldState state) noexcept;
std::string_view to_string(Missing::Kind kind) noexcept;
std::string_view to_string(Change::Kind kind) noexcept;
std::string_view to_string(Change::Of of) noexcept;

}  // namespace casebook::filing
