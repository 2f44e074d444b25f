#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "vault/imports/mail_message.h"

namespace casebook::imports {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// The name of a tag that begins at `<`, with its slash: "p", "/script".
std::string tag_name(std::string_view html) {
  std::string name;
  for (const char c : html.substr(1, 12)) {
    const char l = lower(c);
    if (!((l >= 'a' && l <= 'z') || (l >= '0' && l <= '9') || (l == '/' && name.empty()))) break;
    name += l;
  }
  return name;
}

void append_character(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0U | c >> 6U);
    out += static_cast<char>(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0U | c >> 12U);
    out += static_cast<char>(0x80U | (c >> 6U & 0x3FU));
    out += static_cast<char>(0x80U | (c & 0x3FU));
  } else {
    out += static_cast<char>(0xF0U | c >> 18U);
    out += static_cast<char>(0x80U | (c >> 12U & 0x3FU));
    out += static_cast<char>(0x80U | (c >> 6U & 0x3FU));
    out += static_cast<char>(0x80U | (c & 0x3FU));
  }
}

/// Resolves the character reference at `&`. @return its length, or 0 when it is none.
std::size_t take_reference(std::string_view html, std::string& out) {
  const auto end = html.substr(0, 12).find(';');
  if (end == std::string_view::npos) return 0;
  const auto name = html.substr(1, end - 1);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kNamed = {
      {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}}};
  for (const auto& [known, text] : kNamed) {
    if (name == known) {
      out += text;
      return end + 1;
    }
  }
  if (!name.starts_with('#')) return 0;
  const bool is_hex = name.size() > 1 && lower(name[1]) == 'x';
  const char* const last = name.data() + name.size();
  std::uint32_t value = 0;
  const auto parsed =
      std::from_chars(name.data() + (is_hex ? 2 : 1), last, value, is_hex ? 16 : 10);
  const bool is_character = value > 0 && value < 0x110000 && (value < 0xD800 || value > 0xDFFF);
  if (parsed.ec != std::errc() || parsed.ptr != last || !is_character) return 0;
  append_character(out, value);
  return end + 1;
}

bool breaks_line(std::string_view tag) {
  constexpr std::array<std::string_view, 9> kBreaks = {"br", "/p",  "/div", "/tr",   "/li",
                                                       "hr", "/h1", "/h2",  "/table"};
  return std::ranges::find(kBreaks, tag) != kBreaks.end();
}

std::size_t find_close(std::string_view html, std::size_t at, std::string_view tag) {
  const std::string close = "</" + std::string(tag);
  for (; at < html.size(); ++at) {
    at = html.find('<', at);
    if (at == std::string_view::npos) return html.size();
    if (std::ranges::equal(html.substr(at, close.size()), close,
                           [](char a, char b) { return lower(a) == b; })) {
      return at;
    }
  }
  return html.size();
}

}  // namespace

std::string text_of_html(std::string_view html) {
  std::string out;
  std::size_t at = 0;
  while (at < html.size()) {
    const char c = html[at];
    if (c == '<') {
      if (html.substr(at, 4) == "<!--") {
        const auto end = html.find("-->", at);
        at = end == std::string_view::npos ? html.size() : end + 3;
        continue;
      }
      const std::string tag = tag_name(html.substr(at));
      if (tag == "script" || tag == "style" || tag == "title") at = find_close(html, at + 1, tag);
      if (breaks_line(tag)) out += '\n';
      const auto end = html.find('>', at);
      at = end == std::string_view::npos ? html.size() : end + 1;
    } else if (c == '&') {
      const std::size_t length = take_reference(html.substr(at), out);
      if (length == 0) out += c;
      at += length == 0 ? 1 : length;
    } else if (c == '\n' || c == '\t' || c == ' ') {
      if (!out.empty() && out.back() != ' ' && out.back() != '\n') out += ' ';
      ++at;
    } else {
      out += c;
      ++at;
    }
  }
  return out;
}

}  // namespace casebook::imports
