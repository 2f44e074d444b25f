#pragma once
/// The key agent's own process: `casebook unlock` starts this program again, empty and hardened,
/// with the listening socket as descriptor 3; keys come to it over that socket only. Specification:
/// docs/spec/agent.md.

#include "core/clock.h"
#include "core/key_agent_client.h"

namespace casebook::cli {

/// The one word by which this program knows that it is to be the agent.
inline constexpr const char* kAgentProcessWord = "key-agent-process";

/// CLOCK_BOOTTIME: counts while the machine sleeps, and nobody sets it.
class BootClock final : public Clock {
 public:
  [[nodiscard]] UtcNanoseconds now() const override;
};

struct AgentServing {
  const Clock& clock;
  uid_t uid;                            ///< Whose requests are answered.
  std::chrono::milliseconds empty_for;  ///< How long it stays without any person.
};
/// Answers until nobody was held for `empty_for`, or a signal ends it. @return `io` when the socket
/// fails.
Status serve_key_agent(LocalSocket listener, const AgentServing& serving);

/// What main() does for kAgentProcessWord. @return the exit status.
int run_key_agent_process();

/// Starts the process at `place` unless one listens there already. @return `io` when it does not
/// come up.
Status start_key_agent(const KeyAgentPlace& place, uid_t uid);

}  // namespace casebook::cli
