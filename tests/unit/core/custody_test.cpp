#include "core/custody_check.h"

#include <gtest/gtest.h>

#include "core/ssh_signature.h"
#include "tests/support/faulty_files.h"
#include "tests/support/seeded_randomness.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/vectors.h"

namespace casebook {
namespace {

using namespace std::chrono_literals;

UtcSeconds noon() { return *parse_utc("2026-11-21T12:00:00Z"); }
Digest256 digest_of(std::string_view text) { return *sha256(as_bytes(text)); }

class Custody : public testing::Test {
 protected:
  Custody()
      : ada_(*Ed25519Signer::generate(randomness_)),
        ben_(*Ed25519Signer::generate(randomness_)),
        seal_(*Ed25519Signer::generate(randomness_)),
        log_{*BagId::make(randomness_), {}} {
    const CustodyRequest created{.kind = CustodyKind::created, .now = noon()};
    check(bool(append_by_seal(log_, created, seal_.public_key(), randomness_)), "created");
    CustodyRequest sealed{.kind = CustodyKind::sealed, .now = noon() + 1min};
    sealed.after = digest_of("bag");
    check(bool(append_by_seal(log_, sealed, seal_.public_key(), randomness_)), "sealed");
  }

  std::size_t append(CustodyLog& log, const CustodyRequest& request, Signer& signer) {
    auto index = append_signed(log, request, signer, randomness_);
    check(bool(index), "append");
    return *index;
  }
  std::size_t give(CustodyLog& log) {
    return append(log,
                  {.kind = CustodyKind::given,
                   .reason = "analysis",
                   .before = digest_of("bag"),
                   .to = *ben_.public_key().fingerprint(),
                   .now = noon() + 1h},
                  ada_);
  }
  static std::vector<CustodyFindingKind> kinds_of(const CustodyLog& log) {
    std::vector<CustodyFindingKind> kinds;
    const auto report = check_custody(log);
    for (const CustodyFinding& finding : report->findings) kinds.push_back(finding.kind);
    return kinds;
  }

  SystemRandomness randomness_;
  Ed25519Signer ada_;
  Ed25519Signer ben_;
  Ed25519Signer seal_;
  CustodyLog log_;
};

TEST_F(Custody, FollowsABagFromTheHostToTheNextHolder) {
  const std::size_t given = give(log_);
  auto receipt = sign_for(*make_offer(log_.events[given]), ben_);
  ASSERT_TRUE(receipt);
  append(log_,
         {.kind = CustodyKind::received,
          .place = "lab",
          .before = digest_of("bag"),
          .about = digest_of(format_receipt(*receipt)),
          .now = noon() + 2h},
         ben_);
  auto report = check_custody(log_);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->findings.empty());
  EXPECT_FALSE(report->forked());
  EXPECT_EQ(report->head.count, 4U);
  auto read = parse_custody(format_custody(log_));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(format_custody(*read), format_custody(log_));
  EXPECT_EQ(check_custody(*read)->head, report->head);
}

TEST_F(Custody, StatesLengthAndRootOfWhatWasThereBefore) {
  const MerkleHead before = *custody_head(log_, custody_tails(log_).front());
  const std::size_t index = give(log_);
  EXPECT_EQ(log_.events[index].statement.basis, before);
  EXPECT_EQ(before.count, 2U);
}

TEST_F(Custody, RefusesAChangedByteAnywhere) {
  give(log_);
  const std::string text = format_custody(log_);
  const MerkleHead head = check_custody(log_)->head;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    auto read = parse_custody(changed);
    EXPECT_TRUE(!read || check_custody(*read)->head != head) << at;
  }
  EXPECT_FALSE(parse_custody(text.substr(0, text.size() - 1)));
  EXPECT_FALSE(parse_custody(""));
}

// RT-26: a line taken out or put elsewhere is damage; a cut tail shows against a head kept
// elsewhere.
TEST_F(Custody, RT26_ARemovedLineIsDamageAndACutTailAnotherHead) {
  give(log_);
  append(log_, {.kind = CustodyKind::moved, .now = noon() + 2h}, ada_);
  const std::string text = format_custody(log_);
  const std::size_t second = text.find('\n') + 1;
  const std::size_t third = text.find('\n', second) + 1;
  EXPECT_EQ(parse_custody(text.substr(0, second) + text.substr(third)).error().code,
            ErrorCode::corrupt);
  const std::size_t last = text.rfind('\n', text.size() - 2) + 1;
  auto cut = parse_custody(text.substr(0, last));
  ASSERT_TRUE(cut);
  EXPECT_EQ(check_custody(*cut)->head, log_.events.back().statement.basis);
  EXPECT_NE(check_custody(*cut)->head, check_custody(log_)->head);
}

