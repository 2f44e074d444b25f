// `casebook privilege`: labels of claimed privilege and the log of what is withheld. Rules:
// docs/spec/privacy.md sections 3 and 4.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/note_writing.h"
#include "cli/privilege_rows.h"
#include "cli/text.h"
#include "core/printable.h"
#include "vault/privacy/privilege.h"
#include "vault/privacy/privilege_log.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

struct PrivilegeOptions {
  std::string number;
  std::string compartment = "legal";
  std::string basis;
  std::string basis_note;
  std::string purpose;
  std::string requested_by;
  std::vector<std::string> distribution;
  fs::path out;
};

/// Everything that a step needs: the case, the item, and how it stands.
struct Labelling {
  std::unique_ptr<CaseSession> session;
  vault::ItemId target;
  privacy::PrivilegeState state;
  privacy::PrivilegeActor actor;
};
Result<Labelling> begin_labelling(Runtime& runtime, const PrivilegeOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::writes, "claiming privilege");
  if (!session) return std::move(session).error();
  auto compartment = (*session)->compartment(options.compartment);
  if (!compartment) return std::move(compartment).error();
  auto id = item_numbered(**compartment, options.number);
  if (!id) return std::move(id).error();
  auto states = privilege_states(**session, **compartment);
  if (!states) return std::move(states).error();
  const workflow::BoundPerson& me = *(*session)->people().find((*session)->me());
  // Signing asks for passphrase or token: the key agent never signs these verbs.
  const privacy::PrivilegeActor actor{me.id.text(), me.holds("legal"), true, true};
  return Labelling{*std::move(session), *id, (*states)[id->text()], actor};
}

/// The step is an item with a leaf: the statement commits to its words and does not hold them
/// (decision 0141), so they can be erased.
Result<vault::Appended> say_step(Labelling& labelling, const std::string& compartment,
                                 const privacy::PrivilegeStep& step) {
  CaseSession& session = *labelling.session;
  auto mark = new_item(session, {}, std::string(kPrivilegeKind));
  if (!mark) return std::move(mark).error();
  mark->text.fields = canonical_json(privilege_body(labelling.target.text(), step));
  if (auto given = give_leaf(*mark, session.runtime().randomness); !given) {
    return std::move(given).error();
  }
  return session.write(compartment, std::string(privilege_verb(step)), *mark);
}

ExitStatus finish(Runtime& runtime, Labelling& labelling, const PrivilegeOptions& options,
                  const privacy::PrivilegeStep& step, const std::string& text) {
  auto said = say_step(labelling, options.compartment, step);
  if (!said) return fail(runtime, said.error());
  if (auto closed = labelling.session->close(); !closed) return fail(runtime, closed.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"entry", said->seq},
                         {"format", "casebook-privilege/1"},
                         {"item", labelling.target.text()},
                         {"step", privilege_verb(step)}});
  } else {
    runtime.out << wrap_behind("", text, runtime.terminal.width_columns);
  }
  return ExitStatus::done;
}

/// Words about what counsel asked for are words for counsel: never on a command line.
Result<std::string> ask_for(Runtime& runtime, const PrivilegeOptions& options,
                            const std::string& what) {
  NoteOptions asked;
  asked.text = options.purpose;
  asked.compartment = options.compartment;
  if (auto typed = check_typed(asked); !typed) return std::move(typed).error();
  return ask_text(runtime, asked.text, what);
}

ExitStatus set_label(Runtime& runtime, const PrivilegeOptions& options) {
  auto basis = privacy::parse_privilege_basis(options.basis);
  if (!basis) return refuse_usage(runtime, basis.error());
  auto labelling = begin_labelling(runtime, options);
  if (!labelling) return fail(runtime, labelling.error());
  CaseSession& session = *labelling->session;
  privacy::PrivilegeLabel label{.basis = *basis, .basis_note = options.basis_note};
  auto asker = options.requested_by.empty() ? Result<PersonId>(session.me())
                                            : session.find_person(options.requested_by);
  if (!asker) return fail(runtime, asker.error());
  label.requested_by = asker->text();
  for (const std::string& name : options.distribution) {
    auto id = session.find_person(name);
    if (!id) return fail(runtime, id.error());
    label.distribution.push_back(id->text());
  }
  std::ranges::sort(label.distribution);
  label.distribution.erase(std::ranges::unique(label.distribution).begin(),
                           label.distribution.end());
  auto purpose = ask_for(runtime, options, "described for the log as");
  if (!purpose) return fail(runtime, purpose.error());
  label.purpose = *std::move(purpose);
  if (auto good = decide_privilege_set(labelling->state, labelling->actor, label); !good) {
    return fail(runtime, good.error());
  }
  return finish(runtime, *labelling, options, privacy::PrivilegeSet{label},
                options.number + ": privilege claimed, " +
                    std::string(privacy::privilege_basis_text(*basis)));
}

