#include "workflow/sitrep.h"

#include <algorithm>
#include <array>

#include "core/characters.h"
#include "workflow/values.h"

namespace casebook::workflow {
namespace {

constexpr std::size_t kLinesMax = 12;
constexpr std::string_view kCustomerKind = "customer_update";

/// Words of our own, in both languages.
struct Words {
  const char *in, *known, *unknown, *people, *nobody, *open, *solved, *methods, *changed, *nothing,
      *contact, *never, *assumptions, *clocks, *late, *ago, *more, *steps, *no_severity;
};
constexpr std::array<Words, 2> kWords = {{
    {"in", "Known", "Not answered", "People", "NOBODY", "Open", "Solved", "Being tried",
     "Changed since the last one", "nothing", "Last word to customers", "none yet",
     "Assumed, not verified", "Clocks", "late", "ago", "more",

     "Where we are", "no severity yet"},
    {"bezig", "Bekend", "Onbeantwoord", "Mensen", "NIEMAND", "Open", "Opgelost", "Wordt geprobeerd",
     "Veranderd sinds de vorige", "niets", "Laatste bericht aan klanten", "nog geen",
     "Aangenomen, niet nagegaan", "Klokken", "te laat", "geleden", "meer", "Waar we staan",
     "nog geen ernst bepaald"},
}};

std::string span_text(std::chrono::seconds span) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(span).count();
  if (minutes < 60) return std::to_string(minutes) + " min";
  if (minutes < 48 * 60) {
    const auto rest = minutes % 60;
    return std::to_string(minutes / 60) + " h " + (rest < 10 ? "0" : "") + std::to_string(rest);
  }
  return std::to_string(minutes / (24 * 60)) + " d";
}

class Making {
 public:
  explicit Making(const SitrepRequest& request)
      : request_(request),
        state_(request.state),
        words_(kWords[request.language == Language::nl ? 1 : 0]),
        board_(make_board(request.state, request.now)) {}

  Sitrep make() {
    headline();
    known();
    if (request_.audience == Audience::newcomers) where_we_are();
    if (!is_outside()) people();
    solved();
    if (!is_outside()) {
      methods();
      open();
      assumptions();
    }
    contact();
    clocks();
    if (request_.since > 0) changed();
    return std::move(made_);
  }

 private:
  [[nodiscard]] bool is_outside() const {
    return request_.audience == Audience::observers || request_.audience == Audience::executives;
  }
  [[nodiscard]] const std::string& label(const Label& label) const {
    return label.in(request_.language);
  }

  void section(const char* title, std::vector<std::string> lines, std::string_view id = {}) {
    if (lines.empty()) return;
    if (lines.size() > kLinesMax) {
      const std::size_t left = lines.size() - kLinesMax;
      lines.resize(kLinesMax);
      lines.push_back("+ " + std::to_string(left) + " " + words_.more);
    }
    made_.sections.push_back({title, std::move(lines), id});
  }

  void headline() {
    std::string text = state_.people.is_drill ? "DRILL " : "";
    const FactSaid* severity = state_.fact("severity");
    text += severity == nullptr ? std::string(words_.no_severity)
                                : "Sev-" + plain_text(severity->value);
    if (severity != nullptr && severity->provisional) text += "?";
    text += " " + state_.people.code_name;
    if (!state_.moves.empty()) {
      text += ", " + span_text(request_.now - state_.moves.front().at) + " " + words_.in;
    }
    if (const Phase* phase = state_.policy->phase(state_.phase)) text += ", " + label(phase->label);
    made_.headline = text + ". Sitrep " + std::to_string(request_.number);
  }

  void known() {
    std::vector<std::string> lines, unknown;
    for (const auto& [name, rule] : state_.policy->facts) {
      if (name == "severity") continue;
      const FactSaid* said = state_.fact(name);
      if (said == nullptr) {
        if (!is_outside()) unknown.push_back(label(rule.label));
        continue;
      }
      lines.push_back(label(rule.label) + ": " + plain_text(said->value) +
                      (said->provisional ? " (?)" : ""));
    }
    section(words_.known, std::move(lines), "known");
    if (request_.audience == Audience::newcomers) section(words_.unknown, std::move(unknown));
  }

  void where_we_are() {
    std::vector<std::string> lines;
    for (const MoveMade& move : state_.moves) {
      const auto rule = state_.policy->moves.find(move.move);
      lines.push_back(format_utc(move.at).substr(11, 5) + "  " +
                      (rule == state_.policy->moves.end() ? move.move : label(rule->second.label)));
    }
    section(words_.steps, std::move(lines));
  }

  void people() {
    std::string line;
    for (const RoleSeat& seat : board_.roles) {
      if (seat.holders.empty() && !seat.is_missing) continue;
      std::string names;
      for (const PersonId& id : seat.holders) {
        names += (names.empty() ? "" : "/") + request_.name_of(id);
      }
      line += (line.empty() ? "" : ", ") + label(seat.rule->label) + " " +
              (names.empty() ? std::string(words_.nobody) : names);
    }
    if (!line.empty()) section(words_.people, {line});
  }

