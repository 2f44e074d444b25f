// `casebook hold`, `casebook retention`: what must stay, and how long. Specification:
// docs/spec/keeping.md.
#include <charconv>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/case_keeping.h"
#include "cli/commands.h"
#include "cli/cosigning.h"
#include "cli/note_writing.h"
#include "cli/text.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

constexpr std::int64_t kDaysMax = 36500;

struct KeepingOptions {
  std::string days;
  std::string due;
  std::string number;  ///< One item, or the entry of a hold.
  std::string compartment;
  std::string kind;
  Cosigning cosigning;
};

Result<std::int64_t> parse_days(const std::string& text) {
  std::int64_t days = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), days);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size() && days >= 0 &&
      days <= kDaysMax) {
    return days;
  }
  return Error{ErrorCode::invalid_input, printable(text) + ": not a number of days",
               "0 to " + std::to_string(kDaysMax)};
}

/// "everything in legal", "messages".
std::string covered(const KeepingScope& scope) {
  std::string text = !scope.subject.empty() ? "item " + scope.subject.substr(0, 12)
                     : scope.kind.empty()   ? "everything"
                                            : "every " + printable(scope.kind);
  if (!scope.compartment.empty()) text += " in " + printable(scope.compartment);
  return text;
}

std::string said_of(const KeptRule& rule) {
  if (rule.item.kind == kHoldKind) return covered(rule.scope) + " is held";
  std::string text = covered(rule.scope) + " is kept " +
                     counted(static_cast<std::uint64_t>(rule.keep_days), "day", "days");
  if (rule.due_days) text += ", due to go after " + std::to_string(*rule.due_days);
  return text;
}

ExitStatus finish(Runtime& runtime, CaseSession& session, const vault::Appended& said,
                  const KeptRule& rule, const std::string& text) {
  if (auto closed = session.close(); !closed) return fail(runtime, closed.error());
  if (runtime.common.is_json) {
    print_json(runtime,
               {{"entry", said.seq}, {"format", "casebook-kept/1"}, {"kind", rule.item.kind}});
  } else {
    runtime.out << wrap_behind("", text, runtime.terminal.width_columns);
  }
  return ExitStatus::done;
}

ExitStatus show_rules(Runtime& runtime, std::string_view kind, const std::string& none) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "reading what is kept");
  if (!session) return fail(runtime, session.error());
  auto rules = kept_rules(**session, kind);
  if (!rules) return fail(runtime, rules.error());
  Json list = Json::array();
  for (const KeptRule& rule : *rules) {
    const auto author = PersonId::parse(rule.item.author);
    const std::string by = author ? (*session)->name_of(*author) : printable(rule.item.author);
    list.push_back({{"by", by},
                    {"compartment", rule.scope.compartment},
                    {"entry", rule.seq},
                    {"keep_days", rule.keep_days},
                    {"kind", rule.scope.kind},
                    {"reason", rule.item.text.body},
                    {"since", format_utc(rule.item.received)},
                    {"subject", rule.scope.subject}});
    if (rule.due_days) list.back()["due_days"] = *rule.due_days;
    if (runtime.common.is_json) continue;
    const std::string reason =
        rule.item.text.body.empty() ? "" : ": " + printable(rule.item.text.body);
    runtime.out << wrap_behind("",
                               rule.name() + "  " + said_of(rule) + "; since " +
                                   format_utc(rule.item.received) + ", " + by + reason,
                               runtime.terminal.width_columns);
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-rules/1"}, {"rules", std::move(list)}});
  } else if (rules->empty()) {
    runtime.out << none << '\n';
  }
  return ExitStatus::done;
}

