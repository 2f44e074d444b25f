#include "core/custody_log.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/json_text.h"

namespace casebook {
namespace {

constexpr std::string_view kLogFormat = "casebook-custody-log/1";
constexpr std::string_view kRecordFormat = "casebook-custody-record/1";
constexpr std::size_t kSignaturesMax = 4;
constexpr std::size_t kForksMax = 64;
constexpr std::size_t kLineBytesMax = std::size_t{256} << 10U;
constexpr std::uint64_t kFileBytesMax = std::uint64_t{64} << 20U;
constexpr mode_t kMode = 0600;

Error invalid(std::string why) { return Error{ErrorCode::invalid_input, std::move(why)}; }

LedgerId ledger_of(const BagId& bag) { return *LedgerId::parse(bag.text()); }

std::string format_record(const CustodyEvent& event) {
  return canonical_json(Json{{"format", kRecordFormat},
                             {"received_at", format_utc(event.received_at)},
                             {"signatures", event.signatures},
                             {"statement", event.statement_text}});
}

Status read_signatures(const Json& object, std::vector<std::string>& signatures) {
  auto list = json_member(object, "signatures");
  if (!list) return std::move(list).error();
  if (!(*list)->is_array() || (*list)->size() > kSignaturesMax) {
    return invalid("\"signatures\" is not a list of at most 4");
  }
  for (const Json& item : **list) {
    if (!item.is_string()) return invalid("\"signatures\" holds something else");
    signatures.push_back(item.get<std::string>());
  }
  return ok();
}

/// Reads a record that is already known to be the one committed to.
Result<CustodyEvent> parse_record(std::string record) {
  auto object = parse_canonical_json(record, {.size_bytes_max = kLineBytesMax, .depth_max = 3});
  if (!object) return std::move(object).error();
  auto known = json_only_members(*object, {"format", "received_at", "signatures", "statement"});
  if (!known) return std::move(known).error();
  auto format = json_text_member(*object, "format");
  if (!format) return std::move(format).error();
  if (*format != kRecordFormat) return invalid("another format or version of record");
  auto received_text = json_text_member(*object, "received_at");
  if (!received_text) return std::move(received_text).error();
  auto received_at = parse_utc(*received_text);
  if (!received_at) return std::move(received_at).error();
  auto statement_text = json_text_member(*object, "statement");
  if (!statement_text) return std::move(statement_text).error();
  auto statement = parse_custody_statement(*statement_text);
  if (!statement) return std::move(statement).error();
  CustodyEvent event{
      {}, {},          {}, std::move(record), *std::move(statement), *std::move(statement_text),
      {}, *received_at};
  if (auto read = read_signatures(*object, event.signatures); !read) return std::move(read).error();
  return event;
}

Result<CustodyEvent> parse_event(std::string_view line) {
  auto object = parse_canonical_json(line, {.size_bytes_max = kLineBytesMax, .depth_max = 2});
  if (!object) return std::move(object).error();
  if (auto known = json_only_members(*object, {"entry", "record", "salt"}); !known) {
    return std::move(known).error();
  }
  auto entry_text = json_text_member(*object, "entry");
  if (!entry_text) return std::move(entry_text).error();
  auto entry = parse_entry(*entry_text);
  if (!entry) return std::move(entry).error();
  auto salt_text = json_text_member(*object, "salt");
  if (!salt_text) return std::move(salt_text).error();
  auto salt_bytes = from_hex(*salt_text);
  Salt salt{};
  if (!salt_bytes || salt_bytes->size() != salt.size()) return invalid("\"salt\" is no salt");
  std::ranges::copy(*salt_bytes, salt.begin());
  auto record = json_text_member(*object, "record");
  if (!record) return std::move(record).error();
  auto commit = commit_to(salt, as_bytes(*record));
  if (!commit) return std::move(commit).error();
  if (*commit != entry->commit) return invalid("the record is not what the entry commits to");
  auto event = parse_record(*std::move(record));
  if (!event) return event;
  event->entry = *entry;
  event->salt = salt;
  return event;
}

/// Puts events in place one by one and keeps track of what may follow what.
class Builder {
 public:
  static Result<Builder> create(const BagId& bag) {
    auto start = ledger_start(ledger_of(bag));
    if (!start) return std::move(start).error();
    return Builder(bag, *start);
  }
  /// Takes an event unless it is there already.
  Status add(CustodyEvent event) {
    auto leaf = entry_leaf(event.entry);
    if (!leaf) return std::move(leaf).error();
    if (seq_after_.contains(*leaf)) return ok();
    const auto before = seq_after_.find(event.entry.prev);
    if (before == seq_after_.end() || before->second != event.entry.seq) {
      return invalid("the entry follows nothing that is here");
    }
    if (event.statement.bag != log_.bag) return invalid("the statement is about another bag");
    if (log_.events.size() == kCustodyEventsMax) {
      return Error{ErrorCode::limit_exceeded, "more than 10000 events of custody"};
    }
    if (!followed_.insert(event.entry.prev).second && ++forks_ > kForksMax) {
      return Error{ErrorCode::limit_exceeded, "more than 64 rival histories"};
    }
    event.leaf = *leaf;
    seq_after_.emplace(*leaf, event.entry.seq + 1);
    log_.events.push_back(std::move(event));
    return ok();
  }
  CustodyLog take() && { return std::move(log_); }

