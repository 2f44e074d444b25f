// `casebook policy list|show|lint|diff|canonical|sign|verify`: runbooks as data, read and checked
// before people agree to them.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/key_folder.h"
#include "cli/org_folder.h"
#include "cli/policy_file.h"
#include "cli/policy_pin.h"
#include "cli/policy_text.h"
#include "cli/text.h"
#include "core/durable_file.h"
#include "core/printable.h"
#include "core/ssh_signature.h"
#include "workflow/embedded_packs.h"
#include "workflow/policy_diff.h"
#include "workflow/policy_document.h"
#include "workflow/policy_lint.h"

namespace casebook::cli {
namespace {

using workflow::DocumentLine;
using workflow::Language;

constexpr std::size_t kLabelColumns = 16;
constexpr std::size_t kDigestShown = 12;

struct Options {
  std::string policy, other, language = "en", roster, out;
  std::vector<std::string> signers;
  bool is_markdown = false;
};

Result<Language> language_of(const Options& options) {
  if (options.language == "en") return Language::en;
  if (options.language == "nl") return Language::nl;
  return Error{ErrorCode::invalid_input, printable(options.language) + ": no such language",
               "en or nl"};
}

ExitStatus list(Runtime& runtime) {
  Json rows = Json::array();
  Table table({{}, {"version", Align::right}, {"identity"}, {}});
  for (const workflow::EmbeddedPack& pack : workflow::embedded_packs()) {
    const auto policy = workflow::parse_policy(pack.text);
    if (!policy) return fail(runtime, policy.error());
    const std::string digest = to_hex(policy->digest);
    table.row({policy->id, std::to_string(policy->version), digest.substr(0, kDigestShown),
               policy->title.en});
    rows.push_back({{"digest", digest},
                    {"id", policy->id},
                    {"title", policy->title.en},
                    {"version", policy->version}});
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-policies/1"}, {"policies", rows}});
    return ExitStatus::done;
  }
  runtime.out << table.text(runtime.terminal.width_columns) << "Next: casebook policy show "
              << rows.back().at("id").get<std::string>() << '\n';
  return ExitStatus::done;
}

void print_line(Runtime& runtime, const DocumentLine& line, int width) {
  std::string first;
  switch (line.kind) {
    case DocumentLine::Kind::title:
      runtime.out << wrap_behind("", printable(line.label), width);
      return;
    case DocumentLine::Kind::section:
      runtime.out << '\n' << wrap_behind("", printable(line.label), width);
      return;
    case DocumentLine::Kind::part:
      runtime.out << '\n'
                  << wrap_behind("  ", printable(line.label) + "  [" + printable(line.text) + "]",
                                 width);
      return;
    case DocumentLine::Kind::row:
      first = "    " + printable(line.label);
      if (static_cast<std::size_t>(display_width(first)) >= kLabelColumns + 3) {
        runtime.out << wrap_behind("", first, width);
        first.clear();
      }
      first += std::string(kLabelColumns + 4 -
                               std::min<std::size_t>(static_cast<std::size_t>(display_width(first)),
                                                     kLabelColumns + 4),
                           ' ');
      runtime.out << wrap_behind(first, printable(line.text), width);
      return;
    case DocumentLine::Kind::item:
      runtime.out << wrap_behind(std::string(6 + 2 * line.depth, ' ') + "- ", printable(line.text),
                                 width);
      return;
  }
}

ExitStatus show(Runtime& runtime, const Options& options) {
  const auto language = language_of(options);
  if (!language) return refuse_usage(runtime, language.error());
  const auto loaded = load_policy(options.policy.empty() ? "need-to-know" : options.policy);
  if (!loaded) return fail(runtime, loaded.error());
  if (runtime.common.is_json) {
    runtime.out << loaded->canonical << '\n';
    return ExitStatus::done;
  }
  const auto lines = workflow::policy_document(loaded->policy, *language);
  if (options.is_markdown) {
    runtime.out << workflow::markdown(lines);
    return ExitStatus::done;
  }
  const int width = std::min(runtime.terminal.width_columns, kTextColumnsMax);
  for (const DocumentLine& line : lines) print_line(runtime, line, width);
  return ExitStatus::done;
}

Result<workflow::RosterShape> roster_shape(const Options& options, const workflow::Policy& policy) {
  if (options.roster.empty()) return workflow::ample_roster(policy);
  const auto roster = load_roster(options.roster);
  if (!roster) return roster.error();
  workflow::RosterShape shape;
  for (const RosterPerson& person : roster->roster.persons) {
    if (!person.has_left) shape.persons.emplace_back(person.roles.begin(), person.roles.end());
  }
  return shape;
}

struct LintCounts {
  std::size_t faults = 0, hints = 0;
};

Status lint_one(Runtime& runtime, const Options& options, const std::string& name, Json& rows,
                LintCounts& counts) {
  const auto loaded = load_policy(name);
  if (!loaded) return loaded.error();
  const auto roster = roster_shape(options, loaded->policy);
  if (!roster) return roster.error();
  for (const workflow::LintFinding& finding : workflow::lint(loaded->policy, *roster)) {
    ++(finding.is_hint ? counts.hints : counts.faults);
    rows.push_back({{"hint", finding.is_hint},
                    {"id", finding.id},
                    {"line", loaded->line(finding.pointer)},
                    {"message", finding.message},
                    {"pointer", finding.pointer},
                    {"policy", loaded->policy.id},
                    {"witness", finding.witness}});
    if (runtime.common.is_json) continue;
    const int width = std::min(runtime.terminal.width_columns, kTextColumnsMax);
    runtime.out << wrap_behind("",
                               loaded->place(finding.pointer) + ": " + finding.id +
                                   (finding.is_hint ? " (hint) " : " ") + finding.pointer + ": " +
                                   printable(finding.message),
                               width);
    for (const std::string& line : finding.witness)
      runtime.out << wrap_behind("    ", printable(line), width);
  }
  return ok();
}

ExitStatus lint(Runtime& runtime, const Options& options) {
  std::vector<std::string> names = {options.policy};
  if (options.policy.empty()) {
    names.clear();
    for (const workflow::EmbeddedPack& pack : workflow::embedded_packs())
      names.push_back(workflow::parse_policy(pack.text)->id);
  }
  Json rows = Json::array();
  LintCounts counts;
  for (const std::string& name : names) {
    if (auto done = lint_one(runtime, options, name, rows, counts); !done)
      return fail(runtime, done.error());
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"findings", rows}, {"format", "casebook-policy-lint/1"}});
  } else {
    runtime.out << counted(counts.faults, "fault", "faults") << ", "
                << counted(counts.hints, "hint", "hints") << '\n';
  }
  return counts.faults == 0 ? ExitStatus::done : ExitStatus::failed;
}

