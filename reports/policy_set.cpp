#include "reports/policy_set.h"

#include <algorithm>

#include "core/durable_file.h"
#include "core/printable.h"
#include "reports/embedded_policies.h"

namespace casebook::reports {
namespace {

constexpr std::uint64_t kFileBytesMax = std::uint64_t{1} << 20U;
constexpr std::size_t kFilesMax = 2000;

Result<std::string> read_text(const std::filesystem::path& path) {
  auto bytes = read_file(path, kFileBytesMax);
  if (!bytes) return std::move(bytes).error();
  return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

/// The *.json files of a folder, sorted; none when there is no such folder.
Result<std::vector<std::filesystem::path>> json_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) return files;
  std::filesystem::directory_iterator it(folder, error);
  for (; !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
    if (it->path().extension() == ".json") files.push_back(it->path());
    if (files.size() > kFilesMax)
      return Error{ErrorCode::limit_exceeded, printable(folder.string()) + ": too many files"};
  }
  if (error) return system_error("read folder " + printable(folder.string()), error.value());
  std::ranges::sort(files);
  return files;
}

Status add_regime(PolicySet& set, std::string_view text) {
  auto regime = Regime::parse(text, set.catalog);
  if (!regime) return std::move(regime).error();
  if (set.find(regime->id) != nullptr) {
    return Error{ErrorCode::invalid_input,
                 "a regime with the id " + printable(regime->id) + " is there already",
                 "choose another id; \"supersedes\" lets yours take its place"};
  }
  set.regimes.push_back(*std::move(regime));
  return ok();
}

Status add_calendar(PolicySet& set, std::string_view text) {
  auto calendar = HolidayCalendar::parse(text);
  if (!calendar) return std::move(calendar).error();
  const std::string id = calendar->id();
  if (set.calendars.contains(id)) set.replaced_calendars.push_back(id);
  set.calendars.insert_or_assign(id, *std::move(calendar));
  return ok();
}

Result<PolicySet> built_in() {
  PolicySet set;
  const auto files = embedded_policies();
  for (const EmbeddedFile& file : files) {
    if (file.name != "facts.json") continue;
    if (auto added = set.catalog.add(file.text); !added)
      return std::move(added).error().context("built-in facts.json");
  }
  for (const EmbeddedFile& file : files) {
    Status added = ok();
    if (file.name.starts_with("regimes/")) added = add_regime(set, file.text);
    if (file.name.starts_with("calendars/")) added = add_calendar(set, file.text);
    if (!added) return std::move(added).error().context("built-in " + std::string(file.name));
  }
  return set;
}

/// Reads one folder of a user into `set`; every problem goes to `problem`, which says whether to go
/// on.
template <typename Problem>
Status read_folder(PolicySet& set, const std::filesystem::path& folder, Problem problem) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    return Error{ErrorCode::not_found, printable(folder.string()) + " is not a folder"};
  }
  const auto take = [&](const std::filesystem::path& path, auto add) -> Status {
    auto text = read_text(path);
    Status added = text ? add(*text) : Status(text.error());
    if (!added) return problem(std::move(added).error().context(printable(path.string())));
    set.own_files.push_back(path.string());
    return ok();
  };
  if (const auto facts = folder / "facts.json"; std::filesystem::exists(facts, ignored)) {
    if (auto taken = take(facts, [&](std::string_view t) { return set.catalog.add(t); }); !taken)
      return taken;
  }
  auto calendars = json_files(folder / "calendars");
  if (!calendars) return std::move(calendars).error();
  for (const auto& path : *calendars) {
    if (auto taken = take(path, [&](std::string_view t) { return add_calendar(set, t); }); !taken)
      return taken;
  }
  const bool has_parts =
      std::filesystem::is_directory(folder / "regimes", ignored) || !calendars->empty();
  auto regimes = json_files(has_parts ? folder / "regimes" : folder);
  if (!regimes) return std::move(regimes).error();
  for (const auto& path : *regimes) {
    if (path.filename() == "facts.json") continue;
    if (auto taken = take(path, [&](std::string_view t) { return add_regime(set, t); }); !taken)
      return taken;
  }
  return ok();
}

}  // namespace

const Regime* PolicySet::find(std::string_view id) const {
  const auto found = std::ranges::find(regimes, id, &Regime::id);
  return found == regimes.end() ? nullptr : &*found;
}

Result<PolicySet> load_policies(const std::vector<std::filesystem::path>& folders) {
  auto set = built_in();
  if (!set) return set;
  for (const auto& folder : folders) {
    const auto stop = [](Error error) { return Status(std::move(error)); };
    if (auto read = read_folder(*set, folder, stop); !read) return std::move(read).error();
  }
  std::ranges::sort(set->regimes, {}, &Regime::id);
  return set;
}

Result<std::vector<Error>> lint_policies(const std::filesystem::path& folder) {
  auto set = built_in();
  if (!set) return std::move(set).error();
  std::vector<Error> problems;
  const auto keep = [&](Error error) {
    problems.push_back(std::move(error));
    return ok();
  };
  if (auto read = read_folder(*set, folder, keep); !read) return std::move(read).error();
  for (const Regime& regime : set->regimes) {
    if (!regime.supersedes.empty() && set->find(regime.supersedes) == nullptr) {
      problems.push_back({ErrorCode::invalid_input, printable(regime.id) + ": supersedes " +
                                                        printable(regime.supersedes) +
                                                        ", which is not there"});
    }
  }
  return problems;
}

}  // namespace casebook::reports
