#include "vault/backup.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/json_text.h"
#include "core/printable.h"
#include "vault/database.h"
#include "vault/folder.h"

namespace casebook::vault {
namespace {

constexpr std::string_view kFormat = "casebook-backup/1";
constexpr std::size_t kManifestBytesMax = std::size_t{256} << 20U;
constexpr std::size_t kBlockBytes = std::size_t{1} << 20U;
constexpr std::string_view kParts[] = {"case.json", "ledger",   "head",
                                       "vault",     "evidence", "releases"};

constexpr std::string_view kPassingEndings[] = {".db-shm",      ".db.new",    ".db.new-wal",
                                                ".db.new-shm",  ".db.next",   ".db.next-wal",
                                                ".db.next-shm", ".slots.next"};

using Manifest = std::map<std::string, Digest256>;  // Path below the folder, with '/'.

Error refuse(const std::filesystem::path& path, std::string_view what, std::string_view hint = {}) {
  return Error{ErrorCode::invalid_input, printable(path.native()) + ": " + std::string(what),
               std::string(hint)};
}

/// Files that mean something to running programs only, or to an exchange that was not finished.
bool is_passing(std::string_view path) {
  constexpr std::string_view vault = "vault/";
  if (!path.starts_with(vault)) return false;
  const std::string_view name = path.substr(vault.size());
  if (name.find('/') != std::string_view::npos) return false;
  return name == "lock" || name == "use" ||
         std::ranges::any_of(kPassingEndings, [&](auto ending) { return name.ends_with(ending); });
}

Status list_files(const std::filesystem::path& root, const std::filesystem::path& below,
                  std::vector<std::string>& files) {
  struct stat status {};
  const auto path = root / below;
  if (::lstat(path.c_str(), &status) != 0) return system_error(printable(path.native()), errno);
  if (S_ISREG(status.st_mode)) {
    if (below.native().find('\n') != std::string::npos)
      return refuse(path, "has a name that no manifest can hold");
    if (!is_passing(below.native())) files.push_back(below.native());
    return ok();
  }
  // Short names of bags (B-7) are links that any machine can make again.
  if (S_ISLNK(status.st_mode) && below.parent_path() == "evidence" &&
      below.filename().native().starts_with("B-")) {
    return ok();
  }
  if (!S_ISDIR(status.st_mode))
    return refuse(path, "is neither file nor folder", "remove it from the case folder");
  auto entries = list_folder(path);
  if (!entries) return std::move(entries).error();
  for (const auto& entry : *entries) {
    if (auto listed = list_files(root, below / entry.filename(), files); !listed) return listed;
  }
  return ok();
}

Result<std::vector<std::string>> files_of_case(const std::filesystem::path& root) {
  std::vector<std::string> files;
  for (const std::string_view part : kParts) {
    struct stat status {};
    if (::lstat((root / part).c_str(), &status) != 0 && errno == ENOENT) continue;
    if (auto listed = list_files(root, part, files); !listed) return std::move(listed).error();
  }
  return files;
}

/// Hashes what it passes on.
class HashingSink final : public ByteSink {
 public:
  HashingSink(Sha256 hasher, ByteSink* out) : hasher_(std::move(hasher)), out_(out) {}
  Status write(std::span<const std::byte> bytes) override {
    if (auto hashed = hasher_.update(bytes); !hashed) return hashed;
    size_bytes_ += bytes.size();
    return out_ == nullptr ? ok() : out_->write(bytes);
  }
  Result<Digest256> finish() && { return std::move(hasher_).finish(); }
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  Sha256 hasher_;
  ByteSink* out_;
  std::uint64_t size_bytes_ = 0;
};

/// Reads a file once; writes it to `out` when there is one. @return its digest.
Result<Digest256> read_through(const std::filesystem::path& path, ByteSink* out,
                               std::uint64_t& bytes) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return system_error("open " + printable(path.native()), errno);
  auto hasher = Sha256::create();
  if (!hasher) return std::move(hasher).error();
  HashingSink sink(*std::move(hasher), out);
  FdSource source(fd.get());
  Bytes block(kBlockBytes);
  for (;;) {
    auto count = source.read(block);
    if (!count) return std::move(count).error().context(printable(path.native()));
    if (*count == 0) break;
    if (auto put = sink.write(std::span(block).first(*count)); !put) return std::move(put).error();
  }
  bytes += sink.size_bytes();
  return std::move(sink).finish();
}

Status sync_tree(const std::filesystem::path& root, FileCalls& calls) {
  auto entries = list_folder(root);
  if (!entries) return std::move(entries).error();
  for (const auto& entry : *entries) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(std::filesystem::symlink_status(entry, ignored))) continue;
    if (auto synced = sync_tree(entry, calls); !synced) return synced;
  }
  return sync_folder(root, calls);
}

