#pragma once
/// Releases: a frozen draft, its files and a manifest of everything they were made from, and what
/// came back when they were sent. Specification: docs/spec/filing.md 6 and 7.

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/document/pdf_writer.h"
#include "reports/filing/draft.h"
#include "reports/filing/draft_check.h"

namespace casebook::filing {

struct Approval {
  std::string role;    ///< "legal", "dpo", "pr".
  std::string person;  ///< Id of the person.
  std::string digest;  ///< Of the draft that was approved.
  UtcSeconds time;
  bool operator==(const Approval&) const = default;
};

struct ReleaseFile {
  std::string name;
  std::string bytes;
};
struct ReleaseFileDigest {
  std::string name, sha256;
  std::uint64_t size_bytes = 0;
  bool operator==(const ReleaseFileDigest&) const = default;
};

struct ReleaseManifest {
  std::string draft;     ///< Digest of the draft.
  std::string previous;  ///< Digest of the draft that was filed before; may be empty.
  std::string case_name, reference, head, law, stage, as_of, tool;
  documents::Language language = documents::Language::en;
  UtcSeconds made_at;
  std::map<std::string, std::string> inputs;  ///< Name to SHA-256: law data, map, messages.
  std::vector<documents::FontDigest> fonts;
  std::map<std::string, std::vector<std::string>> facts;  ///< Name to ids of statements.
  std::vector<std::string> statements;
  std::vector<Approval> approvals;
  std::vector<ReleaseFileDigest> files;
  int withheld = 0;
  bool operator==(const ReleaseManifest&) const = default;
};
std::string manifest_json(const ReleaseManifest& manifest);
Result<ReleaseManifest> parse_manifest(std::string_view text);

struct ReleaseOptions {
  UtcSeconds made_at;              ///< From the record of the release.
  std::vector<std::string> roles;  ///< Whose approval is wanted.
  std::vector<PersonalDataHit> personal_data;
  const FactEntries* facts = nullptr;  ///< As CheckInput::facts.
  std::filesystem::path font_folder = "/usr/share/fonts/truetype/dejavu";
};

struct Release {
  ReleaseManifest manifest;
  std::vector<ReleaseFile> files;  ///< With manifest.json last.
};

/// @return `locked` with what stands in the way: a finding that blocks, an approval that is missing
///         or of another draft; else the errors of the writers.
/// Draws the pages here, which takes the library filing_pages.
Result<Release> release(const Draft& draft, const std::vector<Approval>& approvals,
                        const ReleaseOptions& options);
/// The same with pages that are drawn elsewhere.
using DrawPages = std::function<Result<documents::PdfFile>(const documents::Document& document)>;
Result<Release> release(const Draft& draft, const std::vector<Approval>& approvals,
                        const ReleaseOptions& options, const DrawPages& draw);

/// The JSON for the recipient ("casebook-report/1") and the fields as CSV.
std::string report_json(const Draft& draft, UtcSeconds made_at);
std::string fields_csv(const Draft& draft);

struct Submission {
  std::string release;  ///< SHA-256 of the manifest, hex.
  std::string channel, reference, by;
  UtcSeconds submitted_at;
  std::string receipt;  ///< SHA-256 of what came back, hex; may be empty.
  bool operator==(const Submission&) const = default;
};
std::string submission_json(const Submission& submission);
Result<Submission> parse_submission(std::string_view text);

}  // namespace casebook::filing
