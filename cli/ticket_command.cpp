// `casebook ticket new|show|ratify`.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/case_ticket.h"
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

struct NewTicketOptions : TicketOptions {
  std::string compartment = "general";
  bool is_apart = false;  ///< Kept on this machine, although there is a case.
};

fs::path folder_for(const TicketOptions& options, const NewTicket& ticket) {
  if (!options.output.empty()) return options.output;
  return fs::path("ticket-" + ticket.ticket.id.text().substr(0, 8));
}

ExitStatus show_new(Runtime& runtime, const NewTicket& ticket, const fs::path& folder,
                    const std::string& signed_by, const std::string& kept_in) {
  if (runtime.common.is_json) {
    print_json(runtime, {{"folder", printable(folder.string())},
                         {"format", "casebook-new-ticket/1"},
                         {"kept_in", kept_in},
                         {"ticket", ticket.ticket.id.text()}});
    return ExitStatus::done;
  }
  const int width = std::min(runtime.terminal.width_columns, kTextColumnsMax);
  runtime.out
      << wrap_behind(
             "",
             "ticket " + ticket.ticket.id.text().substr(0, 8) + "  " +
                 printable(ticket.ticket.profile_name) + ", " +
                 counted(static_cast<std::uint64_t>(ticket.ticket.runs_max), "run", "runs") +
                 ", until " + format_utc(ticket.ticket.not_after) + ", signed " + signed_by,
             width)
      << wrap_behind(
             "  goes along  ",
             printable(folder.string()) +
                 ": ticket.json, ticket.json.sig, ticket.key (secret: whoever has it can seal)",
             width)
      << wrap_behind("  stays here  ", kept_in + ": opens the bags", width)
      << "Next: casebook collect --ticket " << printable(folder.string()) << '\n';
  return ExitStatus::done;
}

/// What opens the bags lies in the case, so that whoever is taken out of it loses them, too (RT-9).
ExitStatus make_in_case(Runtime& runtime, const NewTicketOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::writes, "a ticket");
  if (!session) {
    Error error = std::move(session).error();
    error.hint += std::string(error.hint.empty() ? "" : "; ") + "--apart makes it without the case";
    return fail(runtime, error);
  }
  auto ticket = make_ticket_for(runtime, options, (*session)->ring());
  if (!ticket) return fail(runtime, ticket.error());
  if (auto kept = keep_ticket_in_case(**session, *ticket, options.compartment); !kept) {
    return fail(runtime, kept.error());
  }
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  const fs::path folder = folder_for(options, *ticket);
  if (auto written = write_ticket_folder(folder, *ticket); !written) {
    return fail(runtime, written.error());
  }
  return show_new(runtime, *ticket, folder, (*session)->ring().person().name,
                  options.compartment + " of the case");
}

ExitStatus make_and_keep(Runtime& runtime, const NewTicketOptions& options) {
  if (!options.is_apart && runtime.chosen_case()) return make_in_case(runtime, options);
  auto person = choose_person(runtime);
  if (!person) return fail(runtime, person.error());
  KeyRing ring(runtime, *std::move(person));
  auto ticket = make_ticket_for(runtime, options, ring);
  if (!ticket) return fail(runtime, ticket.error());
  if (auto kept = keep_ticket(runtime, *ticket, ring.person().recipient); !kept) {
    return fail(runtime, kept.error());
  }
  const fs::path folder = folder_for(options, *ticket);
  if (auto written = write_ticket_folder(folder, *ticket); !written) {
    return fail(runtime, written.error());
  }
  auto store = ticket_store_folder(runtime, ticket->ticket.id);
  if (!store) return fail(runtime, store.error());
  return show_new(runtime, *ticket, folder, ring.person().name, printable(store->string()));
}

/// The tickets of the case; those whose bags somebody taken out since may open are marked.
ExitStatus list_tickets(Runtime& runtime) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "reading the tickets");
  if (!session) return fail(runtime, session.error());
  auto tickets = tickets_in_case(**session);
  if (!tickets) return fail(runtime, tickets.error());
  Json list = Json::array();
  bool is_any_old = false;
  Table table({{""}, {"until"}, {"in"}, {""}});
  for (const CaseTicket& one : *tickets) {
    is_any_old = is_any_old || one.is_old;
    list.push_back({{"compartment", one.compartment},
                    {"not_after", format_utc(one.not_after)},
                    {"old_generation", one.is_old},
                    {"ticket", one.id}});
    table.row({one.id.substr(0, 8), format_utc(one.not_after), one.compartment,
               one.is_old ? "made before the last new keys: issue it again" : ""});
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-tickets/1"}, {"tickets", std::move(list)}});
  } else if (tickets->empty()) {
    runtime.out << "no ticket of this case\n";
  } else {
    runtime.out << table.text(runtime.terminal.width_columns);
  }
  return is_any_old ? ExitStatus::incomplete : ExitStatus::done;
}

void add_ticket_new(Command& group) {
  auto options = std::make_shared<NewTicketOptions>();
  Command& command = group.add("new", "Sign the authority to collect on a host");
  add_ticket_options(command, *options);
  command.option("--host", "NAME", options->host, "host it is for")
      .flag("--standing", options->is_standing, "made in quiet times, for a kit")
      .option("--out", "DIR", options->output, "folder that goes to the collector")
      .option("--in", "COMPARTMENT", options->compartment, "of the case: who opens the bags")
      .flag("--apart", options->is_apart, "keep what opens the bags here, not in the case")
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

void add_ticket_list(Command& group) {
  group.add("list", "The tickets of the case, and which to issue again")
      .example("casebook ticket list", "after somebody was taken out")
      .run([](Runtime& runtime) { return list_tickets(runtime); });
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
  add_ticket_list(group);
  add_ticket_show(group);
  add_ticket_ratify(group);
}

}  // namespace casebook::cli
