#pragma once
/// What a ticket says about a run, and what the seals under one ticket say about each other. All of
/// it are findings: none stops a collection at two in the morning.
/// Specification: docs/spec/ticket.md, sections "Checks" and "Seals under a ticket".

#include "core/ssh_signature.h"
#include "core/ticket.h"

namespace casebook {

/// Who made a ticket.
enum class TicketTrust {
  anchored,       ///< Signed by a key whose fingerprint was given from outside.
  unknown_maker,  ///< Signed, but nobody vouches for that key.
  bad_signature,  ///< Not signed by the key that the signature names, or not as a ticket.
};
struct TicketSignature {
  TicketTrust trust = TicketTrust::bad_signature;
  std::string fingerprint;  ///< "SHA256:…" of the maker; empty when no key can be read.
  std::string reason;       ///< One line for people; empty when anchored.
};
/// @param anchors  fingerprints that came from outside the case.
Result<TicketSignature> verify_ticket(std::string_view ticket_text, std::string_view signature,
                                      std::span<const std::string> anchors);

/// What is known about a run of the collector.
struct RunFacts {
  std::string host_name;
  std::string machine_id;
  std::vector<std::string> host_keys;  ///< Fingerprints of the host's ssh keys.
  Digest256 profile_sha256{};
  Digest256 collector_sha256{};
  UtcSeconds now;  ///< By the host's clock: a claim.
};

enum class TicketFindingKind {
  host_not_bound,
  host_name_differs,
  machine_id_differs,
  host_key_differs,
  profile_differs,
  collector_not_bound,
  collector_differs,
  not_yet_valid,
  expired,
};
/// The enumerator's own name.
std::string_view to_string(TicketFindingKind kind) noexcept;
struct TicketFinding {
  TicketFindingKind kind;
  std::string text;  ///< One line for people; holds nothing that is salted in the ticket.
};

/// Compares a run with its ticket. @param salt  from `ticket.key`.
Result<std::vector<TicketFinding>> match_ticket(const Ticket& ticket, const SecretBytes& salt,
                                                const RunFacts& run);

/// A seal that commits to a ticket.
struct SealUnderTicket {
  BagId bag;
  RunId run;
  std::uint64_t sequence = 1;    ///< Of the bag in its run.
  Digest256 signature_sha256{};  ///< Of `seal.json.sig`.
};
struct Contest {
  bool contested = false;  ///< If so, all seals under the ticket are, until a person explains.
  std::size_t runs = 0;
  std::string reason;  ///< One line for people; empty when not contested.
};
/// Pure. The same seal given twice counts once.
Contest judge_seals(std::int64_t runs_max, std::span<const SealUnderTicket> seals);

/// When a bag was first fixed from outside, against the end of its ticket.
enum class Anchoring { in_time, late, none };
/// Pure. @param first_anchor  the earliest trusted time of an anchor; nothing when there is none.
Anchoring judge_anchor(UtcSeconds not_after, std::optional<UtcSeconds> first_anchor) noexcept;
std::string_view to_string(Anchoring anchoring) noexcept;

/// The line for an allowed-signers file by which stock `ssh-keygen` checks seals under this ticket.
std::string seal_signers_line(const Ticket& ticket);

}  // namespace casebook