// RT-26: two holders wrote rival tails; both stay, whichever copy is joined to which.
TEST_F(Custody, RT26_RivalTailsAreBothKeptAndMarkedForked) {
  CustodyLog theirs = log_;
  give(log_);
  append(log_, {.kind = CustodyKind::moved, .now = noon() + 3h}, ada_);
  append(theirs, {.kind = CustodyKind::destroyed, .now = noon() + 2h}, ben_);
  for (const auto& [first, second] : {std::pair(&log_, &theirs), std::pair(&theirs, &log_)}) {
    auto joined = merge_custody(*first, *second);
    ASSERT_TRUE(joined);
    EXPECT_EQ(joined->events.size(), 5U);
    auto report = check_custody(*joined);
    EXPECT_TRUE(report->forked());
    EXPECT_EQ(report->head, check_custody(*first)->head);
    EXPECT_EQ(kinds_of(*joined), std::vector{CustodyFindingKind::forked});
    EXPECT_TRUE(parse_custody(format_custody(*joined)));
    append(*joined, {.kind = CustodyKind::verified, .now = noon() + 4h}, ada_);
    EXPECT_EQ(check_custody(*joined)->tails.size(), 2U);
  }
}

TEST_F(Custody, JoiningACopyThatIsFurtherOnIsLinear) {
  const CustodyLog earlier = log_;
  give(log_);
  EXPECT_EQ(format_custody(*merge_custody(earlier, log_)), format_custody(log_));
  EXPECT_EQ(format_custody(*merge_custody(log_, earlier)), format_custody(log_));
  CustodyLog other{*BagId::make(randomness_), {}};
  EXPECT_EQ(merge_custody(log_, other).error().code, ErrorCode::invalid_input);
}

TEST_F(Custody, FindsWhatDoesNotFit) {
  using enum CustodyFindingKind;
  CustodyLog log = log_;
  append(log, {.kind = CustodyKind::verified, .before = digest_of("other"), .now = noon() + 1h},
         ada_);
  EXPECT_EQ(kinds_of(log), std::vector{digest_differs});
  log = log_;
  give(log);
  append(log, {.kind = CustodyKind::received, .now = noon() + 2h}, ada_);
  EXPECT_EQ(kinds_of(log), std::vector{other_receiver});
  log = log_;
  append(log, {.kind = CustodyKind::destroyed, .now = noon() + 1h}, ada_);
  append(log, {.kind = CustodyKind::opened, .now = noon() + 2h}, ada_);
  EXPECT_EQ(kinds_of(log), std::vector{after_destruction});
}

TEST_F(Custody, FindsMissingAndForeignSignatures) {
  using enum CustodyFindingKind;
  const std::size_t index = give(log_);
  CustodyLog log = log_;
  log.events[index].signatures.clear();
  EXPECT_EQ(kinds_of(log), std::vector{unsigned_statement});
  auto foreign =
      make_ssh_signature(ben_, kStatementNamespace, as_bytes(log_.events[index].statement_text));
  log.events[index].signatures = {*foreign};
  EXPECT_EQ(kinds_of(log), std::vector{bad_signature});
  auto other_purpose =
      make_ssh_signature(ada_, kSealNamespace, as_bytes(log_.events[index].statement_text));
  log.events[index].signatures = {*other_purpose};
  EXPECT_EQ(kinds_of(log), std::vector{bad_signature});
}

TEST_F(Custody, ReceivedTimesNeverRunBackwards) {
  const std::size_t index = append(log_, {.kind = CustodyKind::moved, .now = noon() - 24h}, ada_);
  EXPECT_EQ(log_.events[index].received_at, noon() + 1min);
  EXPECT_EQ(log_.events[index].statement.time, noon() - 24h);
  EXPECT_TRUE(kinds_of(log_).empty());
}

