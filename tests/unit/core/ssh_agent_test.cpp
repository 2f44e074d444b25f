#include "core/ssh_agent.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <charconv>
#include <cstring>
#include <thread>

#include "core/openssh_key.h"
#include "core/ssh_signature.h"
#include "core/ssh_wire.h"
#include "tests/support/stock_tools.h"
#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

/// A stock ssh-agent with a socket in a folder of the test.
class StockAgent {
 public:
  StockAgent(const std::string& program, std::string socket) : socket_(std::move(socket)) {
    const auto run = run_tool({program, "-s", "-a", socket_});  // Returns once it listens.
    const std::string_view mark = "SSH_AGENT_PID=";
    const auto at = run.out.find(mark);
    check(run.exit_status == 0 && at != std::string::npos, "start ssh-agent");
    std::from_chars(run.out.data() + at + mark.size(), run.out.data() + run.out.size(), pid_);
  }
  StockAgent(const StockAgent&) = delete;
  StockAgent& operator=(const StockAgent&) = delete;
  ~StockAgent() {
    if (pid_ > 1) ::kill(pid_, SIGTERM);
  }
  [[nodiscard]] const std::string& socket() const { return socket_; }

 private:
  std::string socket_;
  pid_t pid_ = 0;
};

class SshAgentStock : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"ssh-agent", "ssh-add", "ssh-keygen"}) {
      if (!stock_tool(name)) GTEST_SKIP() << name << " is not installed";
    }
  }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.path() / name; }

  Result<SshPublicKey> make_key(const std::string& name, std::vector<std::string> type) {
    std::vector<std::string> arguments = {
        *stock_tool("ssh-keygen"), "-q", "-N", "", "-C", name, "-f", file(name)};
    arguments.insert(arguments.end(), type.begin(), type.end());
    EXPECT_EQ(run_tool(arguments).exit_status, 0);
    return SshPublicKey::from_line(as_text(*read_file(file(name + ".pub"), 4096)));
  }
  [[nodiscard]] int add_key(const StockAgent& agent, const std::string& path,
                            std::vector<std::string> environment = {}) const {
    environment.push_back("SSH_AUTH_SOCK=" + agent.socket());
    environment.emplace_back("PATH=/usr/bin:/bin");
    return run_tool({*stock_tool("ssh-add"), "-q", path}, {}, environment).exit_status;
  }

  TemporaryFolder folder_;
};

TEST_F(SshAgentStock, SignsThroughIt) {
  const StockAgent agent(*stock_tool("ssh-agent"), file("socket"));
  const auto ed25519 = *make_key("ed", {"-t", "ed25519"});
  const auto p256 = *make_key("ec", {"-t", "ecdsa", "-b", "256"});
  EXPECT_FALSE(make_key("rsa", {"-t", "rsa", "-b", "2048"}));
  for (const char* name : {"ed", "rsa", "ec"}) EXPECT_EQ(add_key(agent, file(name)), 0);

  auto keys = SshAgent::connect(agent.socket())->keys();
  ASSERT_TRUE(keys) << keys.error().message;
  ASSERT_EQ(keys->size(), 2U) << "RSA is left out";
  EXPECT_EQ(keys->at(0).key, ed25519);
  EXPECT_EQ(keys->at(0).comment, "ed");

  for (const auto& key : {ed25519, p256}) {
    auto signer = AgentSigner::find(*SshAgent::connect(agent.socket()), key);
    ASSERT_TRUE(signer) << signer.error().message;
    for (int i = 0; i < 3; ++i) {
      const auto armored = make_ssh_signature(*signer, kStatementNamespace, as_bytes("text"));
      ASSERT_TRUE(armored) << armored.error().message;
      EXPECT_TRUE(verify_ssh_signature({.name_space = kStatementNamespace, .keys = {&key, 1}},
                                       as_bytes("text"), *armored)
                      ->good());
    }
  }
}

TEST_F(SshAgentStock, HoldsAKeyThatWeWrote) {
  SystemRandomness randomness;
  const StockAgent agent(*stock_tool("ssh-agent"), file("socket"));
  const auto ours = *Ed25519Signer::generate(randomness);
  const auto written =
      write_openssh_key(ours, "casebook", SecretBytes::copy_of("open it"), randomness, 2);
  write_test_file(file("ours"), as_text(written->reveal()));
  check(bool(write_file(file("ask"), as_bytes("#!/bin/sh\necho 'open it'\n"), 0700)), "write");
  EXPECT_EQ(add_key(agent, file("ours"),
                    {"SSH_ASKPASS=" + file("ask"), "SSH_ASKPASS_REQUIRE=force", "DISPLAY=none"}),
            0);
  EXPECT_TRUE(AgentSigner::find(*SshAgent::connect(agent.socket()), ours.public_key()));
  const auto other = *Ed25519Signer::generate(randomness);
  EXPECT_EQ(AgentSigner::find(*SshAgent::connect(agent.socket()), other.public_key()).error().code,
            ErrorCode::not_found);
  EXPECT_EQ(SshAgent::connect(agent.socket())->sign(other.public_key(), {}).error().code,
            ErrorCode::crypto);
}

