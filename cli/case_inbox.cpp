#include "cli/case_inbox.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/note_writing.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

/// What opens the inbox: from a signed grant, or from whoever is to begin the compartment.
Result<AgeRecipient> public_key_of(const CaseSession& session, const std::string& compartment) {
  if (const auto* access = session.people().access_to(compartment)) {
    return access->grant.public_key;
  }
  const auto& inboxes = session.people().inboxes;
  if (const auto found = inboxes.find(compartment); found != inboxes.end()) {
    return found->second.recipient;
  }
  return Error{ErrorCode::not_found, "there is no compartment " + printable(compartment),
               "casebook access list shows those there are"};
}

/// The item in `general` that announces the entry behind it: never what it holds.
Status announce(CaseSession& session, const InboxEntry& entry) {
  auto item = new_item(session, {}, std::string(kInboxKind));
  if (!item) return std::move(item).error();
  item->text.fields = canonical_json(Json{{"commit", to_hex(entry.commit)},
                                          {"compartment", entry.compartment},
                                          {"format", "casebook-inbox-entry/1"},
                                          {"seq", entry.seq}});
  if (auto given = give_leaf(*item, session.runtime().randomness); !given) return given;
  auto said = session.write("general", "inbox.put", *item);
  return said ? ok() : Status(std::move(said).error());
}

Result<InboxEntry> entry_of(const vault::ItemVersion& item) {
  auto fields = parse_canonical_json(item.text.fields);
  if (!fields) return std::move(fields).error();
  auto commit = json_text_member(*fields, "commit");
  auto compartment = json_text_member(*fields, "compartment");
  auto seq = json_integer_member(*fields, "seq");
  if (!commit) return std::move(commit).error();
  if (!compartment) return std::move(compartment).error();
  if (!seq) return std::move(seq).error();
  auto digest = digest_from_hex(*commit);
  if (!digest) return std::move(digest).error();
  return InboxEntry{static_cast<std::uint64_t>(*seq), *std::move(compartment), *digest};
}

/// What came, checked: signed by a person of this case, about this case, each text as signed.
Result<Proposal> read_note(CaseSession& session, const vault::InboxItem& item) {
  auto proposal = parse_proposal(as_text(item.record));
  if (!proposal) return proposal;
  auto statement = parse_statement(proposal->statement.text);
  if (!statement) return std::move(statement).error();
  if (statement->case_id != session.state().file.case_id || statement->verb != "note") {
    return Error{ErrorCode::invalid_input, "no note of this case"};
  }
  auto signers = statement_signers(proposal->statement);
  if (!signers) return std::move(signers).error();
  const workflow::BoundPerson* by = session.people().owner_of(signers->front());
  if (by == nullptr || by->is_removed) {
    return Error{ErrorCode::invalid_input, "signed by nobody of this case"};
  }
  return proposal;
}

class TakingIn {
 public:
  TakingIn(CaseSession& session, vault::Compartment& compartment, vault::Slots slots)
      : session_(session),
        compartment_(compartment),
        slots_(std::move(slots)),
        folders_(vault::inbox_of(session.paths().vault(), slots_.name.compartment)) {}

  Status one(const InboxEntry& entry) {
    auto stored = compartment_.record_of(entry.commit);
    if (!stored) return std::move(stored).error();
    if (*stored && (*stored)->state != vault::RecordState::pending) {
      ++taken_.known;
      return vault::remove_inbox_item(folders_, entry.commit);
    }
    auto item = open(entry.commit);
    if (!item && item.error().code == ErrorCode::io) return std::move(item).error();
    auto note = item ? read_note(session_, *item) : Result<Proposal>(std::move(item).error());
    if (!note) {
      taken_.findings.push_back("entry " + std::to_string(entry.seq) + ": " + note.error().message);
      return ok();
    }
    if (!*stored) {
      auto put =
          compartment_.put_pending(entry.commit, item->salt, item->record, {.items = note->items});
      if (!put) return put;
    }
    if (auto marked = compartment_.mark_appended(entry.commit, entry.seq); !marked) return marked;
    ++taken_.taken;
    return vault::remove_inbox_item(folders_, entry.commit);
  }

