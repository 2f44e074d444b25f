#include "reports/filing/release.h"

#include <algorithm>
#include <set>

#include "core/bytes.h"
#include "core/digest.h"
#include "reports/document/docx_writer.h"
#include "reports/document/html_writer.h"
#include "reports/document/text_writer.h"
#include "reports/filing/draft_document.h"
#include "reports/filing/draft_json.h"
#include "reports/filing/filing_messages.h"

namespace casebook::filing {
namespace {

std::string hex_digest(std::string_view bytes) {
  auto digest = sha256(as_bytes(bytes));
  check(bool(digest), "SHA-256 of bytes in memory");
  return to_hex(*digest);
}

Status may_be_released(const Draft& draft, const std::vector<Approval>& approvals,
                       const ReleaseOptions& options) {
  const auto findings = check_draft(
      draft,
      {.now = options.made_at, .personal_data = options.personal_data, .facts = options.facts});
  for (const DraftFinding& finding : findings) {
    if (finding.level != FindingLevel::blocks) continue;
    return Error{ErrorCode::locked, finding.where + ": " + finding.say, finding.todo};
  }
  const std::string digest = draft_digest(draft);
  for (const Approval& approval : approvals) {
    if (approval.digest == digest) continue;
    return Error{ErrorCode::locked,
                 "the approval of " + approval.role + " is for another draft (" +
                     approval.digest.substr(0, 12) + ", not " + digest.substr(0, 12) + ")",
                 "ask " + approval.role + " to look at this draft"};
  }
  for (const std::string& role : options.roles) {
    if (std::any_of(approvals.begin(), approvals.end(),
                    [&](const Approval& approval) { return approval.role == role; }))
      continue;
    return Error{ErrorCode::locked, "no approval of " + role,
                 "ask " + role + " to look at draft " + digest.substr(0, 12)};
  }
  return ok();
}

void add_statements(const Draft& draft, ReleaseManifest& manifest) {
  std::set<std::string> statements;
  for (const DraftField& field : draft.fields) {
    for (const Part& part : field.parts) {
      statements.insert(part.statements.begin(), part.statements.end());
      for (const std::string& fact : part.facts) {
        auto& ids = manifest.facts[fact];
        for (const std::string& id : part.statements) {
          if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
        }
      }
    }
  }
  manifest.statements.assign(statements.begin(), statements.end());
}

ReleaseManifest manifest_of(const Draft& draft, const std::vector<Approval>& approvals,
                            const ReleaseOptions& options) {
  ReleaseManifest manifest;
  manifest.draft = draft_digest(draft);
  manifest.previous = draft.previous;
  manifest.case_name = draft.case_name;
  manifest.reference = draft.reference;
  manifest.head = draft.head;
  manifest.law = draft.law.regime;
  manifest.stage = draft.law.stage;
  manifest.as_of = draft.law.as_of;
  manifest.tool = draft.tool;
  manifest.language = draft.language;
  manifest.made_at = options.made_at;
  manifest.inputs["law"] = draft.law_digest;
  manifest.inputs["filing-map"] = hex_digest(FilingMap::built_in_text());
  manifest.inputs["filing-messages"] = hex_digest(filing_messages_text(draft.language));
  manifest.approvals = approvals;
  manifest.withheld = draft.withheld;
  add_statements(draft, manifest);
  return manifest;
}

/// The files for outside, in a fixed order.
Result<std::vector<ReleaseFile>> write_files(const Draft& draft, const ReleaseOptions& options,
                                             const DrawPages& draw,
                                             std::vector<documents::FontDigest>& fonts) {
  documents::Document document = outward_document(draft, options.made_at);
  auto pdf = draw(document);
  if (!pdf) return std::move(pdf).error().context("PDF");
  fonts = pdf->fonts;
  auto html = documents::document_html(document);
  if (!html) return std::move(html).error().context("HTML");
  auto text = documents::document_text(document);
  if (!text) return std::move(text).error().context("text");
  document.draft = true;
  auto docx = documents::document_docx(document);
  if (!docx) return std::move(docx).error().context("DOCX");
  std::vector<ReleaseFile> files;
  files.push_back({"report.html", *std::move(html)});
  files.push_back({"report.pdf", std::move(pdf->bytes)});
  files.push_back({"report.json", report_json(draft, options.made_at)});
  files.push_back({"fields.csv", fields_csv(draft)});
  files.push_back({"draft.docx", *std::move(docx)});
  files.push_back({"report.txt", *std::move(text)});
  return files;
}

}  // namespace

Result<Release> release(const Draft& draft, const std::vector<Approval>& approvals,
                        const ReleaseOptions& options, const DrawPages& draw) {
  if (auto may = may_be_released(draft, approvals, options); !may) return std::move(may).error();
  Release made;
  made.manifest = manifest_of(draft, approvals, options);
  auto files = write_files(draft, options, draw, made.manifest.fonts);
  if (!files) return std::move(files).error();
  made.files = *std::move(files);
  for (const ReleaseFile& file : made.files)
    made.manifest.files.push_back({file.name, hex_digest(file.bytes), file.bytes.size()});
  made.files.push_back({"manifest.json", manifest_json(made.manifest)});
  return made;
}

}  // namespace casebook::filing
