/// What an open case says and writes: proposals judged by the rules, items with
/// their leaves.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/case_session.h"
#include "workflow/decide.h"

namespace casebook::cli {
namespace {

constexpr std::string_view kGeneral = "general";

}  // namespace

MerkleHead CaseSession::basis() const { return writer_ ? writer_->basis() : state_.ledger.tree; }

Result<Proposal> CaseSession::propose(const workflow::Body& body,
                                      const std::vector<ProposedText>& texts) {
  check(log_key_ != nullptr, "a session that writes or proposes");
  const DraftPlace place{state_.file.case_id, state_.file.is_drill, *me_, now_, basis()};
  return sign_draft(draft_skeleton(place, body, texts, runtime_.randomness));
}

Result<Proposal> CaseSession::propose(const SaidBody& said, const std::vector<ProposedText>& texts,
                                      const StatementDigests& digests) {
  check(log_key_ != nullptr, "a session that writes or proposes");
  const DraftPlace place{state_.file.case_id, state_.file.is_drill, *me_, now_, basis()};
  return sign_draft(draft_statement(place, said, texts, digests, runtime_.randomness));
}

Result<Proposal> CaseSession::sign_draft(Result<Draft> draft) {
  if (!draft) return std::move(draft).error();
  auto made = ring_.sign(draft->statement, "signing " + draft->statement.verb);
  if (!made) return std::move(made).error();
  return Proposal{*std::move(made), std::move(draft->items)};
}

Result<std::optional<Refused>> CaseSession::judge(const Proposal& proposal) {
  auto statement = parse_statement(proposal.statement.text);
  if (!statement) return std::move(statement).error();
  auto signers = statement_signers(proposal.statement);
  if (!signers) return std::move(signers).error();
  const UtcSeconds received = writer_ ? writer_->received_at(now_) : now_;
  const workflow::Skeleton entry{basis().count, received, *std::move(statement),
                                 *std::move(signers)};
  if (auto folded = fold_runbook(); !folded) return std::move(folded).error();
  auto refusal = workflow::refuse_entry(*runbook_, entry, policy_lookup());
  if (!refusal) return std::optional<Refused>();
  Refused refused{std::move(refusal->what), std::move(refusal->hint)};
  if (refusal->verdict) {
    refused.verdict = std::make_shared<const workflow::Verdict>(*std::move(refusal->verdict));
  }
  return std::optional(std::move(refused));
}

Status CaseSession::check_statement_place(const Statement& statement) {
  auto root = writer_->root_at(statement.basis.count);
  if (!root) return std::move(root).error();
  const auto findings = check_statement(
      statement, {state_.file.case_id, state_.file.is_drill, writer_->received_at(now_),
                  people().statements.contains(statement.id), *root});
  if (findings.empty()) return ok();
  return Error{ErrorCode::invalid_input,
               "the statement cannot be taken: " + std::string(to_string(findings.front())),
               "docs/spec/statement.md says what that means"};
}

Result<vault::Appended> CaseSession::say(const Proposal& proposal) { return say(proposal, {}); }

Result<vault::Appended> CaseSession::say(const Proposal& proposal,
                                         std::span<const vault::ItemVersion> more) {
  check(writer_.has_value(), "a session that writes");
  auto statement = parse_statement(proposal.statement.text);
  if (!statement) return std::move(statement).error();
  if (auto fits = check_items(*statement, proposal.items); !fits) return std::move(fits).error();
  if (auto fits = check_statement_place(*statement); !fits) return std::move(fits).error();
  auto refusal = judge(proposal);
  if (!refusal) return std::move(refusal).error();
  if (*refusal) return Error{ErrorCode::invalid_input, (*refusal)->what, (*refusal)->hint};
  const DraftPlace place{state_.file.case_id, state_.file.is_drill, *me_, now_, writer_->basis()};
  Proposal whole = proposal;
  whole.items.insert(whole.items.end(), more.begin(), more.end());
  auto appended =
      append_skeleton(*writer_, open_.at(std::string(kGeneral)), whole, place, runtime_.randomness);
  if (!appended) return std::move(appended).error();
  auto signers = statement_signers(proposal.statement);
  if (!signers) return std::move(signers).error();
  take_in({appended->seq, appended->received_at, *std::move(statement), *std::move(signers)});
  return appended;
}

Result<SignedStatement> CaseSession::sign_body(const std::string& verb, const std::string& body,
                                               const StatementDigests& digests) {
  auto id = StatementId::make(runtime_.randomness);
  if (!id) return std::move(id).error();
  return ring_.sign(
      {*id, state_.file.case_id, state_.file.is_drill, verb, body, digests, now_, {}, basis()},
      "signing the " + verb);
}

Result<SignedStatement> CaseSession::sign_item(const std::string& verb,
                                               const vault::ItemVersion& item) {
  check(item.leaf.has_value(), "an item with a leaf");
  const std::string body = canonical_json(
      Json{{"item", item.id.text()}, {"kind", item.kind}, {"version", item.version}});
  return sign_body(verb, body, {{"item", item.leaf->commit}});
}

Result<Proposal> CaseSession::propose_other(const std::string& verb, const std::string& body,
                                            const std::vector<ProposedText>& texts) {
  Proposal proposal;
  StatementDigests digests;
  for (const ProposedText& text : texts) {
    auto item = text_item(text, me_->text(), now_, runtime_.randomness);
    if (!item) return std::move(item).error();
    digests.emplace(text.digest_name, item->leaf->commit);
    proposal.items.push_back(*std::move(item));
  }
  auto made = sign_body(verb, body, digests);
  if (!made) return std::move(made).error();
  proposal.statement = *std::move(made);
  return proposal;
}

Result<vault::Appended> CaseSession::say_other(const std::string& compartment,
                                               const Proposal& proposal,
                                               const std::vector<vault::ItemVersion>& more) {
  check(writer_.has_value(), "a session that writes");
  auto target = this->compartment(compartment);
  if (!target) return std::move(target).error();
  auto statement = parse_statement(proposal.statement.text);
  if (!statement) return std::move(statement).error();
  if (auto fits = check_items(*statement, proposal.items); !fits) return std::move(fits).error();
  if (auto fits = check_statement_place(*statement); !fits) return std::move(fits).error();
  std::vector<vault::ItemVersion> items = proposal.items;
  items.insert(items.end(), more.begin(), more.end());
  return writer_->append(**target, {proposal.statement, {.items = items}}, now_);
}

Result<vault::Appended> CaseSession::enter_foreign(const Digest256& commit) {
  check(writer_.has_value(), "a session that writes");
  return writer_->enter_foreign(commit, now_);
}

Result<vault::Appended> CaseSession::write_body(const std::string& compartment,
                                                const std::string& verb, const std::string& body,
                                                const StatementDigests& digests,
                                                const vault::RecordRequest& request) {
  check(writer_.has_value(), "a session that writes");
  auto target = this->compartment(compartment);
  if (!target) return std::move(target).error();
  auto made = sign_body(verb, body, digests);
  if (!made) return std::move(made).error();
  vault::RecordRequest whole = request;
  whole.statement = *std::move(made);
  auto appended = writer_->append(**target, whole, now_);
  // A later statement may cite it.
  if (appended && runbook_ && compartment == kGeneral) {
    auto statement = parse_statement(whole.statement.text);
    if (!statement) return std::move(statement).error();
    take_in({appended->seq, appended->received_at, *std::move(statement), {}});
  }
  return appended;
}

Result<vault::Appended> CaseSession::write(const std::string& compartment, const std::string& verb,
                                           const vault::ItemVersion& item,
                                           const vault::Projections& more) {
  check(item.leaf.has_value(), "an item with a leaf");
  const std::string body = canonical_json(
      Json{{"item", item.id.text()}, {"kind", item.kind}, {"version", item.version}});
  vault::RecordRequest request{.statement = {}, .projections = more};
  request.projections.items = {&item, 1};
  return write_body(compartment, verb, body, {{"item", item.leaf->commit}}, request);
}

Result<vault::Appended> CaseSession::write_batch(const std::string& compartment,
                                                 const std::string& verb, const std::string& kind,
                                                 std::span<const vault::ItemVersion> items) {
  std::vector<Digest256> leaves;
  leaves.reserve(items.size());
  for (const vault::ItemVersion& item : items) leaves.push_back(item.leaf->commit);
  auto digest = vault::digest_of_leaves(leaves);
  if (!digest) return std::move(digest).error();
  const std::string body = canonical_json(Json{{"count", items.size()}, {"kind", kind}});
  return write_body(compartment, verb, body, {{"leaves", *digest}},
                    {.statement = {}, .projections = {.items = items}, .leaves = leaves});
}

std::vector<std::string> CaseSession::held(const std::string& wanted) const {
  std::vector<std::string> names;
  if (runtime_.environment("CASEBOOK_RECOVERY")) {
    for (const auto& [name, compartment] : open_) {
      if (wanted.empty() || wanted == name) names.push_back(name);
    }
    return names;
  }
  for (const auto& [name, grants] : people_.grants) {
    const auto& persons = grants.back().grant.persons;
    const bool holds = std::ranges::find(persons, *me_) != persons.end();
    if (holds && (wanted.empty() || wanted == name)) names.push_back(name);
  }
  return names;
}

}  // namespace casebook::cli
