#include "collector/artifact_parser.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "collector/glob.h"
#include "core/printable.h"

namespace casebook::collector {
namespace {

constexpr std::size_t kTextBytesMax = 4096;

Error invalid(std::string_view what) { return Error{ErrorCode::invalid_input, std::string(what)}; }

/// Takes a member with `read` if it is there; the first failure stands in `status`.
class MemberReader {
 public:
  explicit MemberReader(const Json& object) : object_(object) {}

  void text(std::string_view key, std::string& into, bool required) {
    if (!wanted(key, required)) return;
    auto value = json_text_member(object_, key);
    if (!value) return fail(std::move(value).error());
    if (value->empty() || value->size() > kTextBytesMax || value->find('\0') != std::string::npos)
      return fail(invalid(std::string(key) + ": empty, too long, or with a NUL byte"));
    into = *std::move(value);
  }
  void texts(std::string_view key, std::vector<std::string>& into, bool required) {
    if (failed_) return;
    auto value = parse_texts(object_, key, required);
    if (!value) return fail(std::move(value).error());
    into = *std::move(value);
  }
  void integer(std::string_view key, std::int64_t low, std::int64_t high,
               const std::function<void(std::int64_t)>& take, bool required) {
    if (!wanted(key, required)) return;
    auto value = json_integer_member(object_, key);
    if (!value) return fail(std::move(value).error());
    if (*value < low || *value > high) return fail(invalid(std::string(key) + ": out of range"));
    take(*value);
  }
  /// A flag that is written only when it is true.
  void flag(std::string_view key, bool& into) {
    if (!wanted(key, false)) return;
    auto value = json_bool_member(object_, key);
    if (!value) return fail(std::move(value).error());
    if (!*value) return fail(invalid(std::string(key) + ": is written only when true"));
    into = true;
  }
  template <typename Enum, std::size_t count>
  void choice(std::string_view key, const std::array<std::string_view, count>& names, Enum& into,
              bool required) {
    if (!wanted(key, required)) return;
    std::string name;
    text(key, name, true);
    const auto found = std::ranges::find(names, name);
    if (!failed_ && found == names.end())
      return fail(invalid(std::string(key) + ": unknown value"));
    if (!failed_) into = static_cast<Enum>(found - names.begin());
  }
  [[nodiscard]] bool has(std::string_view key) const { return object_.contains(key); }
  void fail(Error error) {
    if (!failed_) error_ = std::move(error);
    failed_ = true;
  }
  [[nodiscard]] Status status() && {
    if (failed_) return std::move(error_);
    return ok();
  }

