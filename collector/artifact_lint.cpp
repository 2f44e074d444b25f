#include "collector/artifact_lint.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "collector/artifact_parser.h"
#include "core/nearest.h"
#include "core/printable.h"

namespace casebook::collector {
namespace {

constexpr std::string_view kRules = "docs/spec/artifacts.md section 2 has the rules";

std::size_t line_at(std::string_view text, std::size_t position) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(position, text.size()));
  return static_cast<std::size_t>(std::count(text.begin(), end, '\n')) + 1;
}

/// "not JSON at byte 17" -> 17; 0 without a number at its end.
std::size_t byte_of(std::string_view message) {
  const std::size_t blank = message.rfind(' ');
  std::size_t byte = 0;
  if (blank != std::string_view::npos)
    std::from_chars(message.data() + blank + 1, message.data() + message.size(), byte);
  return byte;
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (!object.is_object() || found == object.end() || !found->is_string()) return {};
  return found->get<std::string>();
}

class Linter {
 public:
  Linter(std::string_view text, const ArtifactSet& shipped) : text_(text), shipped_(shipped) {}

  LintReport run() {
    auto value = parse_json(text_);
    if (!value) {
      const std::string& why = value.error().message;
      const bool has_place = why.find("at byte ") != std::string::npos;
      find(has_place ? line_at(text_, byte_of(why)) : 0, why,
           "strict JSON: no comments, no comma before a closing bracket, no key twice");
      return std::move(report_);
    }
    if (read_frame(*value)) {
      for (const Json& definition : value->at("definitions")) lint_definition(definition);
    }
    return std::move(report_);
  }

 private:
  void find(std::size_t line, std::string what, std::string_view hint) {
    report_.findings.push_back({line, printable(what), std::string(hint)});
  }

  /// Line of the member "id" with this value.
  std::size_t line_of_id(const std::string& id) const {
    const std::string quoted = canonical_json(Json(id));
    for (std::size_t at = text_.find(quoted); at != std::string_view::npos;
         at = text_.find(quoted, at + 1)) {
      const std::size_t colon = text_.find_last_not_of(" \t\r\n", at - 1);
      if (colon == std::string_view::npos || text_[colon] != ':') continue;
      const std::size_t key = text_.find_last_not_of(" \t\r\n", colon - 1);
      if (key != std::string_view::npos && text_.substr(0, key + 1).ends_with("\"id\""))
        return line_at(text_, at);
    }
    return 0;
  }

  bool read_frame(const Json& value) {
    const std::string format = text_of(value, "format");
    is_stage_ = format == "casebook-artifacts";
    if (!is_stage_ && format != "casebook-artifact-set") {
      find(1, "\"format\" is neither casebook-artifacts nor casebook-artifact-set",
           "begin as the files in policies/artifacts do");
      return false;
    }
    const auto definitions = value.find("definitions");
    if (definitions == value.end() || !definitions->is_array() || definitions->empty()) {
      find(1, "no array of definitions", kRules);
      return false;
    }
    if (is_stage_) {
      const auto stage = value.find("stage");
      if (stage == value.end() || !stage->is_number_integer()) {
        find(1, "no \"stage\"", "a number from 0 to 16, as in the name of the file");
        return false;
      }
      stage_ = stage->get<int>();
      profiles_ = shipped_.profiles();
      return true;
    }
    return read_profiles(value);
  }

  bool read_profiles(const Json& value) {
    const auto catalogue = value.find("catalogue");
    if (catalogue != value.end() && catalogue->is_object() && catalogue->contains("profiles") &&
        catalogue->at("profiles").is_array()) {
      for (const Json& profile : catalogue->at("profiles"))
        profiles_.push_back(text_of(profile, "id"));
      return true;
    }
    find(1, "a set without its catalogue of profiles", "docs/spec/artifacts.md section 3");
    return false;
  }

  void lint_definition(const Json& definition) {
    const std::string id = text_of(definition, "id");
    const std::size_t line = line_of_id(id);
    auto artifact = parse_artifact(definition);
    if (!artifact) {
      find(line_within(definition, artifact.error().message, line), artifact.error().message,
           artifact.error().hint.empty() ? kRules : artifact.error().hint);
      return;
    }
    const std::size_t before = report_.findings.size();
    const std::string name = "definition " + artifact->id + ": ";
    if (is_stage_ && artifact->stage != stage_) {
      find(line,
           name + "stage " + std::to_string(artifact->stage) + " in a file of stage " +
               std::to_string(stage_),
           "move it, or change its stage");
    }
    for (const std::string& profile : artifact->profiles) {
      if (std::ranges::find(profiles_, profile) != profiles_.end()) continue;
      const std::string near = nearest(profile, profiles_);
      find(line, name + "unknown profile " + profile,
           near.empty() ? std::string("profiles are named in catalogue.json")
                        : "did you mean " + near + "?");
    }
    check_ids(*artifact, line);
    if (report_.findings.size() > before) return;
    ++report_.artifacts;
    report_.entries += artifact->entries.size();
  }

  void check_ids(const Artifact& artifact, std::size_t line) {
    if (!ids_.insert(artifact.id).second)
      find(line, "definition " + artifact.id + ": an id is used twice", "ids are unique");
    for (const ArtifactEntry& entry : artifact.entries) {
      if (!ids_.insert(entry.id).second)
        find(line_of_id(entry.id), "entry " + entry.id + ": an id is used twice", "ids are unique");
    }
  }

  /// The line of the entry that the message names, else that of the definition.
  std::size_t line_within(const Json& definition, const std::string& message,
                          std::size_t line) const {
    if (!definition.is_object() || !definition.contains("entries") ||
        !definition.at("entries").is_array())
      return line;
    for (const Json& entry : definition.at("entries")) {
      const std::string id = text_of(entry, "id");
      if (!id.empty() && message.find("entry " + printable(id) + ":") != std::string::npos)
        return line_of_id(id);
    }
    return line;
  }

  std::string_view text_;
  const ArtifactSet& shipped_;
  LintReport report_;
  bool is_stage_ = false;
  int stage_ = 0;
  std::vector<std::string> profiles_;
  std::set<std::string, std::less<>> ids_;
};

}  // namespace

LintReport lint_artifacts(std::string_view text, const ArtifactSet& shipped) {
  return Linter(text, shipped).run();
}

}  // namespace casebook::collector
