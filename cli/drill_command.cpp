// `casebook drill`: a breach with a made-up cast, played on the real engine. Nothing is written
// unless it is to be kept.
// Exit status: 0 when the story went as it is told, 1 when it did not.
#include <algorithm>
#include <istream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/drill_keep.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/printable.h"
#include "workflow/drill_player.h"
#include "workflow/embedded_packs.h"

namespace casebook::cli {
namespace {

constexpr const char* kUsualStory = "odd-logins";
constexpr std::size_t kGatesShownMax = 6;

struct DrillOptions {
  std::string story = kUsualStory;
  std::string language;
  std::filesystem::path keep;
  bool is_stepping = false;
  bool is_brief = false;
};

workflow::Language language_for(const Runtime& runtime, const DrillOptions& options) {
  if (options.language == "nl") return workflow::Language::nl;
  return options.language == "en" ? workflow::Language::en : language_of(runtime);
}

std::string clock_text(std::chrono::seconds at) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(at).count();
  const auto two = [](long long number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  const auto days = minutes / (24 * 60);
  return (days > 0 ? std::to_string(days) + "d " : "") + two(minutes / 60 % 24) + ":" +
         two(minutes % 60);
}

/// For a shell.
std::string quoted(const std::string& text) {
  std::string safe = "'";
  for (const char byte : text) safe += byte == '\'' ? std::string("'\\''") : std::string(1, byte);
  return safe + "'";
}

class Show {
 public:
  Show(Runtime& runtime, const DrillOptions& options, const workflow::DrillPlayer& player)
      : runtime_(runtime),
        options_(options),
        player_(player),
        language_(language_for(runtime, options)) {}

  void opening() {
    if (runtime_.common.is_json) return;
    const workflow::DrillStory& story = player_.story();
    runtime_.out << "DRILL  " << story.title.in(language_) << "  (" << story.policy << ")\n";
    std::string cast;
    for (const workflow::DrillPerson& person : story.cast) {
      cast += (cast.empty() ? "" : "; ") + person.name + ":";
      for (const std::string& role : person.roles) cast += " " + role;
    }
    runtime_.out << wrap_behind("  cast  ", cast, width());
    runtime_.out << wrap_behind(
        "  ",
        std::string("Everybody is made up; ") +
            (options_.keep.empty() ? "nothing is written"
                                   : "it goes to " + printable(options_.keep.string())) +
            "; the rules are real.",
        width());
  }

  void event(const workflow::DrillEvent& event, const workflow::DrillOutcome& outcome) {
    ++played_;
    if (!outcome.taken) ++refused_;
    if (runtime_.common.is_json) return event_json(event, outcome);
    const bool is_worth_a_line = event.say || !outcome.taken || !options_.is_brief;
    if (!is_worth_a_line) return;
    std::string who;
    for (const std::string& id : event.who) who += (who.empty() ? "" : "+") + name_of_cast(id);
    const std::string what = event.act + " " + (event.about.empty() ? event.record : event.about);
    runtime_.out << wrap_behind(
        clock_text(event.at) + "  ",
        who + ": " + (event.say ? event.say->in(language_) + "  [" + what + "]" : what), width());
    if (!outcome.taken) refusal(outcome);
    for (const std::uint64_t number : outcome.closed) step(number, "done");
    for (const std::uint64_t number : outcome.opened) step(number, "open");
  }

  ExitStatus ending(bool went_as_told, const std::string& stopped_at, const KeptDrill* kept) {
    const workflow::CaseState& state = player_.state();
    const auto done = static_cast<std::size_t>(
        std::ranges::count_if(state.steps, [&](const workflow::StepState& step) {
          const workflow::Step* rule = state.policy->step(step.id);
          return rule != nullptr && rule->number > 0 && step.done_at;
        }));
    if (runtime_.common.is_json) {
      print_json(runtime_, {{"as_told", went_as_told},
                            {"events", std::move(list_)},
                            {"format", "casebook-drill-played/1"},
                            {"kept", kept == nullptr ? Json() : Json(kept->case_folder().string())},
                            {"phase", state.phase},
                            {"refused", refused_},
                            {"steps_done", done},
                            {"story", player_.story().id}});
    } else {
      runtime_.out << '\n'
                   << played_ << " events, " << refused_ << " refused, " << done
                   << " of 21 steps done; the case is " << state.phase << '\n';
      if (!went_as_told) runtime_.out << "It did not go as told: " << stopped_at << '\n';
      next(kept);
    }
    return went_as_told ? ExitStatus::done : ExitStatus::failed;
  }

 private:
  void next(const KeptDrill* kept) {
    if (kept == nullptr) {
      runtime_.out << "Next: casebook open 'Odd logins' --drill, and play it yourselves\n";
      return;
    }
    runtime_.out << "kept, with throwaway keys of the cast; read it as one of them:\n"
                 << "  export XDG_CONFIG_HOME=" << quoted(kept->cast_folder().string()) << '\n'
                 << "  export XDG_STATE_HOME=" << quoted(kept->cast_folder().string()) << '\n'
                 << "  casebook status --as " << kept->reader() << " --case "
                 << quoted(kept->case_folder().string()) << '\n';
  }

  [[nodiscard]] int width() const { return runtime_.terminal.width_columns; }

