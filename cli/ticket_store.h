#pragma once
/// The maker's half of tickets: identities that open their bags, and the texts behind their salted
/// digests. They stay on the maker's machine, under $XDG_CONFIG_HOME/casebook/tickets/<id>/.

#include <filesystem>
#include <optional>

#include "cli/key_folder.h"
#include "core/ticket.h"

namespace casebook::cli {

/// Folder of one ticket in the store.
Result<std::filesystem::path> ticket_store_folder(const Runtime& runtime, const TicketId& id);

/// Seals identity and facts to `maker` and keeps them.
Status keep_ticket(const Runtime& runtime, const NewTicket& ticket, const AgeRecipient& maker);

/// Writes what goes to the collector: ticket.json, ticket.json.sig, ticket.key (mode 0600).
Status write_ticket_folder(const std::filesystem::path& folder, const NewTicket& ticket);

/// The identity that opens bags under the ticket; nothing when it is not kept here.
/// @return `locked` when it is here but the person's own identity does not open it.
Result<std::optional<AgeIdentity>> find_ticket_identity(const Runtime& runtime, const TicketId& id,
                                                        KeyRing& ring, const std::string& purpose);

}  // namespace casebook::cli
