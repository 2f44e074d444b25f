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

constexpr std::size_t kProposalsMax = 32;
constexpr std::size_t kSaidColumns = 14;

/// All that a file holds, a line each.
Result<std::vector<Proposal>> load_proposals(const std::filesystem::path& file) {
  auto text = read_file(file, kFileBytesMax);
  if (!text) return std::move(text).error();
  std::vector<Proposal> proposals;
  std::string_view rest = as_text(*text);
  do {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    auto proposal = parse_proposal(rest.substr(0, end));
    if (!proposal) return std::move(proposal).error().context(printable(file.string()));
    proposals.push_back(*std::move(proposal));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  } while (!rest.empty() && proposals.size() < kProposalsMax);
  if (rest.empty()) return proposals;
  return Error{ErrorCode::limit_exceeded, printable(file.string()) + ": more than " +
                                              std::to_string(kProposalsMax) + " proposals"};
}

Result<Proposal> load_proposal(const std::filesystem::path& file) {
  auto proposals = load_proposals(file);
  if (!proposals) return std::move(proposals).error();
  if (proposals->size() == 1) return std::move(proposals->front());
  return Error{ErrorCode::invalid_input, printable(file.string()) + ": holds several proposals",
               "take it with the command that wrote it"};
}

std::string format_proposals(const std::vector<Proposal>& proposals) {
  std::string text;
  for (const Proposal& proposal : proposals) {
    text += (text.empty() ? "" : "\n") + format_proposal(proposal);
  }
  return text;
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

namespace {

/// What the rules would still miss, for a line of text; empty when nothing.
Result<std::string> still_missing(CaseSession& session, const Proposal& proposal) {
  auto statement = parse_statement(proposal.statement.text);
  if (!statement) return std::move(statement).error();
  if (!workflow::is_skeleton_verb(statement->verb) && !workflow::is_runbook_verb(statement->verb)) {
    return std::string();
  }
  auto refusal = session.judge(proposal);
  if (!refusal) return std::move(refusal).error();
  return *refusal ? "; still missing: " + (*refusal)->what : std::string();
}

Status write_out(CaseSession& session, const Cosigning& cosigning,
                 const std::vector<Proposal>& proposals) {
  auto written = write_file(cosigning.out, as_bytes(format_proposals(proposals)), 0600);
  if (!written) return written;
  auto missing = still_missing(session, proposals.front());
  if (!missing) return std::move(missing).error();
  session.runtime().out << "written to " << printable(cosigning.out.string()) << *missing
                        << "\nNext: casebook key sign " << printable(cosigning.out.string())
                        << ", then the same command with --from\n";
  return ok();
}

}  // namespace

Result<std::optional<Proposal>> gather(CaseSession& session, const Cosigning& cosigning,
                                       const std::function<Result<Proposal>()>& draft) {
  auto proposal = cosigning.from.empty() ? draft() : load_proposal(cosigning.from);
  if (!proposal) return std::move(proposal).error();
  if (auto fits = check_verb(cosigning, *proposal); !fits) return std::move(fits).error();
  auto added = add_signatures(session.runtime(), cosigning.with, *proposal);
  if (!added) return std::move(added).error();
  if (cosigning.out.empty()) return std::optional<Proposal>(*std::move(proposal));
  auto written = write_out(session, cosigning, {*std::move(proposal)});
  if (!written) return std::move(written).error();
  return std::optional<Proposal>();
}

namespace {

Status say_gathered(CaseSession& session, const Proposal& proposal) {
  auto said = session.say(proposal);
  if (said) return ok();
  Error error = std::move(said).error();
  if (error.code == ErrorCode::invalid_input) {
    error.hint += std::string(error.hint.empty() ? "" : "; ") +
                  "--with NAME signs with another key here, --out FILE lets others sign elsewhere";
  }
  return error;
}

Status sign_and_say(CaseSession& session, const Cosigning& cosigning, Proposal& proposal) {
  if (auto added = add_signatures(session.runtime(), cosigning.with, proposal); !added) {
    return added;
  }
  return say_gathered(session, proposal);
}

}  // namespace

Result<Carried> carry_out(CaseSession& session, const Cosigning& cosigning,
                          const std::function<Result<Proposal>()>& draft) {
  auto proposal = gather(session, cosigning, draft);
  if (!proposal) return std::move(proposal).error();
  if (!*proposal) return Carried::written_out;
  if (auto said = say_gathered(session, **proposal); !said) return std::move(said).error();
  return Carried::said;
}

Result<Carried> carry_out_all(CaseSession& session, const Cosigning& cosigning,
                              const std::vector<std::function<Result<Proposal>()>>& drafts) {
  std::vector<Proposal> proposals;
  if (cosigning.from.empty()) {
    for (const auto& draft : drafts) {
      auto proposal = draft();
      if (!proposal) return std::move(proposal).error();
      proposals.push_back(*std::move(proposal));
      if (!cosigning.out.empty()) continue;
      if (auto said = sign_and_say(session, cosigning, proposals.back()); !said) {
        return std::move(said).error();
      }
    }
    if (cosigning.out.empty()) return Carried::said;
    for (Proposal& proposal : proposals) {
      auto added = add_signatures(session.runtime(), cosigning.with, proposal);
      if (!added) return std::move(added).error();
    }
    if (auto written = write_out(session, cosigning, proposals); !written) {
      return std::move(written).error();
    }
    return Carried::written_out;
  }
  auto loaded = load_proposals(cosigning.from);
  if (!loaded) return std::move(loaded).error();
  for (const Proposal& proposal : *loaded) {
    if (auto fits = check_verb(cosigning, proposal); !fits) return std::move(fits).error();
  }
  for (Proposal& proposal : *loaded) {
    if (auto said = sign_and_say(session, cosigning, proposal); !said) {
      return std::move(said).error();
    }
  }
  return Carried::said;
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

namespace {

/// What is signed, a line for each thing that it says.
Status show_proposal(Runtime& runtime, const Proposal& proposal) {
  auto statement = parse_statement(proposal.statement.text);
  if (!statement) return std::move(statement).error();
  runtime.err << "casebook: you sign " << statement->verb << " in case "
              << statement->case_id.text().substr(0, 8) << ":\n";
  const Json body = Json::parse(statement->body, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object()) return Error{ErrorCode::corrupt, "a statement without a body"};
  for (const auto& [name, value] : body.items()) {
    std::string label = "  " + printable(name);
    label.resize(std::max<std::size_t>(label.size() + 2, kSaidColumns), ' ');
    runtime.err << label << printable(value.is_string() ? value.get<std::string>() : value.dump())
                << '\n';
  }
  for (const vault::ItemVersion& item : proposal.items) {
    runtime.err << "  \"" << printable(item.text.body) << "\"\n";
  }
  return ok();
}

}  // namespace

ExitStatus sign_proposal(Runtime& runtime, const std::filesystem::path& file) {
  auto proposals = load_proposals(file);
  if (!proposals) return fail(runtime, proposals.error());
  auto person = choose_person(runtime);
  if (!person) return fail(runtime, person.error());
  // What is signed is shown before the passphrase is asked for.
  for (const Proposal& proposal : *proposals) {
    if (auto shown = show_proposal(runtime, proposal); !shown) return fail(runtime, shown.error());
  }
  KeyRing ring(runtime, *std::move(person));
  auto signer = ring.signer("signing " + printable(file.filename().string()));
  if (!signer) return fail(runtime, signer.error());
  for (Proposal& proposal : *proposals) {
    if (auto added = cosign_statement(proposal.statement, **signer); !added) {
      return fail(runtime, added.error());
    }
  }
  auto written = write_file(file, as_bytes(format_proposals(*proposals)), 0600, IfExists::replace);
  if (!written) return fail(runtime, written.error());
  const std::size_t signatures = proposals->front().statement.signatures.size();
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-signed/1"},
                         {"proposals", proposals->size()},
                         {"signatures", signatures}});
  } else {
    runtime.out << printable(file.string()) << ": ";
    if (proposals->size() > 1) runtime.out << proposals->size() << " statements, ";
    runtime.out << "signed by " << ring.person().name << ", " << signatures << " signatures\n";
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
