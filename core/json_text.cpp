#include "core/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace casebook {
namespace {

Error invalid(std::string message) { return Error{ErrorCode::invalid_input, std::move(message)}; }

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Builds the tree and refuses what the library would take silently.
class StrictBuilder : public nlohmann::json_sax<Json> {
 public:
  explicit StrictBuilder(std::size_t depth_max) : depth_max_(depth_max) {}

  bool null() override { return place(nullptr); }
  bool boolean(bool value) override { return place(value); }
  bool number_integer(number_integer_t value) override {
    if (value < -kJsonIntegerMax) return refuse("integer below -(2^53-1)");
    return place(value);
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(kJsonIntegerMax)) {
      return refuse("integer above 2^53-1: write it as a string");
    }
    return place(static_cast<std::int64_t>(value));
  }
  bool number_float(number_float_t /*value*/, const string_t& text) override {
    return refuse("number with a fraction or exponent: " + text.substr(0, 40));
  }
  bool string(string_t& value) override { return place(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return refuse("binary value"); }

  bool start_object(std::size_t /*count*/) override { return open(Json::object()); }
  bool start_array(std::size_t /*count*/) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    if (!is_ascii(value)) return refuse("key that is not ASCII");
    if (open_.back()->contains(value)) return refuse("key given twice: " + value.substr(0, 80));
    key_ = std::move(value);
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::json::exception& /*why*/) override {
    if (!problem_) problem_ = "not JSON at byte " + std::to_string(position);
    return false;
  }

  Json take_root() { return std::move(root_); }
  [[nodiscard]] const std::optional<std::string>& problem() const { return problem_; }

 private:
  bool refuse(std::string why) {
    problem_ = std::move(why);
    return false;
  }
  Json* insert(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    return &(parent[key_] = std::move(value));
  }
  bool place(Json value) {
    insert(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (open_.size() >= depth_max_) return refuse("nested too deep");
    open_.push_back(insert(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::size_t depth_max_;
  Json root_;
  std::vector<Json*> open_;  // The containers that enclose the next value; outermost first.
  std::string key_;
  std::optional<std::string> problem_;
};

template <typename T>
Error wrong_type(std::string_view key, T expected) {
  return invalid("\"" + std::string(key) + "\" is not " + expected);
}

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.size_bytes_max) {
    return Error{ErrorCode::limit_exceeded,
                 "JSON text over " + std::to_string(limits.size_bytes_max) + " bytes"};
  }
  StrictBuilder builder(limits.depth_max);
  const bool parsed = Json::sax_parse(text.begin(), text.end(), &builder);
  if (!parsed) return invalid(builder.problem().value_or("not JSON"));
  return builder.take_root();
}

Result<Json> parse_canonical_json(std::string_view text, const JsonLimits& limits) {
  auto value = parse_json(text, limits);
  if (!value) return value;
  if (canonical_json(*value) != text) return invalid("JSON is not in canonical form");
  return value;
}

std::string canonical_json(const Json& value) {
  check(value.type() != Json::value_t::number_float, "canonical JSON has no floats");
  return value.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::strict);
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
  };
  out.push_back('"');
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t run = i;
    while (i < text.size() && is_plain(text[i])) ++i;
    out.append(text, run, i - run);
    if (i == text.size()) break;
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('\\');
    switch (c) {
      case '"':
        out.push_back('"');
        break;
      case '\\':
        out.push_back('\\');
        break;
      case '\b':
        out.push_back('b');
        break;
      case '\f':
        out.push_back('f');
        break;
      case '\n':
        out.push_back('n');
        break;
      case '\r':
        out.push_back('r');
        break;
      case '\t':
        out.push_back('t');
        break;
      default:
        out.append("u00");
        out.push_back(kDigits[byte >> 4U]);
        out.push_back(kDigits[byte & 15U]);
    }
  }
  out.push_back('"');
}

bool is_utf8(std::string_view text) noexcept {
  std::size_t i = 0;
  while (i < text.size()) {
    // Nearly all text is ASCII: eight bytes at a time.
    std::uint64_t word = 0;
    if (text.size() - i >= sizeof word) {
      std::memcpy(&word, text.data() + i, sizeof word);
      if ((word & 0x8080808080808080U) == 0) {
        i += sizeof word;
        continue;
      }
    }
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
    if (length == 0 || lead > 0xF4 || text.size() - i < length) return false;
    for (std::size_t j = 1; j < length; ++j) {
      if ((static_cast<unsigned char>(text[i + j]) & 0xC0U) != 0x80U) return false;
    }
    const auto second = static_cast<unsigned char>(text[i + 1]);
    if (lead == 0xE0 && second < 0xA0) return false;   // overlong
    if (lead == 0xED && second >= 0xA0) return false;  // surrogate
    if (lead == 0xF0 && second < 0x90) return false;   // overlong
    if (lead == 0xF4 && second >= 0x90) return false;  // above U+10FFFF
    i += length;
  }
  return true;
}

Result<const Json*> json_member(const Json& object, std::string_view key) {
  if (!object.is_object()) return invalid("not a JSON object");
  const auto found = object.find(std::string(key));
  if (found == object.end()) return invalid("\"" + std::string(key) + "\" is missing");
  return &*found;
}

Result<std::string> json_text_member(const Json& object, std::string_view key) {
  auto member = json_member(object, key);
  if (!member) return std::move(member).error();
  if (!(*member)->is_string()) return wrong_type(key, "a string");
  return (*member)->get_ref<const std::string&>();
}

Result<std::int64_t> json_integer_member(const Json& object, std::string_view key) {
  auto member = json_member(object, key);
  if (!member) return std::move(member).error();
  if (!(*member)->is_number_integer()) return wrong_type(key, "an integer");
  return (*member)->get<std::int64_t>();
}

Result<bool> json_bool_member(const Json& object, std::string_view key) {
  auto member = json_member(object, key);
  if (!member) return std::move(member).error();
  if (!(*member)->is_boolean()) return wrong_type(key, "true or false");
  return (*member)->get<bool>();
}

Result<std::uint64_t> json_decimal_member(const Json& object, std::string_view key) {
  auto text = json_text_member(object, key);
  if (!text) return std::move(text).error();
  std::uint64_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stop, problem] = std::from_chars(text->data(), end, value);
  const bool padded = text->size() > 1 && text->front() == '0';
  if (problem != std::errc{} || stop != end || text->empty() || padded) {
    return wrong_type(key, "a decimal number in quotes");
  }
  return value;
}

Status json_only_members(const Json& object, std::initializer_list<std::string_view> known) {
  if (!object.is_object()) return invalid("not a JSON object");
  for (const auto& [key, value] : object.items()) {
    if (std::ranges::find(known, key) == known.end()) {
      return invalid("unknown key \"" + key.substr(0, 80) + "\"");
    }
  }
  return ok();
}

}  // namespace casebook
