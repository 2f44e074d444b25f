#include "cli/handover.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "cli/custody_files.h"
#include "cli/kept_identity.h"
#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReceiptBytesMax = std::size_t{64} << 10U;

/// The files of a bag that travel as they are.
bool travels(const std::string& name) {
  static const std::vector<std::string> kNames = {
      "bag.tar.zst",       "bag.tar.zst.age",      "seal.json",       "seal.json.sig",
      "seal.json.sig.tsr", "ticket.json",          "ticket.json.sig", "ticket.json.sig.tsr",
      "ratification.json", "ratification.json.sig"};
  return std::ranges::find(kNames, name) != kNames.end();
}

Status copy_bag(const fs::path& from, const fs::path& to) {
  if (::mkdir(to.c_str(), 0700) != 0) return system_error("make " + printable(to.string()), errno);
  std::error_code failure;
  for (fs::directory_iterator at(from, failure), end; !failure && at != end;
       at.increment(failure)) {
    const std::string name = at->path().filename().string();
    std::error_code ignored;
    if (!travels(name) || !fs::is_regular_file(at->symlink_status(ignored))) continue;
    fs::copy_file(at->path(), to / name, failure);
    if (failure) break;
  }
  if (failure) return system_error("copy to " + printable(to.string()), failure.value());
  return sync_folder(to);
}

Result<CustodyReceipt> read_receipt(const fs::path& file) {
  auto bytes = read_file(file, kReceiptBytesMax);
  if (!bytes) return std::move(bytes).error();
  auto receipt = parse_receipt(as_text(*bytes));
  if (!receipt) return std::move(receipt).error().context(printable(file.string()));
  return receipt;
}

Status seal_identity(const AgeIdentity& identity, const AgeRecipient& receiver,
                     const fs::path& file, Randomness& randomness) {
  const SecretBytes text = format_identities(std::span(&identity, 1));
  auto sealed = age_encrypt(text.reveal(), std::span(&receiver, 1), randomness);
  if (!sealed) return std::move(sealed).error();
  return write_file(file, *sealed, 0600);
}

std::string receipt_name(const CustodyReceipt& receipt) {
  return "receipt-" + receipt.statement.id.text().substr(0, 8) + ".json";
}

}  // namespace

Status give_bag(Runtime& runtime, KeyRing& ring, const GiveRequest& request) {
  auto fingerprint = request.receiver_key.fingerprint();
  if (!fingerprint) return std::move(fingerprint).error();
  const std::string purpose = "giving " + request.bag.name();
  auto own = ring.unlock(purpose);
  if (!own) return std::move(own).error();
  auto papers = read_bag_papers(request.bag.folder);
  if (!papers) return std::move(papers).error();
  auto seal = parse_seal(papers->seal_json);
  if (!seal) return std::move(seal).error().context(request.bag.name());
  if (auto copied = copy_bag(request.bag.folder, request.folder); !copied) return copied;
  auto log = record_custody(runtime, request.bag, {ring, *own, purpose},
                            {.kind = CustodyKind::given,
                             .reason = request.reason,
                             .before = seal->file_sha256,
                             .after = seal->file_sha256,
                             .to = *fingerprint});
  if (!log) return std::move(log).error();
  auto offer = make_offer(log->events.back());
  if (!offer) return std::move(offer).error();
  const KnownBag copy{.id = request.bag.id, .short_name = {}, .folder = request.folder};
  if (auto kept = keep_custody(copy, *log, request.receiver, runtime.randomness); !kept)
    return kept;
  if (seal->recipient) {
    if (request.identity == nullptr) {
      return Error{ErrorCode::locked, "nothing here opens " + request.bag.name(),
                   "whoever receives it could not open it either"};
    }
    auto sealed = seal_identity(*request.identity, request.receiver,
                                request.folder / kBagIdentityName, runtime.randomness);
    if (!sealed) return sealed;
  }
  return write_file(request.folder / kOfferName, as_bytes(format_receipt(*offer)), 0600);
}

Result<TakenBag> take_bag(Runtime& runtime, KeyRing& ring, const fs::path& folder,
                          const fs::path& evidence) {
  auto offer = read_receipt(folder / kOfferName);
  if (!offer) return std::move(offer).error();
  const std::string id = offer->statement.bag.text();
  const std::string purpose = "receiving " + id.substr(0, 8);
  auto signer = ring.signer(purpose);
  if (!signer) return std::move(signer).error();
  auto receipt = sign_for(*std::move(offer), **signer);
  if (!receipt) return std::move(receipt).error();
  auto own = ring.unlock(purpose);
  if (!own) return std::move(own).error();
  TakenBag taken{.bag = {.id = id, .short_name = {}, .folder = evidence / id}, .receipt = {}};
  if (auto copied = copy_bag(folder, taken.bag.folder); !copied) return std::move(copied).error();
  std::error_code failure;
  for (const char* name : {kBagIdentityName, "custody.age"}) {
    if (!fs::exists(folder / name, failure)) continue;
    fs::copy_file(folder / name, taken.bag.folder / name, failure);
    if (failure) return system_error("copy " + std::string(name), failure.value());
  }
  const std::string text = format_receipt(*receipt);
  taken.receipt = taken.bag.folder / receipt_name(*receipt);
  if (auto kept = write_file(taken.receipt, as_bytes(text), 0600); !kept)
    return std::move(kept).error();
  auto about = sha256(as_bytes(text));
  if (!about) return std::move(about).error();
  auto recorded = record_custody(runtime, taken.bag, {ring, *own, purpose},
                                 {.kind = CustodyKind::received,
                                  .before = receipt->statement.after,
                                  .after = receipt->statement.after,
                                  .about = *about});
  if (!recorded) return std::move(recorded).error();
  if (auto named = give_short_name(evidence, id)) taken.bag.short_name = *named;
  return taken;
}

Result<KnownBag> keep_receipt(const fs::path& file, const fs::path& evidence) {
  auto receipt = read_receipt(file);
  if (!receipt) return std::move(receipt).error();
  auto check = check_receipt(*receipt);
  if (!check) return std::move(check).error();
  if (!check->good) return Error{ErrorCode::corrupt, "the receipt is not good: " + check->reason};
  auto bag = choose_bag(evidence, receipt->statement.bag.text());
  if (!bag) return bag;
  auto kept =
      write_file(bag->folder / receipt_name(*receipt), as_bytes(format_receipt(*receipt)), 0600);
  if (!kept) return std::move(kept).error();
  return bag;
}

}  // namespace casebook::cli