void print_loosening(Runtime& runtime, const workflow::Loosening& each) {
  const int width = std::min(runtime.terminal.width_columns, kTextColumnsMax);
  runtime.out << wrap_behind("LOOSER ", printable(each.pointer) + ": " + printable(each.what),
                             width);
  if (each.witness.empty()) return;
  runtime.out << wrap_behind("  ",
                             "for example, and with all else done that the new one asks:", width);
  for (const std::string& line : each.witness)
    runtime.out << wrap_behind("    ", printable(line), width);
}

Json loosening_json(const workflow::Loosening& each) {
  return {{"attempt", each.attempt},
          {"pointer", each.pointer},
          {"what", each.what},
          {"witness", each.witness}};
}

ExitStatus diff(Runtime& runtime, const Options& options) {
  const auto language = language_of(options);
  if (!language) return refuse_usage(runtime, language.error());
  const auto before = load_policy(options.policy);
  if (!before) return fail(runtime, before.error());
  const auto after = load_policy(options.other);
  if (!after) return fail(runtime, after.error());
  const workflow::PolicyDiff found =
      workflow::diff_policies(before->policy, after->policy, *language);
  if (runtime.common.is_json) {
    Json rows = Json::array();
    for (const workflow::Loosening& each : found.loosened) rows.push_back(loosening_json(each));
    print_json(runtime, {{"attempts_compared", found.attempts_compared},
                         {"format", "casebook-policy-diff/1"},
                         {"loosened", rows},
                         {"not_proven", found.cut}});
  } else {
    for (const workflow::Loosening& each : found.loosened) print_loosening(runtime, each);
    for (const std::string& each : found.cut)
      runtime.out << "not proven, too many cases: " << printable(each) << '\n';
    runtime.out << counted(found.attempts_compared, "exit or action", "exits and actions")
                << " compared, " << counted(found.loosened.size(), "thing", "things")
                << " looser\n";
  }
  if (!found.loosened.empty()) return ExitStatus::failed;
  return found.cut.empty() ? ExitStatus::done : ExitStatus::incomplete;
}

