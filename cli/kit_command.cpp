// `casebook kit`: all that a responder carries: the static collector, a standing ticket, one page.
#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/ticket_request.h"
#include "cli/ticket_store.h"
#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCollectorBytesMax = std::size_t{64} << 20U;

struct Options {
  TicketOptions ticket;
  fs::path output = "kit";
};

std::string card_text(const Ticket& ticket, const std::string& maker,
                      const std::string& fingerprint) {
  const std::string until = format_utc(ticket.not_after);
  return "CASEBOOK KIT          ticket " + ticket.id.text().substr(0, 8) + ", valid until " +
         until +
         "\n"
         "made by " +
         maker + "\n" + fingerprint +
         "\n\n"
         "You need nobody's leave to begin. Do not switch the machine off, do not log\n"
         "out, do not clean up. Then, on the machine, as root:\n\n"
         "  1  cd to this folder on the stick\n"
         "  2  ./casebook-collect --ticket . --out .\n"
         "     no room here:  ./casebook-collect --ticket . --out /mnt/other\n"
         "     in a hurry:    ./casebook-collect --ticket . --out . --max-time 5m\n"
         "  3  wait for COMPLETE or PARTIAL; both are sealed. Ctrl-C seals what is there.\n"
         "  4  read the seal code to a second person; both write it down:\n\n"
         "     host ______________________   date and time ______________________\n\n"
         "     code [_____] [_____] [_____] [_____] [_____]\n\n"
         "     read by ___________________   heard by ___________________________\n\n"
         "  5  bring the new folder (32 letters and digits) to " +
         maker +
         "\n\n"
         "From another machine, with casebook and ssh; writes nothing to the host's disk:\n\n"
         "     casebook collect --ticket . --from HOST\n\n"
         "Never forward your ssh agent to the machine (no ssh -A).\n"
         "ticket.key is a secret: whoever has it can seal under this ticket. Runs: " +
         std::to_string(ticket.runs_max) +
         ".\n"
         "Is this kit as it was made?  sha256sum -c SHA256SUMS\n";
}

Status write_sums(const fs::path& folder) {
  std::string sums;
  for (const char* name :
       {"CARD.txt", "casebook-collect", "ticket.json", "ticket.json.sig", "ticket.key"}) {
    auto bytes = read_file(folder / name, kCollectorBytesMax);
    if (!bytes) return std::move(bytes).error();
    auto digest = sha256(*bytes);
    if (!digest) return std::move(digest).error();
    sums += to_hex(*digest) + "  " + name + '\n';
  }
  return write_file(folder / "SHA256SUMS", as_bytes(sums), 0644);
}

Status make_kit(Runtime& runtime, const Options& options, KeyRing& ring) {
  fs::path collector;
  if (options.ticket.collectors.empty()) {
    auto found = find_collector();
    if (!found) return std::move(found).error();
    collector = *found;
  } else {
    collector = options.ticket.collectors.front();
  }
  auto program = read_file(collector, kCollectorBytesMax);
  if (!program) return std::move(program).error();
  auto fingerprint = ring.person().key.fingerprint();
  if (!fingerprint) return std::move(fingerprint).error();
  auto ticket = make_ticket_for(runtime, options.ticket, ring);
  if (!ticket) return std::move(ticket).error();
  if (auto kept = keep_ticket(runtime, *ticket, ring.person().recipient); !kept) return kept;
  if (auto written = write_ticket_folder(options.output, *ticket); !written) return written;
  const std::string card = card_text(ticket->ticket, ring.person().name, *fingerprint);
  for (auto written : {write_file(options.output / "casebook-collect", *program, 0755),
                       write_file(options.output / "CARD.txt", as_bytes(card), 0644)}) {
    if (!written) return written;
  }
  return write_sums(options.output);
}

ExitStatus kit(Runtime& runtime, Options& options) {
  options.ticket.is_standing = true;
  auto person = choose_person(runtime);
  if (!person) return fail(runtime, person.error());
  KeyRing ring(runtime, *std::move(person));
  if (auto made = make_kit(runtime, options, ring); !made) return fail(runtime, made.error());
  const std::string folder = printable(options.output.string());
  if (runtime.common.is_json) {
    print_json(runtime, {{"folder", folder}, {"format", "casebook-kit/1"}});
  } else {
    runtime.out << folder << ": casebook-collect, a standing ticket, CARD.txt to print\n"
                << "Keep it locked away: ticket.key can seal under your name.\n";
  }
  return ExitStatus::done;
}

}  // namespace

void add_kit_command(Command& root) {
  auto options = std::make_shared<Options>();
  options->ticket.purpose = "standing ticket of a kit";
  options->ticket.runs_max = 100;
  options->ticket.validity = std::chrono::hours(24 * 180);
  Command& command = root.add("kit", "Prepare a stick for the night: collector, ticket, one page");
  add_ticket_options(command, options->ticket);
  command.option("--out", "DIR", options->output, "folder to make; default: kit")
      .example("casebook kit --out /media/stick/kit", "100 runs within 180 days")
      .run([options](Runtime& runtime) { return kit(runtime, *options); });
}

}  // namespace casebook::cli
