#pragma once
/// The list of all commands. A new command is a function add_NAME_command here, one line in
/// add_all_commands(), one row in help_screen.cpp and a section in docs/man/casebook.1.scd.

#include "cli/command.h"

namespace casebook::cli {

void add_access_command(Command& root);
void add_add_command(Command& root);
void add_artifact_command(Command& root);
void add_backup_command(Command& root);
void add_collect_command(Command& root);
void add_completion_command(Command& root);
void add_deadlines_command(Command& root);
void add_doctor_command(Command& root);
void add_erase_command(Command& root);
void add_facts_command(Command& root);
void add_find_command(Command& root);
void add_get_command(Command& root);
void add_give_command(Command& root);
void add_help_command(Command& root);
void add_hold_command(Command& root);
void add_import_command(Command& root);
void add_key_command(Command& root);
void add_kit_command(Command& root);
void add_lock_command(Command& root);
void add_ls_command(Command& root);
void add_note_command(Command& root);
void add_open_command(Command& root);
void add_org_command(Command& root);
void add_person_command(Command& root);
void add_policy_command(Command& root);
void add_privilege_command(Command& root);
void add_receive_command(Command& root);
void add_record_command(Command& root);
void add_regimes_command(Command& root);
void add_restore_command(Command& root);
void add_retention_command(Command& root);
void add_role_command(Command& root);
void add_rotate_command(Command& root);
void add_ticket_command(Command& root);
void add_timestamp_command(Command& root);
void add_undo_command(Command& root);
void add_unlock_command(Command& root);
void add_use_command(Command& root);
void add_verify_command(Command& root);
void add_ask_command(Command& root);
void add_drill_command(Command& root);
void add_done_command(Command& root);
void add_fact_command(Command& root);
void add_postmortem_command(Command& root);
void add_sign_command(Command& root);
void add_sitrep_command(Command& root);
void add_status_command(Command& root);
void add_timeline_command(Command& root);
void add_update_command(Command& root);
void add_waive_command(Command& root);
void add_watch_command(Command& root);
void add_why_command(Command& root);
void add_move_commands(Command& root);
void add_version_command(Command& root);

/// Makes the whole tree below `root`.
void add_all_commands(Command& root);

/// Parses `words`, then runs the command, shows help, or refuses.
ExitStatus run_command_line(const Command& root, const std::vector<std::string>& words,
                            Runtime& runtime);

}  // namespace casebook::cli
