#include "cli/commands.h"

#include <ostream>

#include "cli/help_screen.h"
#include "cli/report_command.h"
#include "cli/runtime.h"

namespace casebook::cli {

void add_all_commands(Command& root) {
  add_access_command(root);
  add_add_command(root);
  add_artifact_command(root);
  add_ask_command(root);
  add_backup_command(root);
  add_collect_command(root);
  add_completion_command(root);
  add_deadlines_command(root);
  add_done_command(root);
  add_doctor_command(root);
  add_drill_command(root);
  add_erase_command(root);
  add_facts_command(root);
  add_fact_command(root);
  add_find_command(root);
  add_get_command(root);
  add_give_command(root);
  add_help_command(root);
  add_hold_command(root);
  add_import_command(root);
  add_key_command(root);
  add_kit_command(root);
  add_lock_command(root);
  add_ls_command(root);
  add_move_commands(root);
  add_note_command(root);
  add_open_command(root);
  add_org_command(root);
  add_person_command(root);
  add_policy_command(root);
  add_postmortem_command(root);
  add_privilege_command(root);
  add_receive_command(root);
  add_record_command(root);
  add_regimes_command(root);
  add_restore_command(root);
  add_retention_command(root);
  add_report_command(root);
  add_role_command(root);
  add_rotate_command(root);
  add_sign_command(root);
  add_sitrep_command(root);
  add_status_command(root);
  add_ticket_command(root);
  add_timeline_command(root);
  add_timestamp_command(root);
  add_undo_command(root);
  add_unlock_command(root);
  add_update_command(root);
  add_use_command(root);
  add_verify_command(root);
  add_version_command(root);
  add_waive_command(root);
  add_watch_command(root);
  add_why_command(root);
}

void add_help_command(Command& root) {
  struct Options {
    std::vector<std::string> words;
  };
  auto options = std::make_shared<Options>();
  root.add("help", "Show one screen of commands, or the help of one command")
      .arguments("COMMAND", options->words, "the command to explain", Count::any)
      .example("casebook help ticket new", "the same as casebook ticket new --help")
      .run([options, &root](Runtime& runtime) {
        std::vector<std::string> words = options->words;
        words.emplace_back("--help");
        return run_command_line(root, words, runtime);
      });
}

ExitStatus run_command_line(const Command& root, const std::vector<std::string>& words,
                            Runtime& runtime) {
  const ParsedCommandLine parsed = parse_command_line(root, words);
  if (!parsed.problem.empty()) {
    return refuse_usage(runtime, {ErrorCode::invalid_input, parsed.problem, "try: " + parsed.hint});
  }
  const Command& command = *parsed.trail.back();
  if (&command == &root) {
    runtime.out << help_screen(runtime.terminal.width_columns);
    return parsed.is_help_asked ? ExitStatus::done : ExitStatus::usage;
  }
  if (parsed.is_help_asked || !command.function()) {
    runtime.out << help_text(parsed, runtime.terminal.width_columns);
    return parsed.is_help_asked ? ExitStatus::done : ExitStatus::usage;
  }
  return command.function()(runtime);
}

}  // namespace casebook::cli
