#include "cli/telling.h"

#include <array>

#include "core/bytes.h"
#include "core/characters.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kLineMax = 76;
constexpr std::size_t kSubjectWordMax = 45;

std::string folded(std::string_view base64) {
  std::string text;
  for (std::size_t at = 0; at < base64.size(); at += kLineMax) {
    text += base64.substr(at, kLineMax);
    text += "\r\n";
  }
  return text;
}

/// RFC 2047 words, cut between characters.
std::string encoded_subject(std::string_view subject) {
  std::string text;
  while (!subject.empty()) {
    const std::string_view word = front_within(subject, kSubjectWordMax);
    text += (text.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + to_base64(as_bytes(word)) + "?=";
    subject.remove_prefix(word.size());
  }
  return text;
}

std::string date_text(UtcSeconds time) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::string utc = format_utc(time);
  return std::string(kDays[std::chrono::weekday(day).c_encoding()]) + ", " + utc.substr(8, 2) +
         " " + kMonths[static_cast<unsigned>(date.month()) - 1] + " " + utc.substr(0, 4) + " " +
         utc.substr(11, 8) + " +0000";
}

}  // namespace

std::string mail_text(const Mail& mail) {
  return "Date: " + date_text(mail.date) + "\r\nSubject: " + encoded_subject(mail.subject) +
         "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
         "Content-Transfer-Encoding: base64\r\n\r\n" +
         folded(to_base64(as_bytes(mail.text)));
}

}  // namespace casebook::cli
