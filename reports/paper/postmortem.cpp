#include "reports/paper/postmortem.h"

#include "reports/document/document_messages.h"

namespace casebook::papers {
namespace {

using namespace documents;

/// A question for whoever finishes the draft.
void add_question(Document& document, const Messages& words, const char* question) {
  document.blocks.emplace_back(
      Notice{NoticeTone::info, words.text("postmortem.to_write"), {plain(words.text(question))}});
}

/// @param question  asked when `asks`, below what the record has.
void add_items(Document& document, const Messages& words, const char* heading,
               const std::vector<std::string>& items, const char* question = nullptr) {
  document.blocks.emplace_back(Heading{1, words.text(heading)});
  if (question != nullptr) add_question(document, words, question);
  if (items.empty()) {
    if (question != nullptr) return;
    document.blocks.emplace_back(Paragraph{plain(words.text("sitrep.nothing"))});
    return;
  }
  List list;
  for (const std::string& item : items) list.items.push_back(plain(item));
  document.blocks.emplace_back(std::move(list));
}

void add_causes(Document& document, const Messages& words,
                const std::vector<PostmortemCause>& causes) {
  document.blocks.emplace_back(Heading{1, words.text("postmortem.causes")});
  if (causes.empty())
    document.blocks.emplace_back(Paragraph{plain(words.text("postmortem.causes_open"))});
  for (const PostmortemCause& cause : causes) {
    document.blocks.emplace_back(Paragraph{strong(cause.effect)});
    List list;
    list.ordered = true;
    for (const std::string& why : cause.whys) list.items.push_back(plain(why));
    if (!list.items.empty()) document.blocks.emplace_back(std::move(list));
  }
}

/// What only those who were there can say; the record has a part of it at most.
void add_handling(Document& document, const Messages& words, const PostmortemInput& input) {
  const auto asked = [&](const char* question) { return input.asks ? question : nullptr; };
  add_items(document, words, "postmortem.went_well", input.went_well, asked("postmortem.ask_well"));
  add_items(document, words, "postmortem.went_badly", input.went_badly,
            asked("postmortem.ask_badly"));
  add_items(document, words, "postmortem.lucky", input.lucky, asked("postmortem.ask_lucky"));
  if (!input.unverified.empty()) {
    add_items(document, words, "postmortem.unverified", input.unverified);
  }
  add_items(document, words, "postmortem.lessons", input.lessons, asked("postmortem.ask_lessons"));
}

void add_actions(Document& document, const Messages& words,
                 const std::vector<PostmortemAction>& actions) {
  document.blocks.emplace_back(Heading{1, words.text("postmortem.actions")});
  Table table{"",
              {{words.text("postmortem.action"), ColumnKind::text},
               {words.text("postmortem.kind"), ColumnKind::text},
               {words.text("postmortem.owner"), ColumnKind::text},
               {words.text("sitrep.due"), ColumnKind::text},
               {words.text("sitrep.state"), ColumnKind::text}},
              {}};
  for (const PostmortemAction& each : actions) {
    table.rows.push_back({plain(each.what), plain(each.kind), plain(each.owner), plain(each.due),
                          plain(each.state)});
  }
  document.blocks.emplace_back(std::move(table));
}

}  // namespace

Document postmortem(const PostmortemInput& input) {
  const Messages& words = document_messages(input.head.language);
  const std::string title = words.text("postmortem.title", {{"title", input.title}});
  Document document = begin_paper(input.head, title);
  std::string authors;
  for (const std::string& author : input.authors) authors += (authors.empty() ? "" : ", ") + author;
  TitlePage head{title,
                 words.text("postmortem.subtitle"),
                 {{words.text("paper.case"), plain(input.head.code_name)},
                  {words.text("sitrep.as_of"), plain(format_utc(input.head.made_at))}}};
  if (!authors.empty()) head.facts.push_back({words.text("postmortem.authors"), plain(authors)});
  document.blocks.emplace_back(std::move(head));
  if (!input.summary.empty() || input.asks) {
    document.blocks.emplace_back(Heading{1, words.text("postmortem.summary")});
  }
  if (input.asks) add_question(document, words, "postmortem.ask_summary");
  if (!input.summary.empty()) document.blocks.emplace_back(Paragraph{plain(input.summary)});
  if (!input.measures.empty()) document.blocks.emplace_back(KeyValues{input.measures});
  add_items(document, words, "onepage.impact", input.impact);
  if (!input.course.events.empty()) {
    document.blocks.emplace_back(Heading{1, words.text("sitrep.course")});
    document.blocks.emplace_back(input.course);
  }
  add_causes(document, words, input.causes);
  if (input.asks) add_question(document, words, "postmortem.ask_causes");
  if (input.is_external) {
    add_items(document, words, "postmortem.actions", {}, "postmortem.ask_prevent");
    return document;
  }
  add_handling(document, words, input);
  if (input.actions.empty()) {
    add_items(document, words, "postmortem.actions", {},
              input.asks ? "postmortem.ask_prevent" : nullptr);
  } else {
    add_actions(document, words, input.actions);
  }
  if (!input.ledger_head.empty()) {
    document.blocks.emplace_back(
        KeyValues{{{words.text("sitrep.ledger_head"), code(input.ledger_head)}}});
  }
  return document;
}

}  // namespace casebook::papers
