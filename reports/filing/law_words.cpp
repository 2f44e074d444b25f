#include "reports/filing/law_words.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_text.h"

namespace casebook::filing {
namespace {

using namespace std::string_view_literals;

struct WordFile {
  std::string_view name;
  std::string_view text;
};
constexpr WordFile kFiles[] = {
#include "reports/filing/law_words.inc"
};

constexpr std::string_view kResidents = "residents.";
constexpr std::string_view kGap = "{}";

/// What stands between the gaps of a pattern.
std::vector<std::string> pieces_of(std::string_view pattern) {
  std::vector<std::string> pieces;
  for (std::size_t gap = pattern.find(kGap); gap != pattern.npos; gap = pattern.find(kGap)) {
    pieces.emplace_back(pattern.substr(0, gap));
    pattern.remove_prefix(gap + kGap.size());
  }
  pieces.emplace_back(pattern);
  return pieces;
}

}  // namespace

std::string_view LawWords::built_in_text() { return kFiles[0].text; }

LawWords LawWords::load(std::string_view text) {
  auto json = parse_json(text);
  check(json && json->is_object(), "built-in words of laws are sound");
  LawWords words;
  const auto read = [&](const char* section, Words& into) {
    for (const auto& [key, value] : json->at(section).items()) {
      into.emplace(key, value.get<std::string>());
    }
  };
  read("laws", words.laws_);
  read("recipients", words.recipients_);
  read("requirements", words.requirements_);
  read("stages", words.stages_);
  read("topics", words.topics_);
  read("phrases", words.phrases_);
  read("tokens", words.tokens_);
  for (const auto& pair : json->at("patterns")) {
    words.patterns_.push_back(
        {pieces_of(pair.at(0).get<std::string>()), pair.at(1).get<std::string>()});
  }
  return words;
}

const LawWords& LawWords::of(documents::Language language) {
  static const LawWords kNone;
  static const LawWords kDutch = load(built_in_text());
  return language == documents::Language::nl ? kDutch : kNone;
}

std::string LawWords::requirement(std::string_view regime, std::string_view field,
                                  std::string_view topic, const std::string& english) const {
  if (topics_.empty()) return english;
  const std::string name = std::string(regime) + "." + std::string(field);
  if (const auto own = requirements_.find(name); own != requirements_.end()) return own->second;
  auto label = topics_.find(topic.starts_with(kResidents) ? "residents"sv : topic);
  if (label == topics_.end()) label = topics_.find("other"sv);
  return label->second + " (" + english + ")";
}

std::string LawWords::stage(std::string_view regime, std::string_view stage,
                            const std::string& english) const {
  const auto found = stages_.find(std::string(regime) + "." + std::string(stage));
  return found == stages_.end() ? english : found->second;
}

std::string LawWords::recipient(const std::string& english) const {
  const auto found = recipients_.find(english);
  return found == recipients_.end() ? english : found->second;
}

std::string LawWords::law(std::string_view regime, const std::string& english) const {
  const auto found = laws_.find(regime);
  return found == laws_.end() ? english : found->second;
}

/// Days, months and units inside a value; everything else as it is.
std::string LawWords::value_words(std::string_view english) const {
  std::string text;
  while (!english.empty()) {
    const std::size_t end = std::min(english.find_first_of(" ,;:()"), english.size());
    const auto known = tokens_.find(english.substr(0, end));
    text += known == tokens_.end() ? std::string(english.substr(0, end)) : known->second;
    english.remove_prefix(end);
    if (english.empty()) break;
    text += english.front();
    english.remove_prefix(1);
  }
  return text;
}

/// @return empty when the text does not have the form of the pattern.
std::string LawWords::filled(const Pattern& pattern, const std::string& english) const {
  std::string_view rest = english;
  if (!rest.starts_with(pattern.pieces.front())) return {};
  rest.remove_prefix(pattern.pieces.front().size());
  std::vector<std::string> values;
  for (std::size_t i = 1; i < pattern.pieces.size(); ++i) {
    const std::string& piece = pattern.pieces[i];
    const std::size_t end = piece.empty() ? rest.size() : rest.find(piece);
    if (end == rest.npos) return {};
    values.push_back(value_words(rest.substr(0, end)));
    rest.remove_prefix(end + piece.size());
  }
  if (!rest.empty()) return {};
  std::string text = pattern.words;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string mark = "{" + std::to_string(i) + "}";
    const std::size_t at = text.find(mark);
    if (at != text.npos) text.replace(at, mark.size(), values[i]);
  }
  return text;
}

std::string LawWords::phrase(const std::string& english) const {
  if (const auto known = phrases_.find(english); known != phrases_.end()) return known->second;
  for (const Pattern& pattern : patterns_) {
    if (std::string text = filled(pattern, english); !text.empty()) return text;
  }
  return english;
}

std::vector<std::string> LawWords::phrases(const std::vector<std::string>& english) const {
  std::vector<std::string> texts;
  texts.reserve(english.size());
  for (const std::string& each : english) texts.push_back(phrase(each));
  return texts;
}

}  // namespace casebook::filing
