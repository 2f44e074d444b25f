// `casebook artifact list|show|lint`: what the collector may take.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/runtime.h"
#include "cli/text.h"
#include "collector/artifact.h"
#include "collector/artifact_lint.h"
#include "collector/collection_plan.h"
#include "collector/embedded_artifacts.h"
#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

using collector::Artifact;
using collector::ArtifactEntry;
using collector::ArtifactSet;
using collector::ChosenEntry;

struct Options {
  std::string profile;
  std::string id;
  std::string file;
  bool only_missing = false;
};

Result<ArtifactSet> built_in_set() {
  auto text = collector::embedded_artifact_set();
  if (!text) return std::move(text).error();
  return ArtifactSet::parse(*text);
}

std::string way_of(const ArtifactEntry& entry) {
  if (!entry.path.empty()) return entry.path;
  if (!entry.reading.empty()) return entry.reading;
  std::string words;
  for (const std::string& word : entry.argv) words += (words.empty() ? "" : " ") + word;
  return words;
}

struct Counts {
  std::uint64_t rules = 0;
  std::uint64_t missing = 0;
};

ExitStatus list(Runtime& runtime, const Options& options) {
  auto set = built_in_set();
  if (!set) return fail(runtime, set.error());
  auto chosen = options.profile.empty() ? Result<std::vector<ChosenEntry>>(set->all())
                                        : set->choose({.profile = options.profile, .opt_in = {}});
  if (!chosen) return fail(runtime, chosen.error());
  std::map<std::pair<int, const Artifact*>, Counts> artifacts;
  Counts all;
  for (const ChosenEntry& entry : *chosen) {
    Counts& counts = artifacts[{entry.artifact->stage, entry.artifact}];
    const std::uint64_t missing = collector::supports_entry(*entry.entry) ? 0 : 1;
    ++counts.rules;
    ++all.rules;
    counts.missing += missing;
    all.missing += missing;
  }
  Json items = Json::array();
  Table table({{"stage", Align::right}, {}, {"rules", Align::right}, {}});
  for (const auto& [key, counts] : artifacts) {
    if (options.only_missing && counts.missing == 0) continue;
    const Artifact& artifact = *key.second;
    const std::string state =
        counts.missing == 0 ? "" : std::to_string(counts.missing) + " not yet: ";
    table.row({std::to_string(artifact.stage), printable(artifact.id), std::to_string(counts.rules),
               state + printable(artifact.title)});
    items.push_back({{"id", artifact.id},
                     {"not_yet", static_cast<std::int64_t>(counts.missing)},
                     {"rules", static_cast<std::int64_t>(counts.rules)},
                     {"stage", artifact.stage}});
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"artifacts", items},
                         {"digest", to_hex(set->digest())},
                         {"format", "casebook-artifact-list/1"}});
    return ExitStatus::done;
  }
  runtime.out << table.text(runtime.terminal.width_columns)
              << counted(artifacts.size(), "artifact", "artifacts") << ", "
              << counted(all.rules, "rule", "rules") << ", " << with_thousands(all.missing)
              << " not supported yet\n";
  return ExitStatus::done;
}

ExitStatus show(Runtime& runtime, const Options& options) {
  auto set = built_in_set();
  if (!set) return fail(runtime, set.error());
  const Artifact* artifact = set->find(options.id);
  if (artifact == nullptr) {
    return fail(runtime, {ErrorCode::not_found, printable(options.id) + ": no such artifact",
                          "casebook artifact list"});
  }
  if (runtime.common.is_json) {
    runtime.out << artifact->canonical << '\n';
    return ExitStatus::done;
  }
  const int width = std::min(runtime.terminal.width_columns, kTextColumnsMax);
  runtime.out << wrap_behind("", printable(artifact->id) + "  " + printable(artifact->title), width)
              << wrap_behind("  ", printable(artifact->why), width);
  Table table({{}, {}, {}});
  for (const ArtifactEntry& entry : artifact->entries) {
    std::string what = printable(way_of(entry));
    if (!collector::supports_entry(entry)) what += "  (not yet)";
    table.row({std::string(to_string(entry.kind)), std::string(to_string(entry.take)), what});
  }
  runtime.out << table.text(runtime.terminal.width_columns, 2);
  return ExitStatus::done;
}

ExitStatus lint(Runtime& runtime, const Options& options) {
  constexpr std::uint64_t kSetBytesMax = std::uint64_t{16} << 20U;
  auto shipped = built_in_set();
  if (!shipped) return fail(runtime, shipped.error());
  auto text = read_file(options.file, kSetBytesMax);
  if (!text) return fail(runtime, std::move(text).error());
  const collector::LintReport report = collector::lint_artifacts(as_text(*text), *shipped);
  const std::string file = printable(options.file);
  if (runtime.common.is_json) {
    Json findings = Json::array();
    for (const collector::LintFinding& finding : report.findings) {
      findings.push_back({{"hint", finding.hint},
                          {"line", static_cast<std::int64_t>(finding.line)},
                          {"what", finding.what}});
    }
    print_json(runtime, {{"artifacts", static_cast<std::int64_t>(report.artifacts)},
                         {"file", file},
                         {"findings", findings},
                         {"format", "casebook-artifact-lint/1"},
                         {"rules", static_cast<std::int64_t>(report.entries)}});
    return report.findings.empty() ? ExitStatus::done : ExitStatus::failed;
  }
  for (const collector::LintFinding& finding : report.findings) {
    runtime.out << file << ':' << finding.line << ": " << finding.what << '\n';
    if (!finding.hint.empty()) runtime.out << "  " << finding.hint << '\n';
  }
  runtime.out << file << ": " << counted(report.artifacts, "good artifact", "good artifacts")
              << ", " << counted(report.entries, "rule", "rules") << ", "
              << counted(report.findings.size(), "finding", "findings") << '\n';
  return report.findings.empty() ? ExitStatus::done : ExitStatus::failed;
}

}  // namespace

void add_artifact_command(Command& root) {
  Command& group = root.add("artifact", "What the collector may take");
  auto options = std::make_shared<Options>();
  group.add("list", "List artifacts in the order in which they are taken")
      .option("--profile", "NAME", options->profile, "only those of a profile")
      .flag("--not-yet", options->only_missing, "only those with rules that are not supported yet")
      .example("casebook artifact list --profile triage", "")
      .run([options](Runtime& runtime) { return list(runtime, *options); });
  group.add("show", "Show the rules of one artifact")
      .argument("ID", options->id, "as list prints it")
      .example("casebook artifact show logs.auth --json", "the definition itself")
      .run([options](Runtime& runtime) { return show(runtime, *options); });
  group.add("lint", "Check a file of definitions: each finding has its line")
      .argument("FILE", options->file, "one stage, or a whole set: docs/spec/artifacts.md")
      .example("casebook artifact lint 12-logs.json", "")
      .run([options](Runtime& runtime) { return lint(runtime, *options); });
}

}  // namespace casebook::cli
