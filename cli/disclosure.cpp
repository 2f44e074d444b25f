#include "cli/disclosure.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/case_entry.h"
#include "cli/note_writing.h"
#include "core/json_members.h"
#include "core/printable.h"
#include "core/random_access.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kDisclosureBytesMax = std::size_t{3} << 20U;
constexpr std::size_t kTextsMax = 16;

Result<Salt> parse_salt(const std::string& text) {
  Salt salt{};
  const auto bytes = from_hex(text);
  if (!bytes || bytes->size() != salt.size()) {
    return Error{ErrorCode::invalid_input, "\"salt\" is none"};
  }
  std::ranges::copy(*bytes, salt.begin());
  return salt;
}

Result<std::vector<DisclosedText>> parse_texts(const Json& list) {
  std::vector<DisclosedText> texts;
  for (const Json& one : list) {
    JsonMembers members(one);
    members.only({"item", "salt"});
    const std::string item = members.text("item", kDisclosureBytesMax);
    const std::string salt_text = members.text("salt");
    if (members.failed()) return Error(members.error());
    auto salt = parse_salt(salt_text);
    if (!salt) return std::move(salt).error();
    texts.push_back({item, *salt});
  }
  return texts;
}

/// The entry, and its path to the head that lies in the folder.
Result<LineProof> prove_entry(const vault::CasePaths& paths, const LedgerHead& head,
                              std::uint64_t seq) {
  auto builder = MerkleProofBuilder::create(seq, head.tree.count);
  if (!builder) return std::move(builder).error();
  auto file = FileAccess::open(paths.ledger());
  if (!file) return std::move(file).error();
  AccessSource source(*file);
  LineProof proof{std::string(kEntryLeaf), {}, {}};
  auto hasher = MerkleHasher::create();
  if (!hasher) return std::move(hasher).error();
  auto read = read_ledger(source, head.ledger, [&](const LedgerEntry& entry) -> Status {
    if (entry.seq >= head.tree.count) return ok();
    const std::string line = format_entry(entry);
    if (entry.seq == seq) proof.line = line;
    auto leaf = hasher->leaf(kEntryLeaf, as_bytes(line));
    if (!leaf) return std::move(leaf).error();
    return builder->add(*leaf);
  });
  if (!read) return std::move(read).error();
  auto path = std::move(*builder).finish();
  if (!path) return std::move(path).error();
  proof.proof = *std::move(path);
  return proof;
}

struct FoundRecord {
  vault::StoredRecord stored;
  std::optional<vault::ItemId> only;  ///< Of a batch: this item and no other.
};
Result<FoundRecord> find_record(vault::Compartment& compartment, const std::string& number) {
  std::uint64_t seq = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), seq);
  if (read.ec == std::errc() && read.ptr == number.data() + number.size()) {
    auto stored = compartment.record_at(seq);
    if (!stored) return std::move(stored).error();
    if (*stored) return FoundRecord{**std::move(stored), {}};
  }
  auto id = item_numbered(compartment, number);
  if (!id) return std::move(id).error();
  auto records = compartment.records_of_item(*id);
  if (!records) return std::move(records).error();
  if (records->empty()) return Error{ErrorCode::not_found, "there is no such item"};
  auto stored = compartment.record_of(records->back().commit);
  if (!stored) return std::move(stored).error();
  if (!*stored) return Error{ErrorCode::not_found, "there is no such record"};
  return FoundRecord{**std::move(stored), *id};
}

/// The log key of the case by which its head is signed.
Result<SshPublicKey> log_key_of(const CaseSession& session, const SignedHead& head) {
  for (const workflow::BoundLogKey& log : session.people().log_keys) {
    const auto signature = verify_head(head, {&log.key, 1});
    if (signature && signature->good()) return log.key;
  }
  return Error{ErrorCode::corrupt, "the head is not signed by a log key of this case",
               "casebook verify tells more"};
}

