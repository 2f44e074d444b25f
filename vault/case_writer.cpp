#include "vault/case_writer.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "core/printable.h"
#include "core/random_access.h"

namespace casebook::vault {
namespace {

constexpr std::size_t kHeadFileBytesMax = 8192;
constexpr std::array<std::string_view, 4> kSeenNames = {"never", "extends", "rolled_back",
                                                        "forked"};

Result<std::optional<SignedHead>> read_head(const CasePaths& paths) {
  auto text = read_file(paths.head(), kHeadFileBytesMax);
  if (!text && text.error().code == ErrorCode::not_found) return std::optional<SignedHead>();
  if (!text) return std::move(text).error();
  auto head = parse_signed_head(as_text(*text));
  if (!head) {
    return Error{ErrorCode::corrupt, "head: " + head.error().message};
  }
  return std::optional(*std::move(head));
}

/// Opens the ledger for reading and hands it to `use`.
template <typename Use>
auto with_ledger(const CasePaths& paths, Use use) -> decltype(use(std::declval<ByteSource&>())) {
  auto file = FileAccess::open(paths.ledger());
  if (!file) return std::move(file).error();
  AccessSource source(*file);
  return use(source);
}

/// The root at each of some sizes, in one reading.
class RootsAt {
 public:
  RootsAt(const CaseFile& file, std::vector<std::uint64_t> sizes)
      : id_(file.ledger_id()), sizes_(std::move(sizes)) {}

  /// Before the first entry.
  Status begin() {
    auto start = LedgerChain::start(id_);
    if (!start) return std::move(start).error();
    return note(*start);
  }
  Result<LedgerReport> read(const CasePaths& paths) {
    if (auto begun = begin(); !begun) return std::move(begun).error();
    auto replayed = with_ledger(paths, [&](ByteSource& source) {
      return replay_ledger(source, id_, [&](const LedgerEntry& /*entry*/, LedgerChain& chain) {
        return note(chain);
      });
    });
    if (!replayed) return std::move(replayed).error();
    return replayed->report;
  }
  [[nodiscard]] std::optional<Digest256> at(std::uint64_t size) const {
    const auto found = std::ranges::find(found_, size, &MerkleHead::count);
    if (found == found_.end()) return std::nullopt;
    return found->root;
  }
  Status note(LedgerChain& chain) {
    if (std::ranges::find(sizes_, chain.count()) == sizes_.end()) return ok();
    auto head = chain.head();
    if (!head) return std::move(head).error();
    found_.push_back(*head);
    return ok();
  }

 private:
  LedgerId id_;
  std::vector<std::uint64_t> sizes_;
  std::vector<MerkleHead> found_;
};

SeenBefore relation(const std::optional<SignedHead>& head, const RootsAt& roots) {
  if (!head) return SeenBefore::never;
  const auto root = roots.at(head->head.tree.count);
  if (!root) return SeenBefore::rolled_back;
  return *root == head->head.tree.root ? SeenBefore::extends : SeenBefore::forked;
}

}  // namespace

std::string_view to_string(SeenBefore seen) noexcept {
  return kSeenNames[static_cast<std::size_t>(seen)];
}

namespace {

/// Everything of a case's state but its ledger, and where that is to be looked at.
struct Outline {
  CaseState state;
  RootsAt roots;

