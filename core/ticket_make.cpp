/// How a new ticket is made: fresh id, keys and salt, then the digests, then the maker's signature.

#include <algorithm>

#include "core/json_text.h"
#include "core/ssh_signature.h"
#include "core/ticket.h"

namespace casebook {
namespace {

/// Digests the facts that were given and keeps their texts.
class FactWriter {
 public:
  explicit FactWriter(SecretBytes salt) : facts_{std::move(salt), {}} {}
  Result<Digest256> add(std::string_view field, std::string value) {
    if (value.empty() || value.size() > kFactBytesMax || !is_utf8(value)) {
      return Error{ErrorCode::invalid_input,
                   std::string(field) + " is not UTF-8 of 1 to 4096 bytes"};
    }
    auto digest = salted_digest(facts_.salt, field, value);
    if (digest) facts_.values.emplace(field, std::move(value));
    return digest;
  }
  Status add_to(std::optional<Digest256>& digest, std::string_view field,
                std::optional<std::string> value) {
    if (!value) return ok();
    auto added = add(field, *std::move(value));
    if (!added) return std::move(added).error();
    digest = *added;
    return ok();
  }
  SaltedFacts take() && { return std::move(facts_); }

 private:
  SaltedFacts facts_;
};

std::vector<Digest256> sorted_once(std::vector<Digest256> digests) {
  std::ranges::sort(digests);
  const auto rest = std::ranges::unique(digests);
  digests.erase(rest.begin(), rest.end());
  return digests;
}

Status write_facts(Ticket& ticket, FactWriter& facts, const TicketRequest& request) {
  auto purpose = facts.add(kPurposeField, request.purpose);
  if (!purpose) return std::move(purpose).error();
  ticket.purpose = *purpose;
  auto host_name = request.host_name;
  if (host_name) host_name = host_name_form(*host_name);
  struct Field {
    std::optional<Digest256>* digest;
    std::string_view name;
    std::optional<std::string> value;
  };
  for (Field& field :
       std::vector<Field>{{&ticket.host_name, kHostNameField, host_name},
                          {&ticket.machine_id, kMachineIdField, request.machine_id},
                          {&ticket.host_key, kHostKeyField, request.host_key},
                          {&ticket.directed_by, kDirectedByField, request.directed_by}}) {
    auto added = facts.add_to(*field.digest, field.name, std::move(field.value));
    if (!added) return added;
  }
  return ok();
}

}  // namespace

Result<NewTicket> make_ticket(const TicketRequest& request, Signer& maker, Randomness& randomness) {
  if (!is_utf8(request.profile_name)) {
    return Error{ErrorCode::invalid_input, "ticket: the profile's name is not UTF-8"};
  }
  auto id = TicketId::make(randomness);
  if (!id) return std::move(id).error();
  auto seal_key = Ed25519Signer::generate(randomness);
  if (!seal_key) return std::move(seal_key).error();
  auto identity = AgeIdentity::make(randomness);
  if (!identity) return std::move(identity).error();
  auto salt = make_fact_salt(randomness);
  if (!salt) return std::move(salt).error();
  Ticket ticket{.id = *id,
                .case_id = request.case_id,
                .issued_at = request.now,
                .not_before = request.not_before,
                .not_after = request.not_after,
                .seal_key = seal_key->public_key(),
                .recipient = identity->recipient(),
                .profile_name = request.profile_name,
                .profile_sha256 = request.profile_sha256,
                .collectors = sorted_once(request.collectors),
                .runs_max = request.runs_max,
                .standing = request.standing,
                .purpose = {},
                .host_name = {},
                .machine_id = {},
                .host_key = {},
                .directed_by = {}};
  FactWriter facts(SecretBytes::copy_of(salt->reveal()));
  if (auto written = write_facts(ticket, facts, request); !written) {
    return std::move(written).error().context("ticket");
  }
  std::string text = format_ticket(ticket);
  // Whoever reads it will parse it; a request out of bounds shows here.
  if (auto parsed = parse_ticket(text); !parsed) return std::move(parsed).error();
  auto signature = make_ssh_signature(maker, kTicketNamespace, as_bytes(text));
  if (!signature) return std::move(signature).error().context("sign ticket");
  return NewTicket{std::move(ticket),     std::move(text),
                   *std::move(signature), TicketKey{*id, *std::move(seal_key), *std::move(salt)},
                   *std::move(identity),  std::move(facts).take()};
}

}  // namespace casebook