ExitStatus set_hold(Runtime& runtime, const KeepingOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::writes, "setting a hold");
  if (!session) return fail(runtime, session.error());
  auto item = new_item(**session, {}, std::string(kHoldKind));
  if (!item) return fail(runtime, item.error());
  KeptRule hold{*std::move(item), 0, {options.compartment, options.kind, {}}, 0, {}};
  if (!options.number.empty()) {
    if (hold.scope.compartment.empty()) hold.scope.compartment = "general";
    auto compartment = (*session)->compartment(hold.scope.compartment);
    if (!compartment) return fail(runtime, compartment.error());
    auto id = item_numbered(**compartment, options.number);
    if (!id) return fail(runtime, id.error());
    hold.scope.subject = id->text();
  }
  // Everybody on the case reads it, whatever it covers.
  auto reason = ask_text(runtime, "", "why it is held (everybody on the case reads this)");
  if (!reason) return fail(runtime, reason.error());
  hold.item.text.body = *std::move(reason);
  hold.item.text.fields = rule_fields(hold);
  auto said = say_kept(**session, "hold", hold.item);
  if (!said) return fail(runtime, said.error());
  hold.seq = said->seq;
  return finish(runtime, **session, *said, hold,
                hold.name() + ": " + said_of(hold) + " until two persons lift it");
}

Result<std::vector<KeptRule>> holds_named(CaseSession& session, const std::string& number) {
  auto holds = kept_rules(session, kHoldKind);
  if (!holds) return holds;
  if (!number.empty()) {
    std::erase_if(*holds, [&](const KeptRule& one) { return std::to_string(one.seq) != number; });
  }
  if (holds->size() == 1) return holds;
  if (holds->empty()) return Error{ErrorCode::not_found, "no such hold stands", "casebook hold"};
  return Error{ErrorCode::invalid_input, "several holds stand: which?", "casebook hold shows them"};
}

ExitStatus lift_hold(Runtime& runtime, const KeepingOptions& options) {
  auto session = CaseSession::open(runtime, kind_for(options.cosigning), "lifting a hold");
  if (!session) return fail(runtime, session.error());
  auto holds = holds_named(**session, options.number);
  if (!holds) return fail(runtime, holds.error());
  const KeptRule& hold = holds->front();
  const std::string body = canonical_json(Json{{"item", hold.item.id.text()}});
  auto proposal = gather(**session, options.cosigning, [&]() -> Result<Proposal> {
    auto reason = ask_text(runtime, "", "why it ends");
    if (!reason) return std::move(reason).error();
    return (*session)->propose_other("hold.lift", body, {{"reason", *reason}});
  });
  if (!proposal) return fail(runtime, proposal.error());
  if (!*proposal) return ExitStatus::done;
  auto statement = parse_statement((*proposal)->statement.text);
  if (!statement) return fail(runtime, statement.error());
  if (statement->body != body) {
    return fail(runtime, {ErrorCode::invalid_input, "what was signed is about another hold"});
  }
  if (auto two = check_two_persons(**session, **proposal); !two) return fail(runtime, two.error());
  vault::ItemVersion end{.id = hold.item.id,
                         .kind = hold.item.kind,
                         .version = hold.item.version + 1,
                         .state = vault::ItemState::tombstone,
                         .author = (*session)->me().text(),
                         .received = (*session)->now()};
  end.text.title = "lifted";
  // By whoever asked for it, who need not be the one who appends it.
  if (!(*proposal)->items.empty()) end.author = (*proposal)->items.front().author;
  auto said = (*session)->say_other("general", **proposal, {end});
  if (!said) return fail(runtime, said.error());
  return finish(runtime, **session, *said, hold, hold.name() + " is lifted");
}

ExitStatus set_retention(Runtime& runtime, const KeepingOptions& options) {
  if (options.days.empty()) return show_rules(runtime, kRetentionKind, "no rule of retention");
  auto days = parse_days(options.days);
  if (!days) return refuse_usage(runtime, days.error());
  std::optional<std::int64_t> due;
  if (!options.due.empty()) {
    auto parsed = parse_days(options.due);
    if (!parsed) return refuse_usage(runtime, parsed.error());
    due = *parsed;
  }
  auto session = CaseSession::open(runtime, SessionKind::writes, "setting a rule");
  if (!session) return fail(runtime, session.error());
  auto rules = kept_rules(**session, kRetentionKind);
  if (!rules) return fail(runtime, rules.error());
  auto item = new_item(**session, {}, std::string(kRetentionKind));
  if (!item) return fail(runtime, item.error());
  KeptRule rule{*std::move(item), 0, {options.compartment, options.kind, {}}, *days, due};
  for (const KeptRule& before : *rules) {  // One rule for one scope: this is its next version.
    if (before.scope.compartment != rule.scope.compartment || before.scope.kind != rule.scope.kind)
      continue;
    rule.item.id = before.item.id;
    rule.item.version = before.item.version + 1;
  }
  rule.item.text.fields = rule_fields(rule);
  auto said = say_kept(**session, "retention", rule.item);
  if (!said) return fail(runtime, said.error());
  rule.seq = said->seq;
  return finish(runtime, **session, *said, rule, rule.name() + ": " + said_of(rule));
}

