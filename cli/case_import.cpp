#include "cli/case_import.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/note_writing.h"
#include "core/characters.h"
#include "core/printable.h"
#include "vault/imports/import_pipeline.h"
#include "vault/privacy/pii.h"
#include "vault/source_keys.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kListedMax = 1000;
constexpr std::size_t kBatchBytesMax = std::size_t{16} << 20U;

/// Ids of items that are put in together: they begin alike, so that they lie together, too. Random
/// ones would change a page of the list of ids each.
class IdSeries {
 public:
  Result<vault::ItemId> next() {
    if (count_ % kImportBatch == 0) {
      auto first = vault::ItemId::make(randomness_);
      if (!first) return std::move(first).error();
      start_ = first->text().substr(0, 24);
    }
    std::array<std::byte, 4> number{};
    for (std::size_t n = 0; n < 4; ++n) number[n] = static_cast<std::byte>(count_ >> (24 - 8 * n));
    ++count_;
    return vault::ItemId::parse(start_ + to_hex(number));
  }

 private:
  SystemRandomness randomness_;
  std::string start_;
  std::uint32_t count_ = 0;
};

/// Makes items of messages beside the reading, and writes them, a thousand under one signature.
class Batches final : public imports::PreparingSink {
 public:
  /// @param known of what is there already.
  Batches(CaseSession& session, vault::Compartment& compartment, ImportReport& report,
          vault::SourceKeys known)
      : session_(session), compartment_(compartment), report_(report), known_(std::move(known)) {}

  struct PreparedItem final : Prepared {
    explicit PreparedItem(vault::ItemVersion made) : item(std::move(made)) {}
    vault::ItemVersion item;
    std::vector<privacy::PiiHit> hits;
  };

  Result<std::unique_ptr<Prepared>> prepare(const imports::Message& message) override {
    auto digest = imports::import_key(message);
    if (!digest) return std::move(digest).error();
    vault::SourceKey key{};
    std::copy_n(digest->begin(), key.size(), key.begin());
    auto item = item_of(message, key);
    if (!item) return std::move(item).error();
    auto prepared = std::make_unique<PreparedItem>(*std::move(item));
    prepared->hits = privacy::find_pii(message.text);
    return std::unique_ptr<Prepared>(std::move(prepared));
  }
  Status take_prepared(std::unique_ptr<Prepared> prepared) override {
    auto& [item, hits] = static_cast<PreparedItem&>(*prepared);
    if (!known_.insert(*item.source)) {
      ++report_.known;
      return ok();
    }
    std::ranges::move(hits, std::back_inserter(hits_));
    bytes_ += item.text.body.size() + item.text.fields.size();
    items_.push_back(std::move(item));
    return items_.size() < kImportBatch && bytes_ < kBatchBytesMax ? ok() : flush();
  }
  using PreparingSink::take;
  Status take(const imports::BadRecord& record) override {
    if (report_.bad.size() < kListedMax) report_.bad.push_back(record);
    return ok();
  }
  Status take_unread(std::string_view member) override {
    if (report_.unread.size() < kListedMax) report_.unread.emplace_back(member);
    return ok();
  }

  Status flush() {
    if (items_.empty()) return ok();
    auto written =
        session_.write_batch(compartment_.name().compartment, "import", "message", items_);
    if (!written) return std::move(written).error();
    report_.added += items_.size();
    items_.clear();
    bytes_ = 0;
    return ok();
  }
  [[nodiscard]] std::string personal_data() const { return privacy::pii_summary(hits_); }

 private:
  Result<vault::ItemVersion> item_of(const imports::Message& message, const vault::SourceKey& key) {
    auto id = ids_.next();
    if (!id) return std::move(id).error();
    vault::ItemVersion item{.id = *id,
                            .kind = "message",
                            .author = std::string(front_within(message.user, vault::kNameBytesMax)),
                            .received = report_.source.received_at};
    if (message.claimed_at) {
      item.claimed = std::chrono::floor<std::chrono::seconds>(*message.claimed_at);
    }
    item.source = key;
    item.text.title = imports::who_text(message);
    if (!message.conversation_name.empty()) {
      item.text.title += " in " + message.conversation_name;
    }
    item.text.title = front_within(std::string(item.text.title), vault::kTitleBytesMax);
    item.text.body = message.text;
    item.text.fields = imports::message_fields(message, report_.source);
    if (auto given = give_leaf(item, salts_); !given) return std::move(given).error();
    return item;
  }

