/// Manifests and submissions as canonical JSON. Specification: docs/spec/filing.md 6 and 7.

#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "reports/filing/json_words.h"
#include "reports/filing/release.h"

namespace casebook::filing {
namespace {

using documents::FontDigest;

constexpr std::size_t kNamesMax = 20'000;

Json approval_json(const Approval& approval) {
  return {{"role", approval.role},
          {"person", approval.person},
          {"digest", approval.digest},
          {"time", format_utc(approval.time)}};
}

Approval approval_of(const Json& json, JsonMembers& outer) {
  JsonMembers members(json);
  members.only({"role", "person", "digest", "time"});
  Approval approval{members.text("role"), members.text("person"), members.text("digest"),
                    members.time("time")};
  join(outer, members);
  return approval;
}

Json file_json(const ReleaseFileDigest& file) {
  return {{"name", file.name}, {"sha256", file.sha256}, {"size", file.size_bytes}};
}

ReleaseFileDigest file_of(const Json& json, JsonMembers& outer) {
  JsonMembers members(json);
  members.only({"name", "sha256", "size"});
  ReleaseFileDigest file{members.text("name"), members.text("sha256"),
                         static_cast<std::uint64_t>(members.integer("size", 0, kJsonIntegerMax))};
  join(outer, members);
  return file;
}

Json font_json(const FontDigest& font) { return {{"file", font.file}, {"sha256", font.sha256}}; }

FontDigest font_of(const Json& json, JsonMembers& outer) {
  JsonMembers members(json);
  members.only({"file", "sha256"});
  FontDigest font{members.text("file"), members.text("sha256")};
  join(outer, members);
  return font;
}

void read_inputs(JsonMembers& members, ReleaseManifest& manifest) {
  if (const Json* inputs = members.object("inputs"); inputs != nullptr) {
    JsonMembers each(*inputs);
    for (const auto& [name, digest] : inputs->items()) manifest.inputs[name] = each.text(name);
    join(members, each);
  }
  if (const Json* facts = members.object("facts"); facts != nullptr) {
    JsonMembers each(*facts);
    for (const auto& [name, ids] : facts->items())
      manifest.facts[name] = each.texts(name, kNamesMax);
    join(members, each);
  }
}

}  // namespace

std::string manifest_json(const ReleaseManifest& manifest) {
  return canonical_json({{"format", "casebook-release/1"},
                         {"draft", manifest.draft},
                         {"previous", manifest.previous},
                         {"case", manifest.case_name},
                         {"reference", manifest.reference},
                         {"head", manifest.head},
                         {"law", manifest.law},
                         {"stage", manifest.stage},
                         {"as_of", manifest.as_of},
                         {"tool", manifest.tool},
                         {"language", documents::to_string(manifest.language)},
                         {"made_at", format_utc(manifest.made_at)},
                         {"inputs", manifest.inputs},
                         {"fonts", list_json(manifest.fonts, font_json)},
                         {"facts", manifest.facts},
                         {"statements", manifest.statements},
                         {"approvals", list_json(manifest.approvals, approval_json)},
                         {"files", list_json(manifest.files, file_json)},
                         {"withheld", manifest.withheld}});
}

Result<ReleaseManifest> parse_manifest(std::string_view text) {
  auto json = parse_canonical_json(text);
  if (!json) return std::move(json).error().context("manifest of a release");
  JsonMembers members(*json);
  members.only({"format", "draft", "previous", "case", "reference", "head", "law", "stage", "as_of",
                "tool", "language", "made_at", "inputs", "fonts", "facts", "files", "statements",
                "approvals", "withheld"});
  if (members.text("format") != "casebook-release/1")
    members.refuse("not the manifest of a release");
  ReleaseManifest manifest;
  manifest.draft = members.text("draft");
  manifest.previous = members.text("previous");
  manifest.case_name = members.text("case");
  manifest.reference = members.text("reference");
  manifest.head = members.text("head");
  manifest.law = members.text("law");
  manifest.stage = members.text("stage");
  manifest.as_of = members.text("as_of");
  manifest.tool = members.text("tool");
  manifest.language = word(members, "language", {documents::Language::en, documents::Language::nl});
  manifest.made_at = members.time("made_at");
  read_inputs(members, manifest);
  manifest.fonts = list_of<FontDigest>(members, "fonts", font_of);
  manifest.statements = members.texts("statements", kNamesMax);
  manifest.approvals = list_of<Approval>(members, "approvals", approval_of);
  manifest.files = list_of<ReleaseFileDigest>(members, "files", file_of);
  manifest.withheld = static_cast<int>(members.integer("withheld", 0, 1'000'000));
  if (members.failed()) return Error(members.error()).context("manifest of a release");
  return manifest;
}

std::string submission_json(const Submission& submission) {
  return canonical_json({{"format", "casebook-submission/1"},
                         {"release", submission.release},
                         {"channel", submission.channel},
                         {"reference", submission.reference},
                         {"by", submission.by},
                         {"submitted_at", format_utc(submission.submitted_at)},
                         {"receipt", submission.receipt}});
}

Result<Submission> parse_submission(std::string_view text) {
  auto json = parse_canonical_json(text);
  if (!json) return std::move(json).error().context("submission");
  JsonMembers members(*json);
  members.only({"format", "release", "channel", "reference", "by", "submitted_at", "receipt"});
  if (members.text("format") != "casebook-submission/1") members.refuse("not a submission");
  Submission submission;
  submission.release = to_hex(members.digest("release"));
  submission.channel = members.text("channel");
  submission.reference = members.text("reference");
  submission.by = members.text("by");
  submission.submitted_at = members.time("submitted_at");
  submission.receipt = members.text("receipt");
  if (members.failed()) return Error(members.error()).context("submission");
  return submission;
}

}  // namespace casebook::filing
