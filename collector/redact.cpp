#include "collector/redact.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "collector/redact_line.h"

namespace casebook::collector {
namespace {

constexpr std::size_t kLineBytesMax = std::size_t{64} << 10U;
constexpr std::size_t kReadBytes = std::size_t{64} << 10U;
constexpr std::size_t kLongWordBytes = 24;

bool is_token(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("_-.+/=$").find(c) != std::string_view::npos;
}

std::string_view without_line_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

}  // namespace

void LineMasker::put_mask(std::string& out) {
  out += kMask;
  ++masked_;
}

/// What began on an earlier line. @return true when the whole line is dealt with; otherwise `line`
/// is what is left of it.
bool LineMasker::goes_on(std::string_view& line, std::string& out) {
  const std::string_view text = without_line_end(line);
  const std::string_view line_end = line.substr(text.size());
  switch (within_) {
    case Within::nothing:
    case Within::public_block:
    case Within::private_block:
      return false;
    case Within::continued:
      out += kMask;
      out += line_end;
      if (!text.ends_with('\\')) within_ = Within::nothing;
      return true;
    case Within::indented:
      if (!text.empty() && indent_of(text) <= indent_) {
        within_ = Within::nothing;
        return false;
      }
      if (!text.empty()) out += kMask;
      out += line_end;
      return true;
    case Within::quotes:
    case Within::element: {
      const std::size_t end = within_ == Within::quotes ? text.find(quote_) : text.find("</");
      out += kMask;
      if (end == std::string_view::npos) {
        out += line_end;
        return true;
      }
      within_ = Within::nothing;
      line.remove_prefix(end);
      out += line.substr(0, 1);
      line.remove_prefix(1);
      return false;
    }
  }
  return false;
}

/// PEM and its like. @return true when the line is dealt with.
bool LineMasker::block(std::string_view line, std::string& out) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kEnd = "-----END ";
  if (within_ == Within::private_block || within_ == Within::public_block) {
    const bool last = line.find(kEnd) != std::string_view::npos;
    if (within_ == Within::public_block || last)
      out += line;
    else
      out += std::string(kMask) + "\n";
    if (last) within_ = Within::nothing;
    return true;
  }
  const std::size_t begin = line.find(kBegin);
  if (begin == std::string_view::npos) return false;
  const std::size_t label_end = line.find("-----", begin + kBegin.size());
  const std::size_t body = label_end == std::string_view::npos ? line.size() : label_end + 5;
  std::string label(line.substr(begin + kBegin.size(), body - begin - kBegin.size()));
  std::ranges::transform(label, label.begin(), [](char c) {
    return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  const bool open = label.find("CERTIFICATE") != std::string::npos ||
                    label.find("PUBLIC") != std::string::npos ||
                    label.find("DH PARAMETERS") != std::string::npos;
  const std::size_t end = line.find(kEnd, body);
  if (open) {
    out += line;
    if (end == std::string_view::npos) within_ = Within::public_block;
    return true;
  }
  // What stands before may hold another secret, so it goes the usual way.
  scan(line.substr(0, begin), out);
  out += line.substr(begin, body - begin);
  put_mask(out);
  if (end != std::string_view::npos) {
    out += line.substr(end);
  } else {
    out += '\n';
    within_ = Within::private_block;
  }
  return true;
}

void LineMasker::scan(std::string_view line, std::string& out) {
  const ScannedLine found = mask_line(line, value_follows_, out);
  masked_ += found.masked;
  value_follows_ = found.value_follows;
  if (found.goes_on == GoesOn::no) return;
  quote_ = found.quote;
  indent_ = indent_of(line);
  within_ = found.goes_on == GoesOn::quotes     ? Within::quotes
            : found.goes_on == GoesOn::indented ? Within::indented
            : found.goes_on == GoesOn::element  ? Within::element
                                                : Within::continued;
}

void LineMasker::mask(std::string_view line, std::string& out) {
  if (every_line_) {
    const std::string_view text = without_line_end(line);
    const bool comment = text.substr(indent_of(text)).starts_with('#');
    if (comment) {
      out += text;
    } else if (indent_of(text) < text.size()) {
      put_mask(out);
    }
    out += line.substr(text.size());
    return;
  }
  if (goes_on(line, out) || block(line, out)) return;
  const std::string_view text = without_line_end(line);
  const std::string_view words = text.substr(indent_of(text));
  // A long word alone on its line has no name by which to know it.
  if (words.size() >= kLongWordBytes && std::ranges::all_of(words, is_token) &&
      words.find('=') >= words.size() - 2 &&
      std::ranges::any_of(
          words, [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }) &&
      !words.starts_with('/')) {
    put_mask(out);
  } else {
    scan(text, out);
  }
  out += line.substr(text.size());
}

void MaskingSource::take_lines(bool at_end) {
  std::size_t done = 0;
  for (;;) {
    const std::size_t end = in_.find('\n', done);
    if (end == std::string::npos) break;
    const std::string_view line = std::string_view(in_).substr(done, end + 1 - done);
    if (too_long_)
      out_ += '\n';
    else
      masker_.mask(line, out_);
    too_long_ = false;
    done = end + 1;
  }
  in_.erase(0, done);
  if (too_long_) {
    in_.clear();
  } else if (at_end && !in_.empty()) {
    masker_.mask(in_, out_);
    in_.clear();
  } else if (in_.size() > kLineBytesMax) {
    masker_.mask(in_, out_);
    out_ += kMask;
    too_long_ = true;
    in_.clear();
  }
}

Status MaskingSource::fill() {
  const std::size_t before = in_.size();
  in_.resize(before + kReadBytes);
  auto count = from_.read(std::as_writable_bytes(std::span(in_).subspan(before)));
  in_.resize(before + (count ? *count : 0));
  if (!count) return std::move(count).error();
  ended_ = *count == 0;
  take_lines(ended_);
  return ok();
}

Result<std::size_t> MaskingSource::read(std::span<std::byte> buffer) {
  while (given_ == out_.size()) {
    out_.clear();
    given_ = 0;
    if (ended_) return std::size_t{0};
    if (auto filled = fill(); !filled) return std::move(filled).error();
  }
  const std::size_t count = std::min(buffer.size(), out_.size() - given_);
  std::ranges::copy(as_bytes(std::string_view(out_).substr(given_, count)), buffer.begin());
  given_ += count;
  return count;
}

}  // namespace casebook::collector
