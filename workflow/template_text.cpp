#include "workflow/template_text.h"

#include <algorithm>

#include "workflow/timeline.h"
#include "workflow/values.h"

namespace casebook::workflow {
namespace {

constexpr std::string_view kOptional = "label";
constexpr std::size_t kTimelineMax = 200;

class Values {
 public:
  explicit Values(const SitrepRequest& request) : request_(request), state_(request.state) {}

  TemplateValues take() {
    from_the_case();
    from_people();
    from_registers();
    from_sitrep();
    return std::move(made_);
  }

 private:
  using Lines = std::vector<std::string>;

  void one(const char* name, std::string text) { made_[name] = {std::move(text)}; }
  [[nodiscard]] const std::string& label(const Label& label) const {
    return label.in(request_.language);
  }

  void from_the_case() {
    one("code_name", state_.people.code_name);
    const auto kind = state_.policy->kinds.find(state_.kind);
    if (kind != state_.policy->kinds.end()) one("kind", label(kind->second.label));
    for (const char* name : {"severity", "priority"}) {
      if (const FactSaid* said = state_.fact(name)) one(name, plain_text(said->value));
    }
    if (const Phase* phase = state_.policy->phase(state_.phase)) one("phase", label(phase->label));
    const std::string now = format_utc(request_.now);
    one("now", now.substr(0, 10) + " " + now.substr(11, 5) + " UTC");
    one("date", now.substr(0, 10));
    one("number", std::to_string(request_.number));
    one("previous", request_.number > 1 ? std::to_string(request_.number - 1) : "0");
    const bool is_privileged = state_.value_of("privileged") == Value(true);
    const auto words = state_.policy->templates.find("privilege-label");
    const bool has_words = is_privileged && words != state_.policy->templates.end();
    one("label", has_words ? label(words->second) + "\n" : "");
  }

  void from_people() {
    const Board board = make_board(state_, request_.now);
    Lines roles, late;
    for (const RoleSeat& seat : board.roles) {
      std::string names;
      for (const PersonId& id : seat.holders) {
        names += (names.empty() ? "" : ", ") + request_.name_of(id);
      }
      if (names.empty()) continue;
      made_[seat.rule->name] = {names};
      roles.push_back(label(seat.rule->label) + ": " + names);
    }
    made_["roles"] = std::move(roles);
    for (const RunningClock& clock : board.clocks) {
      if (clock.is_late) late.push_back(label(clock.rule->label));
    }
    made_["late"] = std::move(late);
  }

  [[nodiscard]] Lines records_of(std::string_view kind) const {
    Lines lines;
    for (const Record& record : state_.records) {
      if (record.kind != kind) continue;
      const std::string words = request_.words_of(record);
      lines.push_back("#" + std::to_string(record.number) + (words.empty() ? "" : " " + words));
    }
    return lines;
  }
  void from_registers() {
    made_["decisions"] = records_of("decision");
    made_["gaps"] = records_of("gap");
    made_["follow_ups"] = records_of("action");
    made_["whys"] = records_of("why");
    const Timeline timeline = make_timeline(state_);
    if (!timeline.entries.empty()) {
      const auto& first = timeline.entries.front();
      const UtcSeconds since = first.claimed.value_or(first.at);
      one("since",
          format_utc(since).substr(0, 10) + " " + format_utc(since).substr(11, 5) + " UTC");
      const auto minutes =
          std::chrono::duration_cast<std::chrono::minutes>(request_.now - since).count();
      one("elapsed",
          minutes < 120 ? std::to_string(minutes) + " min" : std::to_string(minutes / 60) + " h");
    }
    Lines lines;
    for (const TimelineEntry& entry : timeline.entries) {
      if (lines.size() == kTimelineMax) break;
      const std::string value = entry.value.index() == 0 ? "" : " = " + plain_text(entry.value);
      lines.push_back(format_utc(entry.claimed.value_or(entry.at)).substr(0, 16) + "  " +
                      entry.what + value +
                      (entry.number == 0 ? "" : " #" + std::to_string(entry.number)));
    }
    made_["timeline"] = std::move(lines);
  }

  /// What a sitrep says under its headings.
  void from_sitrep() {
    for (const char* name : {"known", "solved", "methods", "open", "assumptions", "changes"}) {
      made_[name];  // Nothing, unless a section says something.
    }
    for (SitrepSection& section : make_sitrep(request_).sections) {
      if (!section.id.empty()) made_[std::string(section.id)] = std::move(section.lines);
    }
  }

  const SitrepRequest& request_;
  const CaseState& state_;
  TemplateValues made_;
};

std::string said(const std::vector<std::string>& lines, Language language) {
  if (lines.empty()) return language == Language::nl ? "niets" : "nothing";
  if (lines.size() == 1) return lines.front();
  std::string text;
  for (const std::string& line : lines) text += "\n  - " + line;
  return text;
}

/// @return nothing for a line that only optional placeholders without text stand in.
std::optional<std::string> fill_line(std::string_view line, const TemplateValues& values,
                                     Language language, FilledText& filled) {
  std::string made;
  bool had_empty = false;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t open = line.find('{', at);
    const std::size_t close = open == std::string_view::npos ? open : line.find('}', open);
    if (close == std::string_view::npos) {
      made += line.substr(at);
      break;
    }
    made += line.substr(at, open - at);
    const std::string name(line.substr(open + 1, close - open - 1));
    const auto value = values.find(name);
    if (value == values.end()) {
      if (std::ranges::find(filled.unknown, name) == filled.unknown.end()) {
        filled.unknown.push_back(name);
      }
      made += "[" + name + "?]";
    } else {
      if (value->second.size() > 1) made.erase(made.find_last_not_of(' ') + 1);  // A list is below.
      made += said(value->second, language);
      had_empty = had_empty || (name == kOptional && value->second == std::vector<std::string>{""});
    }
    at = close + 1;
  }
  if (made.empty() && had_empty) return std::nullopt;
  return made;
}

}  // namespace

TemplateValues template_values(const SitrepRequest& request) {
  check(request.state.policy != nullptr, "a case with a policy");
  return Values(request).take();
}

FilledText fill_template(std::string_view text, const TemplateValues& values, Language language,
                         bool is_drill) {
  FilledText filled;
  if (is_drill) filled.text = "DRILL\n";
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (const auto line = fill_line(text.substr(at, end - at), values, language, filled)) {
      filled.text += *line + "\n";
    }
    at = end + 1;
  }
  return filled;
}

}  // namespace casebook::workflow
