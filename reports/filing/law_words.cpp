#include "reports/filing/law_words.h"

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

}  // namespace casebook::filing
