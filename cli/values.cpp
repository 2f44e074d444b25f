#include "cli/values.h"

#include <charconv>
#include <limits>

namespace casebook::cli {
namespace {

/// Digits at the front of `text`; moves past them.
std::optional<std::uint64_t> take_digits(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end == text.data()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

Error no_size() { return {ErrorCode::invalid_input, "not a size; for example 500M or 20G"}; }
Error no_time_span() {
  return {ErrorCode::invalid_input, "not a span of time; for example 90s, 15m, 2h or 7d"};
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
  const auto number = take_digits(text);
  if (!number) return no_size();
  unsigned shift = 0;
  if (!text.empty()) {
    constexpr std::string_view kUnits = "KMGT";
    const std::size_t unit = kUnits.find(text.front());
    if (unit != std::string_view::npos) {
      shift = static_cast<unsigned>(unit + 1) * 10;
      text.remove_prefix(1);
    }
    if (!text.empty() && text != "B" && (text != "iB" || shift == 0)) return no_size();
  }
  if (*number > std::numeric_limits<std::uint64_t>::max() >> shift) return no_size();
  return *number << shift;
}

Result<std::chrono::seconds> parse_time_span(std::string_view text) {
  const auto number = take_digits(text);
  if (!number || text.size() != 1) return no_time_span();
  const std::uint64_t unit = text == "s"   ? 1
                             : text == "m" ? 60
                             : text == "h" ? 3'600
                             : text == "d" ? 86'400
                                           : 0;
  constexpr std::uint64_t kSpanSecondsMax = std::uint64_t{100} * 366 * 86'400;
  if (unit == 0 || *number > kSpanSecondsMax / unit) return no_time_span();
  return std::chrono::seconds(*number * unit);
}

Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t min, std::uint64_t max) {
  const auto number = take_digits(text);
  if (!number || !text.empty() || *number < min || *number > max) {
    return Error{ErrorCode::invalid_input,
                 "not a whole number from " + std::to_string(min) + " to " + std::to_string(max)};
  }
  return *number;
}

Setter size_setter(std::optional<std::uint64_t>& target) {
  return [&target](std::string_view value) -> Status {
    auto size = parse_size(value);
    if (!size) return std::move(size).error();
    target = *size;
    return ok();
  };
}

Setter time_span_setter(std::optional<std::chrono::seconds>& target) {
  return [&target](std::string_view value) -> Status {
    auto span = parse_time_span(value);
    if (!span) return std::move(span).error();
    target = *span;
    return ok();
  };
}

}  // namespace casebook::cli
