// `casebook backup`, `casebook restore`: a copy of the whole case, checked byte
// for byte.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/case_keeping.h"
#include "cli/commands.h"
#include "cli/note_writing.h"
#include "cli/text.h"
#include "core/printable.h"
#include "vault/backup.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

Json report_json(const vault::BackupReport& report, std::string_view format) {
  Json findings = Json::array();
  for (const std::string& one : report.findings) findings.push_back(printable(one));
  return {{"bytes", std::to_string(report.bytes)},
          {"files", report.files},
          {"findings", std::move(findings)},
          {"format", format},
          {"manifest", to_hex(report.manifest)}};
}

std::string counted_report(const vault::BackupReport& report) {
  return counted(report.files, "file", "files") + ", " + human_size(report.bytes) + ", manifest " +
         to_hex(report.manifest).substr(0, 32);
}

/// That a copy exists, for whoever asks later what an erasure left behind.
Status note_backup(CaseSession& session, const fs::path& target,
                   const vault::BackupReport& report) {
  auto item = new_item(session, {}, std::string(kBackupKind));
  if (!item) return std::move(item).error();
  item->text.title = printable(target.string()).substr(0, vault::kTitleBytesMax);
  Json generations = Json::object();
  for (const auto& [name, grants] : session.people().grants) {
    generations[name] = grants.back().grant.generation;
  }
  Json fields = report_json(report, "casebook-backup-note/1");
  fields["generations"] = std::move(generations);
  item->text.fields = canonical_json(fields);
  if (auto given = give_leaf(*item, session.runtime().randomness); !given) return given;
  auto written = session.write("general", "backup", *item);
  return written ? ok() : Status(std::move(written).error());
}

ExitStatus make_backup(Runtime& runtime, const fs::path& target) {
  if (target.empty()) {
    return refuse_usage(runtime, {ErrorCode::invalid_input, "where to?", "casebook backup DIR"});
  }
  auto session = CaseSession::open(runtime, SessionKind::writes, "backing up");
  if (!session) return fail(runtime, session.error());
  // Asked for before anything is copied: a copy that cannot be recorded is not made.
  if (auto signer = (*session)->ring().signer("recording a backup"); !signer) {
    return fail(runtime, signer.error());
  }
  // Opened once, so that what a crash left is taken up, and closed, so that no
  // log is left.
  for (const std::string& name : (*session)->held()) {
    if (auto open = (*session)->compartment(name); !open) return fail(runtime, open.error());
  }
  if (auto closed = (*session)->close_compartments(); !closed) return fail(runtime, closed.error());
  auto report = vault::back_up({.case_folder = (*session)->paths().root, .target = target},
                               runtime.clock.now_seconds());
  if (!report) return fail(runtime, report.error());
  if (auto noted = note_backup(**session, target, *report); !noted) {
    return fail(runtime, noted.error());
  }
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  if (runtime.common.is_json) {
    print_json(runtime, report_json(*report, "casebook-backup-report/1"));
  } else {
    runtime.out << wrap_behind("",
                               printable(target.string()) + ": " + counted_report(*report) +
                                   "; read again and checked. Who can open the case now can open "
                                   "this copy for ever; recorded in the case",
                               runtime.terminal.width_columns);
  }
  return ExitStatus::done;
}

ExitStatus check_backup(Runtime& runtime, const fs::path& backup) {
  auto report = vault::verify_backup(backup);
  if (!report) return fail(runtime, report.error());
  if (runtime.common.is_json) {
    print_json(runtime, report_json(*report, "casebook-backup-check/1"));
  } else {
    runtime.out << counted_report(*report) << '\n';
    for (const std::string& one : report->findings) {
      runtime.out << wrap_behind("  found  ", printable(one), runtime.terminal.width_columns);
    }
    runtime.out << (report->findings.empty() ? "INTACT" : "NOT INTACT") << '\n';
  }
  return report->findings.empty() ? ExitStatus::done : ExitStatus::tampered;
}

/// The note of a copy, by its place or the beginning of its manifest's digest.
Result<vault::ItemVersion> find_backup(CaseSession& session, const std::string& wanted) {
  auto general = session.compartment("general");
  if (!general) return std::move(general).error();
  std::vector<vault::ItemVersion> found;
  const auto listed = (*general)->each_item(kBackupKind, [&](const vault::ItemVersion& item) {
    if (item.state != vault::ItemState::live) return ok();
    const auto fields = parse_canonical_json(item.text.fields);
    const auto manifest = fields ? json_text_member(*fields, "manifest")
                                 : Result<std::string>(Error{ErrorCode::corrupt, "no fields"});
    const bool is_manifest = manifest && wanted.size() >= 8 && manifest->starts_with(wanted);
    if (item.text.title == wanted || is_manifest) found.push_back(item);
    return ok();
  });
  if (!listed) return Error(listed.error());
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return Error{ErrorCode::not_found, printable(wanted) + ": no such backup was recorded",
                 "its folder as it was given, or its manifest, of those not destroyed yet"};
  }
  return Error{ErrorCode::invalid_input, printable(wanted) + ": several backups were there",
               "name it by its manifest, as backup printed it"};
}

