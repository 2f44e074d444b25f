// `casebook backup`, `casebook restore`: a copy of the whole case, checked byte
// for byte.
#include <nlohmann/json.hpp>
#include <ostream>

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
  auto item = new_item(session, {}, "backup");
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
