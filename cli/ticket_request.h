#pragma once
/// What people say about a ticket, and the ticket made from it. Shared by `ticket new` and `kit`.

#include "cli/command.h"
#include "cli/key_folder.h"
#include "core/ticket.h"

namespace casebook::cli {

struct TicketOptions {
  std::string purpose;
  std::string profile = "triage";
  std::optional<std::string> host;
  std::optional<std::string> directed_by;
  std::vector<std::string> collectors;  ///< Files of accepted builds.
  std::uint64_t runs_max = 1;
  std::chrono::seconds validity = std::chrono::hours(24 * 7);
  bool is_standing = false;
  std::filesystem::path output;
};
void add_ticket_options(Command& command, TicketOptions& options);

/// Without --collector the casebook-collect beside this program is pinned, if there is one.
Result<NewTicket> make_ticket_for(Runtime& runtime, const TicketOptions& options, KeyRing& ring);

/// casebook-collect beside this program or in ../lib/casebook. @return `not_found`.
Result<std::filesystem::path> find_collector();

}  // namespace casebook::cli
