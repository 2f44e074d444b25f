// docs/spec/agent.md: messages, what is held for how long, what is signed, and whose socket it is.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/age_file.h"
#include "core/age_identity_file.h"
#include "core/key_agent_client.h"
#include "core/key_agent_keys.h"
#include "core/ssh_signature.h"
#include "core/ssh_wire.h"
#include "core/statement.h"
#include "tests/support/seeded_randomness.h"
#include "tests/support/temporary_folder.h"

namespace casebook::key_agent {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

std::string hex_of(const SecretBytes& bytes) { return to_hex(bytes.reveal()); }
Bytes bytes_of(std::string_view hex) { return *from_hex(hex); }

// The vectors: written by hand after section 4.
TEST(KeyAgentMessage, HasTheBytesOfThePage) {
  EXPECT_EQ(hex_of(format_request(ListRequest{})), "01");
  EXPECT_EQ(hex_of(format_request(LockRequest{"ada"})), "0500000003616461");
  EXPECT_EQ(hex_of(format_request(SignRequest{"ada", "{}"})), "0300000003616461000000027b7d");
  UnwrapRequest unwrap{.name = "ada"};
  unwrap.share.fill(std::byte{0x11});
  unwrap.wrapped.fill(std::byte{0x22});
  std::string text = "0200000003616461";
  for (int i = 0; i < 32; ++i) text += "11";
  for (int i = 0; i < 32; ++i) text += "22";
  EXPECT_EQ(hex_of(format_request(unwrap)), text);
  EXPECT_EQ(hex_of(format_answer(DoneAnswer{})), "84");
  EXPECT_EQ(hex_of(format_answer(NotForUsAnswer{})), "85");
  EXPECT_EQ(hex_of(format_answer(RefusedAnswer{Refusal::fresh_act, "no"})), "ff02000000026e6f");
}

TEST(KeyAgentMessage, RefusesWhatThePageDoesNotAllow) {
  const struct {
    const char* what;
    const char* hex;
  } cases[] = {{"nothing", ""},
               {"an unknown type", "09"},
               {"an answer instead of a request", "84"},
               {"bytes behind it", "0100"},
               {"a name that is cut", "05000000046164"},
               {"a name with a slash", "05000000032f6164"},
               {"a name that begins with a dot", "05000000022e61"},
               {"a length beyond the message", "05ffffffff61"},
               {"no name to sign for", "0300000000000000027b7d"},
               {"a share that is cut", "02000000036164611111"}};
  for (const auto& each : cases) {
    EXPECT_FALSE(parse_request(bytes_of(each.hex))) << each.what;
  }
  EXPECT_FALSE(parse_request(Bytes(kMessageBytesMax + 1, std::byte{1})));
  EXPECT_FALSE(parse_answer(bytes_of("81000000ff"))) << "more persons than there may be";
  EXPECT_FALSE(parse_answer(bytes_of("ff0900000000"))) << "an unknown refusal";
  AddRequest half{.name = "ada", .seed = SecretBytes(std::size_t{16})};
  EXPECT_FALSE(parse_request(format_request(Request(std::move(half))).reveal())) << "half a seed";
}

TEST(KeyAgentMessage, ReadsBackWhatItWrites) {
  HeldAnswer held;
  held.persons.push_back({"ada", "ssh-ed25519 AAAA", "age1x", 5, 10, true});
  const auto answer = parse_answer(format_answer(held).reveal());
  ASSERT_TRUE(answer);
  const auto& persons = std::get<HeldAnswer>(*answer).persons;
  ASSERT_EQ(persons.size(), 1U);
  EXPECT_EQ(persons[0].name, "ada");
  EXPECT_EQ(persons[0].absolute_seconds_left, 10U);
  EXPECT_TRUE(persons[0].can_sign);
}

/// Keys in an agent, asked without a socket.
class KeyAgentKeys : public testing::Test {
 protected:
  KeyAgentKeys()
      : clock_(UtcNanoseconds(std::chrono::hours(100))),
        keys_(clock_),
        identity_(*AgeIdentity::make(randomness_)),
        signer_(*Ed25519Signer::generate(randomness_)) {}

