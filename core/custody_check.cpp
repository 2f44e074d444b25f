#include "core/custody_check.h"

#include <algorithm>
#include <set>

#include "core/ssh_signature.h"

namespace casebook {
namespace {

bool shown_by_seal(CustodyKind kind) {
  return kind == CustodyKind::created || kind == CustodyKind::sealed;
}

/// Every signature must be by the key that the statement names.
Result<bool> signatures_good(const CustodyEvent& event) {
  for (const std::string& signature : event.signatures) {
    auto key = key_of_ssh_signature(signature);
    if (!key) return false;
    auto fingerprint = key->fingerprint();
    if (!fingerprint) return std::move(fingerprint).error();
    if (*fingerprint != event.statement.key) return false;
    auto checked =
        verify_ssh_signature({.name_space = kStatementNamespace, .keys = std::span(&*key, 1)},
                             as_bytes(event.statement_text), signature);
    if (!checked) return std::move(checked).error();
    if (!checked->good()) return false;
  }
  return true;
}

/// Walks along one tail and says what does not fit together.
class TailCheck {
 public:
  TailCheck(const CustodyLog& log, MerkleTree tree) : log_(&log), tree_(std::move(tree)) {}

  Status event(std::size_t index) {
    const CustodyEvent& event = log_->events[index];
    auto head = tree_.head();
    if (!head) return std::move(head).error();
    if (event.statement.basis != *head) note(CustodyFindingKind::wrong_basis, index);
    if (!statements_.insert(event.statement.id).second) {
      note(CustodyFindingKind::repeated_statement, index);
    }
    if (event.received_at < received_at_) note(CustodyFindingKind::time_backwards, index);
    received_at_ = std::max(received_at_, event.received_at);
    follow_file(event.statement, index);
    follow_people(event.statement, index);
    return tree_.add(event.leaf);
  }
  Result<MerkleHead> head() { return tree_.head(); }
  [[nodiscard]] const std::vector<CustodyFinding>& findings() const { return findings_; }

 private:
  void note(CustodyFindingKind kind, std::size_t index) { findings_.push_back({kind, index}); }

  void follow_file(const CustodyStatement& statement, std::size_t index) {
    if (destroyed_) note(CustodyFindingKind::after_destruction, index);
    destroyed_ = destroyed_ || statement.kind == CustodyKind::destroyed;
    if (statement.before && file_ && *statement.before != *file_) {
      note(CustodyFindingKind::digest_differs, index);
    }
    if (statement.before) file_ = statement.before;
    if (statement.after) file_ = statement.after;
  }
  void follow_people(const CustodyStatement& statement, std::size_t index) {
    if (statement.kind == CustodyKind::received && given_to_ && *given_to_ != statement.key) {
      note(CustodyFindingKind::other_receiver, index);
    }
    if (statement.kind == CustodyKind::received) given_to_.reset();
    if (statement.kind == CustodyKind::given) given_to_ = statement.to;
  }

  const CustodyLog* log_;
  MerkleTree tree_;
  std::vector<CustodyFinding> findings_;
  std::set<StatementId> statements_;
  std::optional<Digest256> file_;        // The bag file as the last statement left it.
  std::optional<std::string> given_to_;  // Whoever a `given` named and who has not signed yet.
  UtcSeconds received_at_{};
  bool destroyed_ = false;
};

Status check_signatures(const CustodyLog& log, std::vector<CustodyFinding>& findings) {
  for (std::size_t i = 0; i < log.events.size(); ++i) {
    const CustodyEvent& event = log.events[i];
    if (event.signatures.empty() && !shown_by_seal(event.statement.kind)) {
      findings.push_back({CustodyFindingKind::unsigned_statement, i});
    }
    auto good = signatures_good(event);
    if (!good) return std::move(good).error();
    if (!*good) findings.push_back({CustodyFindingKind::bad_signature, i});
  }
  return ok();
}

void add_once(std::vector<CustodyFinding>& all, const std::vector<CustodyFinding>& more) {
  for (const CustodyFinding& finding : more) {
    const bool known = std::ranges::any_of(all, [&](const CustodyFinding& other) {
      return other.kind == finding.kind && other.event == finding.event;
    });
    if (!known) all.push_back(finding);
  }
}

}  // namespace

std::string_view to_string(CustodyFindingKind kind) noexcept {
  switch (kind) {
    case CustodyFindingKind::forked:
      return "forked";
    case CustodyFindingKind::unsigned_statement:
      return "unsigned_statement";
    case CustodyFindingKind::bad_signature:
      return "bad_signature";
    case CustodyFindingKind::wrong_basis:
      return "wrong_basis";
    case CustodyFindingKind::repeated_statement:
      return "repeated_statement";
    case CustodyFindingKind::digest_differs:
      return "digest_differs";
    case CustodyFindingKind::time_backwards:
      return "time_backwards";
    case CustodyFindingKind::other_receiver:
      return "other_receiver";
    case CustodyFindingKind::after_destruction:
      return "after_destruction";
  }
  return "unknown";
}

Result<CustodyReport> check_custody(const CustodyLog& log) {
  CustodyReport report{.tails = custody_tails(log), .head = {}, .findings = {}};
  for (std::size_t i = 0; i < report.tails.size(); ++i) {
    auto tree = MerkleTree::create();
    if (!tree) return std::move(tree).error();
    TailCheck check(log, *std::move(tree));
    for (const std::size_t index : report.tails[i]) {
      if (auto checked = check.event(index); !checked) return std::move(checked).error();
    }
    auto head = check.head();
    if (!head) return std::move(head).error();
    if (i == 0) report.head = *head;
    if (i > 0) report.findings.push_back({CustodyFindingKind::forked, report.tails[i].back()});
    add_once(report.findings, check.findings());
  }
  if (auto checked = check_signatures(log, report.findings); !checked) {
    return std::move(checked).error();
  }
  return report;
}

}  // namespace casebook
