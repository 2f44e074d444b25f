#include "core/ssh_agent.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "core/ssh_wire.h"

namespace casebook {
namespace {

constexpr std::uint8_t kRequestIdentities = 11;
constexpr std::uint8_t kIdentitiesAnswer = 12;
constexpr std::uint8_t kSignRequest = 13;
constexpr std::uint8_t kSignResponse = 14;
constexpr std::size_t kMessageBytesMax = std::size_t{256} << 10U;  // As in OpenSSH.
constexpr std::uint32_t kKeysMax = 2048;

Error agent_error(std::string_view why) {
  return Error{ErrorCode::io, "ssh-agent: " + std::string(why)};
}

Result<std::vector<AgentKey>> parse_keys(std::span<const std::byte> answer) {
  SshReader reader(answer);
  auto kind = reader.byte();
  auto count = reader.uint32();
  if (!kind || *kind != kIdentitiesAnswer || !count) return agent_error("would not list its keys");
  if (*count > kKeysMax) return agent_error("offers too many keys");
  std::vector<AgentKey> keys;
  for (std::uint32_t i = 0; i < *count; ++i) {
    auto blob = reader.string(kMessageBytesMax);
    auto comment = reader.text(kMessageBytesMax);
    if (!blob || !comment) return agent_error("malformed list of keys");
    auto key = SshPublicKey::from_blob(*blob);
    if (key) keys.push_back({*std::move(key), std::string(*comment)});
  }
  if (auto ended = reader.end(); !ended) return agent_error("malformed list of keys");
  return keys;
}

}  // namespace

Result<SshAgent> SshAgent::connect(const std::filesystem::path& socket, AgentTimeouts timeouts) {
  auto connected = LocalSocket::connect(socket);
  if (!connected) return std::move(connected).error().context("ssh-agent");
  if (auto good = connected->check_peer(::geteuid()); !good) {
    return std::move(good).error().context("ssh-agent");
  }
  return SshAgent(*std::move(connected), timeouts);
}

Result<Bytes> SshAgent::ask(std::span<const std::byte> request, std::chrono::milliseconds timeout) {
  if (request.size() > kMessageBytesMax) return agent_error("the request is too long");
  const LocalSocket::Deadline deadline = std::chrono::steady_clock::now() + timeout;
  SshWriter message;
  message.string(request);
  auto moved = socket_.send(message.bytes(), deadline);
  std::array<std::byte, 4> prefix{};
  if (moved) moved = socket_.receive(prefix, deadline);
  if (!moved) return std::move(moved).error().context("ssh-agent");
  const std::uint32_t size = *SshReader(prefix).uint32();
  if (size == 0 || size > kMessageBytesMax) return agent_error("its answer is empty or too long");
  Bytes answer(size);
  if (auto got = socket_.receive(answer, deadline); !got) {
    return std::move(got).error().context("ssh-agent");
  }
  return answer;
}

Result<std::vector<AgentKey>> SshAgent::keys() {
  SshWriter request;
  request.byte(kRequestIdentities);
  auto answer = ask(request.bytes(), timeouts_.answer);
  if (!answer) return std::move(answer).error();
  return parse_keys(*answer);
}

Result<Bytes> SshAgent::sign(const SshPublicKey& key, std::span<const std::byte> data) {
  SshWriter request;
  request.byte(kSignRequest).string(key.blob()).string(data).uint32(0);
  auto answer = ask(request.bytes(), timeouts_.signature);
  if (!answer) return answer;
  SshReader reader(*answer);
  auto kind = reader.byte();
  if (!kind || *kind != kSignResponse) {
    return Error{ErrorCode::crypto, "ssh-agent: it or its user refused to sign"};
  }
  auto field = reader.string(kMessageBytesMax);
  if (!field || !reader.end()) return agent_error("malformed signature");
  return Bytes(field->begin(), field->end());
}

Result<AgentSigner> AgentSigner::find(SshAgent agent, const SshPublicKey& key) {
  auto keys = agent.keys();
  if (!keys) return std::move(keys).error();
  const bool offered =
      std::ranges::any_of(*keys, [&](const AgentKey& each) { return each.key == key; });
  if (!offered) return Error{ErrorCode::not_found, "ssh-agent: it does not hold this key"};
  return AgentSigner(std::move(agent), key);
}

Result<Bytes> AgentSigner::sign(std::span<const std::byte> data) {
  return agent_.sign(public_key_, data);
}

}  // namespace casebook
