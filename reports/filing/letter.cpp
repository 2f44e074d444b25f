#include "reports/filing/letter.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "reports/filing/draft_blocks.h"
#include "reports/filing/filing_messages.h"

namespace casebook::filing {

using namespace documents;

namespace {

/// The order that California sets; nobody else sets another.
constexpr std::array<std::string_view, 5> kSections{"happened", "information", "doing", "can_do",
                                                    "more"};

struct TopicPlace {
  std::string_view topic, section;
};
constexpr std::array<TopicPlace, 31> kPlaces{{
    {"what_happened", "happened"},
    {"nature", "happened"},
    {"cause", "happened"},
    {"attacker", "happened"},
    {"impact", "happened"},
    {"consequences", "happened"},
    {"found_how", "happened"},
    {"systems", "happened"},
    {"severity", "happened"},
    {"occurred_at", "happened"},
    {"discovered_at", "happened"},
    {"incident_identified_at", "happened"},
    {"affected_individuals_total", "happened"},
    {"law_enforcement_delay_requested", "happened"},
    {"delay_reasons", "happened"},
    {"source_of_exposure", "happened"},
    {"data_categories", "information"},
    {"data_description", "information"},
    {"record_count", "information"},
    {"subject_groups", "information"},
    {"measures", "doing"},
    {"measures_before", "doing"},
    {"prevention", "doing"},
    {"services_offered", "doing"},
    {"notice_plan", "doing"},
    {"advice", "can_do"},
    {"freeze", "can_do"},
    {"credit_bureaus", "can_do"},
    {"ftc_contact", "can_do"},
    {"state_authority", "can_do"},
    {"police_right", "can_do"},
}};

std::string_view section_of(const DraftField& field) {
  const auto* const found =
      std::find_if(kPlaces.begin(), kPlaces.end(),
                   [&](const TopicPlace& place) { return place.topic == field.topic; });
  return found == kPlaces.end() ? std::string_view("more") : found->section;
}

void add_section(Document& document, const Draft& draft, std::string_view section,
                 const Messages& words) {
  std::vector<std::string> paragraphs;
  for (const DraftField& field : draft.fields) {
    if (section_of(field) != section) continue;
    for (const Part& part : field.parts) {
      for (std::string& line : lines_of(part.text)) {
        // Two fields of a law may be fed by one statement: people read it once.
        if (std::find(paragraphs.begin(), paragraphs.end(), line) == paragraphs.end())
          paragraphs.push_back(std::move(line));
      }
    }
  }
  if (paragraphs.empty()) return;
  add_heading(document, 1, words.text("letter." + std::string(section)));
  for (std::string& text : paragraphs) add_paragraph(document, std::move(text));
}

}  // namespace

Document letter_document(const Draft& draft, UtcSeconds made_at) {
  const Messages& words = filing_messages(draft.language);
  const std::string title = words.text("letter.title." + std::string(to_string(draft.audience)));
  Document document = begin_document(draft, title, made_at);
  document.code_name.clear();  // A name for us, not for people outside.
  std::vector<Entry> facts;
  if (!draft.organisation.empty())
    facts.push_back({words.text("letter.from"), plain(one_line(draft.organisation))});
  facts.push_back({words.text("letter.date"), plain(format_utc(made_at).substr(0, 10))});
  if (draft.audience == Audience::customer && !draft.reference.empty())
    facts.push_back({words.text("filing.reference"), plain(one_line(draft.reference))});
  document.blocks.emplace_back(TitlePage{title, "", std::move(facts)});
  for (const std::string_view section : kSections) add_section(document, draft, section, words);
  return document;
}

}  // namespace casebook::filing
