#include "collector/command_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include <cerrno>

#include "collector/proc_text.h"
#include "collector/redact.h"
#include "core/digest.h"

namespace casebook {
namespace {

constexpr std::uint64_t kProgramBytesMax = std::uint64_t{512} << 20U;

std::optional<std::string_view> placeholder_of(const CommandRequest& request) {
  for (const std::string& argument : request.argv) {
    if (const auto name = placeholder_in(argument)) return name;
  }
  return std::nullopt;
}

std::vector<std::string> filled(const std::vector<std::string>& argv, std::string_view placeholder,
                                std::string_view value) {
  const std::string mark = "%" + std::string(placeholder) + "%";
  std::vector<std::string> out = argv;
  for (std::string& argument : out) {
    if (const std::size_t at = argument.find(mark); at != std::string::npos)
      argument.replace(at, mark.size(), value);
  }
  return out;
}

/// An instance becomes folders and a name in the bag: no slash in front.
std::string instance_of(std::string_view value) {
  while (value.starts_with('/')) value.remove_prefix(1);
  return std::string(value);
}

std::string member(std::string_view instance, std::string_view stream) {
  return instance.empty() ? std::string(stream) : std::string(instance) + "/" + std::string(stream);
}

/// The first of the program's places that is a file, or nothing.
std::optional<std::string> find_program(const HostView& host, const CommandRequest& request) {
  const auto is_file = [&host](const std::string& path) {
    const UniqueFd fd = host.open(path, O_PATH);
    struct stat status {};
    return fd && ::fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode);
  };
  if (is_file(request.argv.front())) return request.argv.front();
  for (const std::string& path : request.alternatives) {
    if (is_file(path)) return path;
  }
  return std::nullopt;
}

}  // namespace

bool supports_command(const CommandRequest& request) {
  const auto placeholder = placeholder_of(request);
  return !request.argv.empty() && request.argv.front().starts_with('/') &&
         request.take != ReadingTake::metadata &&
         (!placeholder || supports_placeholder(*placeholder));
}

const std::string& CommandSource::digest_of(const std::string& program) {
  if (const auto known = digests_.find(program); known != digests_.end()) return known->second;
  std::string text;
  if (const UniqueFd fd = host_.open(program, O_RDONLY); fd)
    text = file_sha256(fd.get(), kProgramBytesMax);
  return digests_.emplace(program, std::move(text)).first->second;
}

CatalogLine CommandSource::line(const CommandRequest& request, std::string_view instance,
                                std::vector<std::string> argv) const {
  CatalogLine line;
  line.rule = request.rule;
  line.stage = request.stage;
  line.type = EntryType::command;
  line.outcome = Outcome::stored;
  line.instance = instance;
  line.findings.emplace_back("untrusted_output");
  line.command = CommandRun{.argv = std::move(argv)};
  line.taken_at = host_.clock().now().time_since_epoch();
  line.monotonic = monotonic_now();
  return line;
}

Status CommandSource::lose(const CommandRequest& request, std::string_view instance,
                           CallFailure failure, std::vector<std::string> argv) {
  CatalogLine lost = line(request, instance, std::move(argv));
  lost.outcome = Outcome::lost;
  lost.findings.clear();
  lost.error = EntryError{failure.call, errno_name(failure.errno_value)};
  ++count_.entries.lost;
  return sink_.list(std::move(lost));
}

Status CommandSource::take(const CommandRequest& request) {
  check(supports_command(request), "a command that is not supported");
  const std::optional<std::string> program = find_program(host_, request);
  if (!program) {
    ++count_.absent;
    return ok();
  }
  const auto placeholder = placeholder_of(request);
  if (!placeholder) return run_once(request, *program, request.argv, "");
  for (const std::string& value : placeholders_.of(*placeholder)) {
    if (stop_.requested()) return ok();
    auto taken =
        run_once(request, *program, filled(request.argv, *placeholder, value), instance_of(value));
    if (!taken) return taken;
  }
  return ok();
}

Status CommandSource::run_once(const CommandRequest& request, const std::string& program,
                               std::vector<std::string> argv, std::string_view instance) {
  const std::string digest = digest_of(program);
  argv.front() = program;
  CallFailure failure;
  const std::int64_t started_ns = host_.clock().now().time_since_epoch().count();
  auto process =
      CommandProcess::start(program, argv, {.time_max = request.time_max}, stop_, failure);
  if (!process) return lose(request, member(instance, "stdout"), failure, std::move(argv));
  ++count_.run;
  auto stored = store_output(request, *process, argv, instance, digest);
  const CommandEnd& end = process->finish();
  host_.footprint().programs.push_back({.argv = std::move(argv),
                                        .pid = process->pid(),
                                        .started_ns = started_ns,
                                        .duration_ms = end.duration.count(),
                                        .exit_code = end.exit_code.value_or(-1),
                                        .signal = end.signal.value_or(0),
                                        .output_bytes = process->output_bytes()});
  return stored;
}

Status CommandSource::store_output(const CommandRequest& request, CommandProcess& process,
                                   std::vector<std::string> argv, std::string_view instance,
                                   const std::string& digest) {
  const auto amend = [&process, &digest](CatalogLine& amended, std::uint64_t) {
    const CommandEnd& end = process.finish();
    amended.command->duration_ms = end.duration.count();
    amended.command->exit_code = end.exit_code;
    amended.command->signal = end.signal;
    amended.command->program_sha256 = digest;
    if (end.timed_out) amended.findings.emplace_back("timed_out");
  };
  auto stored = store_stream(request, line(request, member(instance, "stdout"), argv), process,
                             request.size_bytes_max, amend);
  if (!stored || process.error_text().empty()) return stored;
  CatalogLine error_line = line(request, member(instance, "stderr"), std::move(argv));
  if (process.finish().error_text_cut) error_line.findings.emplace_back("cut_at_limit");
  MemorySource text(as_bytes(process.error_text()));
  return store_stream(request, std::move(error_line), text, process.error_text().size(), amend);
}

/// One stream as an entry; with the values of secret-looking fields masked where the rule says so.
Status CommandSource::store_stream(const CommandRequest& request, CatalogLine line,
                                   ByteSource& bytes, std::uint64_t size_bytes_max,
                                   const AmendLine& amend) {
  ++count_.entries.stored;
  if (request.take == ReadingTake::content) {
    return sink_.store(std::move(line), {.bytes = bytes,
                                         .size_bytes = std::nullopt,
                                         .size_bytes_max = size_bytes_max,
                                         .amend = amend});
  }
  collector::MaskingSource masked(bytes, /*every_line=*/false);
  line.outcome = Outcome::redacted;
  const auto amend_masked = [&](CatalogLine& amended, std::uint64_t stored_bytes) {
    amend(amended, stored_bytes);
    amended.redactions = masked.masked();
    if (amended.redactions > 0) amended.findings.emplace_back("masked");
  };
  return sink_.store(std::move(line), {.bytes = masked,
                                       .size_bytes = std::nullopt,
                                       .size_bytes_max = size_bytes_max,
                                       .amend = amend_masked});
}

}  // namespace casebook
