// `casebook ticket new|show|ratify`.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/outside_facts.h"
#include "cli/profile_choice.h"
#include "cli/ratify.h"
#include "cli/text.h"
#include "cli/ticket_request.h"
#include "cli/ticket_store.h"
#include "cli/values.h"
#include "core/durable_file.h"
#include "core/printable.h"
#include "core/ticket_check.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

ExitStatus make_and_keep(Runtime& runtime, const TicketOptions& options) {
  auto person = choose_person(runtime);
  if (!person) return fail(runtime, person.error());
  KeyRing ring(runtime, *std::move(person));
  auto ticket = make_ticket_for(runtime, options, ring);
  if (!ticket) return fail(runtime, ticket.error());
  const fs::path folder = options.output.empty()
                              ? fs::path("ticket-" + ticket->ticket.id.text().substr(0, 8))
                              : options.output;
  if (auto kept = keep_ticket(runtime, *ticket, ring.person().recipient); !kept)
    return fail(runtime, kept.error());
  if (auto written = write_ticket_folder(folder, *ticket); !written)
    return fail(runtime, written.error());
  auto store = ticket_store_folder(runtime, ticket->ticket.id);
  if (!store) return fail(runtime, store.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"folder", printable(folder.string())},
                         {"format", "casebook-new-ticket/1"},
                         {"kept_in", printable(store->string())},
                         {"ticket", ticket->ticket.id.text()}});
    return ExitStatus::done;
  }
  const int width = std::min(runtime.terminal.width_columns, kTextColumnsMax);
  runtime.out
      << wrap_behind(
             "",
             "ticket " + ticket->ticket.id.text().substr(0, 8) + "  " +
                 printable(ticket->ticket.profile_name) + ", " +
                 counted(static_cast<std::uint64_t>(ticket->ticket.runs_max), "run", "runs") +
                 ", until " + format_utc(ticket->ticket.not_after) + ", signed " +
                 ring.person().name,
             width)
      << wrap_behind(
             "  goes along  ",
             printable(folder.string()) +
                 ": ticket.json, ticket.json.sig, ticket.key (secret: whoever has it can seal)",
             width)
      << wrap_behind("  stays here  ", printable(store->string()) + ": opens the bags", width)
      << "Next: casebook collect --ticket " << printable(folder.string()) << '\n';
  return ExitStatus::done;
}

void add_ticket_new(Command& group) {
  auto options = std::make_shared<TicketOptions>();
  Command& command = group.add("new", "Sign the authority to collect on a host");
  add_ticket_options(command, *options);
  command.option("--host", "NAME", options->host, "host it is for")
      .flag("--standing", options->is_standing, "made in quiet times, for a kit")
      .option("--out", "DIR", options->output, "folder that goes to the collector")
      .example("casebook ticket new --host web-03 --purpose 'odd logins'", "one run within 7 days")
      .example("casebook collect --ticket ticket-1a2b3c4d --from web-03", "use it")
      .run([options](Runtime& runtime) { return make_and_keep(runtime, *options); });
}