  AddRequest add_request(std::uint32_t idle = 900, std::uint32_t absolute = 28'800) {
    return {.name = "ada",
            .public_key = signer_.public_key().line(),
            .identities = format_identities(std::span(&identity_, 1)),
            .seed = SecretBytes::copy_of(signer_.seed().reveal()),
            .idle_seconds = idle,
            .absolute_seconds = absolute};
  }
  Answer ask(const Request& request) {
    auto answer = parse_answer(keys_.answer(format_request(request).reveal()).reveal());
    EXPECT_TRUE(answer);
    return answer ? *std::move(answer) : Answer(DoneAnswer{});
  }
  Answer add(AddRequest request) { return ask(Request(std::move(request))); }
  std::optional<Refusal> refusal(const Answer& answer) {
    const auto* refused = std::get_if<RefusedAnswer>(&answer);
    return refused == nullptr ? std::optional<Refusal>() : refused->why;
  }
  std::string statement(const std::string& verb) {
    Statement made{.id = *StatementId::make(randomness_),
                   .case_id = *CaseId::make(randomness_),
                   .verb = verb,
                   .body = "{}",
                   .digests = {},
                   .time = *parse_utc("2026-11-21T02:00:00Z"),
                   .expires = {},
                   .basis = {}};
    return format_statement(made);
  }
  void pass(seconds time) { clock_.set(clock_.now() + time); }
  std::size_t held() { return std::get<HeldAnswer>(ask(ListRequest{})).persons.size(); }

  SeededRandomness randomness_{38};
  FixedClock clock_;
  HeldKeys keys_;
  AgeIdentity identity_;
  Ed25519Signer signer_;
};

/// Asks the keys directly, as a socket would.
class DirectUnwrapper final : public AgeUnwrapper {
 public:
  explicit DirectUnwrapper(HeldKeys& keys) : keys_(keys) {}
  Result<std::optional<SecretBytes>> unwrap(std::span<const std::byte> share,
                                            std::span<const std::byte> wrapped) override {
    UnwrapRequest request{.name = "ada"};
    std::ranges::copy(share, request.share.begin());
    std::ranges::copy(wrapped, request.wrapped.begin());
    auto answer = parse_answer(keys_.answer(format_request(request).reveal()).reveal());
    if (!answer) return std::move(answer).error();
    if (auto* key = std::get_if<FileKeyAnswer>(&*answer)) {
      return std::optional(std::move(key->key));
    }
    if (std::holds_alternative<NotForUsAnswer>(*answer)) return std::optional<SecretBytes>();
    return Error{ErrorCode::locked, "refused"};
  }

 private:
  HeldKeys& keys_;
};

TEST_F(KeyAgentKeys, OpensAFileAndNeverShowsTheIdentity) {
  ASSERT_TRUE(std::holds_alternative<DoneAnswer>(add(add_request())));
  const AgeRecipient recipient = identity_.recipient();
  const auto sealed = age_encrypt(as_bytes("the text"), std::span(&recipient, 1), randomness_);
  ASSERT_TRUE(sealed);
  DirectUnwrapper unwrapper(keys_);
  const auto opened = age_decrypt(*sealed, {.unwrapper = &unwrapper}, 100);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(as_text(opened->reveal()), "the text");
  // Nothing that it answers holds the secret.
  const std::string secret(as_text(identity_.text().reveal()));
  const SecretBytes listing = keys_.answer(format_request(ListRequest{}).reveal());
  EXPECT_EQ(as_text(listing.reveal()).find(secret), std::string_view::npos);

  const auto other = AgeIdentity::make(randomness_);
  const AgeRecipient stranger = other->recipient();
  const auto foreign = age_encrypt(as_bytes("x"), std::span(&stranger, 1), randomness_);
  const auto refused = age_decrypt(*foreign, {.unwrapper = &unwrapper}, 100);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::locked);
}

TEST_F(KeyAgentKeys, SignsNotesAndStepsUnasked) {
  add(add_request());
  for (const char* verb : {"note", "note.undo", "step.done", "attachment", "finding", "inbox.put",
                           "import", "import.done", "fact.set", "record.add", "told"}) {
    const std::string text = statement(verb);
    const Answer answer = ask(SignRequest{"ada", text});
    const auto* signature = std::get_if<SignatureAnswer>(&answer);
    ASSERT_NE(signature, nullptr) << verb;
    const SshPublicKey key = signer_.public_key();
    const auto check =
        verify_ssh_signature({.name_space = kStatementNamespace, .keys = std::span(&key, 1)},
                             as_bytes(text), signature->armored);
    ASSERT_TRUE(check);
    EXPECT_TRUE(check->good()) << check->reason;
  }
}

