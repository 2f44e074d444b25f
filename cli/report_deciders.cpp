// `casebook report one-page|decisions`: one page for those who decide, and the record of what was
// decided.
#include <algorithm>

#include "cli/duties.h"
#include "cli/filing_case.h"
#include "cli/paper_case.h"
#include "core/printable.h"
#include "reports/document/document_messages.h"
#include "reports/filing/law_words.h"
#include "reports/paper/decision_record.h"
#include "reports/paper/one_page.h"
#include "reports/policy_set.h"
#include "workflow/board.h"

namespace casebook::cli {
namespace {

using documents::Language;
using workflow::Record;

constexpr std::string_view kExecutive = "executive";

struct DeciderOptions {
  std::string organisation;
  PaperOptions paper;
};

/// What both papers look up.
class Desk {
 public:
  Desk(CaseSession& session, Language language)
      : session_(session),
        state_(session.runbook()),
        language_(language),
        words_(documents::document_messages(language)) {}

 protected:
  [[nodiscard]] std::string role_label(const std::string& role) const {
    const auto rule = state_.policy->roles.find(role);
    return rule == state_.policy->roles.end() ? printable(role)
                                              : rule->second.label.in(words_in(language_));
  }
  [[nodiscard]] std::string gate_label(const std::string& id) const {
    const auto gate = std::ranges::find(state_.policy->gates, id, &workflow::Gate::id);
    return gate == state_.policy->gates.end() ? printable(id) : gate->label.in(words_in(language_));
  }
  [[nodiscard]] std::string kind_label(const std::string& kind) const {
    const auto rule = state_.policy->registers.find(kind);
    return rule == state_.policy->registers.end() ? printable(kind)
                                                  : rule->second.label.in(words_in(language_));
  }
  std::string value_of(const Record& record, std::string_view field) {
    const auto value = record.fields().find(field);
    const auto rule = state_.policy->registers.find(record.kind);
    const workflow::FieldRule* form =
        rule == state_.policy->registers.end() ? nullptr : rule->second.field(field);
    if (value == record.fields().end() || form == nullptr) return {};
    return paper_value(session_, language_, value->second, form->type);
  }
  std::vector<std::string> facts_of(bool of_impact) {
    std::vector<std::string> lines;
    const auto facet = state_.policy->facets.find("impact");
    for (const auto& [name, rule] : state_.policy->facts) {
      const bool is_impact = facet != state_.policy->facets.end() &&
                             std::ranges::find(facet->second, name) != facet->second.end();
      if (name == "severity" || is_impact != of_impact) continue;
      std::string line = paper_fact(session_, language_, name);
      if (!line.empty()) lines.push_back(std::move(line));
    }
    return lines;
  }

  CaseSession& session_;
  const workflow::CaseState& state_;
  Language language_;
  const Messages& words_;
};

// One page.

class Overview : private Desk {
 public:
  using Desk::Desk;

  papers::OnePageInput input() {
    papers::OnePageInput input;
    input.head = case_head(session_, language_, state_.received_at);
    input.title = case_title(session_);
    const workflow::FactSaid* severity = state_.fact("severity");
    input.severity = severity == nullptr ? words_.text("onepage.no_severity")
                                         : paper_value(session_, language_, severity->value,
                                                       workflow::ValueType::level) +
                                               (severity->provisional ? " (?)" : "");
    if (const workflow::Phase* phase = state_.policy->phase(state_.phase)) {
      input.phase = phase->label.in(words_in(language_));
    }
    input.since = span_words(language_, state_.received_at - begun());
    const auto commanders = state_.holders("commander", state_.received_at);
    input.commander =
        commanders.empty() ? words_.text("onepage.nobody") : names_of(session_, commanders);
    input.bottom_line = last_word();
    input.impact = facts_of(true);
    input.known = facts_of(false);
    board_ = workflow::make_board(state_, state_.received_at);
    input.decisions = wanted();
    input.deadlines = deadlines();
    for (const workflow::OpenThing& thing : board_.things) {
      if (thing.kind == workflow::OpenThing::Kind::step && !thing.is_reminder) {
        input.next.push_back(thing.label.in(words_in(language_)));
      }
    }
    input.course = course_of(session_, language_, state_.size);
    return input;
  }

