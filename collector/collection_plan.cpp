#include "collector/collection_plan.h"

#include <sys/utsname.h>

#include <algorithm>
#include <charconv>

#include "collector/process_table.h"
#include "core/durable_file.h"

namespace casebook::collector {
namespace {

constexpr std::uint64_t kStatusBytesMax = std::uint64_t{1} << 16U;
constexpr std::size_t kOsReleaseBytesMax = std::size_t{1} << 16U;

std::vector<std::string> effective_capabilities() {
  const auto status = read_file("/proc/self/status", kStatusBytesMax);
  if (!status) return {};
  const std::string_view text = as_text(*status);
  constexpr std::string_view kField = "\nCapEff:\t";
  const auto at = text.find(kField);
  if (at == std::string_view::npos) return {};
  std::uint64_t bits = 0;
  const char* begin = text.data() + at + kField.size();
  std::from_chars(begin, text.data() + text.size(), bits, 16);
  return capability_names(bits);
}

std::pair<int, int> kernel_version() {
  utsname names{};
  if (::uname(&names) != 0) return {};
  const std::string_view release = names.release;
  std::pair<int, int> version{};
  const char* end = release.data() + release.size();
  const auto [stop, problem] = std::from_chars(release.data(), end, version.first);
  if (problem == std::errc{} && stop != end && *stop == '.') {
    std::from_chars(stop + 1, end, version.second);
  }
  return version;
}

ReadingTake reading_take(Take take) {
  switch (take) {
    case Take::content:
      return ReadingTake::content;
    case Take::redacted:
      return ReadingTake::redacted;
    case Take::metadata:
      return ReadingTake::metadata;
  }
  return ReadingTake::metadata;
}

ReadingRequest reading_request(const ChosenEntry& chosen) {
  ReadingRequest request{.rule = chosen.entry->id,
                         .stage = chosen.artifact->stage,
                         .reading = chosen.entry->reading,
                         .path = chosen.entry->path,
                         .take = reading_take(chosen.entry->take)};
  if (chosen.entry->limits.max_bytes) request.size_bytes_max = *chosen.entry->limits.max_bytes;
  return request;
}

CommandRequest command_request(const ArtifactEntry& entry, int stage) {
  CommandRequest request{.rule = entry.id,
                         .stage = stage,
                         .argv = entry.argv,
                         .alternatives = entry.alternatives,
                         .time_max = std::chrono::seconds(entry.timeout_s),
                         .take = reading_take(entry.take)};
  if (entry.limits.max_bytes) request.size_bytes_max = *entry.limits.max_bytes;
  return request;
}

}  // namespace

bool supports_entry(const ArtifactEntry& entry) {
  switch (entry.kind) {
    case EntryKind::file:
      return true;
    case EntryKind::kernel:
      return supports_reading(entry.reading);
    case EntryKind::command:
      return supports_command(command_request(entry, 0));
    case EntryKind::check:
      return false;
  }
  return false;
}

HostFacts read_host_facts(const RootFs& root) {
  HostFacts facts;
  facts.live = root.live();
  for (const char* path : {"/etc/os-release", "/usr/lib/os-release"}) {
    const auto text = root.read_small_file(path, kOsReleaseBytesMax);
    if (!text) continue;
    facts.os_ids = os_release_ids(*text);
    break;
  }
  facts.kernel = kernel_version();
  facts.capabilities = effective_capabilities();
  facts.exists = [&root](const std::string& path) { return root.exists(path); };
  return facts;
}

Result<CollectionPlan> make_plan(const ArtifactSet& set, const CollectOptions& options,
                                 const RootFs& root) {
  const EntryChoice choice{.profile = options.profile, .opt_in = options.opt_in_rules};
  auto wanted = set.choose(choice);
  if (!wanted) return std::move(wanted).error();
  const HostFacts facts = read_host_facts(root);
  std::erase_if(*wanted, [&](const ChosenEntry& entry) { return !set.applies(entry, facts); });

  CollectionPlan plan;
  plan.set_digest = set.digest();
  auto digest = set.choice_digest(choice);
  if (!digest) return std::move(digest).error();
  plan.choice_digest = *digest;
  auto rules = make_match_rules(set, *wanted, options.opt_in_rules, options.extra_globs);
  if (!rules) return std::move(rules).error();
  plan.rules = *std::move(rules);
  plan.unsupported = find_unsupported(*wanted, supports_entry);
  for (const ChosenEntry& chosen : *wanted) {
    if (!supports_entry(*chosen.entry)) continue;
    if (chosen.entry->kind == EntryKind::kernel) plan.readings.push_back(reading_request(chosen));
    if (chosen.entry->kind == EntryKind::command) {
      plan.commands.push_back(command_request(*chosen.entry, chosen.artifact->stage));
    }
  }
  std::ranges::stable_sort(plan.readings, {}, &ReadingRequest::stage);
  std::ranges::stable_sort(plan.commands, {}, &CommandRequest::stage);
  return plan;
}

}  // namespace casebook::collector
