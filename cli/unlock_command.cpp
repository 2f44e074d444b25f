// `casebook unlock` and `casebook lock`: keys held by an agent, so that a passphrase is typed once.
#include "cli/unlock_command.h"

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/agent_process.h"
#include "cli/commands.h"
#include "cli/key_agent_access.h"
#include "cli/key_folder.h"
#include "cli/text.h"
#include "cli/values.h"
#include "core/age_identity_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

using std::chrono::seconds;

struct Options {
  seconds idle = std::chrono::minutes(15);
  seconds absolute = std::chrono::hours(8);
  bool only_show = false;
  bool is_silent = false;
};

Json person_json(const key_agent::HeldPerson& person) {
  return {{"absolute_seconds_left", static_cast<std::int64_t>(person.absolute_seconds_left)},
          {"can_sign", person.can_sign},
          {"idle_seconds_left", static_cast<std::int64_t>(person.idle_seconds_left)},
          {"name", person.name},
          {"recipient", person.recipient}};
}

ExitStatus show(Runtime& runtime, KeyAgent& agent) {
  auto held = agent.held();
  if (!held && held.error().code != ErrorCode::not_found) return fail(runtime, held.error());
  if (!held) held = std::vector<key_agent::HeldPerson>();
  if (runtime.common.is_json) {
    Json persons = Json::array();
    for (const key_agent::HeldPerson& person : *held) persons.push_back(person_json(person));
    print_json(runtime, {{"format", "casebook-unlocked/1"}, {"persons", persons}});
    return ExitStatus::done;
  }
  for (const key_agent::HeldPerson& person : *held) {
    runtime.out << printable(person.name) << "  locked again in "
                << human_duration(seconds(person.absolute_seconds_left)) << ", or "
                << human_duration(seconds(person.idle_seconds_left)) << " without use"
                << (person.can_sign ? "" : "; opens, does not sign") << '\n';
  }
  if (held->empty()) runtime.out << "nobody is unlocked here\n";
  return ExitStatus::done;
}

/// What the agent is to hold; asks for the passphrase.
Result<key_agent::AddRequest> load(KeyRing& ring, const Options& options) {
  const std::string purpose = "unlocking them until casebook lock";
  auto identities = ring.identities(purpose);
  if (!identities) return std::move(identities).error();
  key_agent::AddRequest request{
      .name = ring.person().name,
      .public_key = ring.person().key.line(),
      .identities = format_identities(*identities),
      .seed = {},
      .idle_seconds = static_cast<std::uint32_t>(options.idle.count()),
      .absolute_seconds = static_cast<std::uint32_t>(options.absolute.count())};
  if (!ring.person().has_ssh_file()) return request;  // An ssh-agent signs for this person.
  auto signer = ring.signer(purpose);
  if (!signer) return std::move(signer).error();
  if (const auto* key = dynamic_cast<const Ed25519Signer*>(*signer)) {
    request.seed = SecretBytes::copy_of(key->seed().reveal());
  }
  return request;
}

ExitStatus unlock(Runtime& runtime, const Options& options) {
  auto place = key_agent_place(runtime);
  if (!place) return fail(runtime, place.error());
  KeyAgent agent(*place, ::geteuid());
  if (options.only_show) return show(runtime, agent);
  auto person = choose_person(runtime);
  if (!person) return fail(runtime, person.error());
  KeyRing ring(runtime, *std::move(person));
  auto request = load(ring, options);
  if (!request) return fail(runtime, request.error());
  if (auto started = start_key_agent(*place, ::geteuid()); !started) {
    return fail(runtime, started.error());
  }
  if (auto added = agent.add(*request); !added) return fail(runtime, added.error());
  return options.is_silent ? ExitStatus::done : show(runtime, agent);
}

ExitStatus lock(Runtime& runtime) {
  auto place = key_agent_place(runtime);
  if (!place) return fail(runtime, place.error());
  const std::string& name = runtime.common.person;
  auto locked = KeyAgent(*place, ::geteuid()).lock(name);
  if (!locked && locked.error().code != ErrorCode::not_found) return fail(runtime, locked.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-locked/1"}, {"name", name}});
  } else {
    runtime.out << (name.empty() ? "locked" : printable(name) + " locked") << '\n';
  }
  return ExitStatus::done;
}

Setter span_into(seconds& target) {
  return [&target](std::string_view value) -> Status {
    auto span = parse_time_span(value);
    if (!span) return std::move(span).error();
    if (*span > std::chrono::hours(24)) {
      return Error{ErrorCode::invalid_input, "24h at most"};
    }
    target = *span;
    return ok();
  };
}

}  // namespace

ExitStatus unlock_keys(Runtime& runtime) {
  // One command prints one JSON document: the caller's.
  return unlock(runtime, {.is_silent = runtime.common.is_json});
}

void add_unlock_command(Command& root) {
  auto options = std::make_shared<Options>();
  root.add("unlock", "Type your passphrase once: an agent of yours holds the keys")
      .option("--idle", "SPAN", "lock again after so long without use; 15m",
              span_into(options->idle))
      .option("--for", "SPAN", "lock again after so long in any case; 8h",
              span_into(options->absolute))
      .flag("--show", options->only_show, "only say who is unlocked, and for how long")
      .example("casebook unlock", "signs notes and steps; all else asks you anew")
      .example("casebook unlock --idle 5m --for 2h", "")
      .run([options](Runtime& runtime) { return unlock(runtime, *options); });
}

void add_lock_command(Command& root) {
  root.add("lock", "Wipe the keys that unlock gave to the agent; with --as, one person's")
      .example("casebook lock", "before you leave the desk")
      .run([](Runtime& runtime) { return lock(runtime); });
}

}  // namespace casebook::cli
