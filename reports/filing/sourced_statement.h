#pragma once
/// What people said and wrote, with where it comes from and who may read it. Nothing that has a
/// label, and nothing that nobody released for a reader, can become an OutwardText.
/// Specification: docs/spec/filing.md 1.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace casebook::filing {

enum class Confidence { known, estimated, unknown };
enum class Label { none, restricted, privileged };
/// Who reads a paper. Internal is everybody on the case and nobody else.
enum class Audience { internal, authority, persons, customer, third_party, public_, court };

std::string_view to_string(Confidence confidence) noexcept;
std::string_view to_string(Label label) noexcept;
std::string_view to_string(Audience audience) noexcept;
/// @return `invalid_input` naming the word.
Result<Confidence> parse_confidence(std::string_view text);
Result<Label> parse_label(std::string_view text);
Result<Audience> parse_audience(std::string_view text);

struct SourcedStatement {
  std::string id;
  std::string text;
  std::vector<std::string> facts;    ///< Names of facts on which it rests.
  std::vector<std::string> sources;  ///< "note 12", "B-7:/var/log/auth.log", ids of statements.
  std::vector<std::string> answers;  ///< "measures", or "eu-gdpr.nature" for one field of one law.
  std::string author;
  UtcSeconds time;
  Confidence confidence = Confidence::known;
  Label label = Label::none;
  std::set<Audience> audience;  ///< Empty: internal.
};

/// The text of a statement that a reader outside may have, and where it came from. Made by `admit`
/// only.
class OutwardText {
 public:
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::string& statement() const { return statement_; }
  [[nodiscard]] const std::vector<std::string>& sources() const { return sources_; }
  [[nodiscard]] const std::vector<std::string>& answers() const { return answers_; }
  [[nodiscard]] const std::vector<std::string>& facts() const { return facts_; }
  [[nodiscard]] Confidence confidence() const { return confidence_; }
  [[nodiscard]] UtcSeconds time() const { return time_; }
  bool operator==(const OutwardText&) const = default;

 private:
  friend std::optional<OutwardText> admit(const SourcedStatement& statement, Audience reader);
  OutwardText() = default;
  std::string text_, statement_;
  std::vector<std::string> sources_, answers_, facts_;
  Confidence confidence_ = Confidence::known;
  UtcSeconds time_;
};

/// The only way out: no label, and the reader is named. Internal is never a reader outside.
std::optional<OutwardText> admit(const SourcedStatement& statement, Audience reader);

/// Ids once, of the allowed form; texts UTF-8 and bounded. @return `invalid_input` naming the id.
Status check_statements(const std::vector<SourcedStatement>& statements);

}  // namespace casebook::filing