Result<Manifest> copy_files(const std::filesystem::path& from, const std::filesystem::path& to,
                            std::span<const std::string> files, FileCalls& calls,
                            std::uint64_t& bytes) {
  Manifest manifest;
  for (const std::string& name : files) {
    if (auto made = make_folders((to / name).parent_path()); !made) return std::move(made).error();
    auto out = DurableFile::create(to / name, 0600, IfExists::refuse, calls);
    if (!out) return std::move(out).error();
    auto digest = read_through(from / name, &*out, bytes);
    if (!digest) return std::move(digest).error();
    if (auto done = (*std::move(out)).commit(); !done) return std::move(done).error();
    manifest.emplace(name, *digest);
  }
  return manifest;
}

/// The form that `sha256sum -c` reads.
std::string format_manifest(const Manifest& manifest) {
  std::string text;
  for (const auto& [name, digest] : manifest) text += to_hex(digest) + "  " + name + "\n";
  return text;
}

Result<Manifest> parse_manifest(std::string_view text) {
  Manifest manifest;
  const auto damaged = [] {
    return Error{ErrorCode::corrupt, "the manifest of the backup is damaged"};
  };
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || end < 67 || text.substr(64, 2) != "  ") return damaged();
    auto digest = digest_from_hex(text.substr(0, 64));
    const std::string name(text.substr(66, end - 66));
    const std::filesystem::path path(name);
    const bool inside = path.is_relative() && std::ranges::none_of(path, [](const auto& part) {
                          return part == ".." || part == "." || part.empty();
                        });
    const bool known =
        std::ranges::any_of(kParts, [&](auto part) { return *path.begin() == part; });
    if (!digest || !inside || !known || !manifest.emplace(name, *digest).second) return damaged();
    text.remove_prefix(end + 1);
  }
  return manifest;
}

Status compare(const std::filesystem::path& folder, const Manifest& manifest,
               BackupReport& report) {
  auto files = files_of_case(folder);
  if (!files) return std::move(files).error();
  for (const std::string& name : *files) {
    if (!manifest.contains(name))
      report.findings.push_back(printable(name) + ": is not in the manifest");
  }
  for (const auto& [name, digest] : manifest) {
    auto found = read_through(folder / name, nullptr, report.bytes);
    if (!found && found.error().code == ErrorCode::not_found) {
      report.findings.push_back(printable(name) + ": is missing");
    } else if (!found) {
      return std::move(found).error();
    } else if (*found != digest) {
      report.findings.push_back(printable(name) + ": was changed");
    }
    ++report.files;
  }
  return ok();
}

struct Papers {
  Manifest manifest;
  Digest256 digest{};
};

Result<Papers> read_papers(const std::filesystem::path& backup) {
  auto about = read_file(backup / "backup.json", 65536);
  if (!about) return std::move(about).error();
  std::string_view text = as_text(*about);
  if (text.ends_with('\n')) text.remove_suffix(1);
  auto object = parse_canonical_json(text);
  auto format = object ? json_text_member(*object, "format")
                       : Result<std::string>(Error{ErrorCode::corrupt, ""});
  auto expected = object ? json_text_member(*object, "manifest")
                         : Result<std::string>(Error{ErrorCode::corrupt, ""});
  if (!format || *format != kFormat || !expected) {
    return Error{ErrorCode::corrupt, printable(backup.native()) + ": is no backup of a case"};
  }
  auto bytes = read_file(backup / "manifest", kManifestBytesMax);
  if (!bytes) return std::move(bytes).error();
  auto digest = sha256(*bytes);
  if (!digest) return std::move(digest).error();
  if (to_hex(*digest) != *expected)
    return Error{ErrorCode::corrupt, "the manifest of the backup is damaged"};
  auto manifest = parse_manifest(as_text(*bytes));
  if (!manifest) return std::move(manifest).error();
  return Papers{*std::move(manifest), *digest};
}

Status check_free(const std::filesystem::path& target) {
  struct stat status {};
  if (::lstat(target.c_str(), &status) != 0 && errno == ENOENT) return ok();
  return refuse(target, "exists already", "name a folder that does not exist yet");
}

