/// Reading exports alone, without the store: messages a second. Makes its own export.
/// usage: casebook_imports_bench slack MESSAGES FILE.zip    (makes FILE.zip when it is not there)

#include <zlib.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include <sys/resource.h>

#include "vault/imports/slack_export.h"

namespace {

using namespace casebook;
using namespace casebook::imports;

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}

std::string deflated(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// Writes members one after another and the directory at the end.
class ZipWriter {
 public:
  explicit ZipWriter(const char* path) : file_(path, std::ios::binary) {}
  void add(const std::string& name, const std::string& text) {
    const std::string packed = deflated(text);
    std::string common;
    put(common, 0, 2);
    put(common, 8, 2);
    put(common, 0, 4);
    put(common,
        crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())), 4);
    put(common, packed.size(), 4);
    put(common, text.size(), 4);
    put(common, name.size(), 2);
    put(common, 0, 2);
    std::string local;
    put(local, 0x04034b50, 4);
    put(local, 20, 2);
    local += common + name + packed;
    put(directory_, 0x02014b50, 4);
    put(directory_, 20, 2);
    put(directory_, 20, 2);
    directory_ += common;
    put(directory_, 0, 10);
    put(directory_, offset_, 4);
    directory_ += name;
    file_ << local;
    offset_ += local.size();
    ++count_;
  }
  void close() {
    std::string end;
    put(end, 0x06054b50, 4);
    put(end, 0, 4);
    put(end, count_, 2);
    put(end, count_, 2);
    put(end, directory_.size(), 4);
    put(end, offset_, 4);
    put(end, 0, 2);
    file_ << directory_ << end;
    file_.close();
  }

 private:
  std::ofstream file_;
  std::string directory_;
  std::uint64_t offset_ = 0;
  std::uint64_t count_ = 0;
};

/// A message as Slack writes one of a person: about 900 bytes, with blocks and profile.
std::string record(std::uint64_t number, std::mt19937_64& random) {
  static const char* const words[] = {"login",   "from",  "host",     "web-03", "who",
                                      "saw",     "the",   "alert",    "token",  "revoked",
                                      "restart", "db-01", "checking", "now"};
  std::string text;
  for (int i = 0; i < 12; ++i) text += std::string(words[random() % std::size(words)]) + " ";
  text += std::to_string(random());
  const std::string user = "U0" + std::to_string(number % 50);
  return R"({"client_msg_id":")" + std::to_string(random()) + R"(","type":"message","text":")" +
         text + R"(","user":")" + user + R"(","ts":")" + std::to_string(1700000000 + number) +
         R"(.000100","team":"T01","user_team":"T01","source_team":"T01","user_profile":{"avatar_hash":"g1",)"
         R"("image_72":"https://avatars.example.org/72.png","first_name":"Ada","real_name":"Ada Example",)"
         R"("display_name":"ada","team":"T01","name":"ada","is_restricted":false,"is_ultra_restricted":false},)"
         R"("blocks":[{"type":"rich_text","block_id":"x)" +
         std::to_string(random() % 1000) +
         R"(","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":")" + text +
         R"("}]}]}],"reactions":[{"name":"eyes","users":["U01","U02"],"count":2}]})";
}

void make_export(const char* path, std::uint64_t messages) {
  ZipWriter zip(path);
  zip.add("users.json", R"([{"id":"U01","name":"ada","profile":{"display_name":"Ada"}}])");
  zip.add("channels.json", R"([{"id":"C01","name":"general"}])");
  std::mt19937_64 random(1);
  constexpr std::uint64_t kMessagesADay = 2000;
  for (std::uint64_t done = 0; done < messages; done += kMessagesADay) {
    std::string day = "[";
    for (std::uint64_t i = done; i < std::min(messages, done + kMessagesADay); ++i) {
      day += (i == done ? "\n    " : ",\n    ") + record(i, random);
    }
    char name[64];
    const std::uint64_t number = done / kMessagesADay;
    std::snprintf(name, sizeof name, "general/%04u-%02u-%02u.json",
                  static_cast<unsigned>(2000 + number / 336),
                  static_cast<unsigned>(number / 28 % 12 + 1),
                  static_cast<unsigned>(number % 28 + 1));
    zip.add(name, day + "\n]");
  }
  zip.close();
}

struct Count final : MessageSink {
  Status take(const Message& message) override {
    text_bytes += message.text.size();
    return ok();
  }
  Status take(const BadRecord& bad) override {
    std::printf("%s at %llu: %s\n", bad.member.c_str(), static_cast<unsigned long long>(bad.offset),
                bad.reason.c_str());
    return ok();
  }
  Status take_unread(std::string_view) override { return ok(); }
  std::uint64_t text_bytes = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 || std::string(argv[1]) != "slack") {
    std::fputs("usage: imports_bench slack MESSAGES FILE.zip\n", stderr);
    return 2;
  }
  if (!std::ifstream(argv[3])) make_export(argv[3], std::strtoull(argv[2], nullptr, 10));
  const auto begin = std::chrono::steady_clock::now();
  const std::clock_t cpu = std::clock();
  auto file = FileAccess::open(argv[3]);
  check(bool(file), "open the export");
  const auto archive = ZipArchive::open(*file);
  check(bool(archive), "read its directory");
  Count sink;
  const auto summary = read_slack_export(*archive, sink);
  check(bool(summary), "read the export");
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("messages %llu bad %llu text %llu wall %.2f s cpu %.2f s rate %.0f/s peak %ld KiB\n",
              static_cast<unsigned long long>(summary->messages),
              static_cast<unsigned long long>(summary->bad_records),
              static_cast<unsigned long long>(sink.text_bytes), seconds,
              static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC,
              static_cast<double>(summary->messages) / seconds, usage.ru_maxrss);
  return 0;
}
