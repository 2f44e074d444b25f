#include "reports/filing/sourced_statement.h"

#include <algorithm>
#include <array>

#include "core/json_text.h"

namespace casebook::filing {
namespace {

constexpr std::array<std::string_view, 3> kConfidences{"known", "estimated", "unknown"};
constexpr std::array<std::string_view, 3> kLabels{"none", "restricted", "privileged"};
constexpr std::array<std::string_view, 7> kAudiences{
    "internal", "authority", "persons", "customer", "third_party", "public", "court"};
constexpr std::size_t kIdBytesMax = 64;
constexpr std::size_t kTextBytesMax = std::size_t{32} << 10U;
constexpr std::size_t kLineBytesMax = 1024;

Error invalid(std::string message) { return Error{ErrorCode::invalid_input, std::move(message)}; }

template <typename Enum, std::size_t count>
Result<Enum> parse_word(std::string_view text, const std::array<std::string_view, count>& words,
                        std::string_view what) {
  const auto* const found = std::find(words.begin(), words.end(), text);
  if (found == words.end()) {
    std::string known;
    for (const std::string_view word : words)
      known += (known.empty() ? "" : ", ") + std::string(word);
    return Error{ErrorCode::invalid_input,
                 std::string(what) + " \"" + std::string(text.substr(0, 40)) + "\" is not known",
                 "one of " + known};
  }
  return static_cast<Enum>(found - words.begin());
}

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= kIdBytesMax && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == ':';
  });
}

bool is_line(std::string_view text) {
  return text.size() <= kLineBytesMax && is_utf8(text) && text.find('\n') == text.npos;
}

Status check_statement(const SourcedStatement& statement) {
  if (!is_id(statement.id))
    return invalid("statement id \"" + statement.id.substr(0, kIdBytesMax) +
                   "\" is not 1 to 64 of A-Z a-z 0-9 - _ . :");
  const std::string where = "statement " + statement.id;
  if (statement.text.empty() || statement.text.size() > kTextBytesMax || !is_utf8(statement.text))
    return invalid(where + ": the text is empty, too long, or not UTF-8");
  for (const auto* list : {&statement.facts, &statement.sources, &statement.answers}) {
    if (!std::all_of(list->begin(), list->end(), is_line))
      return invalid(where + ": a fact, source or answer is no line of text");
  }
  return ok();
}

}  // namespace

std::string_view to_string(Confidence confidence) noexcept {
  return kConfidences[static_cast<std::size_t>(confidence)];
}
std::string_view to_string(Label label) noexcept {
  return kLabels[static_cast<std::size_t>(label)];
}
std::string_view to_string(Audience audience) noexcept {
  return kAudiences[static_cast<std::size_t>(audience)];
}
Result<Confidence> parse_confidence(std::string_view text) {
  return parse_word<Confidence>(text, kConfidences, "confidence");
}
Result<Label> parse_label(std::string_view text) {
  return parse_word<Label>(text, kLabels, "label");
}
Result<Audience> parse_audience(std::string_view text) {
  return parse_word<Audience>(text, kAudiences, "audience");
}

std::optional<OutwardText> admit(const SourcedStatement& statement, Audience reader) {
  if (reader == Audience::internal || statement.label != Label::none) return std::nullopt;
  if (!statement.audience.contains(reader)) return std::nullopt;
  OutwardText outward;
  outward.text_ = statement.text;
  outward.statement_ = statement.id;
  outward.sources_ = statement.sources;
  outward.answers_ = statement.answers;
  outward.facts_ = statement.facts;
  outward.confidence_ = statement.confidence;
  outward.time_ = statement.time;
  return outward;
}

Status check_statements(const std::vector<SourcedStatement>& statements) {
  std::set<std::string_view> ids;
  for (const SourcedStatement& statement : statements) {
    if (auto checked = check_statement(statement); !checked) return std::move(checked).error();
    if (!ids.insert(statement.id).second)
      return invalid("two statements have the id " + statement.id);
  }
  return ok();
}

}  // namespace casebook::filing