/// A person says that a copy is gone; an erasure waits for that.
ExitStatus backup_destroyed(Runtime& runtime, const std::string& wanted) {
  std::error_code ignored;
  if (fs::exists(wanted, ignored)) {
    return fail(runtime, {ErrorCode::invalid_input, printable(wanted) + ": is still there",
                          "destroy it first; this only records that it is gone"});
  }
  auto session = CaseSession::open(runtime, SessionKind::writes, "recording what was destroyed");
  if (!session) return fail(runtime, session.error());
  auto backup = find_backup(**session, wanted);
  if (!backup) return fail(runtime, backup.error());
  auto how = ask_text(runtime, "", "how it was destroyed");
  if (!how) return fail(runtime, how.error());
  vault::ItemVersion gone{.id = backup->id,
                          .kind = backup->kind,
                          .version = backup->version + 1,
                          .state = vault::ItemState::tombstone,
                          .author = (*session)->me().text(),
                          .received = (*session)->now()};
  gone.text.title = how->substr(0, vault::kTitleBytesMax);
  auto said = say_kept(**session, "backup.destroyed", std::move(gone));
  if (!said) return fail(runtime, said.error());
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"entry", said->seq}, {"format", "casebook-backup-destroyed/1"}});
  } else {
    runtime.out << printable(wanted) << " is recorded as destroyed\n";
  }
  return ExitStatus::done;
}

struct RestoreOptions {
  std::string backup;
  std::string target;
  bool newer_is_lost = false;
};

/// The note by which everybody learns that later entries were given up, and which.
Status note_loss(Runtime& runtime, const vault::CasePaths& paths, const vault::CaseState& state) {
  runtime.common.case_folder = paths.root;
  auto session = CaseSession::open(runtime, SessionKind::writes, "recording what is lost");
  if (!session) return std::move(session).error();
  auto item = new_item(**session, {}, "note");
  if (!item) return std::move(item).error();
  const MerkleHead& lost = state.home->head.tree;
  item->text.body = "Restored from a backup that ends with entry " +
                    std::to_string(state.ledger.tree.count - 1) + ". This machine had seen " +
                    std::to_string(lost.count) + " entries (root " + to_hex(lost.root) +
                    "); what came later is lost.";
  if (auto given = give_leaf(*item, runtime.randomness); !given) return given;
  auto written = (*session)->write("general", "note", *item);
  if (!written) return std::move(written).error();
  return (*session)->close();
}

/// A person decides that this older copy is the case from now on. Nothing is changed unless the
/// case says so, too.
Status give_up_newer(Runtime& runtime, const vault::CasePaths& paths, const vault::HomeHeads& home,
                     const vault::CaseState& state) {
  if (!state.head || state.against_head != vault::SeenBefore::extends) {
    return Error{ErrorCode::corrupt, "the copy has no head that fits it"};
  }
  if (auto kept = home.keep(*state.head); !kept) return kept;
  auto noted = note_loss(runtime, paths, state);
  if (noted) return ok();
  if (auto back = home.keep(*state.home); !back) return back;
  return std::move(noted).error().context("restored; its later entries are not given up");
}

std::string older_text(const vault::CaseState& state) {
  return "It is older than the case that this machine saw: " +
         std::to_string(state.ledger.tree.count) + " entries here, " +
         std::to_string(state.home->head.tree.count) +
         " there (the record of a backup comes after it). verify says so, and nothing is written "
         "to it. If the newer case is lost: casebook restore --newer-is-lost";
}

ExitStatus restore_backup(Runtime& runtime, const RestoreOptions& options) {
  const fs::path target = options.target;
  auto home = home_heads(runtime);
  if (!home) return fail(runtime, home.error());
  auto report = vault::restore(options.backup, target);
  if (!report) return fail(runtime, report.error());
  const vault::CasePaths paths{fs::absolute(target)};
  auto state = vault::look_at_case(paths, *home);
  if (!state) return fail(runtime, state.error());
  bool is_older = state->against_home == vault::SeenBefore::rolled_back;
  if (is_older && options.newer_is_lost) {
    if (auto given = give_up_newer(runtime, paths, *home, *state); !given) {
      return fail(runtime, given.error());
    }
    is_older = false;
  }
  if (runtime.common.is_json) {
    Json json = report_json(*report, "casebook-restored/1");
    json["older_than_seen"] = is_older;
    print_json(runtime, json);
    return ExitStatus::done;
  }
  runtime.out << printable(target.string()) << ": " << counted_report(*report) << '\n';
  if (is_older) {
    runtime.out << wrap_behind("", older_text(*state), runtime.terminal.width_columns);
  }
  runtime.out << "Next: casebook verify " << printable(target.string()) << '\n';
  return ExitStatus::done;
}

}  // namespace

void add_backup_command(Command& root) {
  auto backup = std::make_shared<std::string>();
  auto checked = std::make_shared<std::string>();
  Command& group = root.add("backup", "Copy the whole case, sealed as it is, and check the copy");
  group.argument("DIR", *backup, "the new folder; its parent is there")
      .example("casebook backup /mnt/disk/amber-heron", "")
      .run([backup](Runtime& runtime) { return make_backup(runtime, *backup); });
  group.add("check", "Compare a backup with its manifest; needs no key")
      .argument("DIR", *checked, "the backup")
      .example("casebook backup check /mnt/disk/amber-heron", "")
      .run([checked](Runtime& runtime) { return check_backup(runtime, *checked); });
  auto gone = std::make_shared<std::string>();
  group.add("destroyed", "Record that a copy is gone; asks how")
      .argument("DIR", *gone, "as it was given, or the beginning of its manifest")
      .example("casebook backup destroyed /mnt/disk/amber-heron", "")
      .run([gone](Runtime& runtime) { return backup_destroyed(runtime, *gone); });
}

void add_restore_command(Command& root) {
  auto options = std::make_shared<RestoreOptions>();
  root.add("restore", "Put a backup back where nothing is, and check it")
      .argument("BACKUP", options->backup, "folder of a backup")
      .argument("DIR", options->target, "the new folder of the case")
      .flag("--newer-is-lost", options->newer_is_lost,
            "go on from here: what this machine saw later is gone")
      .example("casebook restore /mnt/disk/amber-heron ./amber-heron", "")
      .run([options](Runtime& runtime) { return restore_backup(runtime, *options); });
}

}  // namespace casebook::cli