 private:
  bool wanted(std::string_view key, bool required) const {
    return !failed_ && (required || object_.contains(key));
  }
  const Json& object_;
  bool failed_ = false;
  Error error_{ErrorCode::invalid_input, ""};
};

constexpr std::array<std::string_view, 4> kKinds = {"file", "kernel", "command", "check"};
constexpr std::array<std::string_view, 3> kTakes = {"content", "redacted", "metadata"};
constexpr std::array<std::string_view, 3> kSensitivities = {"normal", "personal", "secret"};

Result<std::pair<int, int>> parse_kernel_version(std::string_view text) {
  std::pair<int, int> version;
  const char* end = text.data() + text.size();
  auto [dot, bad_major] = std::from_chars(text.data(), end, version.first);
  if (bad_major != std::errc() || dot == end || *dot != '.') return invalid("kernel_min: not N.N");
  auto [stop, bad_minor] = std::from_chars(dot + 1, end, version.second);
  if (bad_minor != std::errc() || stop != end) return invalid("kernel_min: not N.N");
  return version;
}

Result<Conditions> parse_conditions(const Json& value) {
  if (auto known =
          json_only_members(value, {"families", "if_exists", "kernel_min", "capabilities"});
      !known)
    return std::move(known).error();
  Conditions conditions;
  MemberReader reader(value);
  std::string kernel;
  reader.texts("families", conditions.families, false);
  reader.texts("if_exists", conditions.if_exists, false);
  reader.texts("capabilities", conditions.capabilities, false);
  reader.text("kernel_min", kernel, false);
  for (const std::string& path : conditions.if_exists)
    if (!path.starts_with('/')) reader.fail(invalid("if_exists: not absolute"));
  if (!kernel.empty()) {
    auto version = parse_kernel_version(kernel);
    if (!version) return std::move(version).error();
    conditions.kernel_min = *version;
  }
  if (auto read = std::move(reader).status(); !read) return std::move(read).error();
  return conditions;
}

Result<Limits> parse_limits(const Json& value) {
  if (auto known = json_only_members(value, {"max_bytes", "max_depth", "max_age_days", "exclude"});
      !known)
    return std::move(known).error();
  Limits limits;
  MemberReader reader(value);
  reader.integer(
      "max_bytes", 1, kJsonIntegerMax,
      [&](std::int64_t v) { limits.max_bytes = static_cast<std::uint64_t>(v); }, false);
  reader.integer(
      "max_depth", 0, 64, [&](std::int64_t v) { limits.max_depth = static_cast<int>(v); }, false);
  reader.integer(
      "max_age_days", 1, 36'500, [&](std::int64_t v) { limits.max_age_days = static_cast<int>(v); },
      false);
  reader.texts("exclude", limits.exclude, false);
  for (const std::string& pattern : limits.exclude)
    if (auto parsed = parse_exclude(pattern); !parsed) reader.fail(std::move(parsed).error());
  if (auto read = std::move(reader).status(); !read) return std::move(read).error();
  return limits;
}

/// Members that only some kinds may have.
Status check_kind(const ArtifactEntry& entry) {
  const bool command = entry.kind == EntryKind::command;
  const bool reads = entry.kind == EntryKind::kernel || entry.kind == EntryKind::check;
  if ((entry.kind == EntryKind::file && entry.path.empty()) || (command && entry.argv.empty()) ||
      (reads && entry.reading.empty()) ||
      ((entry.kind == EntryKind::check) != (entry.compare.size() == 2)))
    return invalid("a member that its kind needs is missing");
  if ((entry.kind == EntryKind::file || command) && !entry.reading.empty())
    return invalid("reading: not a member of this kind");
  if ((command || entry.kind == EntryKind::check) && !entry.path.empty())
    return invalid("paths: not a member of this kind");
  if (!command && (!entry.argv.empty() || !entry.alternatives.empty() || entry.timeout_s != 0))
    return invalid("argv: not a member of this kind");
  if (command && (entry.timeout_s == 0 || !entry.live_only))
    return invalid("a command needs timeout_s and live_only");
  if (command && !entry.argv.front().starts_with('/')) return invalid("argv: a relative program");
  for (const std::string& place : entry.alternatives)
    if (!place.starts_with('/')) return invalid("alternatives: a relative program");
  if (entry.guard && entry.kind != EntryKind::file) return invalid("guard: only for files");
  return ok();
}

Status parse_nested(const Json& value, ArtifactEntry& entry) {
  if (value.contains("limits")) {
    auto limits = parse_limits(value.at("limits"));
    if (!limits) return std::move(limits).error().context("limits");
    entry.limits = *std::move(limits);
  }
  if (value.contains("conditions")) {
    auto conditions = parse_conditions(value.at("conditions"));
    if (!conditions) return std::move(conditions).error().context("conditions");
    entry.conditions = *std::move(conditions);
  }
  return ok();
}

Result<ArtifactEntry> parse_entry(const Json& value) {
  if (auto known =
          json_only_members(value, {"id", "kind", "paths", "reading", "argv", "alternatives",
                                    "timeout_s", "compare", "live_only", "opt_in", "guard",
                                    "limits", "conditions", "take", "parse", "note", "also_in"});
      !known)
    return std::move(known).error();
  ArtifactEntry entry;
  std::vector<std::string> paths;
  std::string also_in;
  MemberReader reader(value);
  reader.text("id", entry.id, true);
  reader.choice("kind", kKinds, entry.kind, true);
  reader.texts("paths", paths, false);
  reader.text("reading", entry.reading, false);
  reader.texts("argv", entry.argv, false);
  reader.texts("alternatives", entry.alternatives, false);
  reader.integer(
      "timeout_s", 1, 600, [&](std::int64_t v) { entry.timeout_s = static_cast<int>(v); }, false);
  reader.texts("compare", entry.compare, false);
  reader.flag("live_only", entry.live_only);
  reader.flag("opt_in", entry.opt_in);
  reader.flag("guard", entry.guard);
  reader.choice("take", kTakes, entry.take, false);
  reader.text("parse", entry.parse, false);
  reader.text("note", entry.note, false);
  reader.text("also_in", also_in, false);
  if (paths.size() > 1) reader.fail(invalid("paths: more than one"));
  if (auto read = std::move(reader).status(); !read) return std::move(read).error();
  if (!paths.empty()) {
    if (auto pattern = parse_pattern(paths.front()); !pattern) return std::move(pattern).error();
    entry.path = paths.front();
  }
  if (auto nested = parse_nested(value, entry); !nested) return std::move(nested).error();
  if (auto fits = check_kind(entry); !fits) return std::move(fits).error();
  return entry;
}

Result<Artifact> parse_definition(const Json& value) {
  if (auto known = json_only_members(value, {"id", "title", "why", "stage", "attack", "sensitivity",
                                             "cost", "profiles", "conditions", "entries"});
      !known)
    return std::move(known).error();
  Artifact artifact;
  MemberReader reader(value);
  reader.text("id", artifact.id, true);
  reader.text("title", artifact.title, true);
  reader.text("why", artifact.why, true);
  reader.integer(
      "stage", 0, 16, [&](std::int64_t v) { artifact.stage = static_cast<int>(v); }, true);
  reader.texts("attack", artifact.attack, true);
  reader.choice("sensitivity", kSensitivities, artifact.sensitivity, true);
  reader.text("cost", artifact.cost, true);
  reader.texts("profiles", artifact.profiles, true);
  if (auto read = std::move(reader).status(); !read) return std::move(read).error();
  if (artifact.profiles.empty()) return invalid("profiles: none");
  if (value.contains("conditions")) {
    auto conditions = parse_conditions(value.at("conditions"));
    if (!conditions) return std::move(conditions).error().context("conditions");
    artifact.conditions = *std::move(conditions);
  }
  auto entries = json_member(value, "entries");
  if (!entries) return std::move(entries).error();
  if (!(*entries)->is_array() || (*entries)->empty()) return invalid("entries: none");
  for (const Json& item : **entries) {
    auto entry = parse_entry(item);
    if (!entry)
      return std::move(entry).error().context(
          "entry " + printable(item.is_object() ? item.value("id", "") : ""));
    if (!entry->id.starts_with(artifact.id + "/"))
      return invalid("an entry id of another artifact");
    artifact.entries.push_back(*std::move(entry));
  }
  artifact.canonical = canonical_json(value);
  return artifact;
}

}  // namespace

Result<std::vector<std::string>> parse_texts(const Json& object, std::string_view key,
                                             bool required) {
  std::vector<std::string> texts;
  if (!object.contains(key) && !required) return texts;
  auto member = json_member(object, key);
  if (!member) return std::move(member).error();
  if (!(*member)->is_array()) return invalid(std::string(key) + ": not an array");
  for (const Json& item : **member) {
    if (!item.is_string()) return invalid(std::string(key) + ": not texts");
    const auto& text = item.get_ref<const std::string&>();
    if (text.empty() || text.size() > kTextBytesMax || text.find('\0') != std::string::npos)
      return invalid(std::string(key) + ": empty, too long, or with a NUL byte");
    texts.push_back(text);
  }
  return texts;
}

Result<Artifact> parse_artifact(const Json& definition) {
  if (!definition.is_object()) return invalid("a definition is not an object");
  auto artifact = parse_definition(definition);
  if (!artifact) {
    const auto id = definition.find("id");
    const std::string name =
        id != definition.end() && id->is_string() ? id->get<std::string>() : "without an id";
    return std::move(artifact).error().context("definition " + printable(name));
  }
  return artifact;
}

}  // namespace casebook::collector
