// tests/fuzz/filing_fuzz.cpp: whatever draft, manifest, submission or map a reader accepts is
// written again as the same bytes, and drafts can be checked and made into documents.
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "reports/document/text_writer.h"
#include "reports/filing/draft_document.h"
#include "reports/filing/draft_json.h"
#include "reports/filing/release.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  using namespace casebook::filing;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto manifest = parse_manifest(text); manifest)
    check(manifest_json(*manifest) == text, "an accepted manifest is written as it was read");
  if (const auto sent = parse_submission(text); sent)
    check(submission_json(*sent) == text, "an accepted submission is written as it was read");
  static_cast<void>(FilingMap::parse(text));
  const auto draft = parse_draft(text);
  if (!draft) return 0;
  check(draft_json(*draft) == text, "an accepted draft is written as it was read");
  const auto findings = check_draft(*draft, {.now = draft->made_at, .personal_data = {}});
  // A document may be refused for its limits.
  static_cast<void>(documents::document_text(review_document(*draft, findings)));
  static_cast<void>(documents::document_text(outward_document(*draft, draft->made_at)));
  static_cast<void>(report_json(*draft, draft->made_at));
  static_cast<void>(fields_csv(*draft));
  return 0;
}