TEST_F(KeyAgentKeys, RT17_SignsNoActThatNeedsThePersonAnew) {
  add(add_request());
  for (const char* verb : {"approve",
                           "approval.give",
                           "waiver.give",
                           "person.add",
                           "role.give",
                           "role.accept",
                           "access.grant",
                           "key.replace",
                           "case.open",
                           "case.close",
                           "privilege.claim",
                           "privilege.waive",
                           "erase",
                           "hold",
                           "hold.lift",
                           "retention",
                           "backup.destroyed",
                           "note.move",
                           "notes",
                           "step",
                           "step.done.forced",
                           "attest",
                           "attest.withdraw",
                           "spoken",
                           "move",
                           "waive.ask",
                           "waive.grant",
                           "policy.pin",
                           "handover.offer",
                           "handover.accept",
                           "deputy.accept",
                           "time.attest"}) {
    EXPECT_EQ(refusal(ask(SignRequest{"ada", statement(verb)})), Refusal::fresh_act) << verb;
  }
  // What is no statement at all: a seal, a ticket, a note that says two things.
  for (const std::string& text : {std::string("{}"), std::string("casebook-head"),
                                  statement("note") + " ", std::string(R"({"verb":"note"})")}) {
    EXPECT_EQ(refusal(ask(SignRequest{"ada", text})), Refusal::fresh_act) << text;
  }
}

TEST_F(KeyAgentKeys, LocksAfterIdleTimeOrAbsoluteTimeWhicheverIsFirst) {
  add(add_request(60, 150));
  pass(seconds(59));
  EXPECT_EQ(held(), 1U) << "asking who is held is no use of a key";
  pass(seconds(1));
  EXPECT_EQ(held(), 0U);
  EXPECT_EQ(refusal(ask(SignRequest{"ada", statement("note")})), Refusal::not_held);
  add(add_request(60, 150));
  for (int use = 0; use < 2; ++use) {
    pass(seconds(59));
    EXPECT_FALSE(refusal(ask(SignRequest{"ada", statement("note")})));
  }
  pass(seconds(31));
  EXPECT_FALSE(refusal(ask(SignRequest{"ada", statement("note")}))) << "one second is left";
  pass(seconds(1));
  EXPECT_EQ(held(), 0U) << "used all the time, and over all the same";
  EXPECT_TRUE(keys_.empty());
}

