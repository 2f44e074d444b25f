#include "reports/paper/sign_off_sheet.h"

#include <algorithm>

#include "core/characters.h"
#include "reports/document/document_messages.h"

namespace casebook::papers {
namespace {

using namespace documents;

constexpr std::size_t kPageCoversMax = 6;
constexpr std::size_t kCoversCharactersMax = 300;  // All together, so that it stays one page.
constexpr std::size_t kExitsCharactersMax = 200;
constexpr std::size_t kReasonCharactersMax = kSignOffWordsMax + 60;
constexpr std::size_t kQuestionCharactersMax = 200;
constexpr std::size_t kBudgetMax = 400, kBudgetStep = 20;
constexpr std::size_t kHearers = 2;

/// So many characters at most, the last of them an ellipsis when something was cut.
std::string cut(const std::string& text, std::size_t most) {
  if (character_count(text) <= most) return text;
  return first_characters(text, most - 1) + "…";
}

std::string joined(const std::string& one, const std::string& other) {
  return one + (one.empty() || other.empty() ? "" : "; ") + other;
}

/// What stands on the sheet beside the question: name and words, in the order of both forms.
std::vector<std::pair<std::string, std::string>> reasons(const SignOffInput& input,
                                                         const Messages& words) {
  const std::string duty = input.first_duty.empty()
                               ? ""
                               : words.text("signoff.first_duty", {{"duty", input.first_duty}});
  const std::string looked =
      input.looked.empty() ? "" : words.text("signoff.looked", {{"who", input.looked}});
  const auto or_nothing = [&](std::string text) {
    return text.empty() ? words.text("signoff.not_said") : std::move(text);
  };
  return {{words.text("signoff.waiting"), or_nothing(joined(input.waiting, duty))},
          {words.text("signoff.recommends"),
           input.recommends.empty() ? words.text("signoff.no_advice")
                                    : words.text("signoff.advice", {{"who", input.asked_by},
                                                                    {"what", input.recommends}})},
          {words.text("signoff.consulted"), or_nothing(joined(input.consulted, looked))}};
}

std::string text_with(const SignOffInput& input, std::size_t budget) {
  const Messages& words = document_messages(input.head.language);
  const auto line = [](const std::string& name, const std::string& what) {
    return name + ": " + what + "\n";
  };
  std::string text = (input.is_drill ? words.text("signoff.drill") + " " : "") +
                     input.head.code_name + " #" + input.number + "\n";
  text += line(words.text("signoff.question"), cut(input.question, kQuestionCharactersMax));
  if (!input.asked_of.empty())
    text += line(words.text("signoff.asked_of"), cut(input.asked_of, 60));
  text += line(words.text("signoff.asked_by"),
               cut(input.asked_by, 60) + ", " + format_utc(input.asked_at));
  for (const SignOffCover& cover : input.covers) {
    text += line(cover.facet, cut(cover.values, budget) + " (" + cover.digest + ")");
  }
  text += line(words.text("signoff.if_yes"),
               words.text("signoff.opens", {{"exits", cut(input.exits, budget)}}));
  text += line(words.text("signoff.if_no"), words.text("signoff.stays"));
  for (const auto& [name, what] : reasons(input, words)) text += line(name, cut(what, budget));
  text += words.text("signoff.binds") + "\n";
  text += words.text("signoff.answer", {{"number", input.number}, {"code", input.code}}) + "\n";
  return text;
}

void add_answer(Document& document, const SignOffInput& input, const Messages& words) {
  document.blocks.emplace_back(Heading{1, words.text("signoff.answer_title")});
  document.blocks.emplace_back(Paragraph{plain(words.text("signoff.binds"))});
  document.blocks.emplace_back(CodeLines{{"casebook sign " + input.number}});
  document.blocks.emplace_back(
      Paragraph{{{SpanKind::plain, words.text("signoff.by_telephone") + " "},
                 {SpanKind::strong, input.code}}});
  Table heard{words.text("signoff.heard"),
              {{words.text("signoff.heard_who"), ColumnKind::text},
               {words.text("signoff.heard_answer"), ColumnKind::text},
               {words.text("signoff.heard_at"), ColumnKind::text}},
              {}};
  for (std::size_t i = 0; i < kHearers; ++i)
    heard.rows.push_back({plain("…"), plain("…"), plain("…")});
  document.blocks.emplace_back(std::move(heard));
}

}  // namespace

std::string sign_off_text(const SignOffInput& input) {
  std::string text;
  for (std::size_t budget = kBudgetMax; budget > 0; budget -= kBudgetStep) {
    text = text_with(input, budget);
    if (character_count(text) <= kSignOffCharactersMax) return text;
  }
  SignOffInput bare = input;  // So many facets that not even their beginnings fit.
  bare.covers.clear();
  return text_with(bare, kBudgetStep);
}

Document sign_off_page(const SignOffInput& input) {
  const Messages& words = document_messages(input.head.language);
  Document document =
      begin_paper(input.head, words.text("signoff.title", {{"number", input.number}}));
  TitlePage title{cut(input.question, kQuestionCharactersMax),
                  (input.is_drill ? words.text("signoff.drill") + " · " : "") + document.title,
                  {}};
  if (!input.asked_of.empty()) {
    title.facts.push_back({words.text("signoff.asked_of"), plain(cut(input.asked_of, 60))});
  }
  title.facts.push_back({words.text("signoff.asked_by"),
                         plain(cut(input.asked_by, 60) + ", " + format_utc(input.asked_at))});
  document.blocks.emplace_back(std::move(title));
  KeyValues values;
  values.entries.push_back(
      {words.text("signoff.if_yes"),
       plain(words.text("signoff.opens", {{"exits", cut(input.exits, kExitsCharactersMax)}}))});
  values.entries.push_back({words.text("signoff.if_no"), plain(words.text("signoff.stays"))});
  for (auto& [name, what] : reasons(input, words)) {
    values.entries.push_back({name, plain(cut(what, kReasonCharactersMax))});
  }
  document.blocks.emplace_back(std::move(values));
  KeyValues about;
  const std::size_t shown = std::min(input.covers.size(), kPageCoversMax);
  for (const SignOffCover& cover : input.covers) {
    if (about.entries.size() == shown) break;
    about.entries.push_back(
        {cover.facet,
         {{SpanKind::plain, cut(cover.values, kCoversCharactersMax / shown) + " "},
          {SpanKind::code, cover.digest}}});
  }
  if (!about.entries.empty()) {
    document.blocks.emplace_back(Heading{1, words.text("signoff.about")});
    document.blocks.emplace_back(std::move(about));
  }
  add_answer(document, input, words);
  return document;
}

}  // namespace casebook::papers
