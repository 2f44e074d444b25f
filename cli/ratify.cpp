#include "cli/ratify.h"

#include "cli/custody_files.h"
#include "core/durable_file.h"
#include "core/ratification.h"

namespace casebook::cli {
namespace {

Result<RatificationRequest> describe(const BagPapers& papers, const RatifyRequest& wanted,
                                     UtcSeconds now) {
  auto seal = parse_seal(papers.seal_json);
  if (!seal) return std::move(seal).error().context("a bag without a good seal cannot be ratified");
  if (seal->ticket_sha256) {
    return Error{ErrorCode::invalid_input,
                 "it was sealed under a ticket and needs no ratification"};
  }
  auto id = BagId::parse(seal->bag);
  auto key = SshPublicKey::from_line(seal->seal_key);
  auto digest = sha256(as_bytes(papers.seal_signature));
  if (!id) return std::move(id).error();
  if (!key) return std::move(key).error();
  if (!digest) return std::move(digest).error();
  auto check = verify_ssh_signature({.name_space = kSealNamespace, .keys = std::span(&*key, 1)},
                                    as_bytes(papers.seal_json), papers.seal_signature);
  if (!check) return std::move(check).error();
  if (!check->good()) return Error{ErrorCode::corrupt, "its seal is broken: " + check->reason};
  RatificationRequest request{.bag = *id,
                              .seal_signature_sha256 = *digest,
                              .seal_key = *key,
                              .recipient = {},
                              .reason = wanted.reason,
                              .directed_by = wanted.directed_by,
                              .now = now};
  if (seal->recipient) {
    auto recipient = AgeRecipient::parse(*seal->recipient);
    if (!recipient) return std::move(recipient).error();
    request.recipient = *recipient;
  }
  return request;
}

}  // namespace

Status ratify_bag(Runtime& runtime, const KnownBag& bag, KeyRing& ring,
                  const RatifyRequest& wanted) {
  auto papers = read_bag_papers(bag.folder);
  if (!papers) return std::move(papers).error();
  if (!papers->ratification.empty()) {
    return Error{ErrorCode::invalid_input, bag.name() + " is ratified already"};
  }
  auto request = describe(*papers, wanted, runtime.clock.now_seconds());
  if (!request) return std::move(request).error().context(bag.name());
  const std::string purpose = "ratifying " + bag.name();
  auto signer = ring.signer(purpose);
  if (!signer) return std::move(signer).error();
  auto made = make_ratification(*request, **signer, runtime.randomness);
  if (!made) return std::move(made).error();
  const SecretBytes facts = format_facts(made->facts);
  auto sealed_facts =
      age_encrypt(facts.reveal(), std::span(&ring.person().recipient, 1), runtime.randomness);
  if (!sealed_facts) return std::move(sealed_facts).error();
  for (auto written :
       {write_file(bag.folder / "ratification.facts.age", *sealed_facts, 0600, IfExists::replace),
        write_file(bag.folder / "ratification.json.sig", as_bytes(made->signature), 0600,
                   IfExists::replace),
        write_file(bag.folder / "ratification.json", as_bytes(made->text), 0600)}) {
    if (!written) return written;
  }
  auto about = sha256(as_bytes(made->text));
  if (!about) return std::move(about).error();
  std::error_code ignored;
  AgeUnlock unlock;
  if (std::filesystem::exists(bag.folder / "custody.age", ignored)) {
    auto own = ring.unlock(purpose);
    if (!own) return std::move(own).error();
    unlock = *own;
  }
  auto recorded = record_custody(runtime, bag, {ring, unlock, purpose},
                                 {.kind = CustodyKind::ratified, .about = *about});
  return recorded ? ok() : Status(std::move(recorded).error());
}

}  // namespace casebook::cli
