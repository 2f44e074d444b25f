/// Makes the corpus of scripts/bench: always the same logs for the same size, copies of this
/// machine's libraries and documents, many small and very many tiny files. usage: make_corpus mix
/// FOLDER MIB | small FOLDER COUNT | tiny FOLDER COUNT

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// splitmix64: small, good enough for text that only has to compress like a log.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t bound) {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return (z ^ (z >> 31U)) % bound;
  }
  template <std::size_t N>
  std::string_view one_of(const std::array<std::string_view, N>& words) {
    return words[below(N)];
  }

 private:
  std::uint64_t state_;
};

constexpr std::array<std::string_view, 24> kWords = {
    "session", "opened", "closed",  "user",     "failed",  "accepted", "connection", "timeout",
    "request", "reply",  "backend", "upstream", "started", "stopped",  "reloaded",   "worker",
    "cache",   "miss",   "expired", "renewed",  "lease",   "denied",   "retry",      "queue"};
constexpr std::array<std::string_view, 12> kPaths = {
    "/",       "/login", "/api/v1/items", "/api/v1/users", "/static/app.js", "/static/app.css",
    "/search", "/cart",  "/img/logo.png", "/feed.xml",     "/admin",         "/healthz"};
constexpr std::array<std::string_view, 6> kAgents = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15",
    "curl/7.88.1",
    "python-requests/2.32",
    "check_http/v2.3.3 (monitoring-plugins)"};

void web_line(std::string& out, Numbers& numbers, std::uint64_t second) {
  std::array<char, 512> text{};
  const int size = std::snprintf(
      text.data(), text.size(),
      "10.%u.%u.%u - - [02/Mar/2026:%02u:%02u:%02u +0000] \"GET %s?id=%llu HTTP/1.1\" %u %llu "
      "\"-\" \"%s\"\n",
      static_cast<unsigned>(numbers.below(4)), static_cast<unsigned>(numbers.below(256)),
      static_cast<unsigned>(numbers.below(256)), static_cast<unsigned>(second / 3600 % 24),
      static_cast<unsigned>(second / 60 % 60), static_cast<unsigned>(second % 60),
      numbers.one_of(kPaths).data(), static_cast<unsigned long long>(numbers.below(1U << 30U)),
      numbers.below(9) == 0 ? 404U : 200U, static_cast<unsigned long long>(numbers.below(90000)),
      numbers.one_of(kAgents).data());
  out.append(text.data(), static_cast<std::size_t>(size));
}

void service_line(std::string& out, Numbers& numbers, std::uint64_t second) {
  std::array<char, 512> text{};
  const int size = std::snprintf(
      text.data(), text.size(),
      "Mar  2 %02u:%02u:%02u host%llu svc[%llu]: %s %s %s id=%016llx took=%llums\n",
      static_cast<unsigned>(second / 3600 % 24), static_cast<unsigned>(second / 60 % 60),
      static_cast<unsigned>(second % 60), static_cast<unsigned long long>(numbers.below(8)),
      static_cast<unsigned long long>(300 + numbers.below(4000)), numbers.one_of(kWords).data(),
      numbers.one_of(kWords).data(), numbers.one_of(kWords).data(),
      static_cast<unsigned long long>(numbers.below(~0ULL)),
      static_cast<unsigned long long>(numbers.below(3000)));
  out.append(text.data(), static_cast<std::size_t>(size));
}

bool write_text(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) std::fprintf(stderr, "make_corpus: cannot write %s\n", path.c_str());
  return bool(file);
}

/// Log files of 1 to 24 MiB until `size_bytes` are written.
bool make_logs(const fs::path& folder, std::uint64_t size_bytes) {
  fs::create_directories(folder);
  Numbers numbers(1);
  std::uint64_t written = 0;
  for (unsigned number = 0; written < size_bytes; ++number) {
    const std::uint64_t wanted = (1 + numbers.below(24)) << 20U;
    std::string text;
    text.reserve(wanted + 512);
    for (std::uint64_t line = 0; text.size() < wanted; ++line) {
      (number % 2 == 0 ? web_line : service_line)(text, numbers, line / 40);
    }
    if (!write_text(folder / ("service-" + std::to_string(number) + ".log"), text)) return false;
    written += text.size();
  }
  return true;
}

/// Copies regular files of `from`, sorted by path, until `size_bytes` or the end.
void copy_tree(const fs::path& from, const fs::path& to, std::uint64_t size_bytes) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(
           from, fs::directory_options::skip_permission_denied, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->is_regular_file(error) && !entry->is_symlink(error)) paths.push_back(entry->path());
  }
  std::ranges::sort(paths);
  std::uint64_t copied = 0;
  for (const fs::path& path : paths) {
    if (copied >= size_bytes) break;
    const fs::path target = to / path.relative_path();
    fs::create_directories(target.parent_path(), error);
    if (fs::copy_file(path, target, error)) copied += fs::file_size(path, error);
  }
}

bool make_mix(const fs::path& folder, std::uint64_t mib) {
  if (!make_logs(folder / "var/log", (mib << 20U) * 6 / 10)) return false;
  copy_tree("/usr/lib", folder, (mib << 20U) * 3 / 10);
  copy_tree("/usr/share/doc", folder, (mib << 20U) / 10);
  return true;
}

/// `count` files, 500 to a folder, each of `size_min` to `size_max` bytes of log lines.
bool make_many(const fs::path& folder, std::uint64_t count, std::uint64_t size_min,
               std::uint64_t size_max) {
  Numbers numbers(2);
  std::string text;
  for (std::uint64_t number = 0; number < count; ++number) {
    const fs::path place = folder / std::to_string(number / 500);
    if (number % 500 == 0) fs::create_directories(place);
    const std::uint64_t size = size_min + numbers.below(size_max - size_min + 1);
    text.clear();
    while (text.size() < size) service_line(text, numbers, number);
    text.resize(size);
    if (!write_text(place / ("f" + std::to_string(number)), text)) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t amount = 0;
  const std::string_view number = argc == 4 ? argv[3] : "";
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), amount);
  if (argc != 4 || parsed.ec != std::errc() || amount == 0) {
    std::fprintf(stderr,
                 "usage: make_corpus mix FOLDER MIB | small FOLDER COUNT | tiny FOLDER COUNT\n");
    return 2;
  }
  const std::string_view kind = argv[1];
  if (kind == "mix") return make_mix(argv[2], amount) ? 0 : 1;
  if (kind == "small") return make_many(argv[2], amount, 200, 3200) ? 0 : 1;
  if (kind == "tiny") return make_many(argv[2], amount, 10, 60) ? 0 : 1;
  return 2;
}