/// Asked by one person of the legal role, confirmed by another: the same command.
ExitStatus remove_label(Runtime& runtime, const PrivilegeOptions& options) {
  auto labelling = begin_labelling(runtime, options);
  if (!labelling) return fail(runtime, labelling.error());
  const auto& open = labelling->state.open_removal;
  if (open && open->by != labelling->actor.person) {
    auto good = decide_privilege_answer(labelling->state, labelling->actor, open->statement);
    if (!good) return fail(runtime, good.error());
    return finish(runtime, *labelling, options, privacy::PrivilegeRemovalConfirmed{open->statement},
                  options.number + ": the claim is taken off, by two persons");
  }
  auto reason = ask_for(runtime, options, "why it comes off");
  if (!reason) return fail(runtime, reason.error());
  const privacy::PrivilegeRemovalAsked asked{*std::move(reason), {}};
  if (auto good = decide_privilege_removal(labelling->state, labelling->actor, asked); !good) {
    return fail(runtime, good.error());
  }
  return finish(runtime, *labelling, options, asked,
                options.number +
                    ": asked for; the claim stands until a second person says the "
                    "same: casebook privilege remove " +
                    options.number);
}

ExitStatus keep_label(Runtime& runtime, const PrivilegeOptions& options) {
  auto labelling = begin_labelling(runtime, options);
  if (!labelling) return fail(runtime, labelling.error());
  const auto& open = labelling->state.open_removal;
  if (!open) return fail(runtime, {ErrorCode::not_found, "nobody asked to take this claim off"});
  auto good = decide_privilege_answer(labelling->state, labelling->actor, open->statement);
  if (!good) return fail(runtime, good.error());
  auto reason = ask_for(runtime, options, "why it stays");
  if (!reason) return fail(runtime, reason.error());
  return finish(runtime, *labelling, options,
                privacy::PrivilegeRemovalRefused{open->statement, *std::move(reason)},
                options.number + ": the claim stays");
}

ExitStatus write_log(Runtime& runtime, const PrivilegeOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "writing the privilege log");
  if (!session) return fail(runtime, session.error());
  auto compartment = (*session)->compartment(options.compartment);
  if (!compartment) return fail(runtime, compartment.error());
  PrivilegeLog log(**session);
  if (auto added = log.add(**compartment); !added) return fail(runtime, added.error());
  if (auto fits = log.require_fit(); !fits) return fail(runtime, fits.error());
  const std::string csv = privacy::privilege_log_csv(log.rows());
  if (options.out.empty()) {
    runtime.out << csv;
    return ExitStatus::done;
  }
  auto written = write_file(options.out, as_bytes(csv), 0600);
  if (!written) return fail(runtime, written.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"file", printable(options.out.string())},
                         {"format", "casebook-privilege-log/1"},
                         {"rows", log.rows().size()}});
  } else {
    runtime.out << printable(options.out.string()) << ": "
                << counted(log.rows().size(), "row", "rows") << '\n';
  }
  return ExitStatus::done;
}

void add_place(Command& command, const std::shared_ptr<PrivilegeOptions>& options) {
  command.argument("N", options->number, "number or id of a note, finding or file")
      .option("--in", "COMPARTMENT", options->compartment, "else legal");
}

}  // namespace

void add_privilege_command(Command& root) {
  Command& group = root.add("privilege", "Privilege as it is claimed, and the log of it");
  auto setting = std::make_shared<PrivilegeOptions>();
  Command& set = group.add("set", "Claim privilege; takes the role legal");
  add_place(set, setting);
  set.option("--basis", "BASIS", setting->basis,
             "attorney_client, work_product_fact, work_product_opinion, common_interest, "
             "joint_defence, other")
      .option("--basis-note", "TEXT", setting->basis_note, "needed for other")
      .option("--purpose", "TEXT", setting->purpose,
              "its description in the log; for general only, else it is asked for")
      .option("--requested-by", "NAME", setting->requested_by, "who asked for the work; else you")
      .option("--to", "NAME", setting->distribution, "who may see it")
      .example("casebook privilege set 16 --basis attorney_client --to cy",
               "asks how the log describes it")
      .run([setting](Runtime& runtime) { return set_label(runtime, *setting); });
  auto removing = std::make_shared<PrivilegeOptions>();
  Command& remove = group.add("remove", "Ask to take a claim off; a second person confirms it");
  add_place(remove, removing);
  remove.example("casebook privilege remove 16", "").run([removing](Runtime& runtime) {
    return remove_label(runtime, *removing);
  });
  auto keeping = std::make_shared<PrivilegeOptions>();
  Command& keep = group.add("keep", "Refuse to take a claim off");
  add_place(keep, keeping);
  keep.example("casebook privilege keep 16", "").run([keeping](Runtime& runtime) {
    return keep_label(runtime, *keeping);
  });
  auto logging = std::make_shared<PrivilegeOptions>();
  group.add("log", "The privilege log as CSV")
      .option("--in", "COMPARTMENT", logging->compartment, "else legal")
      .option("--out", "FILE", logging->out, "else standard output")
      .example("casebook privilege log --out privilege-log.csv", "")
      .run([logging](Runtime& runtime) { return write_log(runtime, *logging); });
}

}  // namespace casebook::cli
