#pragma once
/// Bodies of the statements of the runbook. Specification: docs/spec/workflow.md.

#include "workflow/case_state.h"

namespace casebook::workflow {

using FacetKey = std::array<std::byte, 16>;

struct PolicyPin {
  std::vector<PinnedPolicy> policies;
};
struct KindSet {
  std::string kind;
};
struct FactSet {
  std::string name;
  Value value;
  bool provisional = false;
  std::vector<StatementId> evidence = {};
  FacetKey key{};
};
struct RecordAdd {
  std::string kind;
  Fields fields;
  FacetKey key{};
};
struct RecordChange {
  StatementId record;
  Fields fields;
  FacetKey key{};
};
struct RecordSettle {
  StatementId record;
  Fields fields;
  FacetKey key{};
};
struct StepDone {
  std::string step;
};
struct StepSkip {
  std::string step;
};
struct MakeMove {
  std::string move;
  std::optional<StatementId> record = {};
};
struct AskFor {
  std::string gate;
  std::uint32_t leaf = 0;
  std::optional<PersonId> person = {};
  std::optional<StatementId> record = {};
  Covers covers = {};
};
struct Attest {
  std::string verb, role;
  Covers covers = {};
  std::optional<StatementId> record = {}, ask = {};
};
struct AttestRefuse {
  StatementId ask;
};
struct AttestWithdraw {
  StatementId statement;
};
struct Spoken {
  StatementId ask;
  PersonId person;
  std::string code;
};
struct WaiveAsk {
  std::string gate, attempt;
  std::optional<StatementId> record = {};
  std::uint32_t reason_chars = 0;
};
struct WaiveGrant {
  StatementId statement;
};
struct HandoverOffer {
  std::string role;
  PersonId person;
};
struct HandoverAccept {
  StatementId statement;
};
struct DeputyName {
  std::string role;
  PersonId person;
  UtcSeconds from, until;
};
struct DeputyAccept {
  StatementId statement;
};
struct Acknowledge {
  std::uint64_t thing = 0;
};
struct Exclude {
  PersonId person;
};
struct TimeAttest {
  std::uint64_t seq = 0;
  UtcSeconds time;
};
struct TellDone {
  StatementId record;
  UtcSeconds at;
  std::string channel;
  bool delivered = false;
};

using RunbookBody =
    std::variant<PolicyPin, KindSet, FactSet, RecordAdd, RecordChange, RecordSettle, StepDone,
                 StepSkip, MakeMove, AskFor, Attest, AttestRefuse, AttestWithdraw, Spoken, WaiveAsk,
                 WaiveGrant, HandoverOffer, HandoverAccept, DeputyName, DeputyAccept, Acknowledge,
                 Exclude, TimeAttest, TellDone>;

std::string_view verb_of(const RunbookBody& body) noexcept;
/// Canonical JSON, for Statement::body.
std::string format_runbook_body(const RunbookBody& body);
/// @return `invalid_input` for another verb or a body that format_runbook_body() does not write.
Result<RunbookBody> parse_runbook_body(std::string_view verb, std::string_view body);

}  // namespace casebook::workflow
