#include "cli/drill_keep.h"

#include <sys/stat.h>

#include "cli/case_entry.h"
#include "cli/commands.h"
#include "cli/record_kind.h"
#include "cli/runbook_values.h"
#include "core/durable_file.h"
#include "core/printable.h"
#include "workflow/case_state.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

/// The story ends before now, at the same times of day as it is told.
UtcSeconds start_before(const workflow::DrillStory& story, UtcSeconds now) {
  const auto lasts = story.events.empty() ? std::chrono::seconds(0) : story.events.back().at;
  UtcSeconds start = story.start;
  while (start + lasts > now) start -= std::chrono::days(1);
  return start;
}

Environment cast_environment(const fs::path& cast) {
  return [cast = cast.string()](const char* name) -> std::optional<std::string> {
    const std::string_view wanted(name);
    if (wanted == "XDG_CONFIG_HOME" || wanted == "XDG_STATE_HOME" || wanted == "HOME") return cast;
    if (wanted == "SSH_AUTH_SOCK") return std::nullopt;
    return from_environment(name);
  };
}

Status make_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) return ok();
  if (errno == EEXIST) {
    return Error{ErrorCode::invalid_input, printable(folder.string()) + " is there already",
                 "a drill is kept in a folder of its own"};
  }
  Error error = system_error("make " + printable(folder.string()), errno);
  error.hint = "name a new folder below one that is there and that you may write to";
  return error;
}

}  // namespace

KeptDrill::KeptDrill(const Runtime& runtime, const workflow::DrillStory& story, fs::path folder,
                     workflow::Language language)
    : story_(story),
      folder_(fs::absolute(folder)),
      language_(language),
      clock_(start_before(story, runtime.clock.now_seconds())),
      start_(clock_.now_seconds()),
      runtime_{.clock = clock_,
               .randomness = runtime.randomness,
               .in = in_,
               .out = out_,
               .err = err_,
               .environment = cast_environment(folder_ / "cast"),
               .terminal = {},
               .passphrases = runtime.passphrases} {
  runtime_.common.case_folder = case_folder();
}

KeptDrill::~KeptDrill() = default;

/// As somebody of the cast would, at their own machine.
Result<ExitStatus> KeptDrill::typed(const std::vector<std::string>& words, const std::string& as) {
  if (auto left = leave_desk(); !left) return std::move(left).error();
  out_.str("");
  err_.str("");
  Command root("casebook", "");  // Anew: options keep what was typed before.
  add_all_commands(root);
  runtime_.common.person = as;
  return run_command_line(root, words, runtime_);
}

std::string KeptDrill::complaint() const {
  const std::string why = err_.str();
  return printable(why.substr(0, why.find('\n')));
}

Status KeptDrill::type(const std::vector<std::string>& words, const std::string& as) {
  auto status = typed(words, as);
  if (!status) return std::move(status).error();
  if (*status == ExitStatus::done) return ok();
  return Error{ErrorCode::invalid_input,
               "the drill stopped at " + words.front() + ": " + complaint()};
}

Status KeptDrill::cast_joins() {
  std::vector<std::string> founders;
  for (const workflow::DrillPerson& person : story_.cast) {
    if (person.is_founder) founders.push_back(person.id);
  }
  if (founders.size() < 2) return Error{ErrorCode::invalid_input, "a drill has two founders"};
  auto opened = type({"open", story_.title.in(language_), "--drill", "--with", founders[1], "--dir",
                      case_folder().string(), "--policy", story_.policy, "--kind", story_.kind},
                     founders[0]);
  if (!opened) return opened;
  for (const workflow::DrillPerson& person : story_.cast) {
    if (person.is_founder) continue;
    auto joined =
        type({"person", "add", person.id, "--with", founders[1], "--with", person.id}, founders[0]);
    if (!joined) return joined;
  }
  return cast_takes_roles();
}

/// Two others give them; whoever opens the case leads it already.
Status KeptDrill::cast_takes_roles() {
  for (const workflow::DrillPerson& person : story_.cast) {
    std::string roles;
    for (const std::string& role : person.roles) {
      if (person.id == reader() && role == "commander") continue;
      roles += (roles.empty() ? "" : ",") + role;
    }
    if (roles.empty()) continue;
    std::vector<std::string> givers;
    for (const workflow::DrillPerson& other : story_.cast) {
      if (other.id != person.id && givers.size() < 2) givers.push_back(other.id);
    }
    auto given = type({"role", roles, person.id, "--with", givers[1]}, givers[0]);
    if (!given) return given;
    if (auto accepted = type({"role", roles, person.id}, person.id); !accepted) return accepted;
  }
  return ok();
}

