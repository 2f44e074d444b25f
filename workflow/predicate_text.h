#pragma once
/// Conditions as people read them, in the words of their policy.

#include <string>
#include <vector>

#include "workflow/policy.h"

namespace casebook::workflow {

/// One sentence without its full stop: "Severity was ever 2 or worse". Inner joins stand in
/// parentheses.
std::string sentence(const Predicate& predicate, const Policy& policy, Language language);

struct OutlineLine {
  std::size_t depth = 0;
  std::string text;
};
/// The same, broken at its joins: "all of these", and below it each.
std::vector<OutlineLine> outline(const Predicate& predicate, const Policy& policy,
                                 Language language);

/// "“Test” (Result pass; over the present fix)".
std::string query_text(const Query& query, const Policy& policy, Language language);
/// "who last changed impact".
std::string exclusion_text(const Exclusion& exclusion, const Policy& policy, Language language);
/// "4 hours", "3 dagen".
std::string duration_text(std::chrono::seconds duration, Language language);
/// What gates look at: the label of a move, else its word ("rollout").
std::string attempt_text(std::string_view attempt, const Policy& policy, Language language);
std::string value_text(const Value& value, Language language);
/// The label of a role.
std::string role_text(const std::string& role, const Policy& policy, Language language);
/// "a, b or c".
std::string one_of_text(const std::vector<std::string>& words, Language language);
/// "a, b and c".
std::string all_of_text(const std::vector<std::string>& words, Language language);
/// An id as words: "signed off".
std::string plain_words(std::string_view id);

}  // namespace casebook::workflow
