#include "cli/case_check.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "cli/case_entry.h"
#include "cli/case_inbox.h"
#include "cli/case_outside.h"
#include "cli/note_writing.h"
#include "cli/text.h"
#include "core/printable.h"
#include "vault/attachment.h"
#include "vault/read_only.h"
#include "workflow/case_state.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

std::string entry(std::uint64_t seq) { return "entry " + std::to_string(seq); }

/// Reads the records that this person can open, against the ledger.
class RecordCheck {
 public:
  RecordCheck(CaseCheck& check, std::vector<Digest256> commits, std::vector<Digest256> roots)
      : check_(check), commits_(std::move(commits)), roots_(std::move(roots)) {}

  Status read(vault::Compartment& compartment) {
    const std::string& name = compartment.name().compartment;
    check_.compartments.push_back(name);
    auto visited = compartment.each_record([&](const vault::StoredRecord& stored) -> Status {
      return stored.seq ? one(name, compartment, stored) : ok();
    });
    if (!visited) return visited;
    // After a power cut a record may not know yet that the ledger has it.
    auto pending = compartment.pending();
    if (!pending) return std::move(pending).error();
    for (vault::StoredRecord& stored : *pending) {
      const auto record = vault::parse_record(as_text(stored.record));
      if (!record || record->seq >= commits_.size() || commits_[record->seq] != stored.commit) {
        continue;
      }
      stored.seq = record->seq;
      if (auto read = one(name, compartment, stored); !read) return read;
    }
    return ok();
  }

  /// Times, in the order of the ledger, and what each statement may rest on.
  void finish(workflow::CaseState& state, const workflow::PolicyLookup& policies) {
    std::optional<UtcSeconds> last;
    for (auto& [seq, read] : read_) {
      // The writer's clock is not in a note that somebody left.
      if (!read.entry.seq) read.entry.received_at = last.value_or(read.entry.received_at);
      const UtcSeconds received = read.entry.received_at;
      const Statement& statement = read.entry.statement;
      if (last && received < *last) {
        check_.findings.push_back(entry(seq) + ": received before the entry before it");
      }
      last = std::max(last.value_or(received), received);
      const bool has_basis = statement.basis.count <= seq;
      const StatementPlace place{
          check_.state.file.case_id, check_.state.file.is_drill, received,
          !ids_.insert(statement.id).second,
          has_basis ? std::optional(roots_[statement.basis.count]) : std::nullopt};
      for (const StatementFinding finding : check_statement(statement, place)) {
        check_.findings.push_back(entry(seq) + ": " + std::string(to_string(finding)));
      }
      const std::string& verb = statement.verb;
      if (!workflow::is_skeleton_verb(verb) && !workflow::is_runbook_verb(verb)) {
        check_authors(seq, read, state.people);
      }
      if (read.compartment != "general") {
        if (workflow::is_skeleton_verb(verb) || workflow::is_runbook_verb(verb)) {
          check_.findings.push_back(entry(seq) + ": " + verb + " outside general");
        }
        continue;
      }
      workflow::apply(state, {seq, received, statement, read.entry.signers}, policies);
      if (seq == 0) compare_case_file(statement);
    }
    check_.records = read_.size();
  }

 private:
  struct ReadRecord {
    std::string compartment;
    CaseEntry entry;
    std::set<std::string> authors;  ///< Of its items, as these say.
  };