  Status finish(std::span<const Digest256> expected) {
    auto report = vault::check_inbox(folders_, expected, [&](const Digest256& commit) {
      auto stored = compartment_.record_of(commit);
      return stored ? Result<bool>(stored->has_value()) : Result<bool>(std::move(stored).error());
    });
    if (!report) return std::move(report).error();
    for (const auto& file : report->unexpected) {
      auto moved = vault::quarantine(folders_, file, session_.runtime().randomness);
      if (!moved) return std::move(moved).error();
      if (*moved == vault::Quarantined::moved) ++taken_.quarantined;
    }
    return ok();
  }
  TakenIn result() && { return std::move(taken_); }

 private:
  /// What was left before the compartment was begun is sealed to the person who was to begin it.
  Result<vault::InboxItem> open(const Digest256& commit) {
    auto item = vault::open_inbox_item(folders_, commit, {.identities = {&slots_.identity, 1}});
    if (item || item.error().code != ErrorCode::locked) return item;
    auto own = session_.ring().unlock("reading what was left");
    if (!own) return std::move(own).error();
    return vault::open_inbox_item(folders_, commit, *own);
  }
  CaseSession& session_;
  vault::Compartment& compartment_;
  vault::Slots slots_;
  vault::InboxFolders folders_;
  TakenIn taken_;
};

}  // namespace

Result<std::vector<InboxEntry>> inbox_entries(CaseSession& session) {
  auto general = session.compartment("general");
  if (!general) return std::move(general).error();
  std::vector<InboxEntry> entries;
  const auto listed = (*general)->each_item(kInboxKind, [&](const vault::ItemVersion& item) {
    auto entry = entry_of(item);
    if (!entry) return Status(std::move(entry).error());
    entries.push_back(*std::move(entry));
    return ok();
  });
  if (!listed) return Error(listed.error());
  return entries;
}

Result<InboxEntry> leave_note(CaseSession& session, const std::string& compartment,
                              const std::string& text) {
  Randomness& randomness = session.runtime().randomness;
  auto key = public_key_of(session, compartment);
  if (!key) return std::move(key).error();
  auto item = new_item(session, {}, "note");
  if (!item) return std::move(item).error();
  item->text.body = text;
  if (auto given = give_leaf(*item, randomness); !given) return std::move(given).error();
  auto note = session.sign_item("note", *item);
  if (!note) return std::move(note).error();
  auto salt = make_salt(randomness);
  if (!salt) return std::move(salt).error();
  const std::string record = format_proposal({*std::move(note), {*item}});
  const auto folders = vault::inbox_of(session.paths().vault(), compartment);
  const auto bytes = as_bytes(record);
  auto commit =
      vault::put_inbox_item(folders, *key, {*salt, Bytes(bytes.begin(), bytes.end())}, randomness);
  if (!commit) return std::move(commit).error();
  // Announced first: an announcement without its entry is nothing, an entry nobody knows is damage.
  const InboxEntry entry{session.basis().count + 1, compartment, *commit};
  if (auto said = announce(session, entry); !said) return std::move(said).error();
  auto appended = session.enter_foreign(entry.commit);
  if (!appended) return std::move(appended).error();
  check(appended->seq == entry.seq, "one writer at a time");
  return entry;
}

Result<TakenIn> take_in(CaseSession& session, const std::string& compartment) {
  auto slots = session.slots_of(compartment);
  if (!slots) return std::move(slots).error();
  auto opened = session.compartment(compartment);
  if (!opened) return std::move(opened).error();
  auto entries = inbox_entries(session);
  if (!entries) return std::move(entries).error();
  auto commits = vault::commitments_of(session.paths(), session.state().file);
  if (!commits) return std::move(commits).error();
  TakingIn taking(session, **opened, *std::move(slots));
  std::vector<Digest256> expected;
  for (const InboxEntry& entry : *entries) {
    if (entry.compartment != compartment) continue;
    // Announced, and cut short before it was entered: nobody was told of it.
    if (entry.seq >= commits->size() || (*commits)[entry.seq] != entry.commit) continue;
    expected.push_back(entry.commit);
    if (auto taken = taking.one(entry); !taken) return std::move(taken).error();
  }
  if (auto done = taking.finish(expected); !done) return std::move(done).error();
  return std::move(taking).result();
}

}  // namespace casebook::cli
