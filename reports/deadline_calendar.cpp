#include "reports/deadline_calendar.h"

#include "core/calendar_text.h"
#include "reports/deadline_list.h"

namespace casebook::reports {
namespace {

constexpr std::size_t kLineOctetsMax = 75;

/// RFC 5545 3.3.11: commas, semicolons, backslashes and line feeds of a text are escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) {
      out += c;
    }
  }
  return out;
}

/// RFC 5545 3.1: lines of at most 75 octets, folded before a character, never inside one.
void add_line(std::string& out, const std::string& line) {
  std::size_t octets = 0;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t size = 1;
    while (at + size < line.size() &&
           (static_cast<unsigned char>(line[at + size]) & 0xC0U) == 0x80U)
      ++size;
    if (octets + size > kLineOctetsMax) {
      out += "\r\n ";
      octets = 1;
    }
    out.append(line, at, size);
    octets += size;
    at += size;
  }
  out += "\r\n";
}

/// "20261024T160000Z".
std::string stamp(UtcSeconds time) {
  std::string out;
  for (const char c : format_utc(time)) {
    if (c != '-' && c != ':') out += c;
  }
  return out;
}

std::string uid_part(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    out += plain ? c : '-';
  }
  return out;
}

void add_event(std::string& out, const Duty& duty, const TimeZone& zone,
               const std::string& incident, UtcSeconds now) {
  const Regime& regime = *duty.regime->regime;
  const Stage& stage = *duty.stage->stage;
  const StageDeadline& deadline = duty.deadline();
  std::string text = stage.name + ", to " + stage.recipient + ". " + regime.legal_basis + ": " +
                     stage.clause + ".\n";
  for (const std::string& step : deadline.steps) text += step + "\n";
  if (deadline.legal && *deadline.legal != *deadline.earliest)
    text += "Legal end: " + local_text(zone, *deadline.legal) + "\n";
  for (const std::string& assumed : deadline.assumed) text += "Assumed: " + assumed + "\n";
  text += "Law data of " + regime.as_of + ", " + verification_text(regime) +
          ". Information, not legal advice.";
  std::string summary = regime.id + " " + stage.id;
  if (deadline.kind != DeadlineKind::limit) summary += " (own target or guidance, no limit of law)";
  if (!duty.stage->delays.empty()) summary += " (suspended)";
  if (!incident.empty()) summary = incident + ": " + summary;
  add_line(out, "BEGIN:VEVENT");
  add_line(out, "UID:" + uid_part(incident.empty() ? "incident" : incident) + "." +
                    uid_part(regime.id) + "." + uid_part(stage.id) + "@casebook.invalid");
  add_line(out, "DTSTAMP:" + stamp(now));
  add_line(out, "DTSTART:" + stamp(*deadline.earliest));
  add_line(out, "SUMMARY:" + escaped(summary));
  add_line(out, "DESCRIPTION:" + escaped(text));
  add_line(out, "TRANSP:TRANSPARENT");
  add_line(out, "END:VEVENT");
}

}  // namespace

std::string deadlines_calendar(const Evaluation& evaluation, const std::string& incident,
                               UtcSeconds now) {
  std::string out;
  add_line(out, "BEGIN:VCALENDAR");
  add_line(out, "VERSION:2.0");
  add_line(out, "PRODID:-//Casebook//deadlines 1//EN");
  const DeadlineList list = list_deadlines(evaluation);
  for (const auto* duties : {&list.limits, &list.targets, &list.kept}) {
    for (const Duty& duty : *duties) add_event(out, duty, *evaluation.zone, incident, now);
  }
  add_line(out, "END:VCALENDAR");
  return out;
}

}  // namespace casebook::reports
