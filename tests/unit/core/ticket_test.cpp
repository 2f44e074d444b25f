#include "core/ticket.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/age_identity_file.h"
#include "core/bech32.h"
#include "core/ticket_check.h"
#include "tests/support/program.h"
#include "tests/support/seeded_randomness.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/vectors.h"

namespace casebook {
namespace {

using namespace std::chrono_literals;

Digest256 digest_of(std::string_view text) { return *sha256(as_bytes(text)); }
UtcSeconds noon() { return *parse_utc("2026-11-21T12:00:00Z"); }

TicketRequest some_request() {
  return {.case_id = {},
          .purpose = "suspected intrusion on the web tier",
          .host_name = "Web-03",
          .machine_id = "0123456789abcdef0123456789abcdef",
          .host_key = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
          .directed_by = "counsel",
          .profile_name = "triage",
          .profile_sha256 = digest_of("profile"),
          .collectors = {digest_of("b"), digest_of("a"), digest_of("b")},
          .now = noon(),
          .not_before = noon() - 1h,
          .not_after = noon() + 24h};
}

class Tickets : public testing::Test {
 protected:
  Tickets() : maker_(*Ed25519Signer::generate(randomness_)) {}
  NewTicket make(const TicketRequest& request = some_request()) {
    auto made = make_ticket(request, maker_, randomness_);
    check(bool(made), "make a ticket");
    return *std::move(made);
  }
  static RunFacts run_on_the_host() {
    return {.host_name = "web-03",
            .machine_id = "0123456789abcdef0123456789abcdef",
            .host_keys = {"SHA256:other", "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
            .profile_sha256 = digest_of("profile"),
            .collector_sha256 = digest_of("a"),
            .now = noon()};
  }
  SystemRandomness randomness_;
  Ed25519Signer maker_;
};

std::vector<TicketFindingKind> kinds_of(const Result<std::vector<TicketFinding>>& findings) {
  std::vector<TicketFindingKind> kinds;
  for (const TicketFinding& finding : *findings) kinds.push_back(finding.kind);
  return kinds;
}

TEST_F(Tickets, AreReadAsTheyAreWritten) {
  const NewTicket made = make();
  auto read = parse_ticket(made.text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(format_ticket(*read), made.text);
  EXPECT_EQ(read->collectors.size(), 2U);
  EXPECT_EQ(read->recipient, made.identity.recipient());
  EXPECT_EQ(read->seal_key, made.key.seal_key.public_key());
}

// RT-16: what is published tells neither host nor purpose, and holds no secret.
TEST_F(Tickets, RT16_TellNoFactAndNoSecret) {
  const NewTicket made = make();
  for (const auto* word :
       {"web", "Web", "intrusion", "counsel", "0123456789abcdef0123456789abcdef"}) {
    EXPECT_EQ(made.text.find(word), std::string::npos) << word;
  }
  EXPECT_EQ(made.text.find(to_hex(made.key.salt.reveal())), std::string::npos);
  EXPECT_EQ(made.text.find(to_hex(made.key.seal_key.seed().reveal())), std::string::npos);
  EXPECT_NE(make().ticket.purpose, made.ticket.purpose);
}

// RT-9: each ticket has a recipient of its own, so bags of one can be closed without the others.
TEST_F(Tickets, RT9_HaveAFreshRecipientAndSealKeyEach) {
  const NewTicket first = make();
  const NewTicket second = make();
  EXPECT_NE(first.ticket.recipient, second.ticket.recipient);
  EXPECT_FALSE(first.ticket.seal_key == second.ticket.seal_key);
  auto bag = age_encrypt(as_bytes("bag"), std::vector{first.ticket.recipient}, randomness_);
  const std::span<const AgeIdentity> other(&second.identity, 1);
  EXPECT_EQ(age_decrypt(*bag, {.identities = other}, 100).error().code, ErrorCode::locked);
  EXPECT_TRUE(age_decrypt(*bag, {.identities = std::span(&first.identity, 1)}, 100));
}

TEST_F(Tickets, AreRefusedInAnyOtherForm) {
  const std::string text = make().text;
  EXPECT_FALSE(parse_ticket(text + "\n"));
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"casebook-ticket/1", "casebook-ticket/2"},
           {"\"runs_max\":1", "\"runs_max\":0"},
           {"\"runs_max\":1", "\"runs_max\":100001"},
           {"\"runs_max\":1", "\"runs_max\":\"1\""},
           {"\"standing\":false", "\"standing\":null"},
           {"\"standing\"", "\"stending\""},
           {"2026-11-22T12:00:00Z", "2026-11-20T12:00:00Z"},
           {"ssh-ed25519 ", "ssh-ed25519  "},
           {"\"recipient\":\"age1", "\"recipient\":\"AGE1"},
           {"\"case\":null", "\"case\":\"1\""}}) {
    std::string changed = text;
    const std::size_t at = changed.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    changed.replace(at, from.size(), to);
    EXPECT_FALSE(parse_ticket(changed)) << to;
  }
}

TEST_F(Tickets, RT10_RefuseASealKeyOrRecipientOfSmallOrder) {
  const NewTicket made = make();
  // The identity point of Ed25519, in the wire form that ssh uses.
  Bytes blob = *from_hex(
      "0000000b7373682d6564323535313900000020010000000000000000000000000000000000000000000000000000"
      "0000000000");
  std::string changed = made.text;
  changed.replace(changed.find(made.ticket.seal_key.line()), made.ticket.seal_key.line().size(),
                  "ssh-ed25519 " + to_base64(blob));
  EXPECT_FALSE(parse_ticket(changed));
  changed = made.text;
  const SecretBytes zero = format_bech32("age", Bytes(32));
  changed.replace(changed.find("age1"), 62, as_text(zero.reveal()));
  EXPECT_FALSE(parse_ticket(changed));
}

TEST_F(Tickets, RequestsOutOfBoundsAreRefused) {
  const auto refused = [&](auto change) {
    TicketRequest request = some_request();
    change(request);
    return !make_ticket(request, maker_, randomness_);
  };
  EXPECT_TRUE(refused([](auto& r) { r.purpose = ""; }));
  EXPECT_TRUE(refused([](auto& r) { r.purpose = std::string(4097, 'x'); }));
  EXPECT_TRUE(refused([](auto& r) { r.not_after = r.not_before - 1s; }));
  EXPECT_TRUE(refused([](auto& r) { r.runs_max = 0; }));
  EXPECT_TRUE(refused([](auto& r) { r.profile_name = ""; }));
  EXPECT_FALSE(refused([](auto& r) { r.host_name = r.machine_id = r.host_key = std::nullopt; }));
}

TEST_F(Tickets, KeyIsReadFromADescriptorAsItIsWritten) {
  const NewTicket made = make();
  const SecretBytes text = format_ticket_key(made.key);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const UniqueFd from(ends[0]);
  UniqueFd to(ends[1]);
  ASSERT_TRUE(write_all(to.get(), text.reveal()));
  to.reset();
  auto read = read_ticket_key(from.get());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, made.ticket.id);
  EXPECT_EQ(read->seal_key.public_key(), made.ticket.seal_key);
  EXPECT_TRUE(equal_in_constant_time(read->salt.reveal(), made.key.salt.reveal()));
}

