#include "core/key_agent_keys.h"

#include <algorithm>
#include <array>

#include "core/age_header.h"
#include "core/age_identity_file.h"
#include "core/ssh_signature.h"
#include "core/statement.h"

namespace casebook::key_agent {
namespace {

using std::chrono::seconds;

/// Notes, evidence and steps; never a word that gates count, an exit, a waiver or a binding.
constexpr std::array<std::string_view, 18> kUnaskedVerbs = {
    "note",          "note.undo", "attachment", "finding",     "inbox.put",  "import",
    "import.done",   "words",     "fact.set",   "kind.set",    "record.add", "record.change",
    "record.settle", "step.done", "step.skip",  "acknowledge", "ask",        "told"};
constexpr seconds kAbsoluteMax = std::chrono::hours(24);

RefusedAnswer refused(Refusal why, std::string text) { return {why, std::move(text)}; }

RefusedAnswer not_held() { return refused(Refusal::not_held, "these keys are not unlocked"); }

RefusedAnswer failed(const Error& error) { return refused(Refusal::failed, error.message); }

std::uint32_t seconds_until(UtcNanoseconds end, UtcNanoseconds now) {
  const auto left = std::chrono::ceil<seconds>(end - now).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(left, 0, kAbsoluteMax.count()));
}

Result<AgeIdentity> identity_of(const LockedBytes& text) {
  return AgeIdentity::parse(as_text(text.reveal()));
}

}  // namespace

bool is_signed_unasked(std::string_view verb) noexcept {
  return std::ranges::find(kUnaskedVerbs, verb) != kUnaskedVerbs.end();
}

SecretBytes HeldKeys::answer(std::span<const std::byte> message) {
  expire();
  auto request = parse_request(message);
  if (!request) {
    return format_answer(refused(Refusal::malformed, request.error().message));
  }
  return format_answer(std::visit([this](const auto& asked) { return act(asked); }, *request));
}

void HeldKeys::expire() {
  const UtcNanoseconds now = clock_->now();
  std::erase_if(persons_, [&](const Person& person) { return end_of(person) <= now; });
}

UtcNanoseconds HeldKeys::end_of(const Person& person) const {
  return std::min<UtcNanoseconds>(person.used_at + person.idle, person.ends_at);
}

HeldKeys::Person* HeldKeys::find(const std::string& name) {
  const auto found = std::ranges::find(persons_, name, &Person::name);
  return found == persons_.end() ? nullptr : &*found;
}

Answer HeldKeys::act(const ListRequest& /*request*/) {
  const UtcNanoseconds now = clock_->now();
  HeldAnswer held;
  for (const Person& person : persons_) {
    held.persons.push_back({.name = person.name,
                            .public_key = person.key.line(),
                            .recipient = person.recipient.text(),
                            .idle_seconds_left = seconds_until(person.used_at + person.idle, now),
                            .absolute_seconds_left = seconds_until(person.ends_at, now),
                            .can_sign = !person.seed.empty()});
  }
  return held;
}

Answer HeldKeys::act(const UnwrapRequest& request) {
  Person* person = find(request.name);
  if (person == nullptr) return not_held();
  person->used_at = clock_->now();
  const age::Stanza stanza{{"X25519", to_base64(request.share, Base64Padding::without)},
                           Bytes(request.wrapped.begin(), request.wrapped.end())};
  for (const LockedBytes& text : person->identities) {
    auto identity = identity_of(text);
    if (!identity) return failed(identity.error());
    auto file_key = age::unwrap(stanza, *identity);
    if (!file_key) return failed(file_key.error());
    if (*file_key) return FileKeyAnswer{*std::move(*file_key)};
  }
  return NotForUsAnswer{};
}

Answer HeldKeys::act(const SignRequest& request) {
  Person* person = find(request.name);
  if (person == nullptr || person->seed.empty()) return not_held();
  auto statement = parse_statement(request.statement);
  if (!statement) return refused(Refusal::fresh_act, "only statements are signed unasked");
  if (!is_signed_unasked(statement->verb)) {
    return refused(Refusal::fresh_act, "this act needs you: passphrase or token");
  }
  person->used_at = clock_->now();
  auto signer = Ed25519Signer::from_seed(SecretBytes::copy_of(person->seed.reveal()));
  if (!signer) return failed(signer.error());
  auto armored = make_ssh_signature(*signer, kStatementNamespace, as_bytes(request.statement));
  if (!armored) return failed(armored.error());
  return SignatureAnswer{*std::move(armored)};
}

Answer HeldKeys::act(const AddRequest& request) {
  const seconds idle(request.idle_seconds);
  const seconds absolute(request.absolute_seconds);
  if (idle <= seconds(0) || idle > absolute || absolute > kAbsoluteMax) {
    return refused(Refusal::limit, "a key stays for 24 hours at most, idle no longer than that");
  }
  auto key = SshPublicKey::from_line(request.public_key);
  auto identities = parse_identities(request.identities);
  if (!key || !identities) return refused(Refusal::malformed, "these are no keys");
  if (!request.seed.empty()) {
    auto signer = Ed25519Signer::from_seed(SecretBytes::copy_of(request.seed.reveal()));
    if (!signer || !(signer->public_key() == *key)) {
      return refused(Refusal::malformed, "the signing key is not that of the public key");
    }
  }
  const UtcNanoseconds now = clock_->now();
  Person person{.name = request.name,
                .key = *std::move(key),
                .recipient = identities->front().recipient(),
                .identities = {},
                .seed = {},
                .idle = idle,
                .used_at = now,
                .ends_at = now + absolute};
  for (const AgeIdentity& identity : *identities) {
    auto kept = LockedBytes::copy_of(identity.text().reveal());
    if (!kept) return refused(Refusal::limit, kept.error().message);
    person.identities.push_back(*std::move(kept));
  }
  auto seed = LockedBytes::copy_of(request.seed.reveal());
  if (!seed) return refused(Refusal::limit, seed.error().message);
  person.seed = *std::move(seed);
  std::erase_if(persons_, [&](const Person& each) { return each.name == request.name; });
  if (persons_.size() >= kPersonsMax) return refused(Refusal::limit, "it holds 8 persons already");
  persons_.push_back(std::move(person));
  return DoneAnswer{};
}

Answer HeldKeys::act(const LockRequest& request) {
  std::erase_if(persons_, [&](const Person& person) {
    return request.name.empty() || person.name == request.name;
  });
  return DoneAnswer{};
}

}  // namespace casebook::key_agent
