#pragma once
/// How the static collector is started on another host over the user's ssh without touching that
/// host's disk: the program travels on standard input and runs from memory.

#include <string>
#include <vector>

#include "core/result.h"

namespace casebook::cli {

/// The program is sent in blocks of this size, filled up with zeros, so that every reader on the
/// other side takes exactly its part of the stream and leaves the ticket behind it.
inline constexpr std::size_t kLaunchBlockBytes = 65'536;

struct RemoteHost {
  std::string host;  ///< As ssh takes it: name, user@name, or a name from its configuration.
  std::string jump;  ///< `ssh -J`; empty: none.
  std::vector<std::string> ssh_options;  ///< Further words for ssh, for tests: "-p", "2222".
};

/// The words of the ssh call. @param collector_bytes  size of the program that will be sent.
/// @param collector_words  arguments of the collector. @return `invalid_input` for a host name that
/// ssh would take for an option.
Result<std::vector<std::string>> launch_words(const RemoteHost& remote, std::size_t collector_bytes,
                                              const std::vector<std::string>& collector_words);

/// What the launcher says before the collector runs: "casebook-launch: <way>; <place>; uid <n>".
struct LaunchNotice {
  std::string way;    ///< "login" or "sudo".
  std::string place;  ///< "memfd by python3", "/dev/shm, unlinked".
  bool is_root = false;
};
/// @return `invalid_input` for any other line.
Result<LaunchNotice> parse_launch_notice(const std::string& line);

}  // namespace casebook::cli