  Status one(const std::string& name, vault::Compartment& compartment,
             const vault::StoredRecord& stored) {
    const std::uint64_t seq = *stored.seq;
    const auto finding = [&](const std::string& what) {
      check_.findings.push_back(entry(seq) + " (" + name + "): " + what);
      return ok();
    };
    if (seq >= commits_.size() || commits_[seq] != stored.commit) {
      return finding("its place in the ledger holds something else");
    }
    if (stored.state == vault::RecordState::erased) {
      ++check_.erased;
      return ok();
    }
    auto commit = commit_to(stored.salt, stored.record);
    if (!commit) return std::move(commit).error();
    if (*commit != stored.commit) return finding("the record is not what the ledger commits to");
    auto read = read_entry(as_text(stored.record));
    if (!read) return finding(read.error().message);
    if (read->seq && *read->seq != seq) return finding("made for another place");
    std::set<std::string> authors;
    if (auto texts = check_texts(compartment, stored.commit, *read, authors); !texts) {
      return finding(texts.error().message);
    }
    read_.insert_or_assign(seq, ReadRecord{name, *std::move(read), std::move(authors)});
    return ok();
  }

  /// RT-40: whoever signed is the author, whatever the writer put beside it; and they were of this
  /// case when it was said.
  void check_authors(std::uint64_t seq, const ReadRecord& read, const workflow::People& people) {
    std::set<std::string> signers;
    for (const SshPublicKey& key : read.entry.signers) {
      const workflow::BoundPerson* owner = people.owner_of(key);
      if (owner != nullptr && !owner->is_removed) signers.insert(owner->id.text());
    }
    if (signers.empty()) {
      check_.findings.push_back(entry(seq) + ": signed by nobody of this case");
      return;
    }
    for (const std::string& author : read.authors) {
      if (signers.contains(author)) continue;
      check_.findings.push_back(entry(seq) + ": said to be by a person who did not sign it");
    }
  }

  /// Each text with a leaf is one that the statement names; those of a batch
  /// stand in the record.
  static Status check_texts(vault::Compartment& compartment, const Digest256& commit,
                            const CaseEntry& entry, std::set<std::string>& authors) {
    const Statement& statement = entry.statement;
    const std::vector<Digest256>& leaves = entry.leaves;
    auto items = compartment.items_of(commit);
    if (!items) return std::move(items).error();
    for (const vault::ItemVersion& item : *items) {
      // Of a message an export says who wrote it.
      if (item.kind != "message" && item.state != vault::ItemState::erased) {
        authors.insert(item.author);
      }
    }
    std::erase_if(*items, [](const vault::ItemVersion& item) {
      return !item.leaf || item.state == vault::ItemState::erased;
    });
    if (!statement.digests.contains("leaves")) return check_items(statement, *items);
    auto digest = vault::digest_of_leaves(leaves);
    if (!digest) return std::move(digest).error();
    if (*digest != statement.digests.at("leaves")) {
      return Error{ErrorCode::corrupt, "the batch is not the one that was signed"};
    }
    const std::set<Digest256> known(leaves.begin(), leaves.end());
    for (const vault::ItemVersion& item : *items) {
      auto leaf = vault::item_leaf(item.leaf->salt, item);
      if (!leaf) return std::move(leaf).error();
      if (*leaf != item.leaf->commit || !known.contains(*leaf)) {
        return Error{ErrorCode::corrupt, "an item of the batch is not what was signed"};
      }
    }
    return ok();
  }

  void compare_case_file(const Statement& statement) {
    const auto body = workflow::parse_body(statement.verb, statement.body);
    const auto* open = body ? std::get_if<workflow::CaseOpen>(&*body) : nullptr;
    if (open != nullptr && vault::format_case_file(public_part(*open, statement)) ==
                               vault::format_case_file(check_.state.file)) {
      return;
    }
    check_.findings.emplace_back("case.json is not what entry 0 says");
  }

  CaseCheck& check_;
  std::vector<Digest256> commits_;
  std::vector<Digest256> roots_;  ///< Of the first n entries, by n.
  std::map<std::uint64_t, ReadRecord> read_;
  std::set<StatementId> ids_;
};

