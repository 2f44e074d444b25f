#pragma once
/// What fills the fields of laws, and who reads their stages: data (policies/filing.json).
/// Specification: docs/spec/filing.md 2.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reports/filing/sourced_statement.h"
#include "reports/policy_set.h"

namespace casebook::filing {

/// What fills one content field. All of facts, org, answers and made must be known.
struct Feed {
  std::vector<std::string> facts;      ///< Names of facts.
  std::vector<std::string> org;        ///< Entries of the profile, "contact".
  std::vector<std::string> answers;    ///< Shared named answers, "measures".
  std::string made;                    ///< "stage", "reference", "receipt", or empty.
  std::string when;                    ///< "late", or empty.
  std::vector<std::string> keeps_out;  ///< Answers that the law forbids in this paper.
  bool about = false;                  ///< A rule of form: shown, never filled.
  bool names_people = false;           ///< The law asks for personal data here.
};

/// A named answer that several laws share, or an entry of the profile.
struct Answer {
  std::string meaning;     ///< What to write.
  std::string decided_by;  ///< Who knows.
};

class FilingMap {
 public:
  /// @return `invalid_input` naming the member.
  static Result<FilingMap> parse(std::string_view json_text);
  /// The one built into the program.
  static const FilingMap& built_in();
  static std::string_view built_in_text();

  [[nodiscard]] Audience audience(const reports::Regime& regime, std::string_view stage) const;
  /// The feed of a field; for a field that is not mapped an empty one: a person writes it.
  [[nodiscard]] const Feed& feed(const reports::Regime& regime, std::string_view stage,
                                 std::string_view field) const;
  [[nodiscard]] bool maps(std::string_view regime, std::string_view stage,
                          std::string_view field) const;
  [[nodiscard]] const std::map<std::string, Answer, std::less<>>& answers() const {
    return answers_;
  }
  /// Whether the stage is itself about a delay, so that reasons are always asked for.
  [[nodiscard]] bool asks_reasons(const reports::Regime& regime, std::string_view stage) const;
  /// Fields of our own, in order.
  using OwnFields = std::vector<std::pair<std::string, Feed>>;
  /// Of a decision not to notify.
  [[nodiscard]] const OwnFields& no_notice() const { return no_notice_; }
  /// Of a message to a customer for which neither law nor contract lists any.
  [[nodiscard]] const OwnFields& customer() const { return customer_; }
  [[nodiscard]] const std::map<std::string, Answer, std::less<>>& profile() const {
    return profile_;
  }

  /// What is wrong with the map against the laws: fields that are not mapped or not there, facts,
  /// answers and entries that do not exist, stages without a reader. Empty when all is well.
  [[nodiscard]] std::vector<std::string> lint(const reports::PolicySet& policies) const;

 private:
  friend class MapReader;
  std::map<std::string, Answer, std::less<>> answers_;
  std::map<std::string, Answer, std::less<>> profile_;
  std::map<std::string, Audience, std::less<>>
      audiences_;  ///< "us-ca individuals", or "individuals".
  OwnFields no_notice_, customer_;
  std::vector<std::string> reasons_;                ///< "LAW STAGE"
  std::map<std::string, Feed, std::less<>> feeds_;  ///< "LAW STAGE FIELD" or "LAW FIELD".
};

/// Where the fields of a stage come from.
struct StageFields {
  /// house: our own fields, see FilingMap::customer().
  enum class Basis { own, inherited, house, none };
  Basis basis = Basis::none;
  std::string from;  ///< The stage that owns them, when inherited.
  std::vector<const reports::ContentField*> fields;
};
std::string_view to_string(StageFields::Basis basis) noexcept;
StageFields fields_of(const reports::Regime& regime, std::string_view stage, const FilingMap& map);

}  // namespace casebook::filing