TEST_F(Tickets, KeyOfAnotherFormIsRefusedWithoutBeingRepeated) {
  const NewTicket made = make();
  const SecretBytes key_text = format_ticket_key(made.key);
  const std::string text(as_text(key_text.reveal()));
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = '~';
    auto read = parse_ticket_key(SecretBytes::copy_of(changed));
    ASSERT_FALSE(read) << at;
    EXPECT_EQ(read.error().message, "not a ticket key");
  }
  EXPECT_FALSE(parse_ticket_key(SecretBytes::copy_of(text + "\n")));
  EXPECT_FALSE(parse_ticket_key(SecretBytes::copy_of(text.substr(1))));
  EXPECT_FALSE(parse_ticket_key(SecretBytes()));
}

TEST_F(Tickets, FactsOpenTheDigests) {
  const NewTicket made = make();
  auto facts = parse_facts(format_facts(made.facts));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->values.at("host_name"), "web-03");
  EXPECT_EQ(*salted_digest(facts->salt, kPurposeField, facts->values.at("purpose")),
            made.ticket.purpose);
  EXPECT_NE(*salted_digest(facts->salt, kHostNameField, facts->values.at("purpose")),
            made.ticket.purpose);
  EXPECT_FALSE(parse_facts(SecretBytes::copy_of("{}")));
}

TEST_F(Tickets, AreSignedByAnAnchoredMakerOrSaidNotToBe) {
  const NewTicket made = make();
  const std::string maker = *maker_.public_key().fingerprint();
  EXPECT_EQ(verify_ticket(made.text, made.signature, std::vector{maker})->trust,
            TicketTrust::anchored);
  auto unknown = verify_ticket(made.text, made.signature, {});
  EXPECT_EQ(unknown->trust, TicketTrust::unknown_maker);
  EXPECT_EQ(unknown->fingerprint, maker);
  EXPECT_EQ(verify_ticket(made.text + " ", made.signature, std::vector{maker})->trust,
            TicketTrust::bad_signature);
  EXPECT_EQ(verify_ticket(made.text, "no signature", std::vector{maker})->trust,
            TicketTrust::bad_signature);
  auto as_statement = make_ssh_signature(maker_, kStatementNamespace, as_bytes(made.text));
  EXPECT_EQ(verify_ticket(made.text, *as_statement, std::vector{maker})->trust,
            TicketTrust::bad_signature);
}

TEST_F(Tickets, MatchTheHostTheyAreFor) {
  const NewTicket made = make();
  EXPECT_TRUE(match_ticket(made.ticket, made.key.salt, run_on_the_host())->empty());
  RunFacts full = run_on_the_host();
  full.host_name = "WEB-03.example.org.";
  EXPECT_TRUE(match_ticket(made.ticket, made.key.salt, full)->empty());
}