/// Commitments, and the root before each entry.
Status read_all_of_ledger(const vault::CasePaths& paths, const vault::CaseFile& file,
                          std::vector<Digest256>& commits, std::vector<Digest256>& roots) {
  auto access = FileAccess::open(paths.ledger());
  if (!access) return std::move(access).error();
  AccessSource source(*access);
  auto start = LedgerChain::start(file.ledger_id());
  if (!start) return std::move(start).error();
  auto empty = start->head();
  if (!empty) return std::move(empty).error();
  roots.push_back(empty->root);
  auto replayed = replay_ledger(source, file.ledger_id(),
                                [&](const LedgerEntry& one, LedgerChain& chain) -> Status {
                                  commits.push_back(one.commit);
                                  auto head = chain.head();
                                  if (!head) return std::move(head).error();
                                  roots.push_back(head->root);
                                  return ok();
                                });
  if (!replayed) return std::move(replayed).error();
  return ok();
}

/// Every file that is kept with a compartment, read to its end.
void check_attachments(CaseCheck& check, const vault::CasePaths& paths,
                       vault::Compartment& compartment) {
  const fs::path folder = attachments_of(paths);
  const auto listed = compartment.each_attachment([&](const vault::AttachmentEntry& entry) {
    if (entry.state != vault::ItemState::live) return ok();
    ++check.attachments;
    if (auto good = vault::verify_attachment(folder, entry.row); !good) {
      check.findings.push_back("attachment " + entry.row.id.text().substr(0, 8) + " in " +
                               compartment.name().compartment + ": " + good.error().message);
    }
    return ok();
  });
  if (!listed) check.findings.push_back(listed.error().message);
}

/// Pages, indexes, records and files of one compartment.
void check_compartment(CaseCheck& check, CaseSession& session, RecordCheck& records,
                       const std::string& name) {
  auto compartment = session.compartment(name);
  if (!compartment && compartment.error().code == ErrorCode::locked) return;
  if (!compartment) {
    check.findings.push_back(name + ": " + compartment.error().message);
    return;
  }
  if (auto read = records.read(**compartment); !read) {
    check.findings.push_back(name + ": " + read.error().message);
  }
  check_attachments(check, session.paths(), **compartment);
  auto pages = session.verify_compartment(name);
  if (!pages && pages.error().code == ErrorCode::locked) {
    check.unchecked.push_back(name + ": pages not checked: " + pages.error().message);
    return;
  }
  if (!pages) {
    check.findings.push_back(name + ": " + pages.error().message);
    return;
  }
  for (const vault::CompartmentFinding& finding : pages->findings) {
    check.findings.push_back(name + ": " + finding.what);
  }
  if (vault::lies_read_only(session.paths().vault())) {
    check.unchecked.push_back(name +
                              ": the index of words, which needs a disk that can be written");
  }
}

/// RT-33: an entry whose record waits in an inbox is there as a file, or in the compartment.
/// Whoever holds the compartment can tell a note that was taken in from one that is gone.
Status check_inbox(CaseCheck& check, CaseSession& session, const std::string& name,
                   const std::map<Digest256, std::uint64_t>& entries) {
  std::vector<Digest256> expected;
  for (const auto& [commit, seq] : entries) expected.push_back(commit);
  auto compartment = session.compartment(name);
  auto report = vault::check_inbox(vault::inbox_of(session.paths().vault(), name), expected,
                                   [&](const Digest256& commit) -> Result<bool> {
                                     if (!compartment) return true;
                                     auto stored = (*compartment)->record_of(commit);
                                     if (!stored) return std::move(stored).error();
                                     return stored->has_value();
                                   });
  if (!report) return std::move(report).error();
  check.waiting += report->waiting.size();
  for (const Digest256& gone : report->missing) {
    check.findings.push_back(entry(entries.at(gone)) + ": left for " + name + ", and gone");
  }
  if (!report->unexpected.empty()) {
    check.unchecked.push_back(counted(report->unexpected.size(), "file", "files") +
                              " in the inbox of " + name + " that no entry names");
  }
  return ok();
}

