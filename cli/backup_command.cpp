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

ExitStatus restore_backup(Runtime& runtime, const fs::path& backup, const fs::path& target) {
  auto report = vault::restore(backup, target);
  if (!report) return fail(runtime, report.error());
  if (runtime.common.is_json) {
    print_json(runtime, report_json(*report, "casebook-restored/1"));
  } else {
    runtime.out << printable(target.string()) << ": " << counted_report(*report) << "\nNext: "
                << "casebook verify " << printable(target.string()) << '\n';
  }
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
  struct Options {
    std::string backup;
    std::string target;
  };
  auto options = std::make_shared<Options>();
  root.add("restore", "Put a backup back where nothing is, and check it")
      .argument("BACKUP", options->backup, "folder of a backup")
      .argument("DIR", options->target, "the new folder of the case")
      .example("casebook restore /mnt/disk/amber-heron ./amber-heron", "")
      .run([options](Runtime& runtime) {
        return restore_backup(runtime, options->backup, options->target);
      });
}

}  // namespace casebook::cli
