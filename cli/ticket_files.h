#pragma once
/// A ticket on its way to a collection: its files in a folder, or one line on standard input.

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "collector/collect.h"
#include "core/ticket.h"

namespace casebook::cli {

/// A ticket with all that sealing under it needs. Holds secrets.
struct TicketForRun {
  std::string text;       ///< ticket.json
  std::string signature;  ///< ticket.json.sig
  Ticket ticket;
  TicketKey key;
};

/// Reads ticket.json, ticket.json.sig and ticket.key. The key is read through its descriptor and
/// kept nowhere else.
Result<TicketForRun> read_ticket_folder(const std::filesystem::path& folder);

/// The same as one line, for a collector that is fed through standard input.
Result<SecretBytes> format_ticket_bundle(const std::filesystem::path& folder);
/// Reads that line from a descriptor, and nothing behind it. @return `invalid_input` for anything
/// else.
Result<TicketForRun> read_ticket_bundle(int fd);

/// Lets a run seal under `ticket`, which is spent. What differs between the two (host, profile,
/// collector, time) becomes a finding in the run's context, never a stop.
Status use_ticket(TicketForRun ticket, CollectOptions& options, UtcSeconds now);

}  // namespace casebook::cli