  [[nodiscard]] std::string name_of_cast(const std::string& id) const {
    for (const workflow::DrillPerson& person : player_.story().cast) {
      if (person.id == id) return person.name;
    }
    return id;
  }

  void refusal(const workflow::DrillOutcome& outcome) {
    std::string gates;
    for (std::size_t i = 0; i < outcome.blocked.size() && i < kGatesShownMax; ++i) {
      const workflow::Gate* gate = player_.state().policy->gate(outcome.blocked[i]);
      gates += (gates.empty() ? "" : "; ") +
               (gate == nullptr ? outcome.blocked[i] : gate->label.in(language_));
    }
    if (outcome.blocked.size() > kGatesShownMax) {
      gates += "; and " + std::to_string(outcome.blocked.size() - kGatesShownMax) + " more";
    }
    runtime_.out << wrap_behind("       refused: ", gates.empty() ? outcome.why : gates, width());
  }

  void step(std::uint64_t number, const char* what) {
    if (options_.is_brief) return;
    for (const workflow::StepState& state : player_.state().steps) {
      if (state.number != number) continue;
      const workflow::Step* rule = player_.state().policy->step(state.id);
      if (rule == nullptr) return;
      runtime_.out << wrap_behind(
          "       ",
          std::string(what) + ": #" + std::to_string(number) + " " + rule->label.in(language_),
          width());
    }
  }

  void event_json(const workflow::DrillEvent& event, const workflow::DrillOutcome& outcome) {
    list_.push_back({{"act", event.act},
                     {"as_told", outcome.as_told},
                     {"at", clock_text(event.at)},
                     {"blocked", outcome.blocked},
                     {"taken", outcome.taken},
                     {"what", event.about},
                     {"who", event.who}});
  }

  Runtime& runtime_;
  const DrillOptions& options_;
  const workflow::DrillPlayer& player_;
  workflow::Language language_;
  Json list_ = Json::array();
  std::size_t played_ = 0, refused_ = 0;
};

/// Plays one event in memory and, when it is kept, on disk. @return why it stopped; empty: it goes
/// on.
Result<std::string> play_one(workflow::DrillPlayer& player, KeptDrill* kept, Show& show,
                             const workflow::DrillEvent& event) {
  auto outcome = player.play(event);
  if (!outcome) return std::move(outcome).error();
  show.event(event, *outcome);
  const std::string where = clock_text(event.at) + " " + event.act + " " + event.about + ": ";
  if (!outcome->as_told) return where + outcome->why;
  if (kept == nullptr) return std::string();
  if (auto done = kept->play(event); !done) return where + done.error().message;
  return std::string();
}

bool goes_on(Runtime& runtime) {
  runtime.err << "  Enter: on; q: stop " << std::flush;
  std::string answer;
  return std::getline(runtime.in, answer) && answer != "q";
}

ExitStatus drill(Runtime& runtime, const DrillOptions& options) {
  const std::string_view text = workflow::embedded_drill(options.story);
  if (text.empty()) {
    return fail(runtime, {ErrorCode::not_found, printable(options.story) + ": no such story",
                          std::string("there is: ") + kUsualStory});
  }
  auto story = workflow::parse_drill(text);
  if (!story) return fail(runtime, story.error());
  workflow::DrillPlayer player(*std::move(story), runtime.randomness);
  if (auto begun = player.begin(); !begun) return fail(runtime, begun.error());
  std::unique_ptr<KeptDrill> kept;
  if (!options.keep.empty()) {
    kept = std::make_unique<KeptDrill>(runtime, player.story(), options.keep,
                                       language_for(runtime, options));
    if (auto begun = kept->begin(); !begun) return fail(runtime, begun.error());
  }
  Show show(runtime, options, player);
  show.opening();
  std::string stopped_at;
  for (const workflow::DrillEvent& event : player.events()) {
    auto stopped = play_one(player, kept.get(), show, event);
    if (!stopped) return fail(runtime, stopped.error());
    stopped_at = *std::move(stopped);
    if (!stopped_at.empty()) break;
    if (options.is_stepping && !runtime.common.is_json && !goes_on(runtime)) break;
  }
  if (kept) {
    if (auto ended = kept->end(); !ended) return fail(runtime, ended.error());
  }
  return show.ending(stopped_at.empty(), stopped_at, kept.get());
}

}  // namespace

void add_drill_command(Command& root) {
  auto options = std::make_shared<DrillOptions>();
  root.add("drill", "Watch a whole breach, all twenty-one steps, with a made-up cast")
      .argument("STORY", options->story, "else odd-logins", Count::optional)
      .flag("--step", options->is_stepping, "wait for Enter after each event")
      .option("--keep", "DIR", options->keep, "leave it there as a case, marked as a drill")
      .flag("--brief", options->is_brief, "only what is said, and what is refused")
      .option("--lang", "LANG", options->language, "en or nl; else as your terminal says")
      .example("casebook drill --brief", "each gate is first seen refusing")
      .example("casebook drill --step --lang nl", "")
      .example("casebook drill --keep play", "a whole case to look at: status, timeline, verify")
      .run([options](Runtime& runtime) { return drill(runtime, *options); });
}

}  // namespace casebook::cli