 private:
  [[nodiscard]] UtcSeconds begun() const {
    if (!state_.moves.empty()) return state_.moves.front().at;
    return state_.records.empty() ? state_.received_at : state_.records.front().versions.front().at;
  }
  /// What executives were told last; else everyone.
  std::string last_word() {
    const Record* last = nullptr;
    for (const Record* update : entries_of(state_, "update")) {
      const bool is_theirs = word_of(*update, "audience") == "executives";
      if (is_theirs || last == nullptr || word_of(*last, "audience") != "executives") last = update;
    }
    if (last == nullptr) return {};
    const std::string words = first_words(session_, *last);
    const std::string said = format_utc(last->versions.front().at).substr(0, 16);
    return words.empty() ? words : "(" + said + "Z) " + words;
  }

  /// Open decisions, and words that executives were asked for.
  std::vector<papers::DecisionWanted> wanted() {
    std::vector<papers::DecisionWanted> all;
    for (const Record* decision : entries_of(state_, "decision")) {
      if (decision->is_settled()) continue;
      const auto due = time_of(*decision, "due");
      all.push_back({first_words(session_, *decision) + " (" + value_of(*decision, "who") + ")",
                     due ? format_utc(*due) : "", ""});
    }
    for (const workflow::OpenThing& thing : board_.things) {
      if (thing.kind != workflow::OpenThing::Kind::ask || !is_for_executives(thing)) continue;
      all.push_back({words_.text("onepage.asked", {{"role", role_label(std::string(kExecutive))},
                                                   {"what", gate_label(thing.what)}}),
                     thing.due ? format_utc(*thing.due) : "", ""});
    }
    return all;
  }
  [[nodiscard]] bool is_for_executives(const workflow::OpenThing& thing) const {
    if (std::ranges::find(thing.roles, kExecutive) != thing.roles.end()) return true;
    return std::ranges::any_of(thing.persons, [&](const PersonId& id) {
      return state_.holds(id, kExecutive, state_.received_at);
    });
  }

  /// Duties to tell, the soonest first.
  std::vector<std::string> deadlines() {
    ZoneDatabase zones;
    std::vector<std::pair<UtcSeconds, std::string>> due;
    for (const Record* record : entries_of(state_, kDutyKind)) {
      if (record->is_settled()) continue;
      const DutyShown duty = shown_duty(session_, *record, zones);
      if (!duty.due || duty.is_lapsed) continue;
      const std::string name = duty.words.substr(0, duty.words.find(':'));
      due.emplace_back(*duty.due,
                       (name.empty() ? duty.name : printable(name)) + ": " + duty.due_short);
    }
    std::ranges::stable_sort(due, {}, &std::pair<UtcSeconds, std::string>::first);
    std::vector<std::string> lines;
    for (auto& [at, line] : due) lines.push_back(std::move(line));
    return lines;
  }

  workflow::Board board_;
};

ExitStatus report_one_page(Runtime& runtime, const DeciderOptions& options) {
  auto reader = open_paper_case(runtime, options.paper, "writing the overview");
  if (!reader) return fail(runtime, reader.error());
  return deliver_paper(runtime,
                       papers::one_page(Overview(*reader->session, reader->language).input()),
                       "one-page", options.paper);
}

// The record of decisions.

class Decisions : private Desk {
 public:
  using Desk::Desk;

  papers::DecisionRecordInput input(const std::string& organisation) {
    add_decisions();
    add_levels();
    add_trade_offs();
    add_moves();
    add_words();
    add_waivers();
    add_silences();
    std::ranges::stable_sort(all_, {}, &papers::RecordedDecision::time);
    papers::DecisionRecordInput input;
    input.head = case_head(session_, language_, state_.received_at);
    input.organisation = organisation;
    input.decisions = std::move(all_);
    for (const Record* dissent : entries_of(state_, "dissent")) {
      const workflow::RecordVersion& first = dissent->versions.front();
      input.other_views.push_back(names_of(session_, first.persons) + ", " + format_utc(first.at) +
                                  ": " + first_words(session_, *dissent));
    }
    const MerkleHead head = session_.basis();
    input.ledger_head = std::to_string(head.count) + " " + to_hex(head.root);
    return input;
  }