/// Listens on a socket and gives the same answer to the first request of one caller.
class FakeAgent {
 public:
  explicit FakeAgent(const std::filesystem::path& path) : fd_(listen_at(path)) {}
  ~FakeAgent() {
    if (thread_.joinable()) thread_.join();
  }
  FakeAgent(const FakeAgent&) = delete;
  FakeAgent& operator=(const FakeAgent&) = delete;

  static UniqueFd listen_at(const std::filesystem::path& path) {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    ::unlink(path.c_str());
    check(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
              ::listen(fd.get(), 1) == 0,
          "listen");
    return fd;
  }
  /// @param answer  none to say nothing until the caller gives up.
  void answer(std::optional<Bytes> answer) {
    thread_ = std::thread([this, answer = std::move(answer)] {
      const UniqueFd caller(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      std::byte request[4096];
      check(::recv(caller.get(), request, sizeof request, 0) > 0, "a request came");
      if (answer) {
        check(bool(write_all(caller.get(), *answer)), "answer");
      } else {
        while (::recv(caller.get(), request, sizeof request, 0) > 0) {
        }
      }
    });
  }

 private:
  UniqueFd fd_;
  std::thread thread_;
};

Result<std::vector<AgentKey>> keys_from(const std::optional<Bytes>& answer) {
  const TemporaryFolder folder;
  FakeAgent fake(folder.path() / "socket");
  fake.answer(answer);
  auto agent = SshAgent::connect(folder.path() / "socket",
                                 {.answer = std::chrono::milliseconds(50), .signature = {}});
  return agent->keys();
}

Bytes message(std::string_view hex_body) {
  SshWriter writer;
  writer.string(*from_hex(hex_body));
  return writer.bytes();
}

TEST(SshAgent, BoundsWhatAHostileAgentSays) {
  EXPECT_TRUE(keys_from(message("0c00000000"))->empty());
  EXPECT_EQ(keys_from(std::nullopt).error().message, "ssh-agent: no answer in time");
  EXPECT_EQ(keys_from(Bytes{}).error().message, "ssh-agent: hung up");
  EXPECT_EQ(keys_from(*from_hex("ffffffff0c")).error().message,
            "ssh-agent: its answer is empty or too long");
  EXPECT_EQ(keys_from(*from_hex("00000000")).error().message,
            "ssh-agent: its answer is empty or too long");
  EXPECT_EQ(keys_from(message("05")).error().message, "ssh-agent: would not list its keys");
  EXPECT_EQ(keys_from(message("0cffffffff")).error().message, "ssh-agent: offers too many keys");
  EXPECT_EQ(keys_from(message("0c00000001ffffffff")).error().message,
            "ssh-agent: malformed list of keys");
  EXPECT_EQ(keys_from(message("0c0000000000")).error().message,
            "ssh-agent: malformed list of keys");
  EXPECT_FALSE(keys_from(*from_hex("000000050c0000"))) << "hangs up in the middle";
}

TEST(SshAgent, IsRefusedWhenAnotherUserListens) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to listen as another user";
  const TemporaryFolder folder;
  check(::chmod(folder.path().c_str(), 0777) == 0, "open the folder");
  const auto path = folder.path() / "socket";
  int ready[2];
  int done[2];
  check(::pipe(ready) == 0 && ::pipe(done) == 0, "pipes");
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::setuid(65534) != 0) ::_exit(1);
    const UniqueFd fd = FakeAgent::listen_at(path);
    char end = 0;
    check(::write(ready[1], "r", 1) == 1 && ::read(done[0], &end, 1) == 1, "wait for the test");
    ::_exit(0);
  }
  char begin = 0;
  check(::read(ready[0], &begin, 1) == 1, "the other user listens");
  const auto agent = SshAgent::connect(path);
  ASSERT_FALSE(agent);
  EXPECT_EQ(agent.error().message, "ssh-agent: it runs as another user");
  check(::write(done[1], "d", 1) == 1 && ::waitpid(pid, nullptr, 0) == pid, "end the other user");
  for (const int fd : {ready[0], ready[1], done[0], done[1]}) ::close(fd);
}

TEST(SshAgent, NamesAnAbsentAgent) {
  const TemporaryFolder folder;
  EXPECT_EQ(SshAgent::connect(folder.path() / "none").error().code, ErrorCode::not_found);
  EXPECT_EQ(SshAgent::connect("").error().code, ErrorCode::invalid_input);
  EXPECT_EQ(SshAgent::connect(std::string(200, 'x')).error().code, ErrorCode::invalid_input);
}

}  // namespace
}  // namespace casebook