ExitStatus canonical(Runtime& runtime, const Options& options) {
  const auto text = canonical_file(options.policy);
  if (!text) return fail(runtime, text.error());
  const auto digest = sha256(as_bytes(*text));
  if (!digest) return fail(runtime, digest.error());
  if (options.out.empty()) {
    runtime.out << *text;
    return ExitStatus::done;
  }
  if (auto written = write_file(options.out, as_bytes(*text), 0644, IfExists::replace); !written)
    return fail(runtime, written.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"digest", to_hex(*digest)}, {"file", options.out}});
    return ExitStatus::done;
  }
  runtime.out << printable(options.out) << "  " << to_hex(*digest)
              << "\nNext: casebook policy sign " << printable(options.out) << '\n';
  return ExitStatus::done;
}

/// The canonical file, exactly.
Result<std::string> read_canonical(const std::string& file) {
  auto bytes = read_file(file, workflow::kPolicyBytesMax);
  if (!bytes) return std::move(bytes).error();
  auto loaded = load_policy(file);
  if (!loaded) return std::move(loaded).error();
  if (loaded->canonical != as_text(*bytes))
    return Error{ErrorCode::invalid_input, printable(file) + ": not the canonical file",
                 "casebook policy canonical SOURCE --out FILE"};
  return std::move(loaded->canonical);
}

ExitStatus sign(Runtime& runtime, const Options& options) {
  const auto text = read_canonical(options.policy);
  if (!text) return fail(runtime, text.error());
  auto person = choose_person(runtime);
  if (!person) return fail(runtime, person.error());
  KeyRing ring(runtime, *std::move(person));
  const auto signer = ring.signer("signing " + printable(options.policy));
  if (!signer) return fail(runtime, signer.error());
  const auto signature = make_ssh_signature(**signer, kPolicyNamespace, as_bytes(*text));
  if (!signature) return fail(runtime, signature.error());
  const std::string file = options.policy + ".sig";
  if (auto written = write_file(file, as_bytes(*signature), 0644); !written)
    return fail(runtime, written.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"signature", file}, {"signer", ring.person().name}});
  } else {
    runtime.out << printable(file) << ", signed by " << printable(ring.person().name) << '\n';
  }
  return ExitStatus::done;
}

/// Keys that may have signed: those given, else those of the organisation's persons.
Result<std::vector<SshPublicKey>> allowed_keys(const Runtime& runtime, const Options& options) {
  std::vector<SshPublicKey> keys;
  for (const std::string& file : options.signers) {
    const auto line = read_file(file, std::size_t{16} << 10U);
    if (!line) return line.error();
    auto key = SshPublicKey::from_line(as_text(*line));
    if (!key) return std::move(key).error().context(printable(file));
    keys.push_back(*std::move(key));
  }
  if (!keys.empty()) return keys;
  const auto roster = known_roster(runtime);
  if (!roster) return roster.error();
  if (!*roster) return keys;
  for (const RosterPerson& person : (*roster)->roster.persons) {
    if (const RosterKey* key = person.current_key()) keys.push_back(key->card.card.key);
  }
  return keys;
}

ExitStatus verify(Runtime& runtime, const Options& options) {
  const auto text = read_canonical(options.policy);
  if (!text) return fail(runtime, text.error());
  const auto armored = read_file(options.policy + ".sig", kArmoredBytesMax);
  if (!armored) return fail(runtime, armored.error());
  auto keys = allowed_keys(runtime, options);
  if (!keys) return fail(runtime, keys.error());
  const bool is_anchored = !keys->empty();
  if (!is_anchored) {
    auto named = key_of_ssh_signature(as_text(*armored));
    if (named) keys->push_back(*std::move(named));
  }
  const auto checked = verify_ssh_signature({.name_space = kPolicyNamespace, .keys = *keys},
                                            as_bytes(*text), as_text(*armored));
  if (!checked) return fail(runtime, checked.error());
  const std::string fingerprint =
      checked->key && checked->key->fingerprint() ? *checked->key->fingerprint() : "";
  if (runtime.common.is_json) {
    print_json(runtime, {{"anchored", is_anchored},
                         {"key", fingerprint},
                         {"verdict", std::string(to_string(checked->verdict))}});
  } else if (!checked->good()) {
    runtime.out << "BAD SIGNATURE  " << printable(options.policy) << ": " << checked->reason
                << '\n';
  } else {
    runtime.out << (is_anchored ? "SIGNED  " : "SIGNED, by whom is not checked  ")
                << printable(options.policy) << "\n  key  " << fingerprint << '\n';
    if (!is_anchored)
      runtime.out << "Next: casebook policy verify " << printable(options.policy)
                  << " --signer KEY.pub\n";
  }
  if (!checked->good()) return ExitStatus::tampered;
  return is_anchored ? ExitStatus::done : ExitStatus::incomplete;
}

