#pragma once
/// Tickets: the signed authority to collect. The ticket itself is public; its key is apart.
/// Specification: docs/spec/ticket.md.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/age_key.h"
#include "core/clock.h"
#include "core/digest.h"
#include "core/ids.h"
#include "core/salted_facts.h"
#include "core/ssh_signer.h"

namespace casebook {

// Names of the fields that a ticket commits to without telling them.
inline constexpr std::string_view kPurposeField = "purpose";
inline constexpr std::string_view kHostNameField = "host_name";
inline constexpr std::string_view kMachineIdField = "machine_id";
inline constexpr std::string_view kHostKeyField = "host_key";
inline constexpr std::string_view kDirectedByField = "directed_by";

inline constexpr std::size_t kTicketBytesMax = std::size_t{16} << 10U;

/// What `ticket.json` says.
struct Ticket {
  TicketId id;
  std::optional<CaseId> case_id;  ///< A ticket may be older than its case.
  UtcSeconds issued_at;           ///< By the maker's clock: a claim.
  UtcSeconds not_before;
  UtcSeconds not_after;
  SshPublicKey seal_key;   ///< Always ssh-ed25519.
  AgeRecipient recipient;  ///< Fresh for this ticket (RT-9).
  std::string profile_name;
  Digest256 profile_sha256{};
  std::vector<Digest256>
      collectors;  ///< Accepted builds, sorted; empty means any, and is reported.
  std::int64_t runs_max = 1;
  bool standing = false;  ///< Lies in a kit, made before anything happened.
  Digest256 purpose{};    ///< Salted, as the rest.
  std::optional<Digest256> host_name;
  std::optional<Digest256> machine_id;
  std::optional<Digest256> host_key;
  std::optional<Digest256> directed_by;
};

/// The one text of a ticket: canonical JSON.
std::string format_ticket(const Ticket& ticket);
/// @return `invalid_input` for anything that format_ticket() does not write, keys of small order
///         among it (RT-10).
Result<Ticket> parse_ticket(std::string_view text);

/// The secret half, `ticket.key`: read from a descriptor, never stored by a collector, wiped.
struct TicketKey {
  TicketId id;
  Ed25519Signer seal_key;
  SecretBytes salt;
};
SecretBytes format_ticket_key(const TicketKey& key);
/// The errors never repeat any of the text.
Result<TicketKey> parse_ticket_key(const SecretBytes& text);
/// Reads it from an open descriptor to its end; nothing of it stays in memory but the result.
Result<TicketKey> read_ticket_key(int fd);

/// What somebody asks for. Texts are told in the facts only.
struct TicketRequest {
  std::optional<CaseId> case_id = {};
  std::string purpose;
  std::optional<std::string> host_name = {};
  std::optional<std::string> machine_id = {};
  std::optional<std::string> host_key = {};  ///< "SHA256:…" of one ssh host key.
  std::optional<std::string> directed_by = {};
  std::string profile_name;
  Digest256 profile_sha256{};
  std::vector<Digest256> collectors = {};
  UtcSeconds now;
  UtcSeconds not_before;
  UtcSeconds not_after;
  std::int64_t runs_max = 1;
  bool standing = false;
};

/// All that belongs to a new ticket, before it is written to its files.
struct NewTicket {
  Ticket ticket;
  std::string text;       ///< ticket.json
  std::string signature;  ///< ticket.json.sig, namespace casebook-ticket@v1
  TicketKey key;          ///< ticket.key
  AgeIdentity identity;   ///< For ticket.age-identity, sealed to the maker.
  SaltedFacts facts;      ///< For ticket.facts.age, sealed to the maker.
};
/// @return `invalid_input` for an empty purpose, a text over kFactBytesMax, an end before the
///         beginning, or runs_max out of 1 to 100,000.
Result<NewTicket> make_ticket(const TicketRequest& request, Signer& maker, Randomness& randomness);

/// How a host's name is written before it is hashed: lower case, without a dot at the end.
std::string host_name_form(std::string_view name);

}  // namespace casebook