  std::string record_line(const Record& record) {
    const auto rule = state_.policy->registers.find(record.kind);
    std::string line =
        "#" + std::to_string(record.number) + " " +
        (rule == state_.policy->registers.end() ? record.kind : label(rule->second.label));
    const std::string words = request_.words_of(record);
    if (!words.empty()) line += ": " + words;
    return line;
  }

  void solved() {
    std::vector<std::string> lines;
    for (const Record& record : state_.records) {
      if (!record.is_settled() || record.versions.back().seq < request_.since) continue;
      lines.push_back(is_outside() ? kind_label(record.kind) : record_line(record));
    }
    section(words_.solved, std::move(lines), "solved");
  }
  [[nodiscard]] std::string kind_label(const std::string& kind) const {
    const auto rule = state_.policy->registers.find(kind);
    return rule == state_.policy->registers.end() ? kind : label(rule->second.label);
  }

  void methods() {
    std::vector<std::string> lines;
    for (const Record& record : state_.records) {
      const bool is_method = record.kind == "change" || record.kind == "temporary_change" ||
                             record.kind == "mitigation" || record.kind == "hypothesis";
      if (is_method && !record.is_settled()) lines.push_back(record_line(record));
    }
    section(words_.methods, std::move(lines), "methods");
  }

  void open() {
    std::vector<std::string> lines;
    for (const OpenThing& thing : board_.things) {
      if (thing.is_reminder) continue;
      std::string line = "#" + std::to_string(thing.number) + " " +
                         (label(thing.label).empty() ? thing.what : label(thing.label));
      for (const PersonId& id : thing.persons) line += " (" + request_.name_of(id) + ")";
      lines.push_back(std::move(line));
    }
    section(words_.open, std::move(lines), "open");
  }

  void assumptions() {
    std::vector<std::string> lines;
    for (const Record* record : board_.unverified) lines.push_back(record_line(*record));
    section(words_.assumptions, std::move(lines), "assumptions");
  }

  void contact() {
    std::optional<UtcSeconds> last;
    for (const Record& record : state_.records) {
      if (record.kind == kCustomerKind) last = record.versions.front().at;
    }
    if (!state_.policy->registers.contains(kCustomerKind)) return;
    section(words_.contact,
            {last ? span_text(request_.now - *last) + " " + words_.ago : std::string(words_.never)},
            "last_customer_contact");
  }

  void clocks() {
    std::vector<std::string> lines;
    for (const RunningClock& clock : board_.clocks) {
      if (!clock.state->due) continue;
      const auto left = *clock.state->due - request_.now;
      lines.push_back(
          label(clock.rule->label) + ": " +
          (clock.is_late ? std::string(words_.late) + " " + span_text(-left) : span_text(left)));
    }
    section(words_.clocks, std::move(lines));
  }

  void changed() {
    std::vector<std::string> lines;
    for (const auto& [name, history] : state_.facts) {
      if (history.empty() || history.back().seq < request_.since) continue;
      const auto rule = state_.policy->facts.find(name);
      std::string line = rule == state_.policy->facts.end() ? name : label(rule->second.label);
      line += ": ";
      if (history.size() > 1) line += plain_text(history[history.size() - 2].value) + " -> ";
      lines.push_back(line + plain_text(history.back().value));
    }
    for (const Record& record : state_.records) {
      if (record.versions.front().seq < request_.since) continue;
      lines.push_back("+ " + (is_outside() ? kind_label(record.kind) : record_line(record)));
    }
    if (lines.empty()) lines.emplace_back(words_.nothing);
    section(words_.changed, std::move(lines), "changes");
  }

  const SitrepRequest& request_;
  const CaseState& state_;
  const Words& words_;
  Board board_;
  Sitrep made_;
};

}  // namespace

std::string_view to_string(Audience audience) noexcept {
  switch (audience) {
    case Audience::responders:
      return "responders";
    case Audience::newcomers:
      return "newcomers";
    case Audience::observers:
      return "observers";
    case Audience::executives:
      return "executives";
  }
  return "responders";
}

Sitrep make_sitrep(const SitrepRequest& request) {
  check(request.state.policy != nullptr, "a case with a policy");
  return Making(request).make();
}

std::string sitrep_text(const Sitrep& sitrep, std::size_t characters_max) {
  std::string text = sitrep.headline + "\n";
  const std::string cut = "...\n";
  std::size_t count = character_count(text);
  for (const SitrepSection& section : sitrep.sections) {
    std::string part;
    if (section.lines.size() == 1) {
      part = section.title + ": " + section.lines.front() + "\n";
    } else {
      part = section.title + "\n";
      for (const std::string& line : section.lines) part += "  " + line + "\n";
    }
    count += character_count(part);
    if (count + cut.size() > characters_max) return text + cut;
    text += part;
  }
  return text;
}

}  // namespace casebook::workflow
