/// Scanning for personal data alone: megabytes a second on one core. Makes its own text: chat
/// lines, log lines, and one line in fifty with something to find. usage: casebook_pii_bench
/// [MEGABYTES]

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>

#include "vault/privacy/pii.h"

namespace {

std::string make_text(std::size_t size) {
  static const char* const words[] = {"login",  "from",     "host",  "web-03",  "who",     "saw",
                                      "the",    "alert",    "token", "revoked", "restart", "now",
                                      "please", "checking", "logs",  "again"};
  static const char* const hits[] = {"ada@example.org",        "4111 1111 1111 1111",
                                     "NL91 ABNA 0417 1643 00", "BSN 111222333",
                                     "+31 6 12345678",         "203.0.113.9"};
  std::mt19937_64 random(1);
  std::string text;
  while (text.size() < size) {
    if (random() % 4 == 0) {
      text += "2026-11-21T02:11:26Z web-03 sshd[" + std::to_string(random() % 100'000) + "]: ";
    }
    for (int i = 0; i < 10; ++i) text += std::string(words[random() % std::size(words)]) + " ";
    if (random() % 50 == 0) text += hits[random() % std::size(hits)];
    text += '\n';
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace casebook::privacy;
  const std::size_t megabytes = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 64;
  const std::string text = make_text(megabytes << 20U);
  for (int round = 0; round < 5; ++round) {
    std::size_t hits = 0;
    const std::clock_t cpu = std::clock();
    PiiScanner scanner([&](const PiiHit&) { ++hits; });
    scanner.feed(text);
    scanner.finish();
    const double seconds = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
    std::printf("%.1f MB, %zu hits, %.2f s CPU, %.0f MB/s\n",
                static_cast<double>(text.size()) / 1e6, hits, seconds,
                static_cast<double>(text.size()) / 1e6 / seconds);
  }
  return 0;
}
