#include "core/stored_name.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/tar_header.h"

namespace casebook {
namespace {

constexpr std::size_t kPartBytesMax = 200;
constexpr std::string_view kDigestFolder = "data/by-digest/";
constexpr std::size_t kDigestHexBytes = 64;
constexpr unsigned kCopiesMax = 10000;

constexpr std::array<bool, 256> plain_bytes() {
  std::array<bool, 256> plain{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789._-+@, ")) {
    plain[static_cast<unsigned char>(c)] = true;
  }
  return plain;
}
constexpr auto kPlain = plain_bytes();

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto value = static_cast<unsigned char>(c);
  out.push_back('=');
  out.push_back(kDigits[value >> 4U]);
  out.push_back(kDigits[value & 15U]);
}

void append_part(std::string& out, std::string_view part) {
  const auto edge = [](char c) { return c == ' ' || c == '.'; };
  bool plain = !part.empty() && !edge(part.front()) && !edge(part.back());
  for (const char c : part) plain &= kPlain[static_cast<unsigned char>(c)];
  if (plain) {
    out.append(part);
    return;
  }
  for (std::size_t i = 0; i < part.size(); ++i) {
    const bool at_edge = (i == 0 || i + 1 == part.size()) && edge(part[i]);
    if (kPlain[static_cast<unsigned char>(part[i])] && !at_edge) {
      out.push_back(part[i]);
    } else {
      append_escaped(out, part[i]);
    }
  }
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

void append_escaped_name(std::string& out, std::string_view raw) {
  for (std::size_t begin = 0; begin <= raw.size();) {
    const std::size_t end = std::min(raw.find('/', begin), raw.size());
    append_part(out, raw.substr(begin, end - begin));
    if (end < raw.size()) out.push_back('/');
    begin = end + 1;
  }
}

/// con, prn, aux, nul, com0-9, lpt0-9, alone or before a dot.
bool is_device_name(std::string_view part) {
  const char first = part.empty() ? '\0' : lower(part.front());
  if (first != 'c' && first != 'p' && first != 'a' && first != 'n' && first != 'l') return false;
  const std::string_view stem = part.substr(0, part.find('.'));
  if (stem.size() != 3 && stem.size() != 4) return false;
  const std::string name = fold_case(stem);
  if (name == "con" || name == "prn" || name == "aux" || name == "nul") return true;
  return name.size() == 4 && (name.starts_with("com") || name.starts_with("lpt")) &&
         name[3] >= '0' && name[3] <= '9';
}

}  // namespace

std::string raw_name(const CatalogLine& line) {
  switch (line.type) {
    case EntryType::reading:
    case EntryType::command:
      return "live/" + line.rule + (line.instance.empty() ? "" : "/" + line.instance);
    case EntryType::added: {
      const std::string number = line.rule.substr(line.rule.find('/') + 1);
      return "added/" + number + "-" + (line.source ? line.source->original_name : std::string());
    }
    default:
      return "files/" + line.path.substr(line.path.starts_with('/') ? 1 : 0);
  }
}

std::string escape_name(std::string_view raw) {
  std::string out;
  out.reserve(raw.size() + 16);
  append_escaped_name(out, raw);
  return out;
}

bool needs_digest_name(std::string_view stored) {
  if (stored.size() > kStoredNameBytesMax) return true;
  for (std::size_t begin = 0; begin <= stored.size();) {
    const std::size_t end = std::min(stored.find('/', begin), stored.size());
    const std::string_view part = stored.substr(begin, end - begin);
    if (part.empty() || part.size() > kPartBytesMax || is_device_name(part)) return true;
    begin = end + 1;
  }
  return false;
}

std::string plain_stored_name(const CatalogLine& line) {
  std::string name;
  name.reserve(line.path.size() + 32);
  name = "data/";
  if (line.type >= EntryType::reading) {
    append_escaped_name(name, raw_name(line));
    return name;
  }
  // Nearly every line: an object of the host, named without making its raw name first.
  name += "files/";
  append_escaped_name(name, std::string_view(line.path).substr(line.path.starts_with('/') ? 1 : 0));
  return name;
}

Result<std::string> digest_stored_name(const CatalogLine& line, unsigned copy) {
  auto digest = sha256(as_bytes(line.path.empty() ? raw_name(line) : line.path));
  if (!digest) return std::move(digest).error();
  std::string name = std::string(kDigestFolder) + to_hex(*digest);
  if (copy > 1) name += "-" + std::to_string(copy);
  return name;
}

void fold_case_to(std::string& out, std::string_view name) {
  out.resize(name.size());
  std::transform(name.begin(), name.end(), out.begin(), lower);
}

std::string fold_case(std::string_view name) {
  std::string folded;
  fold_case_to(folded, name);
  return folded;
}

bool is_stored_name_of(const CatalogLine& line) {
  if (!line.stored.starts_with(kDigestFolder)) {
    return !needs_digest_name(line.stored) && line.stored == plain_stored_name(line);
  }
  unsigned copy = 1;
  if (line.stored.size() > kDigestFolder.size() + kDigestHexBytes + 1) {
    const char* const begin = line.stored.data() + kDigestFolder.size() + kDigestHexBytes + 1;
    const char* const end = line.stored.data() + line.stored.size();
    const auto read = std::from_chars(begin, end, copy);
    if (read.ec != std::errc() || read.ptr != end || copy < 2 || copy > kCopiesMax) return false;
  }
  // Of a path that was too long for its line only the front is left.
  if (std::find(line.findings.begin(), line.findings.end(), "path_cut") != line.findings.end()) {
    return line.stored.size() >= kDigestFolder.size() + kDigestHexBytes;
  }
  const auto expected = digest_stored_name(line, copy);
  return expected && line.stored == *expected;
}

}  // namespace casebook
