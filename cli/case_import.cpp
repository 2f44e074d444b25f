#include "cli/case_import.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/note_writing.h"
#include "core/printable.h"
#include "vault/imports/import_pipeline.h"
#include "vault/privacy/pii.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kListedMax = 1000;
constexpr std::size_t kBatchBytesMax = std::size_t{16} << 20U;

/// `text` cut to `bytes_max`, never within a character.
std::string cut(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

/// Collects messages and writes them, a thousand under one signature.
class Batches final : public imports::MessageSink {
 public:
  Batches(CaseSession& session, vault::Compartment& compartment, ImportReport& report)
      : session_(session), compartment_(compartment), report_(report) {}

  Status take(const imports::Message& message) override {
    auto digest = imports::import_key(message);
    if (!digest) return std::move(digest).error();
    vault::SourceKey key{};
    std::copy_n(digest->begin(), key.size(), key.begin());
    auto is_known = compartment_.has_source(key);
    if (!is_known) return std::move(is_known).error();
    if (*is_known || waiting_.contains(key)) {
      ++report_.known;
      return ok();
    }
    auto item = item_of(message, key);
    if (!item) return std::move(item).error();
    for (const privacy::PiiHit& hit : privacy::find_pii(message.text)) hits_.push_back(hit);
    waiting_.insert(key);
    bytes_ += item->text.body.size() + item->text.fields.size();
    items_.push_back(*std::move(item));
    return items_.size() < kImportBatch && bytes_ < kBatchBytesMax ? ok() : flush();
  }
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
    waiting_.clear();
    bytes_ = 0;
    return ok();
  }
  [[nodiscard]] std::string personal_data() const { return privacy::pii_summary(hits_); }

 private:
  Result<vault::ItemVersion> item_of(const imports::Message& message, const vault::SourceKey& key) {
    auto id = vault::ItemId::make(session_.runtime().randomness);
    if (!id) return std::move(id).error();
    vault::ItemVersion item{.id = *id,
                            .kind = "message",
                            .author = cut(message.user, vault::kNameBytesMax),
                            .received = report_.source.received_at};
    if (message.claimed_at) {
      item.claimed = std::chrono::floor<std::chrono::seconds>(*message.claimed_at);
    }
    item.source = key;
    item.text.title = imports::who_text(message);
    if (!message.conversation_name.empty()) {
      item.text.title += " in " + message.conversation_name;
    }
    item.text.title = cut(std::move(item.text.title), vault::kTitleBytesMax);
    item.text.body = message.text;
    item.text.fields = imports::message_fields(message, report_.source);
    if (auto given = give_leaf(item, session_.runtime().randomness); !given) {
      return std::move(given).error();
    }
    return item;
  }

  CaseSession& session_;
  vault::Compartment& compartment_;
  ImportReport& report_;
  std::vector<vault::ItemVersion> items_;
  std::set<vault::SourceKey> waiting_;
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

/// The import itself, as one item: what came, what did not, and from which
/// file.
Result<vault::Appended> note_import(CaseSession& session, const ImportRequest& request,
                                    const ImportReport& report) {
  auto item = new_item(session, {}, "import");
  if (!item) return std::move(item).error();
  item->text.title = cut(printable(request.name), vault::kTitleBytesMax);
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
  Batches batches(session, **compartment, report);
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
