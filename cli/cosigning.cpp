#include "cli/cosigning.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "core/printable.h"
#include "workflow/case_state.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 20U;

Result<Proposal> load_proposal(const std::filesystem::path& file) {
  auto text = read_file(file, kFileBytesMax);
  if (!text) return std::move(text).error();
  auto proposal = parse_proposal(as_text(*text));
  if (!proposal) return std::move(proposal).error().context(printable(file.string()));
  return proposal;
}

/// A file says what its writer wanted; the command that takes it says what is expected.
Status check_verb(const Cosigning& cosigning, const Proposal& proposal) {
  auto statement = parse_statement(proposal.statement.text);
  if (!statement) return std::move(statement).error();
  if (statement->verb.starts_with(cosigning.verbs)) return ok();
  return Error{
      ErrorCode::invalid_input,
      printable(cosigning.from.string()) + ": says " + statement->verb + ", not " + cosigning.verbs,
      "take it with the command that wrote it"};
}

Status add_signatures(Runtime& runtime, const std::vector<std::string>& names, Proposal& proposal) {
  for (const std::string& name : names) {
    auto person = person_named(runtime, name);
    if (!person) return std::move(person).error();
    KeyRing ring(runtime, *std::move(person));
    auto signer = ring.signer("signing");
    if (!signer) return std::move(signer).error();
    if (auto added = cosign_statement(proposal.statement, **signer); !added) return added;
  }
  return ok();
}

}  // namespace

void add_cosigning(Command& command, Cosigning& cosigning) {
  command.option("--with", "NAME", cosigning.with, "also signed by this key on this machine")
      .option("--out", "FILE", cosigning.out, "write it there, for others to sign: key sign FILE")
      .option("--from", "FILE", cosigning.from, "take it from there, with their signatures");
}

SessionKind kind_for(const Cosigning& cosigning) {
  return cosigning.out.empty() ? SessionKind::writes : SessionKind::proposes;
}

Result<Carried> take_lease(CaseSession& session, const Cosigning& cosigning) {
  const auto fingerprint = session.log_key()->public_key().fingerprint();
  if (!fingerprint) return Error(fingerprint.error());
  const bool is_bound = std::ranges::any_of(session.people().log_keys, [&](const auto& log) {
    return log.fingerprint == *fingerprint && !log.ended_at;
  });
  if (!is_bound) {
    auto carried = carry_out(session, cosigning, [&] {
      return session.propose(workflow::LogKey{session.log_key()->public_key()});
    });
    if (!carried || *carried == Carried::written_out) return carried;
  }
  if (session.people().lease == *fingerprint) return Carried::said;
  auto proposal = session.propose(workflow::LeaseTake{*fingerprint});
  if (!proposal) return std::move(proposal).error();
  if (auto said = session.say(*proposal); !said) return std::move(said).error();
  return Carried::said;
}

Result<std::optional<Proposal>> gather(CaseSession& session, const Cosigning& cosigning,
                                       const std::function<Result<Proposal>()>& draft) {
  auto proposal = cosigning.from.empty() ? draft() : load_proposal(cosigning.from);
  if (!proposal) return std::move(proposal).error();
  if (auto fits = check_verb(cosigning, *proposal); !fits) return std::move(fits).error();
  auto added = add_signatures(session.runtime(), cosigning.with, *proposal);
  if (!added) return std::move(added).error();
  if (cosigning.out.empty()) return std::optional<Proposal>(*std::move(proposal));
  auto written = write_file(cosigning.out, as_bytes(format_proposal(*proposal)), 0600);
  if (!written) return std::move(written).error();
  auto statement = parse_statement(proposal->statement.text);
  if (!statement) return std::move(statement).error();
  std::string missing;
  if (workflow::is_skeleton_verb(statement->verb) || workflow::is_runbook_verb(statement->verb)) {
    auto refusal = session.judge(*proposal);
    if (!refusal) return std::move(refusal).error();
    if (*refusal) missing = "; still missing: " + (*refusal)->what;
  }
  session.runtime().out << "written to " << printable(cosigning.out.string()) << missing
                        << "\nNext: casebook key sign " << printable(cosigning.out.string())
                        << ", then the same command with --from\n";
  return std::optional<Proposal>();
}

Result<Carried> carry_out(CaseSession& session, const Cosigning& cosigning,
                          const std::function<Result<Proposal>()>& draft) {
  auto proposal = gather(session, cosigning, draft);
  if (!proposal) return std::move(proposal).error();
  if (!*proposal) return Carried::written_out;
  auto said = session.say(**proposal);
  if (said) return Carried::said;
  Error error = std::move(said).error();
  if (error.code == ErrorCode::invalid_input) {
    error.hint += std::string(error.hint.empty() ? "" : "; ") +
                  "--with NAME signs with another key here, --out FILE lets others sign elsewhere";
  }
  return error;
}

Status check_two_persons(const CaseSession& session, const Proposal& proposal) {
  auto signers = statement_signers(proposal.statement);
  if (!signers) return std::move(signers).error();
  std::set<PersonId> persons;
  for (const SshPublicKey& key : *signers) {
    const workflow::BoundPerson* owner = session.people().owner_of(key);
    if (owner == nullptr || owner->is_removed) {
      return Error{ErrorCode::invalid_input, "signed by a key that nobody in this case has"};
    }
    persons.insert(owner->id);
  }
  if (persons.size() >= 2) return ok();
  return Error{ErrorCode::invalid_input, "two persons of the case have to sign this",
               "--with NAME signs with another key here, --out FILE lets others sign elsewhere"};
}

ExitStatus sign_proposal(Runtime& runtime, const std::filesystem::path& file) {
  auto proposal = load_proposal(file);
  if (!proposal) return fail(runtime, proposal.error());
  auto statement = parse_statement(proposal->statement.text);
  if (!statement) return fail(runtime, statement.error());
  auto person = choose_person(runtime);
  if (!person) return fail(runtime, person.error());
  // What is signed is shown before the passphrase is asked for.
  runtime.err << "casebook: you sign " << statement->verb << " in case "
              << statement->case_id.text().substr(0, 8) << ":\n  " << printable(statement->body)
              << '\n';
  for (const vault::ItemVersion& item : proposal->items) {
    runtime.err << "  " << printable(item.text.body) << '\n';
  }
  KeyRing ring(runtime, *std::move(person));
  auto signer = ring.signer("signing " + statement->verb);
  if (!signer) return fail(runtime, signer.error());
  if (auto added = cosign_statement(proposal->statement, **signer); !added) {
    return fail(runtime, added.error());
  }
  auto written = write_file(file, as_bytes(format_proposal(*proposal)), 0600, IfExists::replace);
  if (!written) return fail(runtime, written.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-signed/1"},
                         {"signatures", proposal->statement.signatures.size()}});
  } else {
    runtime.out << printable(file.string()) << ": signed by " << ring.person().name << ", "
                << proposal->statement.signatures.size() << " signatures\n";
  }
  return ExitStatus::done;
}

const workflow::BoundPerson& newest_person(const workflow::People& people) {
  check(!people.persons.empty(), "a case has persons");
  return std::ranges::max_element(people.persons, {},
                                  [](const auto& entry) { return entry.second.bound_by; })
      ->second;
}

}  // namespace casebook::cli
