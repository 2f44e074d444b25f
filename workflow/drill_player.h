#pragma once
/// Plays a drill story on the real engine, in memory: cast, keys and entries are made up on the
/// spot and nothing is written. Specification: docs/spec/drill.md.

#include "workflow/drill.h"

namespace casebook::workflow {

struct DrillOutcome {
  bool taken = false;
  bool as_told = false;              ///< Taken or refused as the story says, by the gates it names.
  std::vector<std::string> blocked;  ///< Gates that stood in the way.
  std::string why;                   ///< Of a refusal.
  std::vector<std::uint64_t> opened, closed;  ///< Numbers of steps.
};

class DrillPlayer {
 public:
  DrillPlayer(DrillStory story, Randomness& randomness)
      : story_(std::move(story)), randomness_(&randomness) {}

  /// Opens the case, joins the cast, gives roles and pins the story's policy.
  Status begin();
  [[nodiscard]] const std::vector<DrillEvent>& events() const { return story_.events; }
  /// The next event, at its own time.
  Result<DrillOutcome> play(const DrillEvent& event);

  [[nodiscard]] const CaseState& state() const { return state_; }
  [[nodiscard]] const DrillStory& story() const { return story_; }
  [[nodiscard]] UtcSeconds now() const { return now_; }
  /// Name of a person of the cast.
  [[nodiscard]] std::string name_of(const PersonId& id) const;

 private:
  struct Player {
    PersonId id;
    SshPublicKey key;
    AgeRecipient recipient;
  };
  Result<Player> make_player();
  Result<Entry> entry(std::string verb, std::string body, const std::vector<std::string>& who);
  Status must_take(std::string verb, std::string body, const std::vector<std::string>& who);
  Status join(const DrillPerson& person, const std::vector<std::string>& founders);
  Status pin(const std::string& policy, const std::vector<std::string>& who);
  Result<RunbookBody> body_of(const DrillEvent& event);
  [[nodiscard]] std::vector<std::uint64_t> open_steps() const;

  DrillStory story_;
  Randomness* randomness_;
  std::map<std::string, Player, std::less<>> cast_;
  std::map<Digest256, Policy> policies_;
  std::optional<CaseId> case_id_;
  DrillNames names_;
  CaseState state_;
  UtcSeconds start_{}, now_{};
  std::uint64_t seq_ = 0;
};

}  // namespace casebook::workflow
