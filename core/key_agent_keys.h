#pragma once
/// The keys that a key agent holds, for how long, and what it does with them: pure but for the
/// clock, no sockets. Specification: docs/spec/agent.md sections 2 and 3.

#include <chrono>
#include <vector>

#include "core/age_key.h"
#include "core/clock.h"
#include "core/key_agent_message.h"
#include "core/locked_bytes.h"
#include "core/ssh_public_key.h"

namespace casebook::key_agent {

/// True for the few verbs that are signed unasked; every other act needs the person anew.
bool is_signed_unasked(std::string_view verb) noexcept;

class HeldKeys {
 public:
  /// @param clock  must outlive this; one that also counts while the machine sleeps.
  explicit HeldKeys(const Clock& clock) : clock_(&clock) {}

  /// Answers one message; whatever it is, the result can be sent.
  SecretBytes answer(std::span<const std::byte> message);
  /// Wipes the keys whose time is over.
  void expire();
  [[nodiscard]] bool empty() const noexcept { return persons_.empty(); }

 private:
  struct Person {
    std::string name;
    SshPublicKey key;
    AgeRecipient recipient;
    std::vector<LockedBytes> identities;  ///< Text of each: AGE-SECRET-KEY-1….
    LockedBytes seed;                     ///< Empty: it cannot sign.
    std::chrono::seconds idle{};
    UtcNanoseconds used_at;
    UtcNanoseconds ends_at;
  };
  Answer act(const ListRequest& request);
  Answer act(const UnwrapRequest& request);
  Answer act(const SignRequest& request);
  Answer act(const AddRequest& request);
  Answer act(const LockRequest& request);
  /// Null when nobody of that name is held.
  Person* find(const std::string& name);
  [[nodiscard]] UtcNanoseconds end_of(const Person& person) const;

  const Clock* clock_;
  std::vector<Person> persons_;
};

}  // namespace casebook::key_agent