TEST_F(Custody, TextsOutOfBoundsAreRefused) {
  CustodyRequest request{.kind = CustodyKind::moved, .now = noon()};
  request.reason = std::string(kCustodyTextMax + 1, 'x');
  EXPECT_FALSE(append_signed(log_, request, ada_, randomness_));
  request.reason = "\xff";
  EXPECT_FALSE(append_signed(log_, request, ada_, randomness_));
  request.reason = "";
  request.to = *ben_.public_key().fingerprint();
  EXPECT_FALSE(append_signed(log_, request, ada_, randomness_));
  EXPECT_EQ(log_.events.size(), 2U);
}

TEST_F(Custody, RT15_LiesInTheCaseAsAnAgeFileOnly) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "custody.age";
  std::vector<AgeIdentity> holder;
  holder.push_back(*AgeIdentity::make(randomness_));
  append(log_, {.kind = CustodyKind::moved, .place = "room 4711", .now = noon() + 1h}, ada_);
  ASSERT_TRUE(save_custody(path, log_, std::vector{holder[0].recipient()}, randomness_));
  EXPECT_EQ(as_text(*read_file(path, 1000000)).find("4711"), std::string_view::npos);
  auto loaded = load_custody(path, {.identities = holder});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(format_custody(*loaded), format_custody(log_));
  EXPECT_EQ(load_custody(path, {}).error().code, ErrorCode::locked);
}

TEST_F(Custody, IsWholeWhicheverCallFails) {
  std::vector<AgeIdentity> holder;
  holder.push_back(*AgeIdentity::make(randomness_));
  const std::vector recipients = {holder[0].recipient()};
  CustodyLog longer = log_;
  give(longer);
  for (int fails_at = 1;; ++fails_at) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "custody.age";
    ASSERT_TRUE(save_custody(path, log_, recipients, randomness_));
    FaultyFiles calls(fails_at);
    const bool saved = bool(save_custody(path, longer, recipients, randomness_, calls));
    auto loaded = load_custody(path, {.identities = holder});
    ASSERT_TRUE(loaded) << fails_at;
    EXPECT_TRUE(loaded->events.size() == 3 || (loaded->events.size() == 2 && !saved)) << fails_at;
    if (!calls.reached()) break;
  }
}

class Receipts : public Custody {
 protected:
  Receipts() : offer_(*make_offer(log_.events[give(log_)])) {}
  CustodyReceipt offer_;
};

TEST_F(Receipts, HoldTheGiversStatementAndBothSignatures) {
  EXPECT_FALSE(check_receipt(offer_)->good);
  auto receipt = sign_for(offer_, ben_);
  ASSERT_TRUE(receipt);
  auto read = parse_receipt(format_receipt(*receipt));
  ASSERT_TRUE(read);
  const auto checked = check_receipt(*read);
  EXPECT_TRUE(checked->good) << checked->reason;
  EXPECT_EQ(checked->giver, *ada_.public_key().fingerprint());
  EXPECT_EQ(checked->receiver, *ben_.public_key().fingerprint());
}

TEST_F(Receipts, AreSignedByNobodyElse) {
  EXPECT_EQ(sign_for(offer_, ada_).error().code, ErrorCode::invalid_input);
  EXPECT_EQ(sign_for(offer_, seal_).error().code, ErrorCode::invalid_input);
  CustodyReceipt changed = offer_;
  changed.giver_signature =
      *make_ssh_signature(seal_, kStatementNamespace, as_bytes(offer_.statement_text));
  EXPECT_EQ(sign_for(changed, ben_).error().code, ErrorCode::corrupt);
  CustodyReceipt twice = offer_;
  twice.receiver_signature = twice.giver_signature;
  EXPECT_FALSE(check_receipt(twice)->good);
  EXPECT_FALSE(make_offer(log_.events[0]));
}

TEST_F(Receipts, AreRefusedWithAnyByteChanged) {
  const std::string text = format_receipt(*sign_for(offer_, ben_));
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    auto read = parse_receipt(changed);
    EXPECT_TRUE(!read || !check_receipt(*read)->good) << at;
  }
}

// Files that were written once: this version must be readable for ever.
TEST(CustodyVectors, StayReadable) {
  auto log = parse_custody(as_text(read_vector("custody/custody.jsonl")));
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ(log->events.size(), 4U);
  EXPECT_TRUE(check_custody(*log)->findings.empty());
  auto receipt = parse_receipt(as_text(read_vector("custody/receipt.json")));
  ASSERT_TRUE(receipt);
  EXPECT_TRUE(check_receipt(*receipt)->good);
  EXPECT_EQ(log->events[3].statement.about, *sha256(read_vector("custody/receipt.json")));
}

}  // namespace
}  // namespace casebook
