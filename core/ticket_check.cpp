#include "core/ticket_check.h"

#include <algorithm>
#include <map>
#include <set>

namespace casebook {
namespace {

/// Digests a fact and compares; the error of a failed digest is kept for the end.
class Comparer {
 public:
  explicit Comparer(const SecretBytes& salt) : salt_(&salt) {}
  bool fits(const Digest256& expected, std::string_view field, std::string_view value) {
    auto digest = salted_digest(*salt_, field, value);
    if (!digest) error_ = std::move(digest).error();
    return digest && *digest == expected;
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  const SecretBytes* salt_;
  std::optional<Error> error_;
};

/// A ticket may name a host in short or in full; the host reports one of the two.
bool host_name_fits(Comparer& comparer, const Digest256& expected, std::string_view name) {
  const std::string form = host_name_form(name);
  return comparer.fits(expected, kHostNameField, form) ||
         comparer.fits(expected, kHostNameField, form.substr(0, form.find('.')));
}

void match_host(const Ticket& ticket, const RunFacts& run, Comparer& comparer,
                std::vector<TicketFinding>& findings) {
  using enum TicketFindingKind;
  if (!ticket.host_name && !ticket.machine_id && !ticket.host_key) {
    findings.push_back({host_not_bound, "the ticket names no host"});
  }
  if (ticket.host_name && !host_name_fits(comparer, *ticket.host_name, run.host_name)) {
    findings.push_back({host_name_differs, "this host has another name than the ticket says"});
  }
  if (ticket.machine_id && !comparer.fits(*ticket.machine_id, kMachineIdField, run.machine_id)) {
    findings.push_back(
        {machine_id_differs, "this host has another machine id than the ticket says"});
  }
  const auto key_fits = [&](const std::string& key) {
    return comparer.fits(*ticket.host_key, kHostKeyField, key);
  };
  if (ticket.host_key && std::ranges::none_of(run.host_keys, key_fits)) {
    findings.push_back({host_key_differs, "no ssh host key here is the one that the ticket says"});
  }
}

void match_tools(const Ticket& ticket, const RunFacts& run, std::vector<TicketFinding>& findings) {
  using enum TicketFindingKind;
  if (ticket.profile_sha256 != run.profile_sha256) {
    findings.push_back({profile_differs, "the profile is not the one that the ticket allows"});
  }
  if (ticket.collectors.empty()) {
    findings.push_back({collector_not_bound, "the ticket allows any build of the collector"});
  } else if (!std::ranges::binary_search(ticket.collectors, run.collector_sha256)) {
    findings.push_back({collector_differs, "the collector is no build that the ticket allows"});
  }
}

void match_time(const Ticket& ticket, UtcSeconds now, std::vector<TicketFinding>& findings) {
  if (now < ticket.not_before) {
    findings.push_back({TicketFindingKind::not_yet_valid,
                        "by this host's clock the ticket begins " + format_utc(ticket.not_before)});
  }
  if (now > ticket.not_after) {
    findings.push_back({TicketFindingKind::expired,
                        "by this host's clock the ticket ended " + format_utc(ticket.not_after)});
  }
}

}  // namespace

Result<TicketSignature> verify_ticket(std::string_view ticket_text, std::string_view signature,
                                      std::span<const std::string> anchors) {
  auto key = key_of_ssh_signature(signature);
  if (!key) {
    return TicketSignature{TicketTrust::bad_signature, {}, std::move(key).error().message};
  }
  auto fingerprint = key->fingerprint();
  if (!fingerprint) return std::move(fingerprint).error();
  auto checked = verify_ssh_signature({.name_space = kTicketNamespace, .keys = std::span(&*key, 1)},
                                      as_bytes(ticket_text), signature);
  if (!checked) return std::move(checked).error();
  if (!checked->good()) {
    return TicketSignature{TicketTrust::bad_signature, *std::move(fingerprint), checked->reason};
  }
  if (std::ranges::find(anchors, *fingerprint) == anchors.end()) {
    return TicketSignature{TicketTrust::unknown_maker, *std::move(fingerprint),
                           "signed by a key that no anchor names"};
  }
  return TicketSignature{TicketTrust::anchored, *std::move(fingerprint), {}};
}

std::string_view to_string(TicketFindingKind kind) noexcept {
  switch (kind) {
    case TicketFindingKind::host_not_bound:
      return "host_not_bound";
    case TicketFindingKind::host_name_differs:
      return "host_name_differs";
    case TicketFindingKind::machine_id_differs:
      return "machine_id_differs";
    case TicketFindingKind::host_key_differs:
      return "host_key_differs";
    case TicketFindingKind::profile_differs:
      return "profile_differs";
    case TicketFindingKind::collector_not_bound:
      return "collector_not_bound";
    case TicketFindingKind::collector_differs:
      return "collector_differs";
    case TicketFindingKind::not_yet_valid:
      return "not_yet_valid";
    case TicketFindingKind::expired:
      return "expired";
  }
  return "unknown";
}

Result<std::vector<TicketFinding>> match_ticket(const Ticket& ticket, const SecretBytes& salt,
                                                const RunFacts& run) {
  std::vector<TicketFinding> findings;
  Comparer comparer(salt);
  match_host(ticket, run, comparer, findings);
  if (comparer.error()) return *comparer.error();
  match_tools(ticket, run, findings);
  match_time(ticket, run.now, findings);
  return findings;
}

Contest judge_seals(std::int64_t runs_max, std::span<const SealUnderTicket> seals) {
  std::set<RunId> runs;
  std::map<std::pair<RunId, std::uint64_t>, Digest256> places;
  bool rivals = false;
  for (const SealUnderTicket& seal : seals) {
    runs.insert(seal.run);
    const auto [place, fresh] =
        places.try_emplace({seal.run, seal.sequence}, seal.signature_sha256);
    rivals = rivals || (!fresh && place->second != seal.signature_sha256);
  }
  Contest contest{.contested = false, .runs = runs.size(), .reason = {}};
  if (rivals) {
    contest.contested = true;
    contest.reason = "two different seals claim the same place in one run";
  } else if (runs.size() > static_cast<std::size_t>(runs_max)) {
    contest.contested = true;
    contest.reason =
        std::to_string(runs.size()) + " runs sealed under a ticket for " + std::to_string(runs_max);
  }
  return contest;
}

Anchoring judge_anchor(UtcSeconds not_after, std::optional<UtcSeconds> first_anchor) noexcept {
  if (!first_anchor) return Anchoring::none;
  return *first_anchor > not_after ? Anchoring::late : Anchoring::in_time;
}

std::string_view to_string(Anchoring anchoring) noexcept {
  switch (anchoring) {
    case Anchoring::in_time:
      return "in_time";
    case Anchoring::late:
      return "late";
    case Anchoring::none:
      return "none";
  }
  return "unknown";
}

std::string seal_signers_line(const Ticket& ticket) {
  return "ticket-" + ticket.id.text() + " namespaces=\"" + std::string(kSealNamespace) + "\" " +
         ticket.seal_key.line() + "\n";
}

}  // namespace casebook
