#pragma once
/// Where a user's key agent listens, and how it is asked. Specification: docs/spec/agent.md
/// sections 1 and 4.

#include <sys/types.h>

#include <filesystem>
#include <optional>

#include "core/age_file.h"
#include "core/key_agent_message.h"
#include "core/local_socket.h"

namespace casebook {

struct KeyAgentPlace {
  std::filesystem::path folder;
  [[nodiscard]] std::filesystem::path socket() const { return folder / "agent.sock"; }
};

/// The folder for the socket of `uid`: below `runtime` when that is ours and closed to others, else
/// below `home`. Makes nothing. @return `invalid_input` when somebody else made what is there.
Result<KeyAgentPlace> find_key_agent_place(const std::filesystem::path& runtime,
                                           const std::filesystem::path& home, uid_t uid);
/// Makes the folder if it is not there, and checks it again.
Status make_key_agent_place(const KeyAgentPlace& place, uid_t uid);

/// Asks the agent at one place; a connection for each request.
class KeyAgent {
 public:
  KeyAgent(KeyAgentPlace place, uid_t uid) : place_(std::move(place)), uid_(uid) {}

  /// Errors of all: `not_found` when no agent listens, `invalid_input` when the socket is not ours
  /// or another user answers, `locked` when it does not hold the person or wants a fresh act.
  Result<std::vector<key_agent::HeldPerson>> held();
  Status add(const key_agent::AddRequest& request);
  /// @param name  empty: everybody.
  Status lock(const std::string& name);
  /// A statement of one of the verbs that are signed unasked. @return the armored signature.
  Result<std::string> sign_statement(const std::string& name, std::string_view statement);
  /// @return nothing when the stanza is for none of the person's identities.
  Result<std::optional<SecretBytes>> unwrap(const key_agent::UnwrapRequest& request);

 private:
  Result<key_agent::Answer> ask(const key_agent::Request& request);
  KeyAgentPlace place_;
  uid_t uid_;
};

/// One person's identities in an agent, for AgeUnlock.
class AgentUnwrapper final : public AgeUnwrapper {
 public:
  AgentUnwrapper(KeyAgent agent, std::string name)
      : agent_(std::move(agent)), name_(std::move(name)) {}
  Result<std::optional<SecretBytes>> unwrap(std::span<const std::byte> share,
                                            std::span<const std::byte> wrapped) override;
  KeyAgent& agent() { return agent_; }

 private:
  KeyAgent agent_;
  std::string name_;
};

}  // namespace casebook
