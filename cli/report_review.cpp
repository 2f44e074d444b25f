// `casebook report postmortem`: the draft of the review out of the record. What only people can
// write stands there as a question.
#include <algorithm>

#include "cli/paper_case.h"
#include "core/printable.h"
#include "reports/document/document_messages.h"
#include "reports/paper/postmortem.h"
#include "workflow/timeline.h"

namespace casebook::cli {
namespace {

using documents::Language;
using workflow::Record;

struct ReviewOptions {
  bool is_external = false;
  PaperOptions paper;
};

class Review {
 public:
  Review(CaseSession& session, Language language, bool is_external)
      : session_(session),
        state_(session.runbook()),
        language_(language),
        words_(documents::document_messages(language)),
        is_external_(is_external) {}

  papers::PostmortemInput input() {
    papers::PostmortemInput input;
    input.head = case_head(session_, language_, state_.received_at);
    input.head.draft = true;
    input.asks = true;
    input.is_external = is_external_;
    input.title = is_external_ ? state_.people.code_name : case_title(session_);
    input.measures = measures();
    input.impact = impact();
    if (is_external_) return input;
    input.authors = authors();
    input.course = course_of(session_, language_, state_.size);
    input.causes = causes();
    for (const Record* gap : entries_of(state_, "gap")) {
      input.went_badly.push_back(value_of(*gap, "kind") + ": " + first_words(session_, *gap));
    }
    for (const Record* one : entries_of(state_, "assumption")) {
      if (!one->is_settled()) input.unverified.push_back(numbered(*one));
    }
    input.lessons = lessons();
    for (const Record* one : entries_of(state_, "action")) input.actions.push_back(action(*one));
    return input;
  }

 private:
  [[nodiscard]] const workflow::Register& rule_of(const Record& record) const {
    return state_.policy->registers.find(record.kind)->second;
  }
  std::string numbered(const Record& record) {
    return "#" + std::to_string(record.number) + " " + first_words(session_, record);
  }
  std::string value_of(const Record& record, std::string_view field) {
    const auto value = record.fields().find(field);
    const workflow::FieldRule* rule = rule_of(record).field(field);
    if (value == record.fields().end() || rule == nullptr) return {};
    return paper_value(session_, language_, value->second, rule->type);
  }

  std::vector<std::string> authors() {
    std::vector<std::string> names;
    for (const Record* meeting : entries_of(state_, "postmortem")) {
      const std::string owner = value_of(*meeting, "owner");
      if (!owner.empty() && std::ranges::find(names, owner) == names.end()) names.push_back(owner);
    }
    return names;
  }

  /// The four moments, and how long it took from the first sign to each.
  std::vector<documents::Entry> measures() {
    std::vector<documents::Entry> entries;
    std::optional<UtcSeconds> first;
    for (const workflow::TimelineAnchor& anchor : workflow::make_timeline(state_).anchors) {
      if (anchor.id == "first_sign") first = anchor.at;
      std::string text =
          anchor.at ? format_utc(*anchor.at) : words_.text("postmortem.not_recorded");
      if (anchor.at && first && anchor.id != "first_sign" && *anchor.at >= *first) {
        const char* name = anchor.id == "discovered" ? "postmortem.to_detect"
                           : anchor.id == "decided"  ? "postmortem.to_decide"
                                                     : "postmortem.to_remedy";
        text += " (" + words_.text(name) + ": " + span_words(language_, *anchor.at - *first) + ")";
      }
      entries.push_back({words_.text("course." + anchor.id), documents::plain(std::move(text))});
    }
    return entries;
  }

  std::vector<std::string> impact() {
    std::vector<std::string> lines;
    const auto facet = state_.policy->facets.find("impact");
    if (facet == state_.policy->facets.end()) return lines;
    for (const std::string& name : facet->second) {
      std::string line = paper_fact(session_, language_, name);
      if (!line.empty()) lines.push_back(std::move(line));
    }
    return lines;
  }

  /// Each `why` without one before it begins a chain.
  std::vector<papers::PostmortemCause> causes() {
    std::vector<papers::PostmortemCause> causes;
    for (const Record* one : entries_of(state_, "hypothesis")) {
      if (word_of(*one, "held") != "confirmed") continue;
      causes.push_back(
          {words_.text("postmortem.hypothesis", {{"words", first_words(session_, *one)}}), {}});
    }
    const auto whys = entries_of(state_, "why");
    for (const Record* root : whys) {
      if (root->fields().contains("after")) continue;
      papers::PostmortemCause cause{case_title(session_), {first_words(session_, *root)}};
      for (const Record* at = root; at != nullptr;) {
        const auto next = std::ranges::find_if(whys, [&](const Record* why) {
          return why->number > at->number && follows(*why, *at);
        });
        at = next == whys.end() ? nullptr : *next;
        if (at != nullptr) cause.whys.push_back(first_words(session_, *at));
      }
      causes.push_back(std::move(cause));
    }
    return causes;
  }

  static bool follows(const Record& why, const Record& before) {
    const auto after = why.fields().find("after");
    const auto* number =
        after == why.fields().end() ? nullptr : std::get_if<std::int64_t>(&after->second);
    return number != nullptr && *number == static_cast<std::int64_t>(before.number);
  }

  std::vector<std::string> lessons() {
    std::vector<std::string> lines;
    for (const Record* one : entries_of(state_, "lesson")) {
      const std::string all = words_of(session_, *one);
      const std::string what = named_words(rule_of(*one), all, "words");
      const std::string helped = named_words(rule_of(*one), all, "helped");
      lines.push_back(what == helped
                          ? what
                          : words_.text("postmortem.lesson", {{"what", what}, {"helped", helped}}));
    }
    for (const Record* meeting : entries_of(state_, "postmortem")) {
      if (!meeting->is_settled()) continue;
      const std::string where = named_words(
          rule_of(*meeting), words_said_at(session_, meeting->versions.back().seq), "elsewhere");
      if (!where.empty()) lines.push_back(words_.text("postmortem.elsewhere", {{"words", where}}));
    }
    return lines;
  }

  papers::PostmortemAction action(const Record& record) {
    const auto due = time_of(record, "next_update");
    const std::string link =
        record.is_settled() ? printable(words_said_at(session_, record.versions.back().seq)) : "";
    return {first_words(session_, record), value_of(record, "kind"), value_of(record, "owner"),
            due ? format_utc(*due).substr(0, 10) : "",
            link.empty() ? words_.text(record.is_settled() ? "value.complete" : "postmortem.open")
                         : words_.text("postmortem.done", {{"link", link}})};
  }

  CaseSession& session_;
  const workflow::CaseState& state_;
  Language language_;
  const Messages& words_;
  bool is_external_;
};

ExitStatus report_postmortem(Runtime& runtime, const ReviewOptions& options) {
  auto reader = open_paper_case(runtime, options.paper, "drafting the review");
  if (!reader) return fail(runtime, reader.error());
  Review review(*reader->session, reader->language, options.is_external);
  return deliver_paper(runtime, papers::postmortem(review.input()),
                       options.is_external ? "postmortem-external" : "postmortem", options.paper);
}

}  // namespace

void add_report_review(Command& report) {
  auto review = std::make_shared<ReviewOptions>();
  Command& postmortem = report.add("postmortem", "The draft of the review, with the course drawn");
  postmortem.flag("--external", review->is_external, "for readers outside: no names, no hosts");
  add_paper_options(postmortem, review->paper);
  postmortem.example("casebook report postmortem --out shown --docx", "to be finished by a person")
      .run(in_language(review, report_postmortem));
}

}  // namespace casebook::cli