  IdSeries ids_;            // Of the reading thread,
  SystemRandomness salts_;  // and so is this.
  CaseSession& session_;
  vault::Compartment& compartment_;
  ImportReport& report_;
  std::vector<vault::ItemVersion> items_;
  vault::SourceKeys known_;
  std::vector<privacy::PiiHit> hits_;
  std::size_t bytes_ = 0;
};

/// Whether a file with this digest is kept in the compartment already.
Result<bool> is_kept(vault::Compartment& compartment, const Digest256& digest) {
  bool found = false;
  const auto listed = compartment.each_attachment([&](const vault::AttachmentEntry& entry) {
    found = found || (entry.state == vault::ItemState::live && entry.row.digest == digest);
    return ok();
  });
  if (!listed) return Error(listed.error());
  return found;
}

Result<vault::SourceKeys> known_messages(vault::Compartment& compartment) {
  const auto sources = compartment.sources();
  if (!sources) return Error(sources.error());
  return vault::SourceKeys(*sources);
}

/// The import itself, as one item: what came, what did not, and from which
/// file.
Result<vault::Appended> note_import(CaseSession& session, const ImportRequest& request,
                                    const ImportReport& report) {
  auto item = new_item(session, {}, "import");
  if (!item) return std::move(item).error();
  item->text.title = front_within(printable(request.name), vault::kTitleBytesMax);
  item->text.fields = canonical_json(import_report_json(report));
  if (auto given = give_leaf(*item, session.runtime().randomness); !given) {
    return std::move(given).error();
  }
  return session.write(request.compartment, "import.done", *item);
}

}  // namespace

Json import_report_json(const ImportReport& report) {
  Json bad = Json::array();
  for (const imports::BadRecord& record : report.bad) {
    bad.push_back({{"member", record.member},
                   {"offset", std::to_string(record.offset)},
                   {"reason", record.reason}});
  }
  return {{"added", report.added},
          {"already_there", report.known},
          {"bad", std::move(bad)},
          {"bad_records", report.summary.bad_records},
          {"digest", to_hex(report.source.digest)},
          {"exported_by", report.source.exported_by},
          {"format", "casebook-import/1"},
          {"kind", to_string(report.form)},
          {"left_out", left_out(report.summary.kind)},
          {"messages", report.summary.messages},
          {"received_at", format_utc(report.source.received_at)},
          {"unread", report.unread},
          {"unread_members", report.summary.unread_members},
          {"without_moment", report.summary.without_moment}};
}

Result<ImportReport> import_into_case(CaseSession& session, RandomAccess& file,
                                      const ImportRequest& request) {
  if (file.size_bytes() == 0) {
    return Error{ErrorCode::invalid_input, "is empty: nothing was taken in",
                 "ask whoever exported it for the export again"};
  }
  auto compartment = session.compartment(request.compartment);
  if (!compartment) return std::move(compartment).error();
  ImportReport report;
  auto form = imports::recognise_import(file, request.options);
  if (!form) return std::move(form).error();
  report.form = *form;
  AccessSource hashed(file);
  auto digest = hash_stream(hashed, file.size_bytes());
  if (!digest) return std::move(digest).error();
  report.source = {*digest, request.exported_by, session.now()};
  auto kept = is_kept(**compartment, *digest);
  if (!kept) return std::move(kept).error();
  report.was_kept = *kept;
  if (!*kept) {
    // First the original, so that every message points to something that is
    // there.
    AccessSource bytes(file);
    auto stored = keep_file(session, request.compartment, request.name, bytes);
    if (!stored) return std::move(stored).error();
    if (stored->digest != *digest) {
      return Error{ErrorCode::corrupt, "the file changed while it was read"};
    }
    report.file_seq = stored->seq;
  }
  auto known = known_messages(**compartment);
  if (!known) return std::move(known).error();
  Batches batches(session, **compartment, report, *std::move(known));
  auto summary = imports::import_on_two_threads(file, request.options, batches);
  if (!summary) return std::move(summary).error();
  report.summary = *summary;
  if (auto written = batches.flush(); !written) return std::move(written).error();
  report.personal_data = batches.personal_data();
  if (report.added == 0 && report.was_kept) return report;
  auto noted = note_import(session, request, report);
  if (!noted) return std::move(noted).error();
  report.seq = noted->seq;
  if (auto merged = (*compartment)->optimize(); !merged) return std::move(merged).error();
  return report;
}

}  // namespace casebook::cli
