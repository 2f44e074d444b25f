#include "reports/paper/one_page.h"

#include <algorithm>

#include "core/characters.h"
#include "reports/document/document_messages.h"

namespace casebook::papers {
namespace {

using namespace documents;

constexpr std::size_t kItemsMax = 3;
constexpr std::size_t kEventsMax = 5;
constexpr std::size_t kTextMax = 100;
constexpr std::size_t kEntryMax = 120;  // Three lines of a row.

/// Cut at a character, never inside one.
std::string short_text(std::string text, std::size_t most = kTextMax) {
  if (text.size() <= most) return text;
  return std::string(front_within(text, most)) + " …";
}

/// The items stand one after another: a list of each would take a second page. An item that does
/// not fit is counted, never cut; only the first one may be shortened.
void add_items(KeyValues& values, const Messages& words, const char* key,
               const std::vector<std::string>& items) {
  if (items.empty()) return;
  std::string text = short_text(items.front());
  std::size_t shown = 1;
  for (; shown < std::min(items.size(), kItemsMax); ++shown) {
    const std::string next = " · " + items[shown];
    if (text.size() + next.size() > kEntryMax) break;
    text += next;
  }
  if (items.size() > shown)
    text += " · " + words.text("onepage.more", {{"count", std::to_string(items.size() - shown)}});
  values.entries.push_back({words.text(key), plain(std::move(text))});
}

void add_decisions(Document& document, const Messages& words,
                   const std::vector<DecisionWanted>& decisions) {
  if (decisions.empty()) return;
  document.blocks.emplace_back(Heading{1, words.text("onepage.decisions")});
  Table table{"",
              {{words.text("onepage.question"), ColumnKind::text},
               {words.text("onepage.by"), ColumnKind::text},
               {words.text("onepage.recommends"), ColumnKind::text}},
              {}};
  for (const DecisionWanted& each : decisions) {
    if (table.rows.size() == kItemsMax) break;
    table.rows.push_back(
        {plain(short_text(each.question)), plain(each.by), plain(short_text(each.recommends))});
  }
  document.blocks.emplace_back(std::move(table));
}

/// The first event, the anchors, and the latest: what must not be lost when a course is long.
Timeline shortened(const Timeline& course) {
  Timeline drawn = course;
  if (drawn.events.size() <= kEventsMax) return drawn;
  drawn.events.clear();
  std::size_t left = kEventsMax - 1;
  std::vector<bool> keep(course.events.size(), false);
  keep[0] = true;
  for (std::size_t i = course.events.size(); i-- > 1 && left > 0;) {
    if (!course.events[i].anchor) continue;
    keep[i] = true;
    --left;
  }
  for (std::size_t i = course.events.size(); i-- > 1 && left > 0;) {
    if (keep[i]) continue;
    keep[i] = true;
    --left;
  }
  for (std::size_t i = 0; i < keep.size(); ++i) {
    if (keep[i]) drawn.events.push_back(course.events[i]);
  }
  return drawn;
}

}  // namespace

Document one_page(const OnePageInput& input) {
  const Messages& words = document_messages(input.head.language);
  const std::string title = input.title.empty() ? input.head.code_name : input.title;
  Document document = begin_paper(input.head, title.empty() ? words.text("onepage.title") : title);
  document.blocks.emplace_back(
      TitlePage{document.title,
                words.text("onepage.title"),
                {{words.text("sitrep.as_of"), plain(format_utc(input.head.made_at))},
                 {words.text("sitrep.severity"),
                  plain(input.severity + " · " + input.phase + " · " + input.since)},
                 {words.text("sitrep.commander"), plain(input.commander)}}});
  if (!input.bottom_line.empty()) {
    document.blocks.emplace_back(Notice{NoticeTone::info,
                                        words.text("onepage.bottom_line"),
                                        {plain(short_text(input.bottom_line))}});
  }
  add_decisions(document, words, input.decisions);
  KeyValues values;
  add_items(values, words, "onepage.impact", input.impact);
  add_items(values, words, "sitrep.known", input.known);
  add_items(values, words, "sitrep.clocks", input.deadlines);
  add_items(values, words, "sitrep.next", input.next);
  if (!values.entries.empty()) document.blocks.emplace_back(std::move(values));
  if (!input.course.events.empty()) {
    document.blocks.emplace_back(shortened(input.course));
  }
  return document;
}

}  // namespace casebook::papers
