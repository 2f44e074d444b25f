#include "cli/policy_file.h"

#include <algorithm>

#include "core/durable_file.h"
#include "core/nearest.h"
#include "core/printable.h"
#include "workflow/embedded_packs.h"

namespace casebook::cli {
namespace {

using workflow::Policy;
using workflow::SourcePlace;
using Places = std::map<std::string, SourcePlace, std::less<>>;

/// Of the value itself, or of the nearest thing around it.
const SourcePlace* nearest_place(const Places& places, std::string_view pointer) {
  while (true) {
    const auto found = places.find(pointer);
    if (found != places.end()) return &found->second;
    const std::size_t slash = pointer.rfind('/');
    if (slash == std::string_view::npos) return nullptr;
    pointer = pointer.substr(0, slash);
  }
}

Error in_file(const std::string& file, const Places& places, Error error) {
  const std::size_t colon = error.message.find(": ");
  const std::string pointer = error.message.substr(0, colon);
  const SourcePlace* place = pointer.starts_with('/') ? nearest_place(places, pointer) : nullptr;
  std::string where = printable(file);
  if (place != nullptr) where += ":" + std::to_string(place->line);
  error.message = where + ": " + error.message;
  if (error.hint.empty()) error.hint = "what a policy may say: docs/spec/policy.md";
  return error;
}

Result<std::string> read_text(const std::filesystem::path& file) {
  auto bytes = read_file(file, workflow::kPolicyBytesMax);
  if (!bytes) return std::move(bytes).error();
  return std::string(as_text(*bytes));
}

/// `{"extends":{"digest",...}}` can only be followed by whoever has that policy.
Result<Policy> parse_with_base(const std::string& canonical, const std::filesystem::path& folder) {
  auto plain = workflow::parse_policy(canonical);
  if (plain || plain.error().message.find("/extends: ") != 0) return plain;
  std::vector<std::string> texts;
  for (const workflow::EmbeddedPack& pack : workflow::embedded_packs())
    texts.emplace_back(pack.text);
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (texts.size() > 256) break;
    const bool is_policy = entry.path().extension() == ".json";
    if (auto text = is_policy ? read_text(entry.path()) : Result<std::string>(std::string());
        text && !text->empty())
      texts.push_back(*std::move(text));
  }
  for (const std::string& text : texts) {
    const auto base = workflow::parse_policy(text);
    if (!base) continue;
    auto read = workflow::parse_policy(canonical, &*base);
    if (read || read.error().message.find("/extends: ") != 0) return read;
  }
  Error error = std::move(plain).error();
  error.hint = "put its canonical file beside this one";
  return error;
}

Result<LoadedPolicy> load_file(const std::string& file) {
  auto text = read_text(file);
  if (!text) return std::move(text).error();
  auto source = workflow::read_policy_source(*text);
  if (!source) return in_file(file, {}, std::move(source).error());
  std::filesystem::path folder = std::filesystem::path(file).parent_path();
  if (folder.empty()) folder = ".";
  auto policy = parse_with_base(source->canonical, folder);
  if (!policy) return in_file(file, source->places, std::move(policy).error());
  return LoadedPolicy{*std::move(policy), std::move(source->canonical), file,
                      std::move(source->places)};
}

}  // namespace

std::size_t LoadedPolicy::line(std::string_view pointer) const {
  const SourcePlace* place = nearest_place(places, pointer);
  return place == nullptr ? 0 : place->line;
}

std::string LoadedPolicy::place(std::string_view pointer) const {
  const std::size_t at = line(pointer);
  return at == 0 ? printable(name) : printable(name) + ":" + std::to_string(at);
}

Result<LoadedPolicy> load_policy(const std::string& id_or_file) {
  const std::string_view text = workflow::embedded_pack(id_or_file);
  if (!text.empty()) {
    auto policy = workflow::parse_policy(text);
    if (!policy) return std::move(policy).error().context(id_or_file);
    return LoadedPolicy{*std::move(policy), std::string(text), id_or_file};
  }
  std::error_code ignored;
  if (std::filesystem::exists(id_or_file, ignored)) return load_file(id_or_file);
  std::vector<std::string> ids;
  for (const workflow::EmbeddedPack& pack : workflow::embedded_packs()) {
    const std::string name(pack.name.substr(pack.name.find('/') + 1));
    ids.push_back(name.substr(0, name.rfind('.')));
  }
  const std::string near = nearest(id_or_file, ids);
  return Error{ErrorCode::not_found,
               printable(id_or_file) + ": neither a file nor a policy that we ship",
               near.empty() ? "casebook policy list" : "did you mean " + near + "?"};
}

Result<std::string> canonical_file(const std::filesystem::path& source) {
  auto loaded = load_file(source.string());
  if (!loaded) return std::move(loaded).error();
  return std::move(loaded->canonical);
}

}  // namespace casebook::cli
