#pragma once
/// A case, open for one command: who is here, what the case says, and the one
/// way to say more. Joins fold and rules (workflow), ledger and compartments
/// (vault) and the person's keys.

#include <functional>
#include <map>
#include <memory>

#include "cli/key_folder.h"
#include "cli/proposal.h"
#include "vault/case_writer.h"
#include "vault/keeping.h"
#include "vault/slots.h"
#include "workflow/people.h"

namespace casebook::workflow {
struct CaseState;
struct Policy;
struct Verdict;
}  // namespace casebook::workflow

namespace casebook::cli {

/// Makes or reads the key by which this user's machine signs heads of one case.
Result<std::unique_ptr<Signer>> machine_log_key(const Runtime& runtime, const CaseId& case_id);
/// The one that was made. @return `not_found` when there is none.
Result<std::unique_ptr<Signer>> kept_log_key(const Runtime& runtime, const CaseId& case_id);
/// Where heads are kept.
Result<vault::HomeHeads> home_heads(const Runtime& runtime);
/// The case that is meant. @return `not_found` saying how to choose one.
Result<vault::CasePaths> require_case(const Runtime& runtime);

/// `takes` writes although another machine has the lease: to take it.
/// `proposes` makes statements for others to append, on any machine. `inspects`
/// reads although the heads or case.json do not fit: to say so.
enum class SessionKind { reads, writes, takes, proposes, inspects };

/// Why the rules would not take a statement, and what gates miss when they were asked.
struct Refused {
  std::string what, hint;
  std::shared_ptr<const workflow::Verdict> verdict = {};
};

class CaseSession {
 public:
  /// Opens the case that is meant with the keys of `--as`. @return `corrupt`
  /// when it is rolled back, forked or contradicts itself; `locked` when this
  /// person cannot open it.
  static Result<std::unique_ptr<CaseSession>> open(Runtime& runtime, SessionKind kind,
                                                   const std::string& purpose);
  CaseSession(const CaseSession&) = delete;
  CaseSession& operator=(const CaseSession&) = delete;
  ~CaseSession();

  [[nodiscard]] const vault::CasePaths& paths() const { return paths_; }
  [[nodiscard]] const vault::CaseState& state() const { return state_; }
  [[nodiscard]] const workflow::People& people() const { return people_; }
  /// Folds all of `general`: facts, registers, steps, words given, clocks. Most commands need only
  /// persons and roles, which are there at once.
  Status fold_runbook();
  /// After fold_runbook().
  [[nodiscard]] const workflow::CaseState& runbook() const {
    check(runbook_ != nullptr, "the runbook is folded");
    return *runbook_;
  }
  [[nodiscard]] const PersonId& me() const { return *me_; }
  [[nodiscard]] UtcSeconds now() const { return now_; }
  /// What a statement made now is based on; its count is the place of the next entry.
  [[nodiscard]] MerkleHead basis() const;
  /// For a session that lasts: what follows is said now.
  void refresh_time() { now_ = runtime_.clock.now_seconds(); }
  [[nodiscard]] Runtime& runtime() { return runtime_; }
  KeyRing& ring() { return ring_; }

  /// An opened compartment. @return `locked` when this person may not open it,
  /// `not_found` when it was never made.
  Result<vault::Compartment*> compartment(const std::string& name);
  /// What opens it, for changing who may: of what a crash may have left, that which the ledger
  /// names. @return `locked` when this person may not, or while it is being given new keys.
  Result<vault::Slots> slots_of(const std::string& name);
  /// Whether a grant of it is signed and waits for its entry in the ledger: somebody is at it, or
  /// a crash left it so. Whoever writes next enters it.
  [[nodiscard]] bool is_being_changed(const std::string& name);
  void close_compartment(const std::string& name) { open_.erase(name); }
  /// Reads all of a compartment: pages, indexes, commitments.
  Result<vault::CompartmentReport> verify_compartment(const std::string& name);
  /// RT-23 of `general`, without mending anything.
  [[nodiscard]] Status compare_general() const;
  /// Compartments that this person holds, by the grants; `wanted` empty: all.
  [[nodiscard]] std::vector<std::string> held(const std::string& wanted = {}) const;

  /// Display name, else the beginning of the id.
  [[nodiscard]] std::string name_of(const PersonId& id);
  /// The words behind a commitment, in whatever this person can open; empty when they are erased
  /// or not for them.
  [[nodiscard]] std::string text_of(const Digest256& leaf);
  /// A person by name, key name or the beginning of an id. @return `not_found`
  /// with who there is.
  Result<PersonId> find_person(const std::string& wanted);

  /// Makes a statement of the skeleton with its texts, signed by this person.
  Result<Proposal> propose(const workflow::Body& body, const std::vector<ProposedText>& texts = {});
  Result<Proposal> propose(const SaidBody& said, const std::vector<ProposedText>& texts,
                           const StatementDigests& digests);
  /// Why the rules would refuse it now, judged with the signatures that it has.
  Result<std::optional<Refused>> judge(const Proposal& proposal);
  /// Finds the texts of pinned policies: those that are built in, and those the case keeps.
  std::function<const workflow::Policy*(const Digest256&)> policy_lookup();
  /// A text that is about to be pinned, so that the rules can be asked before it is kept.
  void learn_policy(const workflow::Policy& policy);
  /// Appends it to `general` and folds it. @return `invalid_input` with what is
  /// missing.
  Result<vault::Appended> say(const Proposal& proposal);
  /// The same with items of its own beside its texts, each named by a digest or by the body.
  Result<vault::Appended> say(const Proposal& proposal, std::span<const vault::ItemVersion> items);