void add_reading(Command& policy) {
  {
    policy.add("list", "List the policies that come with Casebook")
        .example("casebook policy list", "")
        .run([](Runtime& runtime) { return list(runtime); });
  }
  {
    auto options = std::make_shared<Options>();
    policy.add("show", "Read one as a document: steps, gates, who, clocks, registers")
        .argument("POLICY", options->policy, "id or file; else need-to-know", Count::optional)
        .option("--lang", "LANG", options->language, "en or nl")
        .flag("--markdown", options->is_markdown, "as Markdown")
        .example("casebook policy show", "the runbook of a breach")
        .example("casebook policy show open-culture --lang nl", "in Dutch")
        .run([options](Runtime& runtime) { return show(runtime, *options); });
  }
  {
    auto options = std::make_shared<Options>();
    policy.add("lint", "Find gates that nobody opens, words people give themselves, ...")
        .argument("POLICY", options->policy, "id or file; else all that we ship", Count::optional)
        .option("--roster", "FILE", options->roster, "check against the people of an organisation")
        .example("casebook policy lint ours.jsonc", "each finding with its line")
        .example("casebook policy lint ours.jsonc --roster org/roster.json",
                 "also whether these people can open every gate")
        .run([options](Runtime& runtime) { return lint(runtime, *options); });
  }
  {
    auto options = std::make_shared<Options>();
    policy.add("diff", "Say what a new version permits that the old one blocks")
        .argument("OLD", options->policy, "id or file")
        .argument("NEW", options->other, "id or file")
        .option("--lang", "LANG", options->language, "en or nl")
        .example("casebook policy diff need-to-know ours.jsonc",
                 "exit 1 and a case for each thing that is looser")
        .run([options](Runtime& runtime) { return diff(runtime, *options); });
  }
}

void add_writing(Command& policy) {
  {
    auto options = std::make_shared<Options>();
    policy.add("canonical", "Make the canonical file of a commented source")
        .argument("SOURCE", options->policy, "JSON with // comments")
        .option("--out", "FILE", options->out, "write it there; else print it")
        .example("casebook policy canonical ours.jsonc --out ours.json",
                 "what is signed and pinned")
        .run([options](Runtime& runtime) { return canonical(runtime, *options); });
  }
  {
    auto options = std::make_shared<Options>();
    policy.add("sign", "Sign the canonical file with your key")
        .argument("FILE", options->policy, "the canonical file; the signature goes to FILE.sig")
        .example("casebook policy sign ours.json", "")
        .run([options](Runtime& runtime) { return sign(runtime, *options); });
  }
  {
    auto options = std::make_shared<Options>();
    policy.add("verify", "Check the signature of a canonical file")
        .argument("FILE", options->policy, "the canonical file, FILE.sig beside it")
        .option("--signer", "KEY", options->signers,
                "public key that must have signed; else those of the roster")
        .example("casebook policy verify ours.json --signer ada.ssh.pub", "")
        .run([options](Runtime& runtime) { return verify(runtime, *options); });
  }
}

void add_pinning(Command& policy) {
  auto options = std::make_shared<PinOptions>();
  options->cosigning.verbs = "policy.pin";
  Command& pin = policy.add("pin", "Follow another version, or one policy more, in this case");
  pin.argument("POLICY", options->policy, "id or file");
  add_cosigning(pin, options->cosigning);
  pin.example("casebook policy pin ours.json --with ben",
              "says what is looser; counsel and executive sign first")
      .run([options](Runtime& runtime) { return pin_policy(runtime, *options); });
}

void add_texts(Command& policy) {
  auto options = std::make_shared<TextOptions>();
  policy.add("text", "Print a text of the case's policy, filled from the case")
      .arguments("ID", options->words, "which, then NAME=VALUE for what a person says; none: all",
                 Count::any)
      .option("--lang", "LANG", options->language, "en or nl")
      .example("casebook policy text", "which there are")
      .example("casebook policy text room-topic room=... bridge=...", "what is not known: [name?]")
      .run([options](Runtime& runtime) {
        const std::string& language = options->language;
        if (!language.empty() && language != "en" && language != "nl") {
          return refuse_usage(
              runtime, {ErrorCode::invalid_input, printable(language) + ": no language of texts",
                        "--lang en or --lang nl"});
        }
        return show_policy_text(runtime, *options);
      });
}

}  // namespace

void add_policy_command(Command& root) {
  Command& policy = root.add("policy", "Runbooks as data: read, check, compare, sign");
  add_reading(policy);
  add_writing(policy);
  add_pinning(policy);
  add_texts(policy);
}

}  // namespace casebook::cli
