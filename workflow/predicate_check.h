#pragma once
/// Whether a condition names only what its policy has, and compares like with like.

#include "workflow/policy_node.h"

namespace casebook::workflow {

class PredicateCheck {
 public:
  PredicateCheck(PolicyReading& reading, const Policy& policy)
      : reading_(reading), policy_(policy) {}

  /// @param at    JSON pointer of the condition.
  /// @param self  the register of `["this", FIELD]`; null outside of `each`.
  void check(const Predicate& predicate, const std::string& at, const Register* self = nullptr);
  void exclusions(const std::vector<Exclusion>& list, const std::string& at);

 private:
  /// What an operand yields; null members where nothing can be said.
  struct Typed {
    ValueType type;
    const FactRule* fact = nullptr;
    const FieldRule* field = nullptr;
  };
  std::optional<Typed> operand(const Operand& operand, const std::string& at, const Register* self);
  const FieldRule* attempted_field(const std::string& name) const;
  const Register* query(const Query& query, const std::string& at, const Register* self);
  void field_match(const Register& kind, const FieldMatch& match, const std::string& at,
                   const Register* self);
  void compare(const Predicate& predicate, const std::string& at, const Register* self);
  void literals(const Typed& typed, const std::vector<Value>& values, const std::string& at);
  void attest(const AttestRule& rule, const std::string& at, const Register* self);
  void elapsed(const ElapsedRule& rule, const std::string& at, const Register* self);
  void ever_in(const Predicate& predicate, const std::string& at);
  void facets(const std::vector<std::string>& names, const std::string& at);
  void role(const std::string& name, const std::string& at);
  void refuse(const std::string& at, std::string_view what) { reading_.refuse(at, what); }

  PolicyReading& reading_;
  const Policy& policy_;
};

}  // namespace casebook::workflow