 private:
  Builder(const BagId& bag, const Digest256& start) : log_{bag, {}}, seq_after_{{start, 0}} {}
  CustodyLog log_;
  std::map<Digest256, std::uint64_t> seq_after_;  // What an entry after this leaf must be numbered.
  std::set<Digest256> followed_;
  std::size_t forks_ = 0;
};

Result<BagId> parse_first_line(std::string_view line) {
  auto object = parse_canonical_json(line, {.size_bytes_max = 200, .depth_max = 2});
  if (!object) return std::move(object).error();
  if (auto known = json_only_members(*object, {"bag", "format"}); !known) {
    return std::move(known).error();
  }
  auto format = json_text_member(*object, "format");
  if (!format) return std::move(format).error();
  if (*format != kLogFormat) return invalid("another format or version");
  auto bag = json_text_member(*object, "bag");
  if (!bag) return std::move(bag).error();
  return BagId::parse(*bag);
}

Error bad_line(std::size_t number, Error error) {
  const auto code = error.code == ErrorCode::invalid_input ? ErrorCode::corrupt : error.code;
  return Error{code, "custody line " + std::to_string(number) + ": " + error.message};
}

}  // namespace

std::string format_custody(const CustodyLog& log) {
  std::string text = canonical_json(Json{{"bag", log.bag.text()}, {"format", kLogFormat}}) + "\n";
  for (const CustodyEvent& event : log.events) {
    text += canonical_json(Json{{"entry", format_entry(event.entry)},
                                {"record", event.record},
                                {"salt", to_hex(event.salt)}}) +
            "\n";
  }
  return text;
}

Result<CustodyLog> parse_custody(std::string_view text) {
  std::optional<Builder> builder;
  for (std::size_t number = 1; !text.empty() || !builder; ++number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return bad_line(number, invalid("not a whole line"));
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!builder) {
      auto bag = parse_first_line(line);
      if (!bag) return bad_line(number, std::move(bag).error());
      auto created = Builder::create(*bag);
      if (!created) return std::move(created).error();
      builder.emplace(*std::move(created));
      continue;
    }
    auto event = parse_event(line);
    if (!event) return bad_line(number, std::move(event).error());
    auto added = builder->add(*std::move(event));
    if (!added) return bad_line(number, std::move(added).error());
  }
  return std::move(*builder).take();
}

Result<CustodyLog> merge_custody(CustodyLog ours, const CustodyLog& theirs) {
  if (ours.bag != theirs.bag) return invalid("custody of two different bags");
  auto builder = Builder::create(ours.bag);
  if (!builder) return std::move(builder).error();
  for (CustodyEvent& event : ours.events) {
    if (auto added = builder->add(std::move(event)); !added) return std::move(added).error();
  }
  for (const CustodyEvent& event : theirs.events) {
    if (auto added = builder->add(event); !added) return std::move(added).error();
  }
  return std::move(*builder).take();
}

std::vector<CustodyTail> custody_tails(const CustodyLog& log) {
  std::map<Digest256, std::size_t> place;
  std::vector<std::vector<std::size_t>> followers(log.events.size() +
                                                  1);  // The last: of the start.
  for (std::size_t i = 0; i < log.events.size(); ++i) {
    const auto before = place.find(log.events[i].entry.prev);
    followers[before == place.end() ? log.events.size() : before->second].push_back(i);
    place.emplace(log.events[i].leaf, i);
  }
  std::vector<CustodyTail> tails;
  std::vector<CustodyTail> open = {CustodyTail()};  // Depth first, the first follower first.
  while (!open.empty()) {
    CustodyTail tail = std::move(open.back());
    open.pop_back();
    for (;;) {
      const auto& next = followers[tail.empty() ? log.events.size() : tail.back()];
      if (next.empty()) break;
      for (std::size_t i = next.size() - 1; i > 0; --i) {
        open.push_back(tail);
        open.back().push_back(next[i]);
      }
      tail.push_back(next.front());
    }
    tails.push_back(std::move(tail));
  }
  return tails;
}

