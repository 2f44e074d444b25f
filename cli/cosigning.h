#pragma once
/// Statements that need several signatures: of keys on this machine, or by way of a file.

#include <filesystem>
#include <functional>

#include "cli/case_session.h"
#include "cli/command.h"

namespace casebook::cli {

struct Cosigning {
  std::vector<std::string> with;  ///< Names of further keys on this machine.
  std::filesystem::path out;      ///< Write it there to be signed elsewhere.
  std::filesystem::path from;     ///< Take it from there, with the signatures that came.
  std::string verbs;              ///< What it may say: how the verb begins; empty: anything.
};
/// `--with`, `--out` and `--from`.
void add_cosigning(Command& command, Cosigning& cosigning);
/// Whoever writes a proposal out needs neither the lease nor this machine.
SessionKind kind_for(const Cosigning& cosigning);

/// The proposal that `draft` makes, or the one of `--from`, with the signatures asked for.
Result<Proposal> ready_proposal(CaseSession& session, const Cosigning& cosigning,
                                const std::function<Result<Proposal>()>& draft);

enum class Carried { said, written_out };
/// Drafts (or takes) a proposal, adds the signatures asked for, and appends it or writes it out.
/// @return what the rules miss, naming `--with` and `--out`.
Result<Carried> carry_out(CaseSession& session, const Cosigning& cosigning,
                          const std::function<Result<Proposal>()>& draft);

/// The same for several statements: they travel in one file, a line each. Stops at the first that
/// the rules refuse; those before it stand.
Result<Carried> carry_out_all(CaseSession& session, const Cosigning& cosigning,
                              const std::vector<std::function<Result<Proposal>()>>& drafts);

/// The first half: a proposal with the signatures asked for; nothing when it was written out.
Result<std::optional<Proposal>> gather(CaseSession& session, const Cosigning& cosigning,
                                       const std::function<Result<Proposal>()>& draft);
/// Nothing is destroyed, and no hold lifted, by one person alone: persons are compared, never keys.
Status check_two_persons(const CaseSession& session, const Proposal& proposal);
/// Binds this machine's log key where needed, which takes a founder, and takes the lease.
Result<Carried> take_lease(CaseSession& session, const Cosigning& cosigning);

/// `casebook key sign FILE`: adds a person's signature to each proposal in it.
ExitStatus sign_proposal(Runtime& runtime, const std::filesystem::path& file);

/// Who was bound last.
const workflow::BoundPerson& newest_person(const workflow::People& people);

}  // namespace casebook::cli
