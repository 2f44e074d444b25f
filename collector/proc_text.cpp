#include "collector/proc_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/digest.h"

namespace casebook {
namespace {

constexpr std::uint64_t kDigestBytesMax = std::uint64_t{1} << 30U;
constexpr std::string_view kMask = "[masked]";

class FdSource final : public ByteSource {
 public:
  explicit FdSource(int fd) : fd_(fd) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const ssize_t count = ::pread(fd_, buffer.data(), buffer.size(), offset_);
    if (count < 0) return system_error("read", errno);
    offset_ += count;
    return static_cast<std::size_t>(count);
  }
  [[nodiscard]] std::uint64_t offset() const { return static_cast<std::uint64_t>(offset_); }

 private:
  int fd_;
  off_t offset_ = 0;
};

std::string time_text(const timespec& time) {
  return format_nanoseconds(std::chrono::seconds(time.tv_sec) +
                            std::chrono::nanoseconds(time.tv_nsec));
}

timespec clock_now(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now;
}

std::chrono::nanoseconds duration_of(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

std::optional<std::uint64_t> parse_unsigned(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> split_text(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  const std::size_t begin = text.find('(');
  const std::size_t end = text.rfind(')');
  if (begin == text.npos || end == text.npos || end < begin) return std::nullopt;
  ProcessStat stat;
  stat.comm = text.substr(begin + 1, end - begin - 1);
  std::string_view rest = text.substr(end + 1);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  while (rest.ends_with('\n')) rest.remove_suffix(1);
  const auto fields = split_text(rest, ' ');
  if (fields.size() < 22 || fields[0].size() != 1) return std::nullopt;
  stat.state = fields[0][0];
  const auto number = [&fields](std::size_t index) {
    return parse_unsigned(fields[index]).value_or(0);
  };
  // Field n of proc(5) is fields[n - 3].
  stat.ppid = static_cast<pid_t>(number(1));
  stat.pgrp = static_cast<pid_t>(number(2));
  stat.session = static_cast<pid_t>(number(3));
  stat.tty = static_cast<std::int64_t>(number(4));
  stat.foreground_group = static_cast<pid_t>(number(5));
  stat.flags = number(6);
  stat.user_ticks = number(11);
  stat.system_ticks = number(12);
  stat.threads = number(17);
  stat.start_ticks = number(19);
  stat.virtual_bytes = number(20);
  stat.resident_pages = number(21);
  return stat;
}

ProcessStat read_process_stat(int folder) {
  const UniqueFd fd = open_for_reading(folder, "stat");
  ProcessStat none;
  if (!fd) {
    none.failure = {"open", errno};
    return none;
  }
  const HostText text = read_fd(fd.get(), 4096);
  none.failure = text.ok() ? CallFailure{"parse", EBADMSG} : text.failure;
  return parse_process_stat(text.bytes).value_or(none);
}

std::optional<std::string_view> status_field(std::string_view status, std::string_view name) {
  for (std::string_view line : split_text(status, '\n')) {
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':') continue;
    line.remove_prefix(name.size() + 1);
    while (line.starts_with('\t') || line.starts_with(' ')) line.remove_prefix(1);
    return line;
  }
  return std::nullopt;
}

std::vector<Mapping> parse_maps(std::string_view text) {
  std::vector<Mapping> maps;
  for (const std::string_view line : split_text(text, '\n')) {
    // begin-end perms offset dev inode [blanks path]
    std::array<std::string_view, 5> fields;
    std::string_view rest = line;
    for (std::string_view& field : fields) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      field = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    const std::size_t dash = fields[0].find('-');
    if (dash == fields[0].npos) continue;
    const auto begin = parse_unsigned(fields[0].substr(0, dash), 16);
    const auto end = parse_unsigned(fields[0].substr(dash + 1), 16);
    if (!begin || !end || *end < *begin) continue;
    maps.push_back({.range = {*begin, *end},
                    .perms = std::string(fields[1]),
                    .offset = parse_unsigned(fields[2], 16).value_or(0),
                    .device = std::string(fields[3]),
                    .inode = parse_unsigned(fields[4]).value_or(0),
                    .path = std::string(rest)});
  }
  return maps;
}

std::optional<AddressRange> find_mapping(std::string_view maps, std::string_view path) {
  for (const Mapping& mapping : parse_maps(maps)) {
    if (mapping.path == path) return mapping.range;
  }
  return std::nullopt;
}

std::string unescape_octal(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      if (const auto code = parse_unsigned(text.substr(i + 1, 3), 8); code && *code < 256) {
        out += static_cast<char>(*code);
        i += 3;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

void put_command_line(Json& line, int folder) {
  const UniqueFd fd = open_for_reading(folder, "cmdline");
  if (!fd) {
    line["argv_error"] = errno_name(errno);
    return;
  }
  const HostText text = read_fd(fd.get(), std::size_t{64} << 10U);
  if (!text.ok()) line["argv_error"] = errno_name(text.failure.errno_value);
  if (text.cut) line["argv_cut"] = true;
  std::vector<std::string> argv;
  for (const std::string_view argument : split_text(text.bytes, '\0')) argv.emplace_back(argument);
  put_list(line, "argv", argv);
}

Json describe_open_file(int fd) {
  Json line = Json::object();
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    put_failure(line, {"fstat", errno});
    return line;
  }
  line["dev"] = std::to_string(major(status.st_dev)) + ":" + std::to_string(minor(status.st_dev));
  line["ino"] = std::to_string(status.st_ino);
  line["mode"] = static_cast<unsigned>(status.st_mode);
  line["nlink"] = static_cast<std::uint64_t>(status.st_nlink);
  line["uid"] = status.st_uid;
  line["gid"] = status.st_gid;
  line["size"] = std::to_string(status.st_size);
  line["mtime"] = time_text(status.st_mtim);
  line["ctime"] = time_text(status.st_ctim);
  return line;
}

std::string file_sha256(int fd, std::uint64_t size_bytes_max) {
  FdSource source(fd);
  auto digest = hash_stream(source, size_bytes_max);
  return digest ? to_hex(*digest) : std::string();
}

void put_digest(Json& line, int fd) {
  FdSource source(fd);
  auto digest = hash_stream(source, kDigestBytesMax);
  if (!digest) {
    line["digest_error"] = digest.error().message;
    return;
  }
  line["sha256"] = to_hex(*digest);
  line["hashed_bytes"] = std::to_string(source.offset());
}

std::chrono::nanoseconds boot_time() {
  return duration_of(clock_now(CLOCK_REALTIME)) - duration_of(clock_now(CLOCK_BOOTTIME));
}

std::string start_time_text(std::uint64_t start_ticks, std::chrono::nanoseconds boot) {
  const long ticks_per_second = ::sysconf(_SC_CLK_TCK);
  if (ticks_per_second <= 0) return {};
  const auto rate = static_cast<std::uint64_t>(ticks_per_second);
  const std::chrono::nanoseconds since_boot =
      std::chrono::seconds(start_ticks / rate) +
      std::chrono::nanoseconds((start_ticks % rate) * (1'000'000'000U / rate));
  return format_utc(std::chrono::floor<std::chrono::seconds>(UtcNanoseconds(boot + since_boot)));
}

bool names_secret(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kParts = {
      "PASS",    "SECRET",     "TOKEN",          "APIKEY", "API_KEY",           "ACCESS_KEY",
      "PRIVATE", "CREDENTIAL", "AUTH",           "PWD",    "CONNECTION_STRING", "DATABASE_URL",
      "DSN",     "COOKIE",     "ENCRYPTION_KEY", "_KEY"};
  std::string upper(name);
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  if (upper == "PWD" || upper == "OLDPWD" || upper == "SSH_AUTH_SOCK" || upper == "XAUTHORITY")
    return false;
  return std::ranges::any_of(
      kParts, [&](std::string_view part) { return upper.find(part) != std::string::npos; });
}

Status store_environment(ReadingRun& run, std::string_view instance, std::string_view environment) {
  std::string masked;
  CatalogLine line = run.line(instance);
  for (const std::string_view variable : split_text(environment, '\0')) {
    const std::size_t equals = variable.find('=');
    if (equals != variable.npos && equals + 1 < variable.size() &&
        names_secret(variable.substr(0, equals))) {
      masked += variable.substr(0, equals + 1);
      masked += kMask;
      ++line.redactions;
    } else {
      masked += variable;
    }
    masked += '\0';
  }
  if (line.redactions > 0) {
    line.outcome = Outcome::redacted;
    line.findings.emplace_back("masked");
  }
  return run.store_line(std::move(line), masked);
}

}  // namespace casebook