void check_head_and_path(const Disclosure& disclosure, DisclosureCheck& check) {
  const auto signature = verify_head(disclosure.head, {&disclosure.log_key, 1});
  if (!signature || !signature->good()) {
    check.findings.emplace_back("the head is not signed by the key that is named");
  }
  if (auto belongs = verify_line(disclosure.entry, disclosure.head.head.tree); !belongs) {
    check.findings.push_back("the entry: " + belongs.error().message);
  }
  auto entry = parse_entry(disclosure.entry.line);
  auto commit = commit_to(disclosure.salt, as_bytes(disclosure.record));
  if (disclosure.entry.leaf_format != kEntryLeaf || !entry ||
      entry->seq != disclosure.entry.proof.index) {
    check.findings.emplace_back("the line is no entry of this place");
  } else if (!commit || *commit != entry->commit) {
    check.findings.emplace_back("the record is not what the entry commits to");
  }
  check.seq = disclosure.entry.proof.index;
}

void check_texts(const Disclosure& disclosure, const CaseEntry& record, DisclosureCheck& check) {
  const Statement& statement = record.statement;
  std::set<Digest256> known(record.leaves.begin(), record.leaves.end());
  for (const auto& [name, digest] : statement.digests) known.insert(digest);
  if (const auto batch = statement.digests.find("leaves"); batch != statement.digests.end()) {
    const auto digest = vault::digest_of_leaves(record.leaves);
    if (!digest || *digest != batch->second) {
      check.findings.emplace_back("the batch is not the one that was signed");
    }
  }
  for (const DisclosedText& text : disclosure.texts) {
    const auto leaf = commit_to(text.salt, as_bytes(text.item));
    if (!leaf || !known.contains(*leaf)) {
      check.findings.emplace_back("a text that the statement does not commit to");
    }
  }
}

}  // namespace

std::string format_disclosure(const Disclosure& disclosure) {
  Json texts = Json::array();
  for (const DisclosedText& text : disclosure.texts) {
    texts.push_back({{"item", text.item}, {"salt", to_hex(text.salt)}});
  }
  auto proof = parse_json(format_line_proof(disclosure.entry));
  check(bool(proof), "a proof of ours is JSON");
  return canonical_json(Json{{"entry", *std::move(proof)},
                             {"format", kDisclosureFormat},
                             {"head", disclosure.head.line},
                             {"head_signature", disclosure.head.signature},
                             {"log_key", disclosure.log_key.line()},
                             {"record", disclosure.record},
                             {"salt", to_hex(disclosure.salt)},
                             {"texts", std::move(texts)}}) +
         "\n";
}

Result<Disclosure> parse_disclosure(std::string_view text) {
  if (!text.ends_with('\n')) return Error{ErrorCode::invalid_input, "no whole line"};
  text.remove_suffix(1);
  auto object = parse_canonical_json(text, {.depth_max = 5});
  if (!object) return std::move(object).error();
  JsonMembers members(*object);
  members.only({"entry", "format", "head", "head_signature", "log_key", "record", "salt", "texts"});
  if (members.text("format") != kDisclosureFormat) members.refuse("another format or version");
  const std::string head = members.text("head") + members.text("head_signature");
  const auto log_key = members.key("log_key");
  const std::string record = members.text("record");
  const std::string salt_text = members.text("salt");
  const Json* entry = members.object("entry");
  const Json* texts = members.array("texts", kTextsMax);
  if (members.failed()) return Error(members.error());
  auto signed_head = parse_signed_head(head);
  if (!signed_head) return std::move(signed_head).error();
  auto proof = parse_line_proof(canonical_json(*entry) + "\n");
  if (!proof) return std::move(proof).error();
  auto salt = parse_salt(salt_text);
  if (!salt) return std::move(salt).error();
  auto disclosed = parse_texts(*texts);
  if (!disclosed) return std::move(disclosed).error();
  return Disclosure{*std::move(signed_head), *log_key, *std::move(proof), *salt, record,
                    *std::move(disclosed)};
}

Result<DisclosureCheck> check_disclosure(const Disclosure& disclosure) {
  DisclosureCheck check;
  check_head_and_path(disclosure, check);
  auto record = read_entry(disclosure.record);
  if (!record) {
    check.findings.push_back("the record: " + record.error().message);
    return check;
  }
  if (record->seq && *record->seq != check.seq) {
    check.findings.emplace_back("the record was made for another place");
  }
  if (record->statement.case_id.text() != disclosure.head.head.ledger.text()) {
    check.findings.emplace_back("the statement is of another case than the head");
  }
  for (const SshPublicKey& key : record->signers) {
    auto fingerprint = key.fingerprint();
    if (!fingerprint) return std::move(fingerprint).error();
    check.signers.push_back(*std::move(fingerprint));
  }
  check_texts(disclosure, *record, check);
  check.statement = std::move(record->statement);
  return check;
}

