#include "cli/sign_off.h"

#include <algorithm>
#include <set>

#include "cli/board_messages.h"
#include "cli/case_entry.h"
#include "cli/duties.h"
#include "cli/paper_output.h"
#include "cli/runbook_values.h"
#include "core/digest.h"
#include "core/durable_file.h"
#include "core/nearest.h"
#include "core/printable.h"
#include "workflow/board.h"

namespace casebook::cli {
namespace {

workflow::Attempt attempt_on(const std::string& name) {
  workflow::Attempt attempt;
  if (name.starts_with("action:")) {
    attempt.action = name.substr(7);
  } else {
    attempt.verb = name;
  }
  return attempt;
}

workflow::Covers covers_now(const workflow::CaseState& state, const workflow::AttestRule& rule) {
  workflow::Covers covers;
  for (const std::string& facet : rule.covers) covers.emplace(facet, state.facet_digest(facet));
  return covers;
}

/// What a facet says now: "severity 2, personal_data suspected".
std::string facet_text(CaseSession& session, const std::string& facet) {
  const workflow::CaseState& state = session.runbook();
  std::string text;
  std::size_t unanswered = 0;
  std::set<std::string> counted_kinds;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  const auto found = state.policy->facets.find(facet);
  if (found == state.policy->facets.end()) return text;
  for (const std::string& member : found->second) {
    if (const auto rule = state.policy->facts.find(member); rule != state.policy->facts.end()) {
      if (state.fact(member) == nullptr) {
        ++unanswered;
        continue;
      }
      add(rule->second.label.in(language_of(session.runtime())) + " " +
          value_text(session, state.value_of(member), rule->second.type));
      continue;
    }
    const std::string kind = member.substr(0, member.find('.'));
    const auto entries = state.records_of.find(kind);
    const std::size_t count = entries == state.records_of.end() ? 0 : entries->second.size();
    if (!counted_kinds.insert(kind).second) continue;  // A facet may name several of its fields.
    const auto rule = state.policy->registers.find(kind);
    add((rule == state.policy->registers.end()
             ? kind
             : rule->second.label.in(language_of(session.runtime()))) +
        ": " + std::to_string(count));
  }
  if (unanswered > 0) {
    add(board_messages(language_of(session.runtime()))
            .text("sheet.unanswered", {{"count", std::to_string(unanswered)}}));
  }
  return text;
}

/// What the asking person added, kept as texts beside the ask.
void add_words_of_asker(CaseSession& session, const workflow::Ask& ask,
                        papers::SignOffInput& input) {
  auto general = session.compartment("general");
  if (!general) return;
  auto entry = entry_at(**general, ask.seq);
  if (!entry) return;
  const auto words = [&](const char* name) -> std::string {
    for (const auto& [known, digest] : entry->statement.digests) {
      if (known == name) return printable(session.text_of(digest));
    }
    return {};
  };
  input.waiting = words(kWaitingWords);
  input.recommends = words(kRecommendsWords);
  input.consulted = words(kConsultedWords);
}

/// The duty to tell that comes next: "#80 eu-gdpr sa_initial, 2026-11-25T16:00:00Z".
std::string first_duty(CaseSession& session) {
  const workflow::CaseState& state = session.runbook();
  const auto board = workflow::make_board(state, session.now());
  ZoneDatabase zones;
  for (const workflow::RunningClock& clock : board.clocks) {
    const workflow::Record* duty =
        clock.state->record ? state.record(*clock.state->record) : nullptr;
    if (duty == nullptr || duty->kind != kDutyKind || !clock.state->due) continue;
    return "#" + std::to_string(duty->number) + " " + shown_duty(session, *duty, zones).name +
           ", " + format_utc(*clock.state->due);
  }
  return {};
}

/// Who gave a word that stands, over something this request covers, as it is now.
std::string who_looked(CaseSession& session, const workflow::Ask& ask) {
  std::string text;
  std::set<std::pair<PersonId, std::string>> named;
  for (const workflow::Attestation& word : session.runbook().attestations) {
    if (word.withdrawn || word.disarmed || word.spoken || word.ask == ask.id) continue;
    const bool is_same = std::ranges::any_of(word.covers, [&](const auto& covered) {
      const auto wanted = ask.covers.find(covered.first);
      return wanted != ask.covers.end() && wanted->second == covered.second;
    });
    if (!is_same || !named.emplace(word.person, word.role).second) continue;
    text += (text.empty() ? "" : ", ") + session.name_of(word.person) + " (" + word.role + ")";
  }
  return text;
}

}  // namespace

Result<std::vector<WantedWord>> wanted_words(CaseSession& session, const std::string& gate,
                                             const std::optional<StatementId>& about) {
  const workflow::CaseState& state = session.runbook();
  const workflow::Gate* rule = state.policy->gate(gate);
  if (rule == nullptr) {
    std::vector<std::string> ids;
    for (const workflow::Gate& known : state.policy->gates) ids.push_back(known.id);
    const std::string near = nearest(gate, ids);
    return Error{ErrorCode::not_found, printable(gate) + ": the policy has no such gate",
                 near.empty() ? "casebook why close names them" : "did you mean " + near + "?"};
  }
  std::vector<WantedWord> wanted;
  for (const std::string& attempt : rule->on) {
    workflow::Attempt attempted = attempt_on(attempt);
    if (const workflow::Record* entry = about ? state.record(*about) : nullptr) {
      attempted.fields = entry->fields();
    }
    const workflow::Verdict verdict = workflow::explain(state, attempted, session.now());
    for (const workflow::GateVerdict& one : verdict.gates) {
      if (one.gate != gate || one.answer != workflow::GateAnswer::blocked) continue;
      for (const auto& way : one.alternatives) {
        for (const workflow::MissingLeaf& leaf : way) {
          const bool is_word = leaf.predicate.kind == workflow::Predicate::Kind::attest;
          const bool is_known = std::ranges::any_of(wanted, [&](const WantedWord& other) {
            return other.leaf == leaf.leaf && other.record == leaf.about;
          });
          if (!is_word || is_known) continue;
          wanted.push_back(
              {gate, attempt, leaf.leaf, *leaf.predicate.attest, leaf.about, leaf.who});
        }
      }
    }
  }
  return wanted;
}

const workflow::Ask* ask_numbered(const CaseSession& session, std::uint64_t number) {
  const auto& asks = session.runbook().asks;
  const auto found = std::ranges::find(asks, number, &workflow::Ask::number);
  return found == asks.end() ? nullptr : &*found;
}

Result<workflow::RunbookBody> answer_of(CaseSession& session, const workflow::Ask& ask) {
  auto wanted = wanted_words(session, ask.gate, ask.record);
  if (!wanted) return std::move(wanted).error();
  for (const WantedWord& word : *wanted) {
    if (word.leaf != ask.leaf || word.record != ask.record) continue;
    return workflow::RunbookBody(workflow::Attest{word.rule.verb, word.rule.role,
                                                  covers_now(session.runbook(), word.rule),
                                                  word.record, ask.id});
  }
  return Error{ErrorCode::not_found,
               "#" + std::to_string(ask.number) + ": nothing is missing there any more",
               "casebook why close shows what is"};
}

std::string ask_code(const workflow::Ask& ask) {
  const std::string text = "casebook-ask@v1 " + ask.id.text();
  const auto digest = sha256(as_bytes(text));
  check(bool(digest), "SHA-256 of a short text");
  const std::string hex = to_hex(*digest);
  return hex.substr(0, 4) + "-" + hex.substr(4, 4);
}

papers::SignOffInput sign_off_input(CaseSession& session, const workflow::Ask& ask) {
  const workflow::CaseState& state = session.runbook();
  const auto language = language_of(session.runtime());
  const workflow::Gate* gate = state.policy->gate(ask.gate);
  papers::SignOffInput input;
  input.head = {
      language == workflow::Language::nl ? documents::Language::nl : documents::Language::en,
      state.people.code_name,
      "TLP:RED",
      ask.at,
      tool_name(),
      false};
  input.is_drill = state.people.is_drill;
  input.number = std::to_string(ask.number);
  input.question = gate == nullptr ? ask.gate : gate->label.in(language);
  if (ask.person) input.asked_of = session.name_of(*ask.person);
  input.asked_by = session.name_of(ask.asked_by);
  input.asked_at = ask.at;
  for (const auto& [facet, digest] : ask.covers) {
    input.covers.push_back({facet, facet_text(session, facet), to_hex(digest).substr(0, 8)});
  }
  if (gate != nullptr) {
    for (const std::string& on : gate->on) input.exits += (input.exits.empty() ? "" : ", ") + on;
  }
  add_words_of_asker(session, ask, input);
  input.first_duty = first_duty(session);
  input.looked = who_looked(session, ask);
  input.code = ask_code(ask);
  return input;
}

std::string sign_off_sheet(CaseSession& session, const workflow::Ask& ask) {
  return papers::sign_off_text(sign_off_input(session, ask));
}

Status write_sign_off_page(CaseSession& session, const workflow::Ask& ask,
                           const std::filesystem::path& file) {
  std::error_code failure;
  if (std::filesystem::exists(file, failure)) {
    return Error{ErrorCode::invalid_input, printable(file.string()) + " is there already",
                 "choose another name: nothing that was handed out is replaced"};
  }
  auto pdf = draw_pages(papers::sign_off_page(sign_off_input(session, ask)));
  if (!pdf) return std::move(pdf).error();
  return write_file(file, as_bytes(*pdf), 0600);
}

}  // namespace casebook::cli
