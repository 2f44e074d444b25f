#include "cli/case_ticket.h"

#include <nlohmann/json.hpp>

#include "cli/note_writing.h"
#include "cli/ticket_store.h"
#include "core/durable_file.h"
#include "core/printable.h"
#include "core/salted_facts.h"

namespace casebook::cli {

namespace fs = std::filesystem;

namespace {

Status keep_public_half(const Runtime& runtime, const NewTicket& ticket) {
  auto folder = ticket_store_folder(runtime, ticket.ticket.id);
  if (!folder) return std::move(folder).error();
  std::error_code failure;
  fs::create_directories(*folder, failure);
  if (!failure) fs::permissions(*folder, fs::perms::owner_all, failure);
  if (failure) return system_error("make " + printable(folder->string()), failure.value());
  for (auto written : {write_file(*folder / "ticket.json", as_bytes(ticket.text), 0600),
                       write_file(*folder / "ticket.json.sig", as_bytes(ticket.signature), 0600)}) {
    if (!written) return written;
  }
  return ok();
}

}  // namespace

Status keep_ticket_in_case(CaseSession& session, const NewTicket& ticket,
                           const std::string& compartment) {
  auto opened = session.compartment(compartment);
  if (!opened) return std::move(opened).error();
  auto item = new_item(session, {}, std::string(kTicketKind));
  if (!item) return std::move(item).error();
  const std::string id = ticket.ticket.id.text();
  const SecretBytes facts = format_facts(ticket.facts);
  item->text.title = "ticket " + id.substr(0, 8) + " " + printable(ticket.ticket.profile_name);
  item->text.fields = canonical_json(Json{{"facts", std::string(as_text(facts.reveal()))},
                                          {"format", "casebook-case-ticket/1"},
                                          {"generation", (*opened)->name().generation},
                                          {"not_after", format_utc(ticket.ticket.not_after)},
                                          {"recipient", ticket.ticket.recipient.text()},
                                          {"ticket", id}});
  if (auto given = give_leaf(*item, session.runtime().randomness); !given) return given;
  const vault::KeptIdentity kept{std::string(kTicketPurpose), id, ticket.identity.text()};
  auto said = session.write(compartment, "ticket", *item, {.identities = {&kept, 1}});
  if (!said) return std::move(said).error();
  return keep_public_half(session.runtime(), ticket);
}

Result<std::vector<CaseTicket>> tickets_in_case(CaseSession& session) {
  std::vector<CaseTicket> tickets;
  for (const std::string& name : session.held()) {
    auto compartment = session.compartment(name);
    if (!compartment) return std::move(compartment).error();
    const std::uint64_t now = (*compartment)->name().generation;
    const auto take = [&](const vault::ItemVersion& item) -> Status {
      if (item.state != vault::ItemState::live) return ok();
      auto fields = parse_canonical_json(item.text.fields);
      if (!fields) return std::move(fields).error();
      auto id = json_text_member(*fields, "ticket");
      auto until = json_text_member(*fields, "not_after");
      auto generation = json_integer_member(*fields, "generation");
      if (!id || !until || !generation)
        return Error{ErrorCode::corrupt, "an item that is no ticket"};
      auto not_after = parse_utc(*until);
      if (!not_after) return std::move(not_after).error();
      tickets.push_back({*id, name, *not_after, static_cast<std::uint64_t>(*generation) < now});
      return ok();
    };
    if (auto listed = (*compartment)->each_item(kTicketKind, take); !listed) {
      return Error(listed.error());
    }
  }
  return tickets;
}

Status forget_at_home(const Runtime& runtime, const std::optional<std::string>& recipient,
                      const std::optional<TicketId>& ticket) {
  std::error_code failure;
  if (ticket) {
    auto folder = ticket_store_folder(runtime, *ticket);
    if (!folder) return std::move(folder).error();
    for (const char* name : {"ticket.age-identity", "ticket.facts.age"}) {
      fs::remove(*folder / name, failure);
      if (failure) return system_error("remove " + printable(folder->string()), failure.value());
    }
  }
  if (!recipient || !AgeRecipient::parse(*recipient)) return ok();  // It becomes part of a path.
  auto config = runtime.config_folder();
  if (!config) return std::move(config).error();
  fs::remove(*config / "identities" / (*recipient + ".age"), failure);
  if (failure) return system_error("remove the identity", failure.value());
  return ok();
}

}  // namespace casebook::cli
