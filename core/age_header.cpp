#include "core/age_header.h"

#include <algorithm>

#include "core/age_crypto.h"

namespace casebook::age {
namespace {

constexpr std::string_view kVersionLine = "age-encryption.org/v1\n";
constexpr std::string_view kArmor = "-----BEGIN AGE ENCRYPTED FILE-----";
constexpr std::string_view kStanzaMark = "-> ";
constexpr std::string_view kMacMark = "---";
constexpr std::size_t kColumns = 64;

Error corrupt(const char* why) {
  return Error{ErrorCode::corrupt, std::string("age header: ") + why};
}

/// Takes lines from the front; a line ends with a line feed and nothing else.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}
  std::optional<std::string_view> next() {
    const std::size_t end = text_.find('\n', at_);
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = text_.substr(at_, end - at_);
    at_ = end + 1;
    return line;
  }
  [[nodiscard]] bool at_mac() const { return text_.substr(at_).starts_with(kMacMark); }
  [[nodiscard]] std::size_t position() const { return at_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

Result<std::vector<std::string>> parse_arguments(std::string_view line) {
  if (!line.starts_with(kStanzaMark)) return corrupt("a line that begins no stanza");
  line.remove_prefix(kStanzaMark.size());
  std::vector<std::string> arguments;
  for (;;) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const auto argument = line.substr(0, end);
    if (argument.empty()) return corrupt("an empty stanza argument");
    if (std::ranges::any_of(argument, [](char c) { return c < '!' || c > '~'; })) {
      return corrupt("a stanza argument that is not printable ASCII");
    }
    if (arguments.size() == kArgumentsMax) {
      return Error{ErrorCode::limit_exceeded, "age header: too many stanza arguments"};
    }
    arguments.emplace_back(argument);
    if (end == line.size()) return arguments;
    line.remove_prefix(end + 1);
  }
}

/// The body ends with the first line that is shorter than 64 columns.
Result<Bytes> parse_body(Lines& lines) {
  std::string text;
  for (;;) {
    const auto line = lines.next();
    if (!line) return corrupt("a stanza without an end");
    if (line->size() > kColumns) return corrupt("a stanza line of more than 64 columns");
    text += *line;
    if (text.size() > kBodyBytesMax) {
      return Error{ErrorCode::limit_exceeded, "age header: stanza too long"};
    }
    if (line->size() < kColumns) break;
  }
  auto body = from_base64(text, Base64Padding::without);
  if (!body) return corrupt("a stanza that is not base64");
  return body;
}

/// The position after the MAC line, or 0 when it is not there yet. A line beginning with "---"
/// cannot stand inside a stanza: base64 has no such character.
std::size_t header_end(std::string_view text) {
  const std::size_t mark = text.find("\n---");
  if (mark == std::string_view::npos) return 0;
  const std::size_t end = text.find('\n', mark + 1);
  return end == std::string_view::npos ? 0 : end + 1;
}

Status check_is_age(std::string_view text) {
  if (text.starts_with(kArmor)) {
    return Error{ErrorCode::invalid_input, "age file in text armour",
                 "take the armour off first: age -d reads it, or age without -a makes none"};
  }
  if (!kVersionLine.starts_with(text.substr(0, kVersionLine.size()))) {
    return Error{ErrorCode::invalid_input, "not an age file"};
  }
  return ok();
}

Result<Header> parse_whole_header(std::string_view text) {
  Lines lines(text);
  lines.next();  // The version line.
  Header header;
  while (!lines.at_mac()) {
    const auto line = lines.next();
    if (!line) return corrupt("no MAC line");
    if (header.stanzas.size() == kStanzasMax) {
      return Error{ErrorCode::limit_exceeded, "age header: more than 256 stanzas"};
    }
    auto arguments = parse_arguments(*line);
    if (!arguments) return std::move(arguments).error();
    auto body = parse_body(lines);
    if (!body) return std::move(body).error();
    header.stanzas.push_back({*std::move(arguments), *std::move(body)});
  }
  if (header.stanzas.empty()) return corrupt("no stanza");
  header.mac_text = std::string(text.substr(0, lines.position() + kMacMark.size()));
  auto mac_line = text.substr(lines.position() + kMacMark.size());
  mac_line.remove_suffix(1);  // Its line feed.
  if (!mac_line.starts_with(' ')) return corrupt("a malformed MAC line");
  auto mac = from_base64(mac_line.substr(1), Base64Padding::without);
  if (!mac || mac->size() != header.mac.size()) return corrupt("a malformed MAC line");
  std::ranges::copy(*mac, header.mac.begin());
  header.size_bytes = text.size();
  return header;
}

Result<Digest256> header_mac(std::string_view text, const SecretBytes& file_key) {
  auto key = hkdf_sha256(file_key.reveal(), {}, "header");
  if (!key) return std::move(key).error();
  return hmac_sha256(key->reveal(), as_bytes(text));
}

}  // namespace

Result<std::optional<Header>> parse_header(std::string_view text) {
  if (auto is_age = check_is_age(text); !is_age) return std::move(is_age).error();
  const std::size_t end = header_end(text.substr(0, kHeaderBytesMax));
  if (end == 0) {
    if (text.size() < kHeaderBytesMax) return std::optional<Header>();
    return Error{ErrorCode::limit_exceeded, "age header: over 128 KiB"};
  }
  auto header = parse_whole_header(text.substr(0, end));
  if (!header) return std::move(header).error();
  return std::optional<Header>(*std::move(header));
}

Result<std::string> format_header(const std::vector<Stanza>& stanzas, const SecretBytes& file_key) {
  std::string text(kVersionLine);
  for (const Stanza& stanza : stanzas) {
    text += "->";
    for (const std::string& argument : stanza.arguments) text += " " + argument;
    const std::string body = to_base64(stanza.body, Base64Padding::without);
    for (std::size_t at = 0; at <= body.size(); at += kColumns) {
      text += "\n" + body.substr(at, kColumns);
    }
    text += "\n";
  }
  text += kMacMark;
  auto mac = header_mac(text, file_key);
  if (!mac) return std::move(mac).error();
  return text + " " + to_base64(*mac, Base64Padding::without) + "\n";
}

Status check_mac(const Header& header, const SecretBytes& file_key) {
  auto mac = header_mac(header.mac_text, file_key);
  if (!mac) return std::move(mac).error();
  if (!equal_in_constant_time(*mac, header.mac)) return corrupt("the MAC does not fit");
  return ok();
}

}  // namespace casebook::age
