#include "cli/sign_off.h"

#include <algorithm>
#include <set>

#include "cli/runbook_values.h"
#include "core/digest.h"
#include "core/nearest.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kSheetCharactersMax = 1200;

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
  if (unanswered > 0) add(std::to_string(unanswered) + " not answered");
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

std::string sign_off_sheet(CaseSession& session, const workflow::Ask& ask) {
  const workflow::CaseState& state = session.runbook();
  const auto language = language_of(session.runtime());
  const workflow::Gate* gate = state.policy->gate(ask.gate);
  std::string text = (state.people.is_drill ? "DRILL " : "") + state.people.code_name + " #" +
                     std::to_string(ask.number) + "\n";
  text += "Question: " + (gate == nullptr ? ask.gate : gate->label.in(language)) + "\n";
  if (ask.person) text += "For: " + session.name_of(*ask.person) + "\n";
  text += "Asked by: " + session.name_of(ask.asked_by) + ", " + format_utc(ask.at) + "\n";
  for (const auto& [facet, digest] : ask.covers) {
    text += facet + ": " + facet_text(session, facet) + " (" + to_hex(digest).substr(0, 8) + ")\n";
  }
  std::string exits;
  if (gate != nullptr) {
    for (const std::string& on : gate->on) exits += (exits.empty() ? "" : ", ") + on;
  }
  text += "If yes: it no longer stands in the way of " + exits + ".\n";
  text += "If no: that stays closed; say why, and what would change it.\n";
  text += "It counts only for what stands above; a change there asks you again.\n";
  text += "Answer: casebook sign " + std::to_string(ask.number) + ", or by telephone with code " +
          ask_code(ask) + " read back to two persons.\n";
  if (text.size() > kSheetCharactersMax) text.resize(kSheetCharactersMax);
  return text;
}

}  // namespace casebook::cli
