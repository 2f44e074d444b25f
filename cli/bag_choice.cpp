#include "cli/bag_choice.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <map>
#include <optional>

#include "core/ids.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kShortPrefix = "B-";
constexpr std::size_t kIdPrefixMin = 4;

std::optional<std::uint64_t> short_number(std::string_view name) {
  if (!name.starts_with(kShortPrefix) || name.size() > 12) return std::nullopt;
  name.remove_prefix(kShortPrefix.size());
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (failure != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

struct timespec changed_at(const fs::path& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) return {};
  return status.st_mtim;
}

std::string names_of(const std::vector<KnownBag>& bags) {
  constexpr std::size_t kNamesMax = 8;
  std::string names;
  for (std::size_t i = 0; i < bags.size() && i < kNamesMax; ++i) {
    names += (i > 0 ? ", " : "") + bags[i].name();
  }
  return bags.size() > kNamesMax ? names + " …" : names;
}

Error no_such_bag(const fs::path& evidence, const std::string& wanted,
                  const std::vector<KnownBag>& bags) {
  const std::string place = printable(evidence.string());
  return {ErrorCode::not_found, printable(wanted) + ": no such bag in " + place,
          bags.empty() ? "there is none there yet: casebook collect, or --case DIR"
                       : "there are: " + names_of(bags)};
}

Result<KnownBag> bag_at(const fs::path& path, const std::vector<KnownBag>& bags) {
  std::error_code failure;
  const fs::path real = fs::canonical(path, failure);
  if (failure) return system_error("open " + printable(path.string()), failure.value());
  for (const KnownBag& bag : bags) {
    if (fs::equivalent(bag.folder, real, failure)) return bag;
  }
  KnownBag bag{.id = real.filename().string(), .short_name = {}, .folder = path};
  const std::string given =
      path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
  if (short_number(given)) bag.short_name = given;
  return bag;
}

}  // namespace

std::string KnownBag::name() const {
  return short_name.empty() ? printable(id).substr(0, 8) : short_name;
}

std::vector<KnownBag> bags_in(const fs::path& evidence) {
  std::map<std::string, std::string> short_names;  // By id.
  std::vector<KnownBag> bags;
  std::error_code failure;
  for (fs::directory_iterator at(evidence, failure), end; !failure && at != end;
       at.increment(failure)) {
    const std::string name = at->path().filename().string();
    std::error_code ignored;
    if (short_number(name) && at->is_symlink(ignored)) {
      short_names[fs::read_symlink(at->path(), ignored).filename().string()] = name;
    } else if (BagId::parse(name) && is_folder(at->path())) {
      bags.push_back({.id = name, .short_name = {}, .folder = at->path()});
    }
  }
  for (KnownBag& bag : bags) {
    const auto found = short_names.find(bag.id);
    if (found != short_names.end()) bag.short_name = found->second;
  }
  std::ranges::sort(bags, [](const KnownBag& a, const KnownBag& b) {
    const auto number = [](const KnownBag& bag) {
      return short_number(bag.short_name).value_or(std::numeric_limits<std::uint64_t>::max());
    };
    return std::pair(number(a), a.id) < std::pair(number(b), b.id);
  });
  return bags;
}

Result<KnownBag> choose_bag(const fs::path& evidence, const std::string& wanted) {
  const std::vector<KnownBag> bags = bags_in(evidence);
  if (wanted.empty()) {
    const auto newest = std::ranges::max_element(bags, [](const KnownBag& a, const KnownBag& b) {
      const auto left = changed_at(a.folder);
      const auto right = changed_at(b.folder);
      return std::pair(left.tv_sec, left.tv_nsec) < std::pair(right.tv_sec, right.tv_nsec);
    });
    if (newest == bags.end()) return no_such_bag(evidence, "newest", bags);
    return *newest;
  }
  if (is_folder(wanted)) return bag_at(wanted, bags);
  std::vector<KnownBag> fitting;
  for (const KnownBag& bag : bags) {
    if (bag.short_name == wanted) return bag;
    if (wanted.size() >= kIdPrefixMin && bag.id.starts_with(wanted)) fitting.push_back(bag);
  }
  if (fitting.empty()) return no_such_bag(evidence, wanted, bags);
  if (fitting.size() > 1) {
    return Error{ErrorCode::invalid_input, printable(wanted) + ": several bags begin so",
                 names_of(fitting)};
  }
  return fitting.front();
}

Result<std::string> give_short_name(const fs::path& evidence, const std::string& id) {
  std::uint64_t next = 1;
  std::error_code failure;
  for (fs::directory_iterator at(evidence, failure), end; !failure && at != end;
       at.increment(failure)) {
    next = std::max(next, short_number(at->path().filename().string()).value_or(0) + 1);
  }
  constexpr int kTriesMax = 1000;  // Others may collect into the same folder at the same time.
  for (int tries = 0; tries < kTriesMax; ++tries, ++next) {
    const std::string name = std::string(kShortPrefix) + std::to_string(next);
    if (::symlink(id.c_str(), (evidence / name).c_str()) == 0) return name;
    if (errno != EEXIST) return system_error("link " + name, errno);
  }
  return Error{ErrorCode::limit_exceeded, "no short name is free"};
}

}  // namespace casebook::cli
