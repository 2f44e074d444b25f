/// Drives the bag alone, for measurements and for stock tools to look at:
///   bag_bench write FOLDER OUTPUT [RECIPIENT]   walks FOLDER plainly and seals what it finds
///   bag_bench stream FOLDER [RECIPIENT]         the same as a stream of parts on standard output
///   bag_bench verify BAG [IDENTITY-FILE]
///   bag_bench get BAG NAME OUTPUT [IDENTITY-FILE]

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "collector/bag_writer.h"
#include "collector/part_stream.h"
#include "core/bag_reader.h"
#include "core/ssh_signature.h"

namespace casebook {
namespace {

class FdSink final : public ByteSink {
 public:
  explicit FdSink(int fd) : fd_(fd) {}
  Status write(std::span<const std::byte> bytes) override { return write_all(fd_, bytes); }

 private:
  int fd_;
};

int fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return 1;
}

std::chrono::nanoseconds since(std::int64_t seconds, std::uint32_t nanoseconds) {
  return std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanoseconds);
}

ObjectStat stat_of(const struct statx& from) {
  ObjectStat stat;
  stat.mode = from.stx_mode;
  stat.uid = from.stx_uid;
  stat.gid = from.stx_gid;
  stat.nlink = from.stx_nlink;
  stat.ino = from.stx_ino;
  stat.dev_major = from.stx_dev_major;
  stat.dev_minor = from.stx_dev_minor;
  stat.size_bytes = from.stx_size;
  stat.blocks = from.stx_blocks;
  stat.atime = since(from.stx_atime.tv_sec, from.stx_atime.tv_nsec);
  stat.mtime = since(from.stx_mtime.tv_sec, from.stx_mtime.tv_nsec);
  stat.ctime = since(from.stx_ctime.tv_sec, from.stx_ctime.tv_nsec);
  stat.btime = since(from.stx_btime.tv_sec, from.stx_btime.tv_nsec);
  return stat;
}

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return since(now.tv_sec, static_cast<std::uint32_t>(now.tv_nsec));
}

Status store_one(BagWriter& writer, const std::string& path) {
  CatalogLine line;
  line.rule = "path/1";
  line.stage = 12;
  line.path = path;
  line.taken_at = read_clock(CLOCK_REALTIME);
  line.monotonic = read_clock(CLOCK_MONOTONIC);
  struct statx stat {};
  const UniqueFd fd(
      ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NOATIME | O_NONBLOCK | O_CLOEXEC));
  const int failed =
      fd ? ::statx(fd.get(), "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &stat)
         : ::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME,
                   &stat);
  if (failed != 0) return ok();
  line.stat = stat_of(stat);
  line.type = S_ISDIR(stat.stx_mode)   ? EntryType::directory
              : S_ISREG(stat.stx_mode) ? EntryType::file
              : S_ISLNK(stat.stx_mode) ? EntryType::symlink
                                       : EntryType::unknown;
  if (!fd || line.type != EntryType::file) return writer.list(std::move(line));
  FdSource source(fd.get());
  return writer.store(std::move(line), {.bytes = source, .size_bytes = stat.stx_size, .amend = {}});
}

int write_bag(const std::string& from, BagOutput& output, const char* recipient_text) {
  SystemClock clock;
  SystemRandomness randomness;
  auto signer = Ed25519Signer::generate(randomness);
  auto bag = BagId::make(randomness);
  auto run = RunId::make(randomness);
  if (!signer || !bag || !run) return 1;
  std::optional<AgeRecipient> recipient;
  if (recipient_text != nullptr) {
    auto parsed = AgeRecipient::parse(recipient_text);
    if (!parsed) return fail(parsed.error());
    recipient = *parsed;
  }
  auto writer = BagWriter::create({.bag = *bag,
                                   .run = *run,
                                   .software = "bag_bench 1.0",
                                   .started_at = clock.now_seconds(),
                                   .recipient = recipient},
                                  {output, clock, randomness});
  if (!writer) return fail(writer.error());
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           from, std::filesystem::directory_options::skip_permission_denied)) {
    if (auto done = store_one(*writer, entry.path().native()); !done) return fail(done.error());
  }
  auto sealed =
      std::move(*writer).seal({.context_json = "{}",
                               .seal_key = signer->public_key().line(),
                               .sign = [&](std::span<const std::byte> message) {
                                 return make_ssh_signature(*signer, kSealNamespace, message);
                               }});
  if (!sealed) return fail(sealed.error());
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::fprintf(stderr, "%s entries=%llu bytes=%llu peak_kib=%ld\n", sealed->seal.bag.c_str(),
               static_cast<unsigned long long>(sealed->seal.entries),
               static_cast<unsigned long long>(sealed->seal.file_size_bytes), usage.ru_maxrss);
  return 0;
}

std::vector<AgeIdentity> identities_of(const char* path) {
  std::vector<AgeIdentity> identities;
  if (path == nullptr) return identities;
  auto text = read_file(path, 4096);
  if (!text) return identities;
  const std::string_view view = as_text(*text);
  const std::size_t at = view.find("AGE-SECRET-KEY-");
  auto identity = AgeIdentity::parse(view.substr(at, view.find('\n', at) - at));
  if (identity) identities.push_back(std::move(*identity));
  return identities;
}

int verify(const char* folder, const char* identity) {
  const auto identities = identities_of(identity);
  auto report = verify_bag(folder, {.unlock = {.identities = identities}});
  if (!report) return fail(report.error());
  for (const BagFinding& finding : report->findings) {
    std::fprintf(stderr, "%s at %s: %s\n", finding.code.c_str(), finding.where.c_str(),
                 finding.what.c_str());
  }
  return report->findings.empty() && report->unchecked.empty() ? 0 : 4;
}

int get(const char* folder, const char* name, const char* output, const char* identity) {
  const auto identities = identities_of(identity);
  auto reader = BagReader::open(folder, {.identities = identities});
  if (!reader) return fail(reader.error());
  auto entry = reader->find(name);
  if (!entry) return fail(entry.error());
  auto done = reader->extract_to_file(*entry, output, 0600, IfExists::replace);
  return done ? 0 : fail(done.error());
}

int run(int count, char** arguments) {
  const auto given = [&](int at) { return at < count ? arguments[at] : nullptr; };
  const std::string_view verb = given(1) == nullptr ? "" : given(1);
  if (verb == "write" && given(3) != nullptr) {
    FolderOutput output(given(3));
    return write_bag(given(2), output, given(4));
  }
  if (verb == "stream" && given(2) != nullptr) {
    FdSink sink(STDOUT_FILENO);
    PartStream stream(sink);
    PartOutput output(stream);
    const int status = write_bag(given(2), output, given(3));
    return status != 0 || stream.finish() ? status : 1;
  }
  if (verb == "verify" && given(2) != nullptr) return verify(given(2), given(3));
  if (verb == "get" && given(4) != nullptr) return get(given(2), given(3), given(4), given(5));
  std::fprintf(stderr, "usage: bag_bench write|stream|verify|get ...\n");
  return 2;
}

}  // namespace
}  // namespace casebook

int main(int count, char** arguments) { return casebook::run(count, arguments); }
