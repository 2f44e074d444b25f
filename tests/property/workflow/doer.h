#pragma once
/// Does what an explanation lists, in a world of three persons.

#include "tests/property/workflow/world.h"

namespace casebook::workflow {

class Doer {
 public:
  /// @param left_out  not to be done, not even by chance. Null: all is done, and what an entry has
  ///                  to name is recorded first, though nothing asked for it.
  Doer(World& world, Attempt attempt, const MissingLeaf* left_out = nullptr)
      : world_(world), attempt_(std::move(attempt)), left_out_(left_out) {}
  /// @return whether it could be done.
  bool solve(const MissingLeaf& leaf);
  bool solve_all(const std::vector<MissingLeaf>& leaves);
  /// What the second opinion said against it; empty: nothing.
  [[nodiscard]] const std::string& wrong() const { return wrong_; }

 private:
  using Persons = std::vector<std::size_t>;
  bool say(const RunbookBody& body, const Persons& persons, bool waits = false);
  bool say_by_one_of(const RunbookBody& body, const Persons& persons);
  [[nodiscard]] Persons able(const MissingLeaf& leaf) const;
  [[nodiscard]] Scene scene() const;
  [[nodiscard]] const Record* about() const;
  [[nodiscard]] FacetKey key() const;
  bool fulfil(const Predicate& leaf, const Persons& persons);
  bool undo(const Predicate& leaf);
  bool attest(const Predicate& leaf, const Persons& persons);
  bool until_it_holds(const Predicate& leaf, const Persons& persons);
  bool set_fact(const std::string& name, const Value& value);
  bool set_fact(const Predicate& leaf);
  bool add(const Query& query, Persons persons);
  bool add(const std::string& kind, const Fields& given, const Persons& persons);
  bool after_adding(const Query& query, const Fields& at_end);
  bool settle(const StatementId& id, Fields fields);
  bool change(const Query& query, const StatementId& id);
  bool wait(const ElapsedRule& rule);
  [[nodiscard]] Fields apart_from_left_out(const Register& rule, Fields fields) const;
  [[nodiscard]] Fields wanted(const Query& query, const Register& rule) const;

  World& world_;
  Attempt attempt_;
  const MissingLeaf* left_out_;
  std::optional<StatementId> about_;
  bool was_coming_ = false;  ///< It was no entry yet when the way was listed.
  std::string wrong_;
};

}  // namespace casebook::workflow
