#pragma once
/// What opens the bags of a case lies in its compartments: the identities of tickets and of bags.
/// Specification: docs/spec/evidence.md.

#include "cli/case_session.h"
#include "core/ticket.h"

namespace casebook::cli {

/// How these identities are named in a compartment.
inline constexpr std::string_view kTicketPurpose = "ticket";
inline constexpr std::string_view kBagPurpose = "bag";
/// Kind of the item that names a ticket.
inline constexpr std::string_view kTicketKind = "ticket";

/// Puts identity and facts of a ticket into a compartment: who can open that opens the bags. On
/// this machine only what is public stays.
Status keep_ticket_in_case(CaseSession& session, const NewTicket& ticket,
                           const std::string& compartment);

/// A ticket of the case, and whether its identity is of an older generation than its compartment:
/// somebody who was taken out since may have it (RT-38).
struct CaseTicket {
  std::string id;
  std::string compartment;
  UtcSeconds not_after;
  bool is_old = false;
};
/// Those of the compartments that one holds.
Result<std::vector<CaseTicket>> tickets_in_case(CaseSession& session);

/// Takes what opens a bag from this machine, once the case has it: the identity made for the
/// recipient alone, and that of the ticket. Fine when there is none.
Status forget_at_home(const Runtime& runtime, const std::optional<std::string>& recipient,
                      const std::optional<TicketId>& ticket);

}  // namespace casebook::cli