Result<Disclosure> disclose(CaseSession& session, const DiscloseRequest& request) {
  auto compartment = session.compartment(request.compartment);
  if (!compartment) return std::move(compartment).error();
  auto found = find_record(**compartment, request.number);
  if (!found) return std::move(found).error();
  if (found->stored.state != vault::RecordState::appended || !found->stored.seq) {
    return Error{ErrorCode::not_found,
                 printable(request.number) + ": it was erased, or never said"};
  }
  const auto& head = session.state().head;
  if (!head || *found->stored.seq >= head->head.tree.count) {
    return Error{ErrorCode::not_found, "no head covers it yet", "open the case once to write"};
  }
  auto log_key = log_key_of(session, *head);
  if (!log_key) return std::move(log_key).error();
  auto entry = prove_entry(session.paths(), head->head, *found->stored.seq);
  if (!entry) return std::move(entry).error();
  Disclosure made{*head,
                  *std::move(log_key),
                  *std::move(entry),
                  found->stored.salt,
                  std::string(as_text(found->stored.record)),
                  {}};
  if (!request.without_words) {
    auto items = (*compartment)->items_of(found->stored.commit);
    if (!items) return std::move(items).error();
    for (const vault::ItemVersion& item : *items) {
      const bool is_wanted = !found->only || item.id == *found->only;
      if (!is_wanted || !item.leaf || item.state == vault::ItemState::erased) continue;
      made.texts.push_back({format_item(item), item.leaf->salt});
    }
  }
  if (made.texts.size() > kTextsMax) {
    return Error{ErrorCode::invalid_input, "this entry holds many items: which is meant?",
                 "name one by its id: casebook find --json"};
  }
  if (format_disclosure(made).size() > kDisclosureBytesMax) {
    return Error{ErrorCode::limit_exceeded, "too long to be shown in one file",
                 "--without-words shows that it was said, not what"};
  }
  return made;
}

Result<CheckedPaper> verify_disclosure(std::string_view text, const OutsideFacts& outside) {
  auto disclosure = parse_disclosure(text);
  if (!disclosure) return std::move(disclosure).error().context("disclosure");
  auto check = check_disclosure(*disclosure);
  if (!check) return std::move(check).error();
  const auto is_known = [&](const std::string& fingerprint) {
    return std::ranges::find(outside.anchors, fingerprint) != outside.anchors.end();
  };
  const auto called = [&](const std::string& fingerprint) {
    const auto name = outside.names.find(fingerprint);
    return name == outside.names.end() ? fingerprint : printable(name->second);
  };
  auto log_key = disclosure->log_key.fingerprint();
  if (!log_key) return std::move(log_key).error();
  const LedgerHead& head = disclosure->head.head;
  CheckedPaper paper{.kind = "disclosure",
                     .title = "entry " + std::to_string(check->seq) + " of case " +
                              head.ledger.text().substr(0, 8)};
  if (check->statement) {
    paper.lines.emplace_back("says", check->statement->verb);
    paper.lines.emplace_back("claimed", format_utc(check->statement->time));
  }
  for (const DisclosedText& one : disclosure->texts) {
    const auto item = parse_json(one.item);
    const auto body = item ? json_text_member(*item, "body") : Result<std::string>(std::string());
    if (body && !body->empty()) paper.lines.emplace_back("words", printable(*body));
  }
  bool is_signer_known = false;
  for (const std::string& signer : check->signers) {
    paper.lines.emplace_back("signed by", called(signer));
    is_signer_known = is_signer_known || is_known(signer);
  }
  paper.lines.emplace_back("head", std::to_string(head.tree.count) + " " + to_hex(head.tree.root));
  paper.lines.emplace_back("head by", called(*log_key) + ", " + format_utc(head.time));
  if (!check->findings.empty()) {
    paper.verdict = Verdict::tampered;
    paper.because = printable(check->findings.front());
  } else if (!is_signer_known) {
    paper.because = "who signed it is not known here (--anchor)";
  } else if (!is_known(*log_key)) {
    paper.because = "compare the head with one you were given, or name its key (--anchor)";
  } else {
    paper.verdict = Verdict::intact;
  }
  return paper;
}

}  // namespace casebook::cli
