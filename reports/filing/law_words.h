#pragma once
/// What laws ask for, in the language of a paper: the data of laws is English. Where a text has no
/// words of its own in that language, its topic stands before the English one. Data:
/// policies/law-words.nl.json. Specification: docs/spec/filing.md 9.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reports/document/document.h"

namespace casebook::filing {

class LawWords {
 public:
  /// Those of a language; English has none and gives back what it gets.
  static const LawWords& of(documents::Language language);
  static std::string_view built_in_text();

  [[nodiscard]] std::string requirement(std::string_view regime, std::string_view field,
                                        std::string_view topic, const std::string& english) const;
  [[nodiscard]] std::string stage(std::string_view regime, std::string_view stage,
                                  const std::string& english) const;
  [[nodiscard]] std::string recipient(const std::string& english) const;
  [[nodiscard]] std::string law(std::string_view regime, const std::string& english) const;
  /// Fixed words and sentences of the data and of the calculator, also of those with values in them
  /// ("plus 72 hours = Wed 25 Nov ..."). What has no words here stays English.
  [[nodiscard]] std::string phrase(const std::string& english) const;
  [[nodiscard]] std::vector<std::string> phrases(const std::vector<std::string>& english) const;

 private:
  struct Pattern {
    std::vector<std::string> pieces;  ///< English between the values.
    std::string words;                ///< With {0}, {1} for the values.
  };
  [[nodiscard]] std::string filled(const Pattern& pattern, const std::string& english) const;
  [[nodiscard]] std::string value_words(std::string_view english) const;
  using Words = std::map<std::string, std::string, std::less<>>;
  static LawWords load(std::string_view text);
  Words laws_, recipients_, requirements_, stages_, topics_, phrases_, tokens_;
  std::vector<Pattern> patterns_;
};

}  // namespace casebook::filing
