#include "cli/recovery_page.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/access_change.h"
#include "cli/text.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

/// Lines that stock age passes over, around the one that it takes. Built in one piece of memory.
SecretBytes page_of(CaseSession& session, const std::string& compartment,
                    const AgeIdentity& identity) {
  constexpr std::size_t kPageBytes = 4096;  // More than it ever takes, so that nothing moves.
  const std::string name = session.state().file.code_name;
  const auto generation = session.people().access_to(compartment)->grant.generation;
  const std::string before =
      "# Casebook: recovery identity of " + compartment + "\n# case       " + name + "  " +
      session.state().file.case_id.text() + "\n# made       " + format_utc(session.now()) + " by " +
      session.name_of(session.me()) + ", generation " + std::to_string(generation) +
      "\n# recipient  " + identity.recipient().text() +
      "\n#\n# Whoever has this page reads all of " + compartment +
      " and nothing else. It signs nothing.\n# Keep it on paper, in a safe; never beside the "
      "case.\n#\n";
  const std::string after =
      "\n#\n# Typed into a file PAGE:  CASEBOOK_RECOVERY=PAGE casebook find WORDS --case DIR\n"
      "# Without Casebook:        age -d -i PAGE DIR/vault/" +
      compartment + ".slots | jq -r .data_key\n#                          sqlcipher DIR/vault/" +
      compartment + ".db \"PRAGMA key = \\\"x'DATA_KEY'\\\"; SELECT * FROM items\"\n";
  Bytes page;
  page.reserve(kPageBytes);
  const SecretBytes secret = identity.text();
  for (const auto part : {as_bytes(before), secret.reveal(), as_bytes(after)}) {
    page.insert(page.end(), part.begin(), part.end());
  }
  return SecretBytes(std::move(page));
}

Status check_place(const Runtime& runtime, const RecoveryOptions& options) {
  if (!options.out.empty()) {
    std::error_code ignored;
    if (!std::filesystem::exists(options.out, ignored)) return ok();
    return Error{ErrorCode::invalid_input, printable(options.out.string()) + ": is there already"};
  }
  if (runtime.terminal.is_out_terminal && !runtime.common.is_json) return ok();
  return Error{ErrorCode::invalid_input, "the page goes to a terminal or to a file of your choice",
               "--out FILE writes it, closed to others"};
}

}  // namespace

ExitStatus make_recovery_page(Runtime& runtime, const RecoveryOptions& options) {
  if (auto good = check_place(runtime, options); !good) return refuse_usage(runtime, good.error());
  auto session = CaseSession::open(runtime, SessionKind::writes, "a recovery identity");
  if (!session) return fail(runtime, session.error());
  if (auto there = (*session)->compartment(options.compartment); !there) {
    return fail(runtime, there.error());
  }
  auto identity = make_recovery(**session, options.compartment);
  if (!identity) return fail(runtime, identity.error());
  const SecretBytes page = page_of(**session, options.compartment, *identity);
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  if (options.out.empty()) {
    runtime.out << as_text(page.reveal()) << std::flush;
    return ExitStatus::done;
  }
  if (auto written = write_file(options.out, page.reveal(), 0600); !written) {
    Error error = std::move(written).error();
    error.hint = "the identity was made and is lost with it: make another";
    return fail(runtime, error);
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"compartment", options.compartment},
                         {"file", printable(options.out.string())},
                         {"format", "casebook-recovery/1"},
                         {"recipient", identity->recipient().text()}});
  } else {
    runtime.out << wrap_behind("",
                               printable(options.out.string()) +
                                   ": print it, keep it in a safe, "
                                   "then destroy the file. Whoever has it reads all of " +
                                   options.compartment,
                               runtime.terminal.width_columns);
  }
  return ExitStatus::done;
}

}  // namespace casebook::cli