  void settle(const LedgerReport& report) {
    state.ledger = report;
    state.against_head = relation(state.head, roots);
    state.against_home = relation(state.home, roots);
  }
};
Result<Outline> outline_of(const CasePaths& paths, const HomeHeads& home) {
  auto file = load_case_file(paths);
  if (!file) return std::move(file).error();
  auto head = read_head(paths);
  if (!head) return std::move(head).error();
  if (*head && (*head)->head.ledger != file->ledger_id()) {
    return Error{ErrorCode::corrupt, "head: of another case"};
  }
  auto seen = home.last_seen(file->ledger_id());
  if (!seen) return std::move(seen).error();
  std::vector<std::uint64_t> sizes;
  for (const auto* known : {&*head, &*seen}) {
    if (*known) sizes.push_back((*known)->head.tree.count);
  }
  RootsAt roots(*file, std::move(sizes));
  Outline outline{{*std::move(file), {}, *std::move(head)}, std::move(roots)};
  outline.state.home = *std::move(seen);
  return outline;
}

}  // namespace

Result<CaseState> look_at_case(const CasePaths& paths, const HomeHeads& home) {
  auto outline = outline_of(paths, home);
  if (!outline) return std::move(outline).error();
  auto report = outline->roots.read(paths);
  if (!report) return std::move(report).error();
  outline->settle(*report);
  return std::move(outline->state);
}

Status check_seen(const CaseState& state) {
  if (state.against_head == SeenBefore::rolled_back || state.against_head == SeenBefore::forked) {
    return Error{ErrorCode::corrupt, "the ledger is not the one that its own head speaks of",
                 "entries were removed or changed: casebook verify tells what is left"};
  }
  if (state.against_home == SeenBefore::rolled_back) {
    return Error{ErrorCode::corrupt,
                 "this case is older than what this machine saw: " +
                     std::to_string(state.ledger.tree.count) + " entries, " +
                     std::to_string(state.home->head.tree.count) + " were there",
                 "an old copy was put back; find the newer one. Nothing is "
                 "written to this one"};
  }
  if (state.against_home == SeenBefore::forked) {
    return Error{ErrorCode::corrupt, "this case went another way than the one this machine saw",
                 "two copies were written to; keep both and decide: nothing is "
                 "written until then"};
  }
  return ok();
}

Result<std::vector<Digest256>> commitments_of(const CasePaths& paths, const CaseFile& file) {
  std::vector<Digest256> commits;
  auto report = with_ledger(paths, [&](ByteSource& source) {
    return read_ledger(source, file.ledger_id(), [&](const LedgerEntry& entry) {
      commits.push_back(entry.commit);
      return ok();
    });
  });
  if (!report) return std::move(report).error();
  return commits;
}

Status create_case(const CasePaths& paths, const CaseFile& file, FileCalls& calls) {
  std::error_code failure;
  std::filesystem::create_directories(paths.root, failure);
  for (const auto& folder : {paths.vault(), paths.evidence()}) {
    if (!failure) std::filesystem::create_directory(folder, failure);
  }
  if (failure) return system_error("make " + printable(paths.root.string()), failure.value());
  if (::chmod(paths.root.c_str(), 0700) != 0) return system_error("chmod", errno);
  auto ledger = LedgerFile::create(paths.ledger(), file.ledger_id(), calls);
  if (!ledger) return std::move(ledger).error();
  // case.json comes last: without it the folder is no case.
  return write_file(paths.case_file(), as_bytes(format_case_file(file)), 0600, IfExists::refuse,
                    calls);
}

CaseWriter::CaseWriter(WriterOptions options, CaseState state, FileLock lock, LedgerFile ledger)
    : options_(std::move(options)),
      state_(std::move(state)),
      lock_(std::move(lock)),
      ledger_(std::move(ledger)) {}

Result<CaseWriter> CaseWriter::open(const WriterOptions& options) {
  check(options.log_key != nullptr && options.randomness != nullptr, "a writer has a log key");
  FileCalls& calls = options.calls != nullptr ? *options.calls : system_file_calls();
  auto lock = lock_vault(options.paths.lock());
  if (!lock) return std::move(lock).error();
  auto outline = outline_of(options.paths, options.home);
  if (!outline) return std::move(outline).error();
  if (auto begun = outline->roots.begin(); !begun) return std::move(begun).error();
  // One reading: the chain to go on from, and the roots that heads speak of.
  const LedgerFile::Reading reading{
      [&](const LedgerEntry& /*entry*/, LedgerChain& chain) { return outline->roots.note(chain); },
      [&](const LedgerReport& report) {
        outline->settle(report);
        return check_seen(outline->state);
      }};
  auto ledger =
      LedgerFile::open(options.paths.ledger(), outline->state.file.ledger_id(), reading, calls);
  if (!ledger) return std::move(ledger).error();
  CaseWriter writer(options, std::move(outline->state), *std::move(lock), *std::move(ledger));
  writer.options_.calls = &calls;
  writer.head_ = writer.state_.ledger.tree;
  for (const auto* known : {&writer.state_.head, &writer.state_.home}) {
    if (*known) writer.last_time_ = std::max(writer.last_time_, (*known)->head.time);
  }
  writer.signed_head_ = writer.state_.head;
  return writer;
}

Result<Recovery> CaseWriter::recover(std::span<Compartment* const> compartments) {
  struct Pending {
    Compartment* compartment;
    Digest256 commit;
    std::optional<CaseRecord> record;  // None: a record that waited in an inbox.
    [[nodiscard]] std::uint64_t seq() const { return record ? record->seq : 0; }
  };
  std::vector<Pending> pending;
  Recovery recovery;
  recovery.torn_bytes = ledger_.torn_bytes();
  for (Compartment* compartment : compartments) {
    auto records = compartment->pending();
    if (!records) return std::move(records).error();
    for (const StoredRecord& stored : *records) {
      auto record = parse_record(as_text(stored.record));
      pending.push_back(
          {compartment, stored.commit, record ? std::optional(*std::move(record)) : std::nullopt});
    }
  }
  std::ranges::sort(pending, {}, &Pending::seq);
  std::vector<Digest256> commits;
  if (!pending.empty()) {
    auto read = commitments_of(options_.paths, state_.file);
    if (!read) return std::move(read).error();
    commits = *std::move(read);
  }
  for (const Pending& one : pending) {
    std::uint64_t seq = one.seq();
    if (!one.record) {  // It was entered when it was left, by somebody who could not open this.
      seq = static_cast<std::uint64_t>(std::ranges::find(commits, one.commit) - commits.begin());
      if (seq == commits.size()) ++seq;
    }
    if (seq == commits.size()) {
      auto entry = ledger_.append(one.commit);
      if (!entry) return std::move(entry).error();
      commits.push_back(one.commit);
      last_time_ = std::max(last_time_, one.record->received_at);
      ++recovery.finished;
    } else if (seq > commits.size() || commits[seq] != one.commit) {
      if (auto gone = one.compartment->discard(one.commit); !gone) return std::move(gone).error();
      ++recovery.discarded;
      continue;
    } else {
      if (one.record) last_time_ = std::max(last_time_, one.record->received_at);
      ++recovery.marked;
    }
    auto marked = one.compartment->mark_appended(one.commit, seq);
    if (!marked) return std::move(marked).error();
  }
  auto head = ledger_.head();
  if (!head) return std::move(head).error();
  head_ = *head;
  if (head_.count > 0 && (!signed_head_ || signed_head_->head.tree != head_)) {
    if (auto written = write_head(last_time_); !written) return std::move(written).error();
  }
  return recovery;
}

Result<std::optional<Digest256>> CaseWriter::root_at(std::uint64_t size) const {
  if (size == head_.count) return std::optional(head_.root);
  if (size > head_.count) return std::optional<Digest256>();
  RootsAt roots(state_.file, {size});
  auto report = roots.read(options_.paths);
  if (!report) return std::move(report).error();
  return roots.at(size);
}

Result<Appended> CaseWriter::append(Compartment& compartment, const RecordRequest& request,
                                    UtcSeconds now) {
  auto prepared = prepare(compartment, request, now);
  if (!prepared) return std::move(prepared).error();
  return enter(compartment, *prepared);
}

Result<CaseWriter::Prepared> CaseWriter::prepare(Compartment& compartment,
                                                 const RecordRequest& request, UtcSeconds now) {
  if (failed_) return Error{ErrorCode::io, "an earlier append failed; open the case again"};
  const UtcSeconds received = received_at(now);
  const CaseRecord record{head_.count,
                          received,
                          received > now,
                          request.statement,
                          {request.leaves.begin(), request.leaves.end()}};
  const std::string text = format_record(record);
  if (text.size() > kRecordBytesMax) {
    return Error{ErrorCode::limit_exceeded, "the record is longer than 512 KiB"};
  }
  auto salt = make_salt(*options_.randomness);
  if (!salt) return std::move(salt).error();
  auto commit = commit_to(*salt, as_bytes(text));
  if (!commit) return std::move(commit).error();
  // When this fails, nothing was changed.
  auto put = compartment.put_pending(*commit, *salt, as_bytes(text), request.projections);
  if (!put) return std::move(put).error();
  return Prepared{record.seq, *commit, received, record.is_raised};
}

Status CaseWriter::append_entry(const Prepared& prepared) {
  check(prepared.seq == head_.count, "nothing was appended since it was prepared");
  auto entry = ledger_.append(prepared.commit);
  if (!entry) return std::move(entry).error();
  check(entry->seq == prepared.seq, "one writer at a time");
  auto head = ledger_.head();
  if (!head) return std::move(head).error();
  head_ = *head;
  return write_head(prepared.received_at);
}

Result<Appended> CaseWriter::enter(Compartment& compartment, const Prepared& prepared) {
  if (failed_) return Error{ErrorCode::io, "an earlier append failed; open the case again"};
  failed_ = true;  // Until it is known that all is in place.
  if (auto entered = append_entry(prepared); !entered) return std::move(entered).error();
  auto marked = compartment.mark_appended(prepared.commit, prepared.seq);
  if (!marked) return std::move(marked).error();
  failed_ = false;
  return Appended{prepared.seq, prepared.commit, prepared.received_at, prepared.is_raised};
}

Result<Appended> CaseWriter::enter_foreign(const Digest256& commit, UtcSeconds now) {
  if (failed_) return Error{ErrorCode::io, "an earlier append failed; open the case again"};
  failed_ = true;
  const UtcSeconds received = received_at(now);
  const Prepared prepared{head_.count, commit, received, received > now};
  if (auto entered = append_entry(prepared); !entered) return std::move(entered).error();
  failed_ = false;
  return Appended{prepared.seq, commit, received, prepared.is_raised};
}

Status CaseWriter::write_head(UtcSeconds time) {
  last_time_ = std::max(last_time_, time);
  auto head = sign_head({state_.file.ledger_id(), head_, last_time_}, *options_.log_key);
  if (!head) return std::move(head).error();
  auto written = write_file(options_.paths.head(), as_bytes(format_signed_head(*head)), 0600,
                            IfExists::replace, *options_.calls);
  if (!written) return std::move(written).error().context("head");
  signed_head_ = *std::move(head);
  return ok();
}

Status CaseWriter::close() && {
  if (!signed_head_) return ok();
  return options_.home.keep(*signed_head_);
}

}  // namespace casebook::vault