Status check_inboxes(CaseCheck& check, CaseSession& session, std::span<const Digest256> commits) {
  auto entries = inbox_entries(session);
  if (!entries) return std::move(entries).error();
  std::map<std::string, std::map<Digest256, std::uint64_t>> by_compartment;
  for (const InboxEntry& one : *entries) {
    // Announced, and cut short before it was entered: nobody was told of it.
    if (one.seq >= commits.size() || commits[one.seq] != one.commit) continue;
    by_compartment[one.compartment].emplace(one.commit, one.seq);
  }
  for (const auto& [name, expected] : by_compartment) {
    if (auto checked = check_inbox(check, session, name, expected); !checked) return checked;
  }
  if (check.waiting > 0) {
    check.unchecked.push_back(counted(check.waiting, "note waits", "notes wait") +
                              " in an inbox: casebook note take");
  }
  return ok();
}

/// RT-23 of `general`; and what a crash left of a change is no damage.
void check_slots(CaseCheck& check, CaseSession& session, const vault::CasePaths& paths) {
  for (const auto& [name, grants] : session.people().grants) {
    if (!session.is_being_changed(name) && !vault::is_unsettled(paths.vault(), name)) continue;
    check.unchecked.push_back("a change of who may open " + name +
                              " goes on or was cut short: whoever writes next finishes it");
  }
  const Status same = session.compare_general();
  if (same || session.is_being_changed("general")) return;
  if (auto granted = session.slots_of("general"); !granted) {
    check.findings.push_back("general: " + granted.error().message);
  }
}

/// The part that needs a person's keys.
Status check_records(Runtime& runtime, CaseCheck& check, const vault::CasePaths& paths,
                     const GivenAnchors& given) {
  runtime.common.case_folder = paths.root;
  auto session = CaseSession::open(runtime, SessionKind::inspects, "verifying");
  if (!session && session.error().code == ErrorCode::locked) {
    check.unchecked.push_back("records not checked: " + session.error().message);
    return ok();
  }
  if (!session && session.error().code == ErrorCode::corrupt) {
    check.findings.push_back(session.error().message);
    return ok();
  }
  if (!session) return std::move(session).error();
  std::vector<Digest256> commits;
  std::vector<Digest256> roots;
  if (auto read = read_all_of_ledger(paths, check.state.file, commits, roots); !read) return read;
  const std::size_t entries = commits.size();
  RecordCheck records(check, commits, std::move(roots));
  std::vector<std::string> names = {"general"};
  for (const auto& [name, grants] : (*session)->people().grants) {
    if (name != "general") names.push_back(name);
  }
  check_slots(check, **session, paths);
  for (const std::string& name : names) check_compartment(check, **session, records, name);
  workflow::CaseState runbook;
  records.finish(runbook, (*session)->policy_lookup());
  const workflow::People& people = runbook.people;
  if (auto waiting = check_inboxes(check, **session, commits); !waiting) return waiting;
  if (check.records + check.erased + check.waiting < entries) {
    const bool sees_all = check.compartments.size() == names.size();
    const std::string left =
        std::to_string(entries - check.records - check.erased - check.waiting) + " of " +
        std::to_string(entries) + " entries";
    if (sees_all) {
      check.findings.push_back(left + " have no record");
    } else {
      check.unchecked.push_back(left + " lie where you cannot read");
    }
  }
  for (const workflow::RefusedEntry& one : runbook.refused) {
    check.refused.push_back(entry(one.seq) + " " + one.verb + ": " + one.reason);
  }
  for (const Digest256& digest : runbook.missing) {
    check.findings.push_back("the text of a pinned policy is not here: " +
                             to_hex(digest).substr(0, 16));
  }
  for (const workflow::SignedEntry& one : workflow::contested_entries(people)) {
    check.contested.push_back(entry(one.seq));
  }
  check.is_single_founder = people.is_single_founder();
  std::vector<SshPublicKey> log_keys;
  for (const workflow::BoundLogKey& log : people.log_keys) log_keys.push_back(log.key);
  check_heads(check, log_keys);
  check_anchors(check, session->get(), people, given);
  return ok();
}