Result<MerkleHead> custody_head(const CustodyLog& log, const CustodyTail& tail) {
  auto tree = MerkleTree::create();
  if (!tree) return std::move(tree).error();
  for (const std::size_t index : tail) {
    if (auto added = tree->add(log.events[index].leaf); !added) return std::move(added).error();
  }
  return tree->head();
}

namespace {

/// Makes the statement that would come next on the main tail.
Result<CustodyStatement> next_statement(const CustodyLog& log, const CustodyTail& tail,
                                        const CustodyRequest& request, std::string key,
                                        Randomness& randomness) {
  for (const std::string* text : {&request.reason, &request.place}) {
    if (text->size() > kCustodyTextMax || !is_utf8(*text)) {
      return invalid("reason and place are UTF-8 of at most 4096 bytes");
    }
  }
  if (request.to && request.kind != CustodyKind::given)
    return invalid("only given goes to somebody");
  auto id = StatementId::make(randomness);
  if (!id) return std::move(id).error();
  auto basis = custody_head(log, tail);
  if (!basis) return std::move(basis).error();
  return CustodyStatement{
      *id,           log.bag,        request.kind,  std::move(key), request.person, request.reason,
      request.place, request.before, request.after, request.about,  request.to,     request.now,
      *basis};
}

Result<std::size_t> append(CustodyLog& log, const CustodyTail& tail, CustodyStatement statement,
                           std::vector<std::string> signatures, UtcSeconds now,
                           Randomness& randomness) {
  auto salt = make_salt(randomness);
  if (!salt) return std::move(salt).error();
  auto start = ledger_start(ledger_of(log.bag));
  if (!start) return std::move(start).error();
  // Received times never run backwards, whatever a clock does.
  const UtcSeconds received_at =
      tail.empty() ? now : std::max(now, log.events[tail.back()].received_at);
  std::string text = format_custody_statement(statement);
  CustodyEvent event{
      {}, {}, *salt, {}, std::move(statement), std::move(text), std::move(signatures), received_at};
  event.record = format_record(event);
  auto commit = commit_to(*salt, as_bytes(event.record));
  if (!commit) return std::move(commit).error();
  event.entry = {.seq = tail.size(),
                 .prev = tail.empty() ? *start : log.events[tail.back()].leaf,
                 .commit = *commit};
  auto leaf = entry_leaf(event.entry);
  if (!leaf) return std::move(leaf).error();
  event.leaf = *leaf;
  if (log.events.size() == kCustodyEventsMax) {
    return Error{ErrorCode::limit_exceeded, "more than 10000 events of custody"};
  }
  log.events.push_back(std::move(event));
  return log.events.size() - 1;
}

}  // namespace

Result<std::size_t> append_signed(CustodyLog& log, const CustodyRequest& request, Signer& signer,
                                  Randomness& randomness) {
  const CustodyTail tail = custody_tails(log).front();
  auto key = signer.public_key().fingerprint();
  if (!key) return std::move(key).error();
  auto statement = next_statement(log, tail, request, *std::move(key), randomness);
  if (!statement) return std::move(statement).error();
  auto signature = make_ssh_signature(signer, kStatementNamespace,
                                      as_bytes(format_custody_statement(*statement)));
  if (!signature) return std::move(signature).error().context("sign custody statement");
  return append(log, tail, *std::move(statement), {*std::move(signature)}, request.now, randomness);
}

Result<std::size_t> append_by_seal(CustodyLog& log, const CustodyRequest& request,
                                   const SshPublicKey& seal_key, Randomness& randomness) {
  check(request.kind == CustodyKind::created || request.kind == CustodyKind::sealed,
        "a seal shows only that a bag was made");
  const CustodyTail tail = custody_tails(log).front();
  auto key = seal_key.fingerprint();
  if (!key) return std::move(key).error();
  auto statement = next_statement(log, tail, request, *std::move(key), randomness);
  if (!statement) return std::move(statement).error();
  return append(log, tail, *std::move(statement), {}, request.now, randomness);
}

Status save_custody(const std::filesystem::path& path, const CustodyLog& log,
                    std::span<const AgeRecipient> recipients, Randomness& randomness,
                    FileCalls& calls) {
  auto sealed = age_encrypt(as_bytes(format_custody(log)), recipients, randomness);
  if (!sealed) return std::move(sealed).error().context("custody");
  return write_file(path, *sealed, kMode, IfExists::replace, calls);
}

Result<CustodyLog> load_custody(const std::filesystem::path& path, const AgeUnlock& unlock) {
  auto sealed = read_file(path, kFileBytesMax);
  if (!sealed) return std::move(sealed).error();
  auto text = age_decrypt(*sealed, unlock, kFileBytesMax);
  if (!text) return std::move(text).error().context("custody");
  return parse_custody(as_text(text->reveal()));
}

}  // namespace casebook
