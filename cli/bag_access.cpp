#include "cli/bag_access.h"

#include "cli/command.h"
#include "cli/kept_identity.h"
#include "cli/record_bag.h"
#include "cli/ticket_store.h"
#include "core/bag_verify.h"
#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

constexpr std::string_view kAgeFileStart = "age-encryption.org/v1";

}  // namespace

void add_identity_option(Command& command, std::filesystem::path& target) {
  command.option("--identity", "FILE", target, "age identity that opens the bag");
}

Error sealed_to_a_person(const KnownBag& bag) {
  return {ErrorCode::invalid_input,
          bag.name() + " is sealed to a person: what opens it opens all that is sealed to them",
          "take out what is asked for: casebook get " + bag.name() + " PATH --proof"};
}

Result<BagReader> open_bag(Runtime& runtime, const std::string& wanted,
                           const std::filesystem::path& identity_file) {
  auto bag = choose_bag(runtime.evidence_folder(), wanted);
  if (!bag) return std::move(bag).error();
  BagAccess access(runtime, identity_file);
  auto unlock = access.unlock_for(*bag);
  if (!unlock) return std::move(unlock).error();
  auto reader = BagReader::open(bag->folder, *unlock);
  if (!reader) return std::move(reader).error().context(bag->name());
  return reader;
}

Result<AgeUnlock> BagAccess::read_identity_file(const std::string& purpose) {
  auto bytes = read_file(identity_file_, kIdentityFileBytesMax);
  if (!bytes) return std::move(bytes).error();
  const SecretBytes text(*std::move(bytes));
  auto opened = Result<std::vector<AgeIdentity>>(std::vector<AgeIdentity>());
  if (as_text(text.reveal()).starts_with(kAgeFileStart)) {
    const std::string name = identity_file_.filename().string();
    auto passphrase = runtime_.passphrases.ask({"of " + name + ", for " + purpose, false});
    if (!passphrase) return std::move(passphrase).error();
    opened = open_identities(text.reveal(), {.identities = {}, .passphrase = &*passphrase});
  } else {
    opened = parse_identities(text);
  }
  if (!opened) return std::move(opened).error().context(printable(identity_file_.string()));
  identities_ = *std::move(opened);
  return AgeUnlock{.identities = identities_};
}

/// Which identity of the file is the bag's, unless it is that of the person at the keyboard.
void BagAccess::note_bag_identity(const KnownBag& bag) {
  const auto papers = read_bag_papers(bag.folder);
  const auto seal = papers ? parse_seal(papers->seal_json) : papers.error();
  if (!seal || !seal->recipient) return;
  const auto person = choose_person(runtime_);
  if (person && person->recipient.text() == *seal->recipient) return;
  for (const AgeIdentity& one : identities_) {
    if (one.recipient().text() == *seal->recipient) bag_identity_ = &one;
  }
}

Result<AgeUnlock> BagAccess::unlock_for(const KnownBag& bag) {
  const std::string purpose = "reading " + bag.name();
  if (!identity_file_.empty()) {
    auto read = read_identity_file(purpose);
    if (read) note_bag_identity(bag);
    return read;
  }
  auto papers = read_bag_papers(bag.folder);
  if (!papers) return std::move(papers).error();
  auto person = choose_person(runtime_);
  if (!person) {
    if (!runtime_.common.person.empty()) return std::move(person).error();
    return AgeUnlock{};
  }
  const auto seal = parse_seal(papers->seal_json);
  if (seal && !seal->recipient) return AgeUnlock{};
  if (!ring_) ring_.emplace(runtime_, *std::move(person));
  auto identity = Result<std::optional<AgeIdentity>>(std::optional<AgeIdentity>());
  std::optional<TicketId> ticket_id;
  if (const auto ticket = parse_ticket(papers->ticket)) {
    ticket_id = ticket->id;
    identity = find_ticket_identity(runtime_, ticket->id, *ring_, purpose);
  }
  if (identity && !*identity && seal) {
    identity = find_kept_identity(runtime_, *seal->recipient, bag.folder, *ring_, purpose);
  }
  if (identity && !*identity) identity = identity_in_case(runtime_, bag, ticket_id);
  if (!identity) return std::move(identity).error();
  if (*identity) {
    auto own = ring_->unlock(purpose);  // Custody is sealed to the person.
    if (!own) return std::move(own).error();
    identities_.clear();
    identities_.push_back(std::move(**identity));
    for (const AgeIdentity& one : own->identities) {
      auto copy = AgeIdentity::parse(as_text(one.text().reveal()));
      if (copy) identities_.push_back(*std::move(copy));
    }
    bag_identity_ = identities_.data();
    return AgeUnlock{.identities = identities_, .unwrapper = own->unwrapper};
  }
  if (seal && *seal->recipient != ring_->person().recipient.text()) return AgeUnlock{};
  return ring_->unlock(purpose);
}

}  // namespace casebook::cli
