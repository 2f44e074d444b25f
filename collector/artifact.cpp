#include "collector/artifact.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "collector/artifact_parser.h"
#include "core/json_text.h"
#include "core/printable.h"

namespace casebook::collector {
namespace {

constexpr std::size_t kDefinitionsMax = 20'000;

Error invalid(std::string_view what) { return Error{ErrorCode::invalid_input, std::string(what)}; }

Status parse_catalogue(const Json& set, std::vector<std::string>& profiles,
                       std::vector<SystemFamily>& families) {
  auto catalogue = json_member(set, "catalogue");
  if (!catalogue) return std::move(catalogue).error();
  for (const char* key : {"profiles", "families"})
    if (auto list = json_member(**catalogue, key); !list || !(*list)->is_array())
      return invalid(std::string("catalogue: no array of ") + key);
  for (const Json& profile : (*catalogue)->at("profiles")) {
    auto id = json_text_member(profile, "id");
    if (!id) return std::move(id).error().context("profiles");
    profiles.push_back(*std::move(id));
  }
  for (const Json& item : (*catalogue)->at("families")) {
    auto id = json_text_member(item, "id");
    if (!id) return std::move(id).error().context("families");
    auto names = parse_texts(item, "os_release_ids", true);
    if (!names) return std::move(names).error().context("families");
    families.push_back({*std::move(id), *std::move(names)});
  }
  return ok();
}

bool among(const std::vector<std::string>& texts, std::string_view text) {
  return std::ranges::find(texts, text) != texts.end();
}

bool holds(const Conditions& conditions, const HostFacts& facts,
           const std::vector<std::string>& host_families) {
  const auto is_host_family = [&](const std::string& id) { return among(host_families, id); };
  if (!conditions.families.empty() && !std::ranges::any_of(conditions.families, is_host_family))
    return false;
  if (!conditions.if_exists.empty() && !std::ranges::any_of(conditions.if_exists, facts.exists))
    return false;
  if (conditions.kernel_min && facts.live && facts.kernel < *conditions.kernel_min) return false;
  return !facts.live || std::ranges::all_of(conditions.capabilities, [&](const std::string& name) {
    return among(facts.capabilities, name);
  });
}

}  // namespace

std::string_view to_string(EntryKind kind) noexcept {
  switch (kind) {
    case EntryKind::file:
      return "file";
    case EntryKind::kernel:
      return "kernel";
    case EntryKind::command:
      return "command";
    case EntryKind::check:
      return "check";
  }
  return "";
}

std::string_view to_string(Take take) noexcept {
  switch (take) {
    case Take::content:
      return "content";
    case Take::redacted:
      return "redacted";
    case Take::metadata:
      return "metadata";
  }
  return "";
}

Result<ArtifactSet> ArtifactSet::parse(std::string_view text) {
  auto value = parse_json(text);
  if (!value) return std::move(value).error().context("artifact set");
  if (!value->is_object()) return invalid("artifact set: not an object");
  if (auto known = json_only_members(*value, {"catalogue", "definitions", "format", "version"});
      !known)
    return std::move(known).error().context("artifact set");
  if (auto format = json_text_member(*value, "format");
      !format || *format != "casebook-artifact-set")
    return invalid("artifact set: another format");
  if (auto version = json_integer_member(*value, "version"); !version || *version != 1)
    return invalid("artifact set: another version");
  ArtifactSet set;
  if (auto shared = parse_catalogue(*value, set.profiles_, set.families_); !shared)
    return std::move(shared).error().context("artifact set");
  auto definitions = json_member(*value, "definitions");
  if (!definitions || !(*definitions)->is_array()) return invalid("artifact set: no definitions");
  if ((*definitions)->size() > kDefinitionsMax)
    return Error{ErrorCode::limit_exceeded, "artifact set: too many definitions"};
  std::set<std::string, std::less<>> ids;
  for (const Json& definition : **definitions) {
    auto artifact = parse_artifact(definition);
    if (!artifact) return std::move(artifact).error();
    bool fresh = ids.insert(artifact->id).second;
    for (const ArtifactEntry& entry : artifact->entries)
      fresh = ids.insert(entry.id).second && fresh;
    for (const std::string& profile : artifact->profiles)
      if (!set.has_profile(profile))
        return invalid("definition " + artifact->id + ": unknown profile");
    if (!fresh) return invalid("definition " + artifact->id + ": an id is used twice");
    set.artifacts_.push_back(*std::move(artifact));
  }
  auto digest = sha256(as_bytes(text));
  if (!digest) return std::move(digest).error();
  set.digest_ = *digest;
  return set;
}

bool ArtifactSet::has_profile(std::string_view profile) const { return among(profiles_, profile); }

const Artifact* ArtifactSet::find(std::string_view artifact_id) const {
  const auto found = std::ranges::find(artifacts_, artifact_id, &Artifact::id);
  return found == artifacts_.end() ? nullptr : &*found;
}

std::optional<ChosenEntry> ArtifactSet::find_entry(std::string_view entry_id) const {
  const Artifact* artifact = find(entry_id.substr(0, entry_id.find('/')));
  if (artifact == nullptr) return std::nullopt;
  const auto found = std::ranges::find(artifact->entries, entry_id, &ArtifactEntry::id);
  if (found == artifact->entries.end()) return std::nullopt;
  return ChosenEntry{artifact, &*found};
}

std::vector<ChosenEntry> ArtifactSet::all() const {
  std::vector<ChosenEntry> every;
  for (const Artifact& artifact : artifacts_)
    for (const ArtifactEntry& entry : artifact.entries) every.push_back({&artifact, &entry});
  return every;
}

Result<std::vector<ChosenEntry>> ArtifactSet::choose(const EntryChoice& choice) const {
  if (!choice.profile.empty() && !has_profile(choice.profile))
    return Error{ErrorCode::not_found, "no profile " + printable(choice.profile)};
  for (const std::string& id : choice.opt_in)
    if (find(id) == nullptr && !find_entry(id))
      return Error{ErrorCode::not_found, "no artifact or entry " + printable(id)};
  std::vector<ChosenEntry> chosen;
  for (const Artifact& artifact : artifacts_) {
    const bool in_profile = among(artifact.profiles, choice.profile);
    const bool whole = among(choice.opt_in, artifact.id);
    for (const ArtifactEntry& entry : artifact.entries) {
      if (whole || among(choice.opt_in, entry.id) || (in_profile && !entry.opt_in))
        chosen.push_back({&artifact, &entry});
    }
  }
  return chosen;
}

bool ArtifactSet::applies(const ChosenEntry& chosen, const HostFacts& facts) const {
  if (chosen.entry->live_only && !facts.live) return false;
  std::vector<std::string> host_families;
  for (const SystemFamily& family : families_)
    if (std::ranges::any_of(facts.os_ids, [&](const std::string& id) {
          return among(family.os_release_ids, id) || family.id == id;
        }))
      host_families.push_back(family.id);
  return holds(chosen.artifact->conditions, facts, host_families) &&
         holds(chosen.entry->conditions, facts, host_families);
}

Result<Digest256> ArtifactSet::choice_digest(const EntryChoice& choice) const {
  auto chosen = choose(choice);
  if (!chosen) return std::move(chosen).error();
  std::string text = "{\"definitions\":[";
  const Artifact* last = nullptr;
  for (const ChosenEntry& item : *chosen) {
    if (item.artifact == last) continue;
    if (last != nullptr) text += ',';
    text += item.artifact->canonical;
    last = item.artifact;
  }
  std::vector<std::string> opt_in = choice.opt_in;
  std::ranges::sort(opt_in);
  text += "],\"format\":\"casebook-artifact-choice\",\"opt_in\":" + canonical_json(Json(opt_in));
  text += ",\"profile\":" + canonical_json(Json(choice.profile)) + ",\"version\":1}";
  return sha256(as_bytes(text));
}

UnsupportedEntries find_unsupported(std::span<const ChosenEntry> chosen,
                                    const std::function<bool(const ArtifactEntry&)>& supports) {
  UnsupportedEntries found;
  std::set<std::string> ids;
  for (const ChosenEntry& item : chosen) {
    if (item.entry->kind == EntryKind::file || supports(*item.entry)) continue;
    ++found.entries;
    ++found.by_kind[static_cast<std::size_t>(item.entry->kind)];
    ids.insert(item.artifact->id);
  }
  found.artifacts.assign(ids.begin(), ids.end());
  return found;
}

std::vector<std::string> os_release_ids(std::string_view text) {
  std::string id;
  std::string like;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    for (const auto& [key, into] : {std::pair{std::string_view("ID="), &id},
                                    std::pair{std::string_view("ID_LIKE="), &like}}) {
      if (!line.starts_with(key)) continue;
      std::string_view value = line.substr(key.size());
      if (value.size() >= 2 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0])
        value = value.substr(1, value.size() - 2);
      *into = value;
    }
  }
  std::vector<std::string> ids;
  if (!id.empty()) ids.push_back(id);
  for (std::string_view left = like; !left.empty();) {
    const std::size_t end = std::min(left.find(' '), left.size());
    if (end > 0) ids.emplace_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return ids;
}

}  // namespace casebook::collector