TEST_F(KeyAgentKeys, TakesOnlyKeysThatBelongTogetherAndForADayAtMost) {
  EXPECT_EQ(refusal(add(add_request(900, 86'401))), Refusal::limit);
  EXPECT_EQ(refusal(add(add_request(901, 900))), Refusal::limit);
  EXPECT_EQ(refusal(add(add_request(0, 900))), Refusal::limit);
  AddRequest other = add_request();
  other.seed = SecretBytes::copy_of(Ed25519Signer::generate(randomness_)->seed().reveal());
  EXPECT_EQ(refusal(add(std::move(other))), Refusal::malformed);
  AddRequest none = add_request();
  none.identities = SecretBytes::copy_of(std::string_view("AGE-SECRET-KEY-1NOTONE\n"));
  EXPECT_EQ(refusal(add(std::move(none))), Refusal::malformed);
  EXPECT_TRUE(keys_.empty());
  for (int i = 0; i < 9; ++i) {
    AddRequest more = add_request();
    more.name = "person" + std::to_string(i);
    EXPECT_EQ(refusal(add(std::move(more))),
              i < 8 ? std::optional<Refusal>() : std::optional(Refusal::limit));
  }
  AddRequest again = add_request();
  again.name = "person3";
  EXPECT_FALSE(refusal(add(std::move(again)))) << "replaces its keys";
  EXPECT_EQ(held(), 8U);
}

TEST_F(KeyAgentKeys, LocksOnePersonOrEverybody) {
  add(add_request());
  AddRequest ben = add_request();
  ben.name = "ben";
  ben.seed = SecretBytes();
  add(std::move(ben));
  EXPECT_EQ(refusal(ask(SignRequest{"ben", statement("note")})), Refusal::not_held)
      << "an ssh-agent has this signing key";
  ask(LockRequest{"ada"});
  EXPECT_EQ(held(), 1U);
  ask(LockRequest{""});
  EXPECT_EQ(held(), 0U);
}

TEST(KeyAgentPlaces, RT38_LieWhereNobodyElseCanListen) {
  const TemporaryFolder folder;
  const uid_t me = ::geteuid();
  const fs::path runtime = folder.path() / "runtime";
  const fs::path home = folder.path() / "home";
  fs::create_directories(home);
  fs::create_directories(runtime);
  ASSERT_EQ(::chmod(runtime.c_str(), 0700), 0);
  auto place = find_key_agent_place(runtime, home, me);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->folder, runtime / "casebook");
  ASSERT_TRUE(make_key_agent_place(*place, me));
  struct stat status {};
  ASSERT_EQ(::stat(place->folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0700U);

  ASSERT_EQ(::chmod(runtime.c_str(), 0755), 0);
  place = find_key_agent_place(runtime, home, me);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->folder, home / ".casebook-run") << "a runtime folder that others may enter";
  EXPECT_EQ(find_key_agent_place("", home, me)->folder, home / ".casebook-run");
  EXPECT_EQ(find_key_agent_place("relative", home, me)->folder, home / ".casebook-run");
  EXPECT_FALSE(find_key_agent_place("", "", me));
}

TEST(KeyAgentPlaces, RT38_RefuseASquattedFolderOrSocket) {
  const TemporaryFolder folder;
  const uid_t me = ::geteuid();
  const KeyAgentPlace place{folder.path() / ".casebook-run"};
  fs::create_directories(place.folder);
  ASSERT_EQ(::chmod(place.folder.c_str(), 0755), 0);
  EXPECT_FALSE(find_key_agent_place("", folder.path(), me)) << "open to others";
  EXPECT_FALSE(make_key_agent_place(place, me));
  EXPECT_EQ(KeyAgent(place, me).held().error().code, ErrorCode::invalid_input);
  ASSERT_EQ(::chmod(place.folder.c_str(), 0700), 0);
  EXPECT_TRUE(find_key_agent_place("", folder.path(), me));
  EXPECT_FALSE(find_key_agent_place("", folder.path(), me + 1)) << "another user made it";

  ASSERT_EQ(::symlink("/tmp/elsewhere", place.socket().c_str()), 0);
  EXPECT_FALSE(find_key_agent_place("", folder.path(), me)) << "a link instead of a socket";
  fs::remove(place.socket());
  fs::remove(place.folder);
  ASSERT_EQ(::symlink(folder.path().c_str(), place.folder.c_str()), 0);
  EXPECT_FALSE(find_key_agent_place("", folder.path(), me)) << "a link instead of a folder";
}

TEST(KeyAgentPlaces, SayThatNobodyListens) {
  const TemporaryFolder folder;
  const KeyAgentPlace place{folder.path() / "place"};
  EXPECT_EQ(KeyAgent(place, ::geteuid()).held().error().code, ErrorCode::not_found);
  ASSERT_TRUE(make_key_agent_place(place, ::geteuid()));
  EXPECT_EQ(KeyAgent(place, ::geteuid()).held().error().code, ErrorCode::not_found);
  { ASSERT_TRUE(LocalSocket::listen(place.socket())); }  // Dead: the file stays, nobody listens.
  EXPECT_EQ(KeyAgent(place, ::geteuid()).held().error().code, ErrorCode::not_found);
}

// Both sides ask the kernel; here "another user" is simulated by expecting another number.
TEST(KeyAgentPeer, RT38_OfAnotherUserIsHungUpOn) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const auto one = LocalSocket::adopt(UniqueFd(ends[0]));
  const auto two = LocalSocket::adopt(UniqueFd(ends[1]));
  ASSERT_TRUE(one && two);
  EXPECT_TRUE(one->check_peer(::geteuid()));
  const auto refused = two->check_peer(::geteuid() + 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
}

TEST(LockedBytes, HoldTheirTextAndMoveWithoutACopy) {
  auto locked = LockedBytes::copy_of(as_bytes("secret"));
  ASSERT_TRUE(locked) << locked.error().message;
  const std::byte* place = locked->reveal().data();
  const LockedBytes moved = *std::move(locked);
  EXPECT_EQ(moved.reveal().data(), place);
  EXPECT_EQ(as_text(moved.reveal()), "secret");
  EXPECT_TRUE(LockedBytes::copy_of({})->empty());
}

}  // namespace
}  // namespace casebook::key_agent
