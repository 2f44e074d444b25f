#pragma once
/// Signing through an ssh-agent, which also serves FIDO tokens and smart cards. Protocol:
/// draft-miller-ssh-agent; our limits: docs/spec/signature.md section 8.

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "core/local_socket.h"
#include "core/ssh_signer.h"

namespace casebook {

/// A key that the agent offers and that Casebook accepts.
struct AgentKey {
  SshPublicKey key;
  std::string comment;  ///< From the agent: escape it before it reaches a terminal.
};

/// How long an agent may take. A signature waits for a finger or a dialogue.
struct AgentTimeouts {
  std::chrono::milliseconds answer = std::chrono::seconds(10);
  std::chrono::milliseconds signature = std::chrono::seconds(120);
};

/// One connection to an agent of the same user. After an error it is unusable.
class SshAgent {
 public:
  /// @param socket  usually the value of SSH_AUTH_SOCK.
  /// @return `not_found` or `io` when nobody listens there, `invalid_input` when the process behind
  ///         the socket runs as another user.
  static Result<SshAgent> connect(const std::filesystem::path& socket, AgentTimeouts timeouts = {});

  /// The offered keys of accepted kinds, in the agent's order; others are left out.
  Result<std::vector<AgentKey>> keys();
  /// @return the signature field; `crypto` when the agent or its user refuses.
  Result<Bytes> sign(const SshPublicKey& key, std::span<const std::byte> data);

 private:
  SshAgent(LocalSocket socket, AgentTimeouts timeouts)
      : socket_(std::move(socket)), timeouts_(timeouts) {}
  Result<Bytes> ask(std::span<const std::byte> request, std::chrono::milliseconds timeout);
  LocalSocket socket_;
  AgentTimeouts timeouts_;
};

/// A key inside an agent.
class AgentSigner final : public Signer {
 public:
  /// @return `not_found` when the agent does not offer this key.
  static Result<AgentSigner> find(SshAgent agent, const SshPublicKey& key);
  [[nodiscard]] const SshPublicKey& public_key() const override { return public_key_; }
  Result<Bytes> sign(std::span<const std::byte> data) override;

 private:
  AgentSigner(SshAgent agent, SshPublicKey public_key)
      : agent_(std::move(agent)), public_key_(std::move(public_key)) {}
  SshAgent agent_;
  SshPublicKey public_key_;
};

}  // namespace casebook
