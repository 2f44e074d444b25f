#pragma once
/// The finite abstract space in which conditions of policies are compared: what facts can be and
/// have been, how many entries match, which words are signed. Conditions that say the same share a
/// variable, in whichever policy they stand; what one implies of another is kept as constraints.

#include <functional>
#include <map>
#include <set>

#include "workflow/formula.h"
#include "workflow/policy.h"

namespace casebook::workflow {

/// One thing that people try and gates look at.
struct AbstractAttempt {
  std::string name;                  ///< For people: "close", "change (destructive)".
  std::set<std::string> names;       ///< In `on` of gates: "change", "action:destructive".
  std::string verb, risk = {};       ///< `risk`: the value of the field `class`.
  std::string move = {}, kind = {};  ///< Of a move, or of an entry of a register.
};
/// All of a policy: its moves, entries that gates see by each class, publish, policy, downgrade.
std::vector<AbstractAttempt> attempts_of(const Policy& policy);

/// What a query asks, with facets taken apart, so that two can be compared across policies.
struct QueryShape {
  std::string kind;
  std::map<std::string, std::set<std::string>> where;
  std::optional<bool> settled, attested, told;
  std::set<std::string> covers, exclusions, roles, among;
  bool operator==(const QueryShape&) const = default;
};
/// Whether every entry that `narrow` matches is one that `wide` matches.
bool is_within(const QueryShape& narrow, const QueryShape& wide);

/// A leaf that has a variable.
struct LeafShape {
  enum class Kind { count, functions, attest, each, elapsed, unique, held, distinct, waiver };
  Kind kind = Kind::count;
  std::size_t variable = 0;
  std::optional<QueryShape> query = {}, without = {};
  std::string word = {}, role = {};  ///< Of attest; `word` also names moves, fields, gates.
  std::int64_t number = 0;           ///< Persons, seconds, characters.
  std::int64_t functions = 0, valid = 0;
  std::set<std::string> covers = {}, exclusions = {}, parts = {};
  bool operator==(const LeafShape&) const = default;
};

class PolicySpace {
 public:
  /// @param policies  outlive this; facts are what any of them says.
  PolicySpace(std::vector<const Policy*> policies, Language language);

  /// @param attempt  null: whatever is attempted.
  Formula compile(const Predicate& predicate, const Policy& policy, const AbstractAttempt* attempt);
  /// yes or no: somebody asked and another granted to do without.
  Formula waived(const Gate& gate);
  /// yes or no: an open entry of a register.
  Formula open_entries(const std::string& kind, const Policy& policy);
  /// What must hold between variables made so far.
  Formula constraints() const;

  const Domains& domains() const { return domains_; }
  Domains& domains() { return domains_; }
  /// "Severity was ever 2", for a value of a variable.
  std::string words(std::size_t variable, std::uint64_t value) const;
  /// Variable of a fact; nothing when no condition asks.
  std::optional<std::size_t> fact_variable(const std::string& name) const;
  /// The bit of one value of it.
  std::uint64_t fact_value(const std::string& name, const Value& value) const;
  /// Variable of a step's being done; nothing when no condition asks.
  std::optional<std::size_t> step_variable(const std::string& id) const;

 private:
  std::size_t variable(const std::string& key, std::vector<std::string> words);
  Formula flag(const std::string& key, std::string yes, std::string no, bool may_be_unknown);
  QueryShape shape_of(const Query& query, const Policy& policy) const;
  Formula fact_test(const std::string& name, const Policy& policy,
                    const std::function<TruthSet(const Value&)>& truth);
  Formula ever(const std::string& name, const Value& value, const Policy& policy);
  Formula ever_in(const Predicate& predicate, const Policy& policy);
  Formula max_ever(const Predicate& predicate, const Policy& policy);
  Formula compare(const Predicate& predicate, const Policy& policy, const AbstractAttempt* attempt);
  Formula in(const Predicate& predicate, const Policy& policy, const AbstractAttempt* attempt);
  Formula attempt_test(const std::string& key, const std::vector<Value>& values, bool is_in,
                       const Policy& policy, const AbstractAttempt* attempt);
  Formula count_test(const Operand& operand, const Policy& policy,
                     const std::function<bool(std::int64_t)>& holds);
  std::size_t count_variable(const Query& query, const Policy& policy, bool of_functions);
  Formula leaf(const Predicate& predicate, const Policy& policy);
  Formula phases(const Predicate& predicate, const Policy& policy, const AbstractAttempt* attempt);
  void note_literals(const Predicate& predicate);
  std::set<std::string> covers_of(const std::vector<std::string>& facets,
                                  const Policy& policy) const;
  std::set<std::string> exclusions_of(const std::vector<Exclusion>& list,
                                      const Policy& policy) const;

  std::vector<const Policy*> policies_;
  Language language_;
  std::map<std::string, std::size_t> by_key_;
  std::vector<std::vector<std::string>> words_;
  Domains domains_;
  std::map<std::string, std::vector<Value>> fact_values_;  ///< monostate first when it may be.
  std::int64_t count_most_ = 2;
  std::vector<LeafShape> leaves_;
};

}  // namespace casebook::workflow