Status KeptDrill::begin() {
  for (const fs::path& folder : {folder_, cast_folder()}) {
    if (auto made = make_folder(folder); !made) return made;
  }
  for (const workflow::DrillPerson& person : story_.cast) {
    if (auto made = type({"key", "new", person.id, "--no-passphrase"}, ""); !made) return made;
  }
  if (auto joined = cast_joins(); !joined) return joined;
  if (auto there = at_desk_of(reader()); !there) return there;
  for (const workflow::DrillPerson& person : story_.cast) {
    auto id = session_->find_person(person.id);
    if (!id) return std::move(id).error();
    names_.persons.emplace(person.id, *id);
  }
  return ok();
}

Status KeptDrill::leave_desk() {
  if (!session_) return ok();
  auto closed = session_->close();
  session_.reset();
  return closed;
}

/// One machine at a time writes: whoever is next sits down at it.
Status KeptDrill::at_desk_of(const std::string& person) {
  if (session_ && at_desk_ == person && desk_time_ == clock_.now_seconds()) return ok();
  if (auto left = leave_desk(); !left) return left;
  runtime_.common.person = person;
  auto session = CaseSession::open(runtime_, SessionKind::writes, "playing a drill");
  if (!session) return std::move(session).error();
  session_ = *std::move(session);
  at_desk_ = person;
  desk_time_ = clock_.now_seconds();
  return require_runbook(*session_);
}

Status KeptDrill::say_evidence(const workflow::DrillEvent& event) {
  if (auto there = at_desk_of(event.who.front()); !there) return there;
  auto proposal =
      session_->propose_other("note", "{}", {{"text", event.words(language_), "record"}});
  if (!proposal) return std::move(proposal).error();
  auto said = session_->say_other("general", *proposal);
  if (!said) return std::move(said).error();
  auto statement = parse_statement(proposal->statement.text);
  if (!statement) return std::move(statement).error();
  names_.things.emplace(event.about, statement->id);
  return leave_desk();  // What was said beside the rules is folded when it is opened again.
}

Status KeptDrill::say_body(const workflow::DrillEvent& event) {
  if (auto there = at_desk_of(event.who.front()); !there) return there;
  Saying saying{.purpose = "playing a drill", .attempt = event.about};
  saying.body = [&](CaseSession& open) -> Result<workflow::RunbookBody> {
    workflow::FacetKey key{};
    if (auto filled = runtime_.randomness.fill(key); !filled) return std::move(filled).error();
    return workflow::drill_body(event, open.runbook(), names_, open.now(), key);
  };
  if (const std::string words = event.words(language_); !words.empty()) {
    saying.words.push_back({"text", words, "record"});
  }
  Cosigning cosigning;
  cosigning.with.assign(event.who.begin() + 1, event.who.end());
  err_.str("");
  std::optional<StatementId> id;
  const ExitStatus status =
      say_in(*session_, cosigning, saying, [&](CaseSession& open, const vault::Appended& at) {
        auto general = open.compartment("general");
        if (!general) return;
        if (auto entry = entry_at(**general, at.seq)) id = entry->statement.id;
      });
  const bool was_taken = status == ExitStatus::done;
  if (was_taken && id && !event.as.empty()) names_.things.emplace(event.as, *id);
  return as_told(event, was_taken);
}

Status KeptDrill::as_told(const workflow::DrillEvent& event, bool was_taken) const {
  if (was_taken == event.refused.empty()) return ok();
  return Error{ErrorCode::invalid_input, event.act + " " + event.about +
                                             (was_taken ? " was taken" : " was refused") +
                                             ", not as told: " + complaint()};
}

Status KeptDrill::play(const workflow::DrillEvent& event) {
  clock_.set(start_ + event.at);
  if (event.act == "evidence") return say_evidence(event);
  if (event.act != "pin") return say_body(event);
  std::vector<std::string> words = {"policy", "pin", event.about};
  for (std::size_t i = 1; i < event.who.size(); ++i) {
    words.insert(words.end(), {"--with", event.who[i]});
  }
  auto status = typed(words, event.who.front());
  if (!status) return std::move(status).error();
  return as_told(event, *status == ExitStatus::done);
}

Status KeptDrill::end() { return leave_desk(); }

}  // namespace casebook::cli