/// Everything under a name that says that it is not finished; removed again unless it came to its
/// end.
class Building {
 public:
  explicit Building(std::filesystem::path target)
      : target_(target.has_filename() ? std::move(target) : target.parent_path()),
        path_(target_.native() + ".unfinished") {}
  ~Building() {
    std::error_code ignored;
    if (!is_done_) std::filesystem::remove_all(path_, ignored);
  }
  Building(const Building&) = delete;
  Building& operator=(const Building&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  Status begin() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
    if (::mkdir(path_.c_str(), 0700) == 0) return ok();
    return system_error("make " + printable(path_.native()), errno);
  }
  Status finish(FileCalls& calls) {
    if (auto synced = sync_tree(path_, calls); !synced) return synced;
    if (auto free = check_free(target_); !free) return free;
    if (calls.rename(path_.c_str(), target_.c_str()) != 0) {
      return system_error("name " + printable(target_.native()), errno);
    }
    is_done_ = true;
    const auto parent = target_.parent_path();
    return sync_folder(parent.empty() ? "." : parent, calls);
  }

 private:
  std::filesystem::path target_;
  std::filesystem::path path_;
  bool is_done_ = false;
};

}  // namespace

Result<BackupReport> back_up(const BackupOptions& options, UtcSeconds now) {
  if (auto free = check_free(options.target); !free) return std::move(free).error();
  FileCalls& calls = options.calls == nullptr ? system_file_calls() : *options.calls;
  const auto vault = options.case_folder / "vault";
  auto use = UseLock::acquire(vault / "use", UseLock::Kind::exclusive);
  if (!use) return std::move(use).error();
  auto lock = lock_vault(vault / "lock");
  if (!lock) return std::move(lock).error();
  auto files = files_of_case(options.case_folder);
  if (!files) return std::move(files).error();
  Building building(options.target);
  if (auto begun = building.begin(); !begun) return std::move(begun).error();
  BackupReport copied;
  auto manifest = copy_files(options.case_folder, building.path(), *files, calls, copied.bytes);
  if (!manifest) return std::move(manifest).error();
  const std::string text = format_manifest(*manifest);
  auto digest = sha256(as_bytes(text));
  if (!digest) return std::move(digest).error();
  const std::string about = canonical_json(Json{{"bytes", std::to_string(copied.bytes)},
                                                {"files", std::to_string(manifest->size())},
                                                {"format", kFormat},
                                                {"manifest", to_hex(*digest)},
                                                {"time", format_utc(now)}}) +
                            "\n";
  auto put =
      write_file(building.path() / "manifest", as_bytes(text), 0600, IfExists::refuse, calls);
  if (put)
    put =
        write_file(building.path() / "backup.json", as_bytes(about), 0600, IfExists::refuse, calls);
  if (put) put = building.finish(calls);
  if (!put) return std::move(put).error();
  auto report = verify_backup(options.target);
  if (!report) return std::move(report).error().context("check the backup");
  if (report->findings.empty()) return report;
  return Error{ErrorCode::corrupt, "the backup is not what was copied: " + report->findings.front(),
               "check the disk it was written to"};
}

Result<BackupReport> verify_backup(const std::filesystem::path& backup) {
  auto papers = read_papers(backup);
  if (!papers) return std::move(papers).error();
  BackupReport report{.manifest = papers->digest};
  if (auto compared = compare(backup, papers->manifest, report); !compared)
    return std::move(compared).error();
  return report;
}

Result<BackupReport> restore(const std::filesystem::path& backup,
                             const std::filesystem::path& target, FileCalls& calls) {
  if (auto free = check_free(target); !free) return std::move(free).error();
  auto papers = read_papers(backup);
  if (!papers) return std::move(papers).error();
  BackupReport checked;
  if (auto compared = compare(backup, papers->manifest, checked); !compared)
    return std::move(compared).error();
  if (!checked.findings.empty()) {
    return Error{ErrorCode::corrupt, "the backup is damaged: " + checked.findings.front(),
                 "take another backup; nothing was written"};
  }
  Building building(target);
  if (auto begun = building.begin(); !begun) return std::move(begun).error();
  std::vector<std::string> files;
  for (const auto& [name, digest] : papers->manifest) files.push_back(name);
  BackupReport report{.manifest = papers->digest};
  std::uint64_t copied_bytes = 0;
  auto copied = copy_files(backup, building.path(), files, calls, copied_bytes);
  if (!copied) return std::move(copied).error();
  if (auto compared = compare(building.path(), papers->manifest, report); !compared)
    return std::move(compared).error();
  if (!report.findings.empty()) {
    return Error{ErrorCode::corrupt, "the copy is not the backup: " + report.findings.front(),
                 "check the disk"};
  }
  if (auto done = building.finish(calls); !done) return std::move(done).error();
  return report;
}

}  // namespace casebook::vault