ExitStatus show_ticket(Runtime& runtime, const fs::path& path, const OutsideOptions& options) {
  std::error_code ignored;
  const fs::path file = fs::is_directory(path, ignored) ? path / "ticket.json" : path;
  auto bytes = read_file(file, kTicketBytesMax);
  if (!bytes) return fail(runtime, bytes.error());
  auto ticket = parse_ticket(as_text(*bytes));
  if (!ticket) return fail(runtime, std::move(ticket).error().context(printable(file.string())));
  auto signature = read_file(file.string() + ".sig", kArmoredBytesMax);
  if (!signature) return fail(runtime, signature.error());
  auto outside = gather_outside_facts(runtime, options);
  if (!outside) return fail(runtime, outside.error());
  auto trust = verify_ticket(as_text(*bytes), as_text(*signature), outside->anchors);
  if (!trust) return fail(runtime, trust.error());
  if (runtime.common.is_json) {
    runtime.out << as_text(*bytes) << '\n';
  } else {
    const auto name = outside->names.find(trust->fingerprint);
    const std::string maker =
        name == outside->names.end() ? trust->fingerprint : printable(name->second);
    const std::string state = trust->trust == TicketTrust::anchored ? "good, by " + maker
                              : trust->trust == TicketTrust::unknown_maker
                                  ? "good, by " + maker + ", not known here"
                                  : "BROKEN: " + printable(trust->reason);
    Table table({{}, {}});
    table.row({"ticket", ticket->id.text()});
    table.row({"profile", printable(ticket->profile_name)});
    table.row({"runs", std::to_string(ticket->runs_max) + (ticket->standing ? ", standing" : "")});
    table.row({"valid", format_utc(ticket->not_before) + " to " + format_utc(ticket->not_after)});
    table.row({"bound to", std::string(ticket->host_name ? "a host name, " : "") +
                               (ticket->machine_id ? "a machine id, " : "") +
                               counted(ticket->collectors.size(), "collector", "collectors")});
    table.row({"recipient", ticket->recipient.text()});
    table.row({"signature", state});
    runtime.out << table.text(runtime.terminal.width_columns);
  }
  return trust->trust == TicketTrust::anchored        ? ExitStatus::done
         : trust->trust == TicketTrust::bad_signature ? ExitStatus::tampered
                                                      : ExitStatus::incomplete;
}

void add_ticket_show(Command& group) {
  struct Options {
    std::string path;
    OutsideOptions outside;
  };
  auto options = std::make_shared<Options>();
  Command& command = group.add("show", "Show what a ticket says and who signed it");
  command.argument("PATH", options->path, "ticket.json, or a folder that holds it");
  command.option("--anchor", "KEY", options->outside.anchors,
                 "a person you know: SHA256:... or a file of keys");
  command.example("casebook ticket show ticket-1a2b3c4d", "purpose and host are salted: not shown")
      .run([options](Runtime& runtime) {
        return show_ticket(runtime, options->path, options->outside);
      });
}

ExitStatus ratify(Runtime& runtime, const std::string& wanted, const RatifyRequest& request) {
  if (request.reason.empty()) {
    return refuse_usage(runtime,
                        {ErrorCode::invalid_input, "why is it ratified?", "--reason TEXT"});
  }
  auto bag = choose_bag(runtime.evidence_folder(), wanted);
  if (!bag) return fail(runtime, bag.error());
  auto person = choose_person(runtime);
  if (!person) return fail(runtime, person.error());
  KeyRing ring(runtime, *std::move(person));
  if (auto done = ratify_bag(runtime, *bag, ring, request); !done)
    return fail(runtime, done.error());
  if (runtime.common.is_json) {
    print_json(
        runtime,
        {{"bag", bag->id}, {"format", "casebook-ratified/1"}, {"person", ring.person().name}});
  } else {
    runtime.out << bag->name() << " ratified by " << ring.person().name
                << "\nNext: casebook verify " << bag->name() << '\n';
  }
  return ExitStatus::done;
}

void add_ticket_ratify(Command& group) {
  struct Options {
    std::string bag;
    RatifyRequest request;
  };
  auto options = std::make_shared<Options>();
  group.add("ratify", "Stand up for a bag that was sealed without a ticket")
      .argument("BAG", options->bag, "B-7, path or id; default: newest", Count::optional)
      .option("--reason", "TEXT", options->request.reason, "why it was right to collect")
      .option("--directed-by", "NAME", options->request.directed_by,
              "counsel who directed the work")
      .example("casebook ticket ratify B-7 --reason 'called by the operator at 2'", "")
      .run([options](Runtime& runtime) { return ratify(runtime, options->bag, options->request); });
}

}  // namespace

void add_ticket_command(Command& root) {
  Command& group = root.add("ticket", "Authority to collect: make, show, mend");
  add_ticket_new(group);
  add_ticket_show(group);
  add_ticket_ratify(group);
}

}  // namespace casebook::cli
