#pragma once
/// What the collector itself did to the host, kept for the readings that say so.

#include <cstdint>
#include <string>
#include <vector>

namespace casebook {

/// One program that was started.
struct StartedProgram {
  std::vector<std::string> argv;
  int pid = 0;
  std::int64_t started_ns = 0;  ///< Wall clock, since 1970.
  std::int64_t duration_ms = 0;
  int exit_code = -1;  ///< -1: it did not exit by itself.
  int signal = 0;
  std::uint64_t output_bytes = 0;
};

/// One place where the host refused something, or an access time could not be kept.
struct Refusal {
  std::string what;
  std::string errno_name;
};

struct Footprint {
  std::vector<StartedProgram> programs;
  std::vector<std::string> files_written;  ///< Absolute paths.
  std::vector<std::string> sockets;        ///< "netlink sock_diag in network namespace 4026531840".
  std::vector<Refusal> refusals;
};

}  // namespace casebook
