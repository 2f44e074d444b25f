#include "cli/ticket_store.h"

#include "core/durable_file.h"
#include "core/printable.h"
#include "core/salted_facts.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kIdentityName = "ticket.age-identity";
constexpr const char* kFactsName = "ticket.facts.age";

Status make_folder(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (!failure) fs::permissions(folder, fs::perms::owner_all, failure);
  if (failure) return system_error("make " + printable(folder.string()), failure.value());
  return ok();
}

Status write_sealed(const fs::path& path, const SecretBytes& text, const AgeRecipient& recipient,
                    Randomness& randomness) {
  auto sealed = age_encrypt(text.reveal(), std::span(&recipient, 1), randomness);
  if (!sealed) return std::move(sealed).error();
  return write_file(path, *sealed, 0600);
}

}  // namespace

Result<fs::path> ticket_store_folder(const Runtime& runtime, const TicketId& id) {
  auto config = runtime.config_folder();
  if (!config) return std::move(config).error();
  return *config / "tickets" / id.text();
}

Status keep_ticket(const Runtime& runtime, const NewTicket& ticket, const AgeRecipient& maker) {
  auto folder = ticket_store_folder(runtime, ticket.ticket.id);
  if (!folder) return std::move(folder).error();
  if (auto made = make_folder(*folder); !made) return made;
  const SecretBytes identity = format_identities(std::span(&ticket.identity, 1));
  for (auto written :
       {write_sealed(*folder / kIdentityName, identity, maker, runtime.randomness),
        write_sealed(*folder / kFactsName, format_facts(ticket.facts), maker, runtime.randomness),
        write_file(*folder / "ticket.json", as_bytes(ticket.text), 0600),
        write_file(*folder / "ticket.json.sig", as_bytes(ticket.signature), 0600)}) {
    if (!written) return written;
  }
  return ok();
}

Status write_ticket_folder(const fs::path& folder, const NewTicket& ticket) {
  if (auto made = make_folder(folder); !made) return made;
  const SecretBytes key = format_ticket_key(ticket.key);
  for (auto written : {write_file(folder / "ticket.key", key.reveal(), 0600),
                       write_file(folder / "ticket.json.sig", as_bytes(ticket.signature), 0644),
                       write_file(folder / "ticket.json", as_bytes(ticket.text), 0644)}) {
    if (!written) return written;
  }
  return ok();
}

Result<std::optional<AgeIdentity>> find_ticket_identity(const Runtime& runtime, const TicketId& id,
                                                        KeyRing& ring, const std::string& purpose) {
  auto folder = ticket_store_folder(runtime, id);
  if (!folder) return std::move(folder).error();
  auto sealed = read_file(*folder / kIdentityName, kIdentityFileBytesMax);
  if (!sealed && sealed.error().code == ErrorCode::not_found) return std::optional<AgeIdentity>();
  if (!sealed) return std::move(sealed).error();
  auto own = ring.unlock(purpose);
  if (!own) return std::move(own).error();
  auto text = age_decrypt(*sealed, *own, kIdentityFileBytesMax);
  if (!text) return std::move(text).error().context("ticket " + id.text().substr(0, 8));
  auto identities = parse_identities(*text);
  if (!identities) return std::move(identities).error();
  return std::optional<AgeIdentity>(std::move(identities->front()));
}

}  // namespace casebook::cli
