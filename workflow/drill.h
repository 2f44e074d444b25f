#pragma once
/// Stories of breaches that are played for practice. Pure: what an event says, as a body to sign.
/// Specification: docs/spec/drill.md.

#include "workflow/decide.h"

namespace casebook::workflow {

struct DrillPerson {
  std::string id, name;
  std::vector<std::string> roles;
  bool is_founder = false;
};

/// A value as it stands in the story: words are labels; names of persons and things are texts.
using DrillValue = std::variant<Value, Label>;

struct DrillEvent {
  std::chrono::seconds at{};
  std::vector<std::string> who;
  std::string act;  ///< "record", "fact", "move", …
  /// Kind, name of a fact, move, step, word, thing or policy: what `act` is about.
  std::string about;
  std::string record, role, channel, as;
  std::vector<std::pair<std::string, DrillValue>> fields;  ///< Of a fact one, "value".
  std::vector<std::string> covers, evidence;
  std::vector<std::string> refused;  ///< Gates that stand in the way; empty: it is taken.
  std::uint32_t step = 0;
  bool is_extra = false;  ///< The story goes on without it.
  std::optional<Label> say = {};
  /// All words that go into the one item of the statement, joined by line feeds; may be empty.
  [[nodiscard]] std::string words(Language language) const;
};

struct DrillStory {
  std::string id, policy, kind;
  Label title;
  UtcSeconds start;
  std::vector<DrillPerson> cast;  ///< Founders first.
  std::vector<DrillEvent> events;
};

/// @return `invalid_input` naming the event and what is wrong with it.
Result<DrillStory> parse_drill(std::string_view canonical);

/// Who and what the names of a story stand for in this case.
struct DrillNames {
  std::map<std::string, PersonId, std::less<>> persons;
  std::map<std::string, StatementId, std::less<>> things;  ///< Entries and evidence.
};

/// What an event says in the case as it stands. Not for `evidence` (any statement will do, whose
/// id then goes into `names.things`) and `pin` (the player knows the texts of policies).
/// @return `invalid_input` for a name that stands for nothing yet.
Result<RunbookBody> drill_body(const DrillEvent& event, const CaseState& state,
                               const DrillNames& names, UtcSeconds now, const FacetKey& key);

}  // namespace casebook::workflow
