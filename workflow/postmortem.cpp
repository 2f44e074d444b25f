#include "workflow/postmortem.h"

#include <algorithm>
#include <array>

#include "workflow/timeline.h"
#include "workflow/values.h"

namespace casebook::workflow {
namespace {

constexpr std::size_t kWhys = 5;

struct Words {
  const char *title, *summary, *fill_summary, *when, *missing, *impact, *cause, *why, *because,
      *well, *fill_well, *less, *fill_less, *elsewhere, *fill_elsewhere, *actions, *none, *timeline,
      *people, *assumed, *prevent, *fill_prevent, *draft;
  std::array<const char*, 4> anchors;
};

constexpr Words kEnglish = {
    "Review",
    "Summary",
    "What happened, for somebody who was not there, in five sentences.",
    "When",
    "nobody recorded this moment",
    "Impact",
    "Cause",
    "Why",
    "because ...",
    "What went well",
    "What helped, so that we keep it?",
    "What was hard",
    "Where did people lack time, knowledge, access or rest? Ask for conditions, not for persons.",
    "Where else",
    "Which other systems, teams or suppliers could meet the same?",
    "Follow-up",
    "none",
    "Timeline",
    "Who took part",
    "Assumed and never verified",
    "What we change",
    "What we do so that it does not come back.",
    "Draft from the record; a person finishes it.",
    {"first sign", "discovered", "first decision", "remedy rolled out"}};
constexpr Words kDutch = {
    "Terugblik",
    "Samenvatting",
    "Wat er gebeurde, in vijf zinnen, voor iemand die er niet bij was.",
    "Wanneer",
    "dit moment heeft niemand vastgelegd",
    "Gevolgen",
    "Oorzaak",
    "Waarom",
    "omdat ...",
    "Wat goed ging",
    "Wat hielp, zodat we het zo houden?",
    "Wat lastig was",
    "Waar ontbraken tijd, kennis, toegang of rust? Vraag naar omstandigheden, niet naar personen.",
    "Waar nog meer",
    "Welke andere systemen, teams of leveranciers kan dit ook treffen?",
    "Vervolg",
    "geen",
    "Tijdlijn",
    "Wie meededen",
    "Aangenomen en nooit nagegaan",
    "Wat we veranderen",
    "Wat we doen zodat het niet terugkomt.",
    "Concept uit de vastlegging; een mens maakt het af.",
    {"eerste teken", "ontdekt", "eerste besluit", "oplossing uitgerold"}};

class Draft {
 public:
  explicit Draft(const PostmortemRequest& request)
      : request_(request),
        state_(request.state),
        words_(request.language == Language::nl ? kDutch : kEnglish),
        timeline_(make_timeline(request.state)) {}

  std::string text() {
    text_ = "# " + std::string(words_.title) + ": " + state_.people.code_name + "\n\n> " +
            words_.draft + "\n";
    if (state_.people.is_drill) text_ += "\n**DRILL**\n";
    heading(words_.summary);
    fill(words_.fill_summary);
    moments();
    impact();
    cause();
    if (!request_.is_external) {
      heading(words_.well);
      fill(words_.fill_well);
      heading(words_.less);
      fill(words_.fill_less);
      heading(words_.elsewhere);
      fill(words_.fill_elsewhere);
      assumptions();
      actions();
      people();
      events();
    } else {
      heading(words_.prevent);
      fill(words_.fill_prevent);
    }
    return std::move(text_);
  }

 private:
  void heading(const std::string& title) { text_ += "\n## " + title + "\n\n"; }
  void fill(const std::string& question) { text_ += "> " + question + "\n"; }
  void item(const std::string& line) { text_ += "- " + line + "\n"; }
  [[nodiscard]] const std::string& label(const Label& label) const {
    return label.in(request_.language);
  }

  void moments() {
    heading(words_.when);
    for (std::size_t i = 0; i < timeline_.anchors.size(); ++i) {
      const TimelineAnchor& anchor = timeline_.anchors[i];
      item(std::string(words_.anchors.at(i)) + ": " +
           (anchor.at ? format_utc(*anchor.at) : std::string(words_.missing)));
    }
  }

  void impact() {
    heading(words_.impact);
    const auto facet = state_.policy->facets.find("impact");
    if (facet == state_.policy->facets.end()) return fill(words_.impact);
    for (const std::string& name : facet->second) {
      const auto rule = state_.policy->facts.find(name);
      const FactSaid* said = state_.fact(name);
      if (rule == state_.policy->facts.end()) continue;
      item(label(rule->second.label) + ": " + (said == nullptr ? "?" : plain_text(said->value)));
    }
  }

  void cause() {
    heading(words_.cause);
    std::vector<std::string> whys;
    for (const Record& record : state_.records) {
      if (record.kind == "why" && !request_.is_external) whys.push_back(request_.words_of(record));
    }
    // Depth is nobody's goal: what was found is kept, five lines stand there to be asked.
    for (std::size_t i = 0; i < std::max(whys.size(), kWhys); ++i) {
      const bool is_answered = i < whys.size() && !whys[i].empty();
      text_ += std::to_string(i + 1) + ". " + words_.why + "? " +
               (is_answered ? whys[i] : std::string(words_.because)) + "\n";
    }
    if (request_.is_external) return;
    for (const Record& record : state_.records) {
      if (record.kind == "hypothesis" && record.is_settled()) item(line_of(record));
    }
  }

  [[nodiscard]] std::string line_of(const Record& record) const {
    const std::string words = request_.words_of(record);
    return "#" + std::to_string(record.number) + " " + (words.empty() ? record.kind : words);
  }

  void assumptions() {
    heading(words_.assumed);
    bool has_any = false;
    for (const Record& record : state_.records) {
      if (record.kind != "assumption" || record.is_settled()) continue;
      item(line_of(record));
      has_any = true;
    }
    if (!has_any) item(words_.none);
  }

  void actions() {
    heading(words_.actions);
    bool has_any = false;
    for (const Record& record : state_.records) {
      if (record.kind != "action") continue;
      item((record.is_settled() ? "[x] " : "[ ] ") + line_of(record));
      has_any = true;
    }
    if (!has_any) item(words_.none);
  }

  void people() {
    heading(words_.people);
    for (const auto& [role, rule] : state_.policy->roles) {
      const auto holders = state_.holders(role, request_.now);
      if (holders.empty()) continue;
      std::string names;
      for (const PersonId& id : holders) {
        names += (names.empty() ? "" : ", ") + request_.name_of(id);
      }
      item(label(rule.label) + ": " + names);
    }
  }

  void events() {
    heading(words_.timeline);
    for (const TimelineEntry& entry : timeline_.entries) {
      std::string line = format_utc(entry.claimed.value_or(entry.at)).substr(0, 16) + "  " +
                         std::string(to_string(entry.kind)) + " " + entry.what;
      if (entry.kind == TimelineEntry::Kind::fact) line += " = " + plain_text(entry.value);
      if (entry.number > 0) line += " #" + std::to_string(entry.number);
      item(line);
    }
  }

  const PostmortemRequest& request_;
  const CaseState& state_;
  const Words& words_;
  Timeline timeline_;
  std::string text_;
};

}  // namespace

std::string postmortem_draft(const PostmortemRequest& request) {
  check(request.state.policy != nullptr, "a case with a policy");
  return Draft(request).text();
}

}  // namespace casebook::workflow