  /// A statement that fold does not read, signed by this person, with its texts.
  Result<Proposal> propose_other(const std::string& verb, const std::string& body,
                                 const std::vector<ProposedText>& texts);
  /// Appends such a one to a compartment, with further items. The rules are the caller's.
  Result<vault::Appended> say_other(const std::string& compartment, const Proposal& proposal,
                                    const std::vector<vault::ItemVersion>& more = {});
  /// The signed statement about one item with a leaf.
  Result<SignedStatement> sign_item(const std::string& verb, const vault::ItemVersion& item);
  /// Appends a commitment whose record lies in an inbox.
  Result<vault::Appended> enter_foreign(const Digest256& commit);

  /// A new generation of a compartment for these persons: new keys, everything
  /// written anew, the old files gone; the grant is said with it. Safe against
  /// a crash at any point.
  /// @param keeps_recovery  whether its recovery identities open the new one, too.
  Status rotate(const std::string& compartment, const std::vector<PersonId>& persons,
                bool keeps_recovery = true);
  /// Closes every compartment, so that files may be copied or exchanged. They
  /// open when asked for.
  Status close_compartments();

  /// Any other statement, into any compartment: about one item with a leaf, and
  /// what comes with it.
  Result<vault::Appended> write(const std::string& compartment, const std::string& verb,
                                const vault::ItemVersion& item,
                                const vault::Projections& more = {});
  /// One statement about many items, each with its leaf: at most
  /// vault::kLeavesMax.
  Result<vault::Appended> write_batch(const std::string& compartment, const std::string& verb,
                                      const std::string& kind,
                                      std::span<const vault::ItemVersion> items);
  /// The same with a body of the caller's own; the statement names `digests`.
  Result<vault::Appended> write_body(const std::string& compartment, const std::string& verb,
                                     const std::string& body, const StatementDigests& digests,
                                     const vault::RecordRequest& request);

  /// By which this machine signs heads. @return null unless the session writes
  /// or proposes.
  [[nodiscard]] const Signer* log_key() const { return log_key_.get(); }

  /// Closes compartments and keeps the head at home. Not calling it loses
  /// nothing.
  Status close();

 private:
  CaseSession(Runtime& runtime, KeyRing ring, vault::CasePaths paths, vault::CaseState state);
  Status begin(SessionKind kind, const std::string& purpose);
  Status begin_again(SessionKind kind, const std::string& purpose);
  Status open_general(const std::string& purpose);
  Status fold_general();
  Result<Proposal> sign_draft(Result<Draft> draft);
  /// Into what is folded already.
  void take_in(const workflow::Skeleton& entry);
  const workflow::Policy* policy_text(const Digest256& digest);
  Status recover_general();
  Result<vault::SlotsRequest> request_for(const std::string& name);
  [[nodiscard]] std::optional<vault::Grant> recorded_grant(const std::string& name) const;
  Status settle_general();
  Status settle_changes();
  Result<bool> lies_between();
  bool settle_for_reading();
  Result<SignedStatement> sign_body(const std::string& verb, const std::string& body,
                                    const StatementDigests& digests);
  Status check_grant_of_general();
  Status exchange(vault::Rotation&& rotation);
  Status reopen_general();
  Status check_folded(SessionKind kind);
  Status check_statement_place(const Statement& statement);
  [[nodiscard]] vault::DatabaseOptions database_of(const std::string& name) const;

  Runtime& runtime_;
  KeyRing ring_;
  vault::CasePaths paths_;
  vault::CaseState state_;
  UtcSeconds now_;
  workflow::People people_;
  std::unique_ptr<workflow::CaseState> runbook_;
  std::map<Digest256, std::unique_ptr<workflow::Policy>> policies_;
  std::optional<PersonId> me_;
  std::unique_ptr<Signer> log_key_;
  std::map<std::string, vault::Compartment> open_;
  std::map<PersonId, std::string> names_;
  std::optional<vault::CaseWriter> writer_;
  std::optional<vault::Grant> general_;  // What its slots file says of itself.
  bool was_settled_ = false;             // settle_for_reading() was tried.
};

/// case.json as entry 0 would have it.
vault::CaseFile public_part(const workflow::CaseOpen& open, const Statement& statement);

/// The grant that vault/slots compares with, out of the one that was signed.
vault::Grant grant_of(const CaseId& case_id, const workflow::AccessGrant& grant);
/// What is said while nobody can open it.
Error being_changed(const std::string& compartment);
/// And the other way round. @return `invalid_input` when it names persons by
/// something else than ids.
Result<workflow::AccessGrant> signed_form(const vault::Grant& grant);

}  // namespace casebook::cli