TEST_F(Tickets, RT16_AMismatchIsAFindingNeverAStop) {
  using enum TicketFindingKind;
  const NewTicket made = make();
  const RunFacts other{.host_name = "web-04",
                       .machine_id = "",
                       .host_keys = {},
                       .profile_sha256 = digest_of("other"),
                       .collector_sha256 = digest_of("c"),
                       .now = noon() + 25h};
  EXPECT_EQ(kinds_of(match_ticket(made.ticket, made.key.salt, other)),
            (std::vector{host_name_differs, machine_id_differs, host_key_differs, profile_differs,
                         collector_differs, expired}));
  TicketRequest loose = some_request();
  loose.host_name = loose.machine_id = loose.host_key = std::nullopt;
  loose.collectors = {};
  loose.standing = true;
  const NewTicket kit = make(loose);
  RunFacts early = run_on_the_host();
  early.now = noon() - 2h;
  EXPECT_EQ(kinds_of(match_ticket(kit.ticket, kit.key.salt, early)),
            (std::vector{host_not_bound, collector_not_bound, not_yet_valid}));
}

// RT-6: the intruder who reads the key can seal too; what he cannot do is be the only one.
TEST_F(Tickets, RT6_SealsBeyondTheRunsAllowedAreAllContested) {
  const auto seal = [&](std::string_view run, std::uint64_t sequence, std::string_view signature) {
    return SealUnderTicket{*BagId::make(randomness_), *RunId::parse(run), sequence,
                           digest_of(signature)};
  };
  const std::string run_a(32, 'a');
  const std::string run_b(32, 'b');
  EXPECT_FALSE(judge_seals(1, std::vector{seal(run_a, 1, "1")}).contested);
  EXPECT_FALSE(judge_seals(1, std::vector{seal(run_a, 1, "1"), seal(run_a, 2, "2")}).contested);
  EXPECT_FALSE(judge_seals(1, std::vector{seal(run_a, 1, "1"), seal(run_a, 1, "1")}).contested);
  const Contest two = judge_seals(1, std::vector{seal(run_a, 1, "1"), seal(run_b, 1, "2")});
  EXPECT_TRUE(two.contested);
  EXPECT_EQ(two.runs, 2U);
  EXPECT_FALSE(judge_seals(2, std::vector{seal(run_a, 1, "1"), seal(run_b, 1, "2")}).contested);
  // A rival that copies the run id claims a place that is taken.
  EXPECT_TRUE(judge_seals(5, std::vector{seal(run_a, 1, "1"), seal(run_a, 1, "2")}).contested);
}

TEST_F(Tickets, RT6_ABagFirstAnchoredAfterTheEndIsLate) {
  EXPECT_EQ(judge_anchor(noon(), noon()), Anchoring::in_time);
  EXPECT_EQ(judge_anchor(noon(), noon() + 1s), Anchoring::late);
  EXPECT_EQ(judge_anchor(noon(), std::nullopt), Anchoring::none);
}

// RT-18: stock ssh-keygen takes the exported key for seals and for nothing else.
TEST_F(Tickets, RT18_SealKeyIsExportedForSealsOnly) {
  NewTicket made = make();
  const TemporaryFolder folder;
  ASSERT_TRUE(
      write_file(folder.path() / "signers", as_bytes(seal_signers_line(made.ticket)), 0600));
  ASSERT_TRUE(write_file(folder.path() / "message", as_bytes("{}"), 0600));
  const auto verified = [&](std::string_view name_space) {
    auto signature = make_ssh_signature(made.key.seal_key, name_space, as_bytes("{}"));
    check(bool(write_file(folder.path() / "sig", as_bytes(*signature), 0600, IfExists::replace)),
          "write signature");
    return run_program({.arguments = {"ssh-keygen", "-Y", "verify", "-f", folder.path() / "signers",
                                      "-I", "ticket-" + made.ticket.id.text(), "-n",
                                      std::string(name_space), "-s", folder.path() / "sig"},
                        .input = folder.path() / "message"});
  };
  EXPECT_EQ(verified(kSealNamespace), 0);
  EXPECT_NE(verified(kStatementNamespace), 0);
}

// The files of a ticket that was made once: this version must be readable for ever.
TEST_F(Tickets, OfEveryReleasedVersionStayReadable) {
  const Bytes text = read_vector("ticket/ticket.json");
  auto ticket = parse_ticket(as_text(text));
  ASSERT_TRUE(ticket) << ticket.error().message;
  std::string maker(as_text(read_vector("ticket/maker.fingerprint")));
  maker.pop_back();
  EXPECT_EQ(verify_ticket(as_text(text), as_text(read_vector("ticket/ticket.json.sig")),
                          std::vector{maker})
                ->trust,
            TicketTrust::anchored);
  auto identity = parse_identities(SecretBytes(read_vector("ticket/ticket.identity")));
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->at(0).recipient(), ticket->recipient);
  auto key = parse_ticket_key(SecretBytes(read_vector("ticket/ticket.key")));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->seal_key.public_key(), ticket->seal_key);
  EXPECT_TRUE(match_ticket(*ticket, key->salt, run_on_the_host())->empty());
}

}  // namespace
}  // namespace casebook