ExitStatus status_of(const CaseCheck& check) {
  if (!check.findings.empty() || !check.refused.empty()) return ExitStatus::tampered;
  return check.unchecked.empty() ? ExitStatus::done : ExitStatus::incomplete;
}

std::string_view word_of(const CaseCheck& check) {
  switch (status_of(check)) {
    case ExitStatus::tampered:
      return "NOT INTACT";
    case ExitStatus::done:
      return "INTACT";
    default:
      if (!check.unknown.empty()) return "CONSISTENT; nobody outside vouches for its founders";
      return check.anchored.empty() ? "CONSISTENT; identities not checked" : "NOT FULLY CHECKED";
  }
}

void print_case(Runtime& runtime, const CaseCheck& check) {
  const int width = runtime.terminal.width_columns;
  const auto list = [&](const char* label, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      runtime.out << wrap_behind(label, printable(line), width);
    }
  };
  runtime.out << printable(check.state.file.code_name) << "  "
              << (check.state.file.is_drill ? "drill, " : "")
              << counted(check.state.ledger.tree.count, "entry", "entries") << ", " << check.records
              << " read"
              << (check.erased > 0 ? ", " + std::to_string(check.erased) + " erased" : "")
              << (check.is_single_founder ? ", single founder" : "") << "\n  head      "
              << to_hex(check.state.ledger.tree.root).substr(0, 32) << '\n';
  list("  anchored  ", check.anchored);
  list("  found     ", check.findings);
  list("  refused   ", check.refused);
  list("  contested ", check.contested);
  list("  unchecked ", check.unchecked);
  runtime.out << word_of(check) << '\n';
}

}  // namespace

Result<CaseCheck> check_case(Runtime& runtime, const vault::CasePaths& paths,
                             const CaseCheckOptions& options) {
  auto anchors = read_anchors(options.anchors);
  if (!anchors) return std::move(anchors).error();
  auto home = home_heads(runtime);
  if (!home) return std::move(home).error();
  auto state = vault::look_at_case(paths, *home);
  if (!state) return std::move(state).error();
  CaseCheck check{*std::move(state)};
  const auto keys = key_folder(runtime);
  if (options.without_keys || !keys || persons_in(*keys).empty()) {
    check.unchecked.emplace_back("records not checked: no key was used");
    check.unchecked.emplace_back("identities not checked: that needs the records");
    check_without_records(check, *anchors);
    return check;
  }
  if (auto read = check_records(runtime, check, paths, *anchors); !read) {
    return std::move(read).error();
  }
  if (check.compartments.empty()) check_without_records(check, *anchors);
  return check;
}

ExitStatus verify_case(Runtime& runtime, const fs::path& folder, const CaseCheckOptions& options) {
  auto check = check_case(runtime, {folder}, options);
  if (!check && check.error().code == ErrorCode::corrupt) {
    const ExitStatus ignored = fail(runtime, check.error());
    static_cast<void>(ignored);
    return ExitStatus::tampered;
  }
  if (!check) return fail(runtime, check.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"anchored", check->anchored},
                         {"attachments", check->attachments},
                         {"case", check->state.file.case_id.text()},
                         {"contested", check->contested},
                         {"entries", check->state.ledger.tree.count},
                         {"erased", check->erased},
                         {"findings", check->findings},
                         {"format", "casebook-case-check/1"},
                         {"records", check->records},
                         {"refused", check->refused},
                         {"root", to_hex(check->state.ledger.tree.root)},
                         {"single_founder", check->is_single_founder},
                         {"unchecked", check->unchecked},
                         {"unknown", check->unknown}});
  } else {
    print_case(runtime, *check);
  }
  return status_of(*check);
}

}  // namespace casebook::cli