/// What a rule says is to go by now, in all that one holds.
ExitStatus show_due(Runtime& runtime) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "reading what is due");
  if (!session) return fail(runtime, session.error());
  auto rules = keeping_rules(**session);
  if (!rules) return fail(runtime, rules.error());
  Json list = Json::array();
  for (const std::string& name : (*session)->held()) {
    auto compartment = (*session)->compartment(name);
    if (!compartment) return fail(runtime, compartment.error());
    for (const std::string_view kind : {"note", "finding", "message", "attachment"}) {
      const auto listed = (*compartment)->each_item(kind, [&](const vault::ItemVersion& item) {
        if (item.state == vault::ItemState::erased) return ok();
        const vault::KeptThing thing{name, item.kind, item.id.text(), item.received};
        const auto verdict = keeping_of(thing, rules->holds, rules->rules, (*session)->now());
        if (verdict.keeping != vault::Keeping::due) return ok();
        list.push_back({{"compartment", name},
                        {"item", item.id.text()},
                        {"kind", item.kind},
                        {"received_at", format_utc(item.received)}});
        if (!runtime.common.is_json) {
          runtime.out << item.id.text() << "  " << item.kind << " in " << name << ", "
                      << format_utc(item.received) << '\n';
        }
        return ok();
      });
      if (!listed) return fail(runtime, listed.error());
    }
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"due", std::move(list)}, {"format", "casebook-due/1"}});
  } else {
    runtime.out << (list.empty() ? "nothing is due to go\n"
                                 : "Next: casebook erase ID, by two persons\n");
  }
  return ExitStatus::done;
}

}  // namespace

void add_hold_command(Command& root) {
  Command& hold = root.add("hold", "Legal hold: what it covers is not erased");
  hold.example("casebook hold", "shows those that stand").run([](Runtime& runtime) {
    return show_rules(runtime, kHoldKind, "no hold stands");
  });
  auto setting = std::make_shared<KeepingOptions>();
  hold.add("set", "From now on nothing of it is erased; asks why")
      .argument("N", setting->number, "one note, finding or file; else all", Count::optional)
      .option("--in", "COMPARTMENT", setting->compartment, "only what lies there")
      .option("--kind", "KIND", setting->kind, "only notes, messages, ...")
      .example("casebook hold set", "")
      .run([setting](Runtime& runtime) { return set_hold(runtime, *setting); });
  auto lifting = std::make_shared<KeepingOptions>();
  lifting->cosigning.verbs = "hold.lift";
  Command& lift = hold.add("lift", "End one, by two persons; asks why");
  lift.argument("N", lifting->number, "its number; not needed for the only one", Count::optional);
  add_cosigning(lift, lifting->cosigning);
  lift.example("casebook hold lift --with cy", "").run([lifting](Runtime& runtime) {
    return lift_hold(runtime, *lifting);
  });
}

void add_retention_command(Command& root) {
  auto options = std::make_shared<KeepingOptions>();
  Command& retention = root.add("retention", "How long things are kept; alone it shows the rules");
  retention.argument("DAYS", options->days, "no erasure before that age", Count::optional)
      .option("--in", "COMPARTMENT", options->compartment, "only what lies there")
      .option("--kind", "KIND", options->kind, "only note, message, attachment, ...")
      .option("--due", "DAYS", options->due, "and then it is to go")
      .example("casebook retention 1095", "three years")
      .run([options](Runtime& runtime) { return set_retention(runtime, *options); });
  retention.add("due", "What is to go by now")
      .example("casebook retention due", "")
      .run([](Runtime& runtime) { return show_due(runtime); });
}

}  // namespace casebook::cli
