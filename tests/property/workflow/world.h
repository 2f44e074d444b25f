#pragma once
/// A case with three persons for histories that nobody wrote: all short ones,
/// and long random ones. The engine takes each statement or refuses it; the
/// oracle is asked the same.

#include "tests/property/workflow/oracle.h"
#include "tests/support/seeded_randomness.h"
#include "workflow/decide.h"

namespace casebook::workflow {

class World;

/// Something that may be said next; nothing when it makes no sense now.
struct Event {
  std::string name;
  std::vector<std::size_t> persons;
  std::function<std::optional<RunbookBody>(const World&)> body;
  bool waits = false;  ///< Time passes before it.
};

/// What became of an event.
struct Played {
  enum class How { nonsense, refused, taken } how = How::nonsense;
  bool met_gate = false;  ///< A gate was asked, and refused it or let it pass.
  std::string wrong;      ///< Engine and oracle do not agree; empty: they do.
};

/// Who holds what among three persons.
enum class Cast {
  usual,
  bare_commander,  ///< The first holds no other role: somebody lacks each other one.
  spokesman_last,  ///< The third speaks for the firm, too: the second may stand in for nobody.
};

/// What does not change in a run.
struct Stage {
  explicit Stage(std::shared_ptr<const Policy> original, Cast cast = Cast::usual);
  Setup setup;
  std::vector<SshPublicKey> keys;
  std::vector<Entry> opening;  ///< The case is open, everybody has their roles.
  CaseId case_id;
  UtcSeconds start;
};

/// Done to the state after each entry, as if the engine had forgotten something.
using Sabotage = std::function<void(CaseState&)>;

class World {
 public:
  /// @param mutant  what the engine is given; the oracle keeps the policy of the stage.
  World(const Stage& stage, std::shared_ptr<const Policy> mutant, Sabotage sabotage = {});

  Played play(const Event& event);
  /// The same without touching this one; `next` is only set when the event is taken.
  Played try_out(const Event& event, std::optional<World>& next) const;
  [[nodiscard]] const CaseState& state() const { return state_; }
  [[nodiscard]] const std::vector<Said>& said() const { return said_; }
  /// The last statement with that verb, or one of a kind.
  [[nodiscard]] std::optional<StatementId> last(std::string_view verb) const;
  [[nodiscard]] std::optional<std::int64_t> number_of(const std::string& kind) const;
  [[nodiscard]] StatementId evidence() const { return stage_->opening.front().statement.id; }
  [[nodiscard]] UtcSeconds now() const { return now_; }
  [[nodiscard]] const Setup& setup() const { return stage_->setup; }
  [[nodiscard]] std::size_t count_of(std::string_view verb) const;
  /// Two worlds with the same shape go on alike: order and names that nothing looks at are left
  /// out, of words over facets only whether they are still so.
  [[nodiscard]] std::string shape() const;

 private:
  struct Next;
  [[nodiscard]] std::optional<Next> next(const Event& event) const;
  [[nodiscard]] Played judge(const Event& event, const Next& made) const;
  [[nodiscard]] std::optional<RunbookRefusal> refusal_of(
      const Entry& entry, const RunbookBody& body, const std::vector<std::size_t>& signers) const;
  void take(Next next);

  const Stage* stage_;
  std::shared_ptr<const Policy> mutant_;
  Sabotage sabotage_;
  CaseState state_;
  std::vector<Said> said_;
  std::uint64_t seq_ = 0;
  UtcSeconds now_;
};

/// Statements that have to do with one gate.
struct Slice {
  std::vector<Event> events;            ///< The most needed first.
  std::size_t opening = 0;              ///< Without these the gate lets nothing pass.
  std::vector<std::size_t> tries = {};  ///< What the gate stands before.
  std::optional<std::size_t> reopening = {};
  /// Statements that answer each other: a waiver asked and granted, a role offered and accepted.
  std::vector<std::pair<std::size_t, std::size_t>> pairs = {};
  /// Instead of one that opens it: another that differs in one thing.
  std::map<std::size_t, std::vector<std::size_t>> variants = {};
  /// Instead of one that opens it: an entry of a sort that needs an answer, and the answer.
  std::map<std::size_t, std::vector<std::size_t>> answered = {};
  std::size_t related = 0;  ///< Those before this also have to do with what opens it.
};
/// @param each  how often the same entry may be recorded.
Slice events_for(const Policy& policy, const Setup& setup, const std::string& gate,
                 std::size_t each = 1);
/// Fills Slice::answered from what a gate asks of each entry of a kind.
Slice with_sorts(const Policy& policy, const std::string& gate, Slice slice);
/// What can be said of one fact.
Slice events_for_fact(const Policy& policy, const Setup& setup, const std::string& fact);
/// All of all gates of a policy, each once.
std::vector<Event> all_events(const Policy& policy, const Setup& setup);
/// The policy with one gate only and nothing else that blocks.
std::shared_ptr<const Policy> slice_of(const Policy& policy, const std::string& gate);

struct Explored {
  std::uint64_t states = 0, transitions = 0;
  std::uint64_t refused = 0, passed = 0;  ///< By gates.
  bool is_cut = false;                    ///< There were more than it may take.
  std::string violation;                  ///< Empty: none.
  std::vector<std::string> path;          ///< To it: a shortest one.
};
/// Asked about each distinct state, also those at the end. @return what is wrong; empty: nothing.
using Look = std::function<std::string(const World&)>;
/// All histories of up to `depth` statements, each distinct state once.
/// @param most  transitions.
Explored explore(const Stage& stage, const std::shared_ptr<const Policy>& engine_policy,
                 const std::vector<Event>& events, std::size_t depth, std::uint64_t most,
                 const Look& look = {});

}  // namespace casebook::workflow
