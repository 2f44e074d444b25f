#pragma once
/// Programs of the host as a source of evidence: run as the definition says, output labelled
/// untrusted. Definitions: docs/spec/artifacts.md section 2; catalog: docs/spec/bag.md section 6.

#include <map>
#include <string>
#include <vector>

#include "collector/command_process.h"
#include "collector/entry_sink.h"
#include "collector/kernel_reading.h"
#include "collector/placeholders.h"

namespace casebook {

struct CommandRequest {
  std::string rule;
  int stage = 0;
  std::vector<std::string> argv;          ///< argv[0] absolute.
  std::vector<std::string> alternatives;  ///< Further absolute paths of the program.
  std::chrono::milliseconds time_max{10'000};
  std::uint64_t size_bytes_max = std::uint64_t{32} << 20U;  ///< Of standard output.
  ReadingTake take = ReadingTake::content;
};

/// What became of commands. A program that the host does not have is `absent`.
struct CommandCount {
  std::uint64_t run = 0;
  std::uint64_t absent = 0;
  SourceCount entries;
};

/// True when every placeholder of the request is one that can be filled, and its `take` obeyed.
bool supports_command(const CommandRequest& request);

/// Runs commands one after the other. Keeps digests of programs, so that each is hashed once.
class CommandSource {
 public:
  CommandSource(HostView& host, PlaceholderValues& placeholders, EntrySink& sink,
                const StopRequest& stop)
      : host_(host), placeholders_(placeholders), sink_(sink), stop_(stop) {}

  /// Runs the request once, or once per value of its placeholder. Standard output is the entry with
  /// instance "stdout" ("<value>/stdout"), standard error, when there is any, the one with
  /// "stderr".
  /// @return an error only when the sink cannot go on.
  Status take(const CommandRequest& request);
  [[nodiscard]] const CommandCount& count() const { return count_; }

 private:
  Status run_once(const CommandRequest& request, const std::string& program,
                  std::vector<std::string> argv, std::string_view instance);
  Status store_output(const CommandRequest& request, CommandProcess& process,
                      std::vector<std::string> argv, std::string_view instance,
                      const std::string& digest);
  Status store_stream(const CommandRequest& request, CatalogLine line, ByteSource& bytes,
                      std::uint64_t size_bytes_max, const AmendLine& amend);
  Status lose(const CommandRequest& request, std::string_view instance, CallFailure failure,
              std::vector<std::string> argv);
  CatalogLine line(const CommandRequest& request, std::string_view instance,
                   std::vector<std::string> argv) const;
  const std::string& digest_of(const std::string& program);

  HostView& host_;
  PlaceholderValues& placeholders_;
  EntrySink& sink_;
  const StopRequest& stop_;
  CommandCount count_;
  std::map<std::string, std::string> digests_;
};

}  // namespace casebook
