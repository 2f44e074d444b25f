// A generated corpus with labels: how much is found, and how much of what is found is right. The
// check digits are made here by other code than the detectors use. Seeds are fixed and printed.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>
#include <random>

#include "core/bytes.h"
#include "vault/privacy/pii.h"

namespace casebook::privacy {
namespace {

struct Label {
  PiiKind kind;
  std::size_t begin;
  std::size_t end;
};

class Corpus {
 public:
  explicit Corpus(std::uint64_t seed) : random_(seed) {}

  std::string text;
  std::vector<Label> labels;

  void add(PiiKind kind, std::string_view before, const std::string& value,
           std::string_view after) {
    text += before;
    labels.push_back({kind, text.size(), text.size() + value.size()});
    text += value;
    text += after;
  }
  void add_plain(std::string_view line) { text += line; }

  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  template <typename Range>
  auto one_of(const Range& range) {
    return range[below(std::size(range))];
  }
  std::string digits(std::size_t count) { return letters("0123456789", count); }
  std::string letters(std::string_view alphabet, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += alphabet[below(alphabet.size())];
    return out;
  }

 private:
  std::mt19937_64 random_;
};

std::string grouped(const std::string& value, std::initializer_list<std::size_t> sizes,
                    std::string_view separator) {
  std::string out;
  std::size_t at = 0;
  for (const std::size_t size : sizes) {
    if (at >= value.size()) break;
    if (!out.empty()) out += separator;
    out += value.substr(at, size);
    at += size;
  }
  return out;
}

std::string make_card(Corpus& corpus) {
  constexpr std::array<const char*, 8> kPrefixes = {"4",    "51",   "55", "2221",
                                                    "6011", "3530", "34", "37"};
  std::string card = corpus.one_of(kPrefixes);
  const bool is_amex = card == "34" || card == "37";
  const std::size_t size = is_amex ? 15 : 16;
  card += corpus.digits(size - 1 - card.size());
  for (char last = '0'; last <= '9'; ++last) {  // The one digit that makes the sum right.
    int sum = 0;
    const std::string whole = card + last;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      const int value = whole[whole.size() - 1 - i] - '0';
      sum += i % 2 == 0 ? value : value / 5 + value * 2 % 10;
    }
    if (sum % 10 == 0) card = whole;
    if (sum % 10 == 0) break;
  }
  constexpr std::array<const char*, 4> kSeparators = {"", " ", "-", "\xC2\xA0"};
  const std::string separator = corpus.one_of(kSeparators);
  if (separator.empty()) return card;
  return is_amex ? grouped(card, {4, 6, 5}, separator) : grouped(card, {4, 4, 4, 4}, separator);
}

std::string make_iban(Corpus& corpus) {
  struct Form {
    const char* country;
    std::size_t letters;
    std::size_t digits;
  };
  constexpr std::array<Form, 6> kForms = {
      {{"NL", 4, 10}, {"DE", 0, 18}, {"GB", 4, 14}, {"FR", 0, 23}, {"BE", 0, 12}, {"ES", 0, 20}}};
  const Form form = corpus.one_of(kForms);
  const std::string account =
      corpus.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ", form.letters) + corpus.digits(form.digits);
  std::string numeric;
  for (const char c : account + form.country + "00") {
    numeric += c >= 'A' ? std::to_string(c - 'A' + 10) : std::string(1, c);
  }
  int rest = 0;
  for (const char c : numeric) rest = (rest * 10 + (c - '0')) % 97;
  const std::string check = std::to_string(98 - rest);
  const std::string iban = form.country + (check.size() == 1 ? "0" + check : check) + account;
  return corpus.below(2) == 0
             ? iban
             : grouped(iban, {4, 4, 4, 4, 4, 4, 4}, corpus.below(4) == 0 ? "\xC2\xA0" : " ");
}

std::string make_bsn(Corpus& corpus) {
  while (true) {
    const std::string bsn = corpus.digits(8);
    int sum = 0;
    for (std::size_t i = 0; i < 8; ++i) sum += static_cast<int>(9 - i) * (bsn[i] - '0');
    const int last = sum % 11;
    if (last <= 9 && bsn != "00000000") return bsn + std::to_string(last);
  }
}

std::string make_phone(Corpus& corpus) {
  switch (corpus.below(5)) {
    case 0:
      return "+31 6 " + corpus.digits(8);
    case 1:
      return "+44 20 7946 0" + corpus.digits(3);
    case 2:
      return "+1 (212) 555-01" + corpus.digits(2);
    case 3:
      return "020 " + corpus.letters("123456789", 3) + " " + corpus.digits(4);
    default:
      return "(415) 555-01" + corpus.digits(2);
  }
}

const std::string_view kAlnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

std::string make_token(Corpus& corpus) {
  switch (corpus.below(4)) {
    case 0:
      return "AKIA" + corpus.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
    case 1:
      return "ghp_" + corpus.letters(kAlnum, 36);
    case 2:
      return "xoxb-" + corpus.digits(12) + "-" + corpus.letters(kAlnum, 24);
    default:
      return "glpat-" + corpus.letters(kAlnum, 20);
  }
}

std::string make_ipv6(Corpus& corpus) {
  std::string out = "2001:db8";
  const bool is_short = corpus.below(2) == 0;
  for (int i = 0; i < (is_short ? 2 : 6); ++i) {
    out += i == 0 && is_short ? "::" : ":";
    out += corpus.letters("123456789abcdef", 1 + corpus.below(4));
  }
  return out;
}

std::string make_ssn(Corpus& corpus) {
  std::string area = corpus.digits(3);
  while (area == "000" || area == "666" || area[0] == '9') area = corpus.digits(3);
  return area + "-" + std::to_string(10 + corpus.below(90)) + "-" + corpus.letters("123456789", 4);
}

std::string number(Corpus& corpus, std::uint64_t limit) {
  return std::to_string(corpus.below(limit));
}

/// Lines of a breach that hold nothing of the kind, many of them close to it.
std::string make_plain(Corpus& corpus) {
  const auto hex = [&](std::size_t size) { return corpus.letters("0123456789abcdef", size); };
  switch (corpus.below(16)) {
    case 0:
      return "2026-11-" + std::to_string(10 + corpus.below(20)) + "T02:11:26Z pid " +
             corpus.digits(6);
    case 1:
      return "commit " + hex(40);
    case 2:
      return "request " + hex(8) + "-" + hex(4) + "-4" + hex(3) + "-a" + hex(3) + "-" + hex(12);
    case 3:
      return "order " + corpus.letters("123456789", 1) + corpus.digits(8) + " shipped";
    case 4:
      return "paid $" + corpus.digits(4) + "." + corpus.digits(2) + " on 21.11.2026 10:00";
    case 5:
      return "version " + number(corpus, 20) + "." + number(corpus, 200) + "." +
             number(corpus, 200) + "." + number(corpus, 200);
    case 6:
      return "at 1700" + corpus.digits(9) + " ms, mac aa:bb:cc:" + hex(2) + ":" + hex(2) + ":" +
             hex(2);
    case 7:
      return "ISBN 978-3-16-" + corpus.digits(6) + "-0";
    case 8:
      return "id 1" + corpus.digits(15) + " size " + corpus.digits(10);
    case 9:
      return "std::vector<int>::iterator it = x::y(" + corpus.digits(3) + ");";
    case 10:
      return "see logo@2x.png and section 1.2.3.4";
    case 11:
      return "sha256 " + hex(64);
    case 12:
      return "Ben said he would call 12 people at 10:30, password was changed";
    case 13:
      return "invoice " + corpus.digits(4) + "-" + corpus.digits(4) + "-" + corpus.digits(4);
    case 14:
      return "ref NL00ABNA" + corpus.digits(10) + " rejected";
    default:
      return "web-03 kernel: [" + corpus.digits(6) + "." + corpus.digits(6) +
             "] audit: type=1400 uid=1000";
  }
}

void add_value(Corpus& corpus, std::uint64_t kind) {
  constexpr std::array<const char*, 3> kBsnWords = {"BSN ", "bsn: ", "burgerservicenummer is "};
  constexpr std::array<const char*, 3> kSsnWords = {"SSN ", "", "social security number "};
  switch (kind) {
    case 0:
      return corpus.add(PiiKind::card, "paid by ", make_card(corpus), ", thanks\n");
    case 1:
      return corpus.add(PiiKind::iban, "account ", make_iban(corpus), ".\n");
    case 2: {
      const std::string bsn = make_bsn(corpus);
      return corpus.add(PiiKind::bsn, corpus.one_of(kBsnWords),
                        corpus.below(3) == 0 ? grouped(bsn, {4, 2, 3}, ".") : bsn, " known\n");
    }
    case 3:
      return corpus.add(PiiKind::email, "from <",
                        corpus.letters("abcdefghij", 5) + "." + corpus.letters("klmnop_-+", 3) +
                            "x@mail" + corpus.digits(1) + ".example.org",
                        ">\n");
    case 4:
      return corpus.add(PiiKind::phone, "reach her: ", make_phone(corpus), " today\n");
    case 5:
      return corpus.add(PiiKind::ssn, corpus.one_of(kSsnWords), make_ssn(corpus), ";\n");
    case 6:
      return corpus.add(PiiKind::ipv4, "login from ",
                        "203.0.113." + std::to_string(20 + corpus.below(230)), " port 22\n");
    case 7:
      return corpus.add(PiiKind::ipv6, "peer ", make_ipv6(corpus), " up\n");
    case 8:
      return corpus.add(PiiKind::token, "leaked ", make_token(corpus), " in history\n");
    case 9:
      return corpus.add(PiiKind::jwt, "Bearer ",
                        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + corpus.letters(kAlnum, 60) + "." +
                            corpus.letters(kAlnum, 43),
                        "\n");
    case 10:
      return corpus.add(PiiKind::private_key, "",
                        "-----BEGIN EC PRIVATE KEY-----\n" + corpus.letters(kAlnum, 64) +
                            "\n-----END EC PRIVATE KEY-----",
                        "\n");
    default:
      return corpus.add(PiiKind::secret, "client_secret = \"", corpus.letters(kAlnum, 32), "\"\n");
  }
}

struct Score {
  std::size_t labels = 0;
  std::size_t found = 0;
  std::size_t hits = 0;
  std::size_t right = 0;
};

bool overlaps(const Label& label, const PiiHit& hit) {
  return label.kind == hit.kind && hit.begin < label.end &&
         hit.begin + hit.size_bytes > label.begin;
}

TEST(PiiCorpus, ReachesRecallAndPrecisionOnLabelledText) {
  constexpr std::uint64_t kSeed = 20261121;
  constexpr std::size_t kLines = 60'000;
  Corpus corpus(kSeed);
  for (std::size_t line = 0; line < kLines; ++line) {
    if (corpus.below(2) == 0) {
      corpus.add_plain(make_plain(corpus) + "\n");
    } else {
      add_value(corpus, corpus.below(kPiiKinds));
    }
  }
  const auto hits = find_pii(corpus.text);
  std::map<PiiKind, Score> scores;
  std::size_t first = 0;  // Labels and hits are both in order of place.
  for (const Label& label : corpus.labels) {
    while (first < hits.size() && hits[first].begin + hits[first].size_bytes <= label.begin)
      ++first;
    Score& score = scores[label.kind];
    ++score.labels;
    if (first < hits.size() && overlaps(label, hits[first])) ++score.found;
  }
  first = 0;
  Score all;
  for (const PiiHit& hit : hits) {
    while (first < corpus.labels.size() && corpus.labels[first].end <= hit.begin) ++first;
    Score& score = scores[hit.kind];
    const bool is_right = first < corpus.labels.size() && overlaps(corpus.labels[first], hit);
    ++score.hits;
    if (!is_right && std::getenv("CASEBOOK_SHOW_PII") != nullptr)
      std::printf(
          "%s: %s\n", std::string(to_string(hit.kind)).c_str(),
          corpus.text
              .substr(hit.begin - std::min<std::uint64_t>(hit.begin, 40), hit.size_bytes + 50)
              .c_str());
    ++all.hits;
    if (is_right) ++score.right;
    if (is_right) ++all.right;
  }
  std::printf("seed %llu, %zu lines, %zu bytes\n", static_cast<unsigned long long>(kSeed), kLines,
              corpus.text.size());
  std::printf("%-12s %7s %7s %9s %9s\n", "kind", "labels", "hits", "recall", "precision");
  for (const auto& [kind, score] : scores) {
    const double recall = static_cast<double>(score.found) / static_cast<double>(score.labels);
    const double precision = static_cast<double>(score.right) / static_cast<double>(score.hits);
    std::printf("%-12s %7zu %7zu %9.4f %9.4f\n", std::string(to_string(kind)).c_str(), score.labels,
                score.hits, recall, precision);
    EXPECT_GE(recall, 0.98) << to_string(kind);
    EXPECT_GE(precision, 0.95) << to_string(kind);
  }
  std::printf("precision over all kinds %.4f\n",
              static_cast<double>(all.right) / static_cast<double>(all.hits));
}

}  // namespace
}  // namespace casebook::privacy
