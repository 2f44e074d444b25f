#include "cli/custody_files.h"

namespace casebook::cli {
namespace {

std::filesystem::path custody_file(const KnownBag& bag) { return bag.folder / "custody.age"; }

}  // namespace

Result<CustodyLog> open_custody(const KnownBag& bag, const BagPapers& papers,
                                const AgeUnlock& unlock, Randomness& randomness) {
  std::error_code ignored;
  if (std::filesystem::exists(custody_file(bag), ignored)) {
    return load_custody(custody_file(bag), unlock);
  }
  auto seal = parse_seal(papers.seal_json);
  if (!seal) return std::move(seal).error().context(bag.name() + " has no custody without a seal");
  auto id = BagId::parse(seal->bag);
  auto key = SshPublicKey::from_line(seal->seal_key);
  if (!id) return std::move(id).error();
  if (!key) return std::move(key).error();
  CustodyLog log{.bag = *id, .events = {}};
  const CustodyRequest created{.kind = CustodyKind::created, .now = seal->started_at};
  const CustodyRequest sealed{
      .kind = CustodyKind::sealed, .after = seal->file_sha256, .now = seal->sealed_at};
  for (const CustodyRequest& request : {created, sealed}) {
    auto added = append_by_seal(log, request, *key, randomness);
    if (!added) return std::move(added).error();
  }
  return log;
}

Status keep_custody(const KnownBag& bag, const CustodyLog& log, const AgeRecipient& holder,
                    Randomness& randomness) {
  return save_custody(custody_file(bag), log, std::span(&holder, 1), randomness);
}

Result<CustodyLog> record_custody(Runtime& runtime, const KnownBag& bag, const CustodyHand& hand,
                                  CustodyRequest request) {
  auto papers = read_bag_papers(bag.folder);
  if (!papers) return std::move(papers).error();
  auto log = open_custody(bag, *papers, hand.unlock, runtime.randomness);
  if (!log) return std::move(log).error().context(bag.name() + ": custody.age");
  auto signer = hand.ring.signer(hand.purpose);
  if (!signer) return std::move(signer).error();
  request.now = runtime.clock.now_seconds();
  auto added = append_signed(*log, request, **signer, runtime.randomness);
  if (!added) return std::move(added).error();
  auto kept = keep_custody(bag, *log, hand.ring.person().recipient, runtime.randomness);
  if (!kept) return std::move(kept).error();
  return log;
}

}  // namespace casebook::cli