 private:
  static std::string number_of(std::uint64_t number) { return "#" + std::to_string(number); }
  /// Names with the roles they hold.
  std::vector<std::string> by(const std::vector<PersonId>& persons,
                              const std::vector<std::string>& roles = {}) {
    std::vector<std::string> names;
    for (const PersonId& id : persons) {
      std::string name = session_.name_of(id), held;
      for (const std::string& role : roles) {
        held += (held.empty() ? "" : ", ") + role_label(role);
      }
      names.push_back(held.empty() ? name : name + " (" + held + ")");
    }
    return names;
  }

  void add_decisions() {
    for (const Record* record : entries_of(state_, "decision")) {
      papers::RecordedDecision one;
      one.number = number_of(record->number);
      one.question = first_words(session_, *record);
      const workflow::RecordVersion& last = record->versions.back();
      one.time = last.at;
      if (record->is_settled()) {
        one.decision = value_of(*record, "outcome");
        one.reasons = printable(words_said_at(session_, last.seq));
        one.decided_by = by(last.persons);
      } else {
        const auto due = time_of(*record, "due");
        one.decision = words_.text("decisions.open", {{"due", due ? format_utc(*due) : "?"}});
        one.decided_by = {value_of(*record, "who")};
      }
      one.consulted = consulted_for(*record);
      all_.push_back(std::move(one));
    }
  }
  /// Owners of the system who were asked before it was decided.
  std::vector<std::string> consulted_for(const Record& decision) {
    std::vector<std::string> names;
    const std::string system = word_of(decision, "system");
    for (const Record* asked : entries_of(state_, "owner_consult")) {
      if (system.empty() || word_of(*asked, "system") != system) continue;
      if (asked->versions.front().seq > decision.versions.back().seq) continue;
      names.push_back(value_of(*asked, "who") + " (" + value_of(*asked, "answer") + ")");
    }
    return names;
  }

  void add_levels() {
    for (const Record* record : entries_of(state_, "judgement")) {
      const workflow::RecordVersion& first = record->versions.front();
      const std::string row = printable(word_of(*record, "row"));
      papers::RecordedDecision one{number_of(record->number), first.at,
                                   words_.text("decisions.level"), value_of(*record, "level"),
                                   first_words(session_, *record)};
      if (!row.empty()) one.basis = {words_.text("decisions.row", {{"row", row}})};
      one.decided_by = by(first.persons, record->author_roles);
      all_.push_back(std::move(one));
    }
  }

  void add_trade_offs() {
    for (const Record* record : entries_of(state_, "trade_off")) {
      const workflow::RecordVersion& first = record->versions.front();
      papers::RecordedDecision one{
          number_of(record->number), first.at, words_.text("decisions.at_cost"),
          words_.text("decisions.kept", {{"kept", value_of(*record, "kept")},
                                         {"given_up", value_of(*record, "given_up")}}),
          first_words(session_, *record)};
      one.decided_by = by(first.persons, record->author_roles);
      all_.push_back(std::move(one));
    }
  }

  void add_moves() {
    for (const workflow::MoveMade& move : state_.moves) {
      if (move.by_itself) continue;
      const auto rule = state_.policy->moves.find(move.move);
      papers::RecordedDecision one{"", move.at, words_.text("decisions.moved"),
                                   rule == state_.policy->moves.end()
                                       ? printable(move.move)
                                       : rule->second.label.in(words_in(language_))};
      one.decided_by = by(move.persons);
      all_.push_back(std::move(one));
    }
  }

  /// Words by which somebody answers for something: what gates asked for.
  void add_words() {
    for (const workflow::Attestation& word : state_.attestations) {
      papers::RecordedDecision one{"", word.at,
                                   words_.text("decisions.word", {{"role", role_label(word.role)}}),
                                   paper_value(session_, language_, workflow::Value(word.verb),
                                               workflow::ValueType::choice)};
      const Record* about = word.record ? state_.record(*word.record) : nullptr;
      if (about != nullptr) {
        one.basis = {kind_label(about->kind) + " " + number_of(about->number)};
      }
      if (word.spoken) one.decision += ", " + words_.text("decisions.spoken");
      if (word.withdrawn) one.decision += ", " + words_.text("decisions.withdrawn");
      one.decided_by = by({word.person}, {word.role});
      all_.push_back(std::move(one));
    }
  }

  void add_waivers() {
    for (const workflow::Waiver& waiver : state_.waivers) {
      const bool is_granted = waiver.granted_at.has_value();
      papers::RecordedDecision one{
          number_of(waiver.number), waiver.granted_at.value_or(waiver.at),
          words_.text("decisions.waived") + ": " + gate_label(waiver.gate),
          words_.text(is_granted ? "decisions.granted" : "decisions.not_granted"),
          printable(reason_of(waiver.seq))};
      one.decided_by = is_granted ? by({*waiver.granted_by}) : by({waiver.asked_by});
      if (is_granted) one.consulted = by({waiver.asked_by});
      all_.push_back(std::move(one));
    }
  }
  std::string reason_of(std::uint64_t seq) { return words_said_at(session_, seq, "reason"); }

  /// Released decisions not to tell.
  void add_silences() {
    for (const Record* release : entries_of(state_, "release")) {
      if (word_of(*release, "form") != "no_notice") continue;
      const workflow::RecordVersion& first = release->versions.front();
      papers::RecordedDecision one{
          number_of(release->number), first.at,
          words_.text("decisions.not_told") + ": " + law_and_stage(*release),
          words_.text("decisions.release", {{"number", std::to_string(release->number)}})};
      one.decided_by = by(first.persons, release->author_roles);
      all_.push_back(std::move(one));
    }
  }

  /// As laws call it, in the language of the paper; of laws that are not built in, their ids.
  std::string law_and_stage(const Record& release) {
    const std::string regime = word_of(release, "regime"), stage = word_of(release, "stage");
    if (!policies_) policies_ = reports::load_policies({});
    const reports::Regime* law = *policies_ ? (*policies_)->find(regime) : nullptr;
    if (law == nullptr) return printable(regime + " " + stage);
    const auto& names = filing::LawWords::of(language_);
    const auto asked = std::ranges::find(law->stages, stage, &reports::Stage::id);
    return names.law(regime, law->title) + ": " +
           (asked == law->stages.end() ? printable(stage)
                                       : names.stage(regime, stage, asked->name));
  }

  std::vector<papers::RecordedDecision> all_;
  std::optional<Result<reports::PolicySet>> policies_;
};

ExitStatus report_decisions(Runtime& runtime, const DeciderOptions& options) {
  auto reader = open_paper_case(runtime, options.paper, "writing the record of decisions");
  if (!reader) return fail(runtime, reader.error());
  const documents::Document document = papers::decision_record(
      Decisions(*reader->session, reader->language).input(options.organisation));
  return deliver_paper(runtime, document, "decisions", options.paper, first_table(document));
}

}  // namespace

void add_report_deciders(Command& report) {
  auto page = std::make_shared<DeciderOptions>();
  Command& one_page = report.add("one-page", "One page for those who decide, the course drawn");
  add_paper_options(one_page, page->paper);
  one_page.example("casebook report one-page --out shown", "where we stand, what we need, by when")
      .run(in_language(page, report_one_page));

  auto record = std::make_shared<DeciderOptions>();
  Command& decisions = report.add("decisions", "Who decided what, when, why, on what");
  decisions.option("--organisation", "NAME", record->organisation, "whose record it is");
  add_paper_options(decisions, record->paper);
  decisions.example("casebook report decisions --out shown --docx", "also as CSV")
      .run(in_language(record, report_decisions));
}

}  // namespace casebook::cli
