#include "cli/ticket_request.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "cli/profile_choice.h"
#include "cli/values.h"
#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kCollectorBytesMax = std::uint64_t{64} << 20U;
constexpr std::chrono::minutes kClockSlack{10};  ///< The host's clock may be a little behind ours.

Result<Digest256> digest_of(const fs::path& file) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return system_error("open " + printable(file.string()), errno);
  FdSource source(fd.get());
  return hash_stream(source, kCollectorBytesMax);
}

}  // namespace

Result<fs::path> find_collector() {
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  for (const fs::path& place :
       {program.parent_path() / "casebook-collect",
        program.parent_path().parent_path() / "lib/casebook/casebook-collect"}) {
    if (!failure && fs::is_regular_file(place, failure)) return place;
    failure.clear();
  }
  return Error{ErrorCode::not_found, "casebook-collect is not beside this program",
               "install it there, or name it: --collector FILE"};
}

void add_ticket_options(Command& command, TicketOptions& options) {
  command.option("--purpose", "TEXT", options.purpose, "why; kept as a salted digest");
  command.option("--profile", "NAME", options.profile, "what may be taken: triage or logs");
  command.option("--runs", "N", "how often it may be used; 1",
                 [&options](std::string_view value) -> Status {
                   auto runs = parse_number(value, 1, 100'000);
                   if (!runs) return std::move(runs).error();
                   options.runs_max = *runs;
                   return ok();
                 });
  command.option("--valid", "SPAN", "from now on: 12h, 7d; 7d",
                 [&options](std::string_view value) -> Status {
                   auto span = parse_time_span(value);
                   if (!span) return std::move(span).error();
                   options.validity = *span;
                   return ok();
                 });
  command.option("--directed-by", "NAME", options.directed_by, "counsel who directs the work");
  command.option("--collector", "FILE", options.collectors, "accepted collector; default: ours");
}

Result<NewTicket> make_ticket_for(Runtime& runtime, const TicketOptions& options, KeyRing& ring) {
  if (options.purpose.empty()) {
    return Error{ErrorCode::invalid_input, "a ticket says why", "--purpose TEXT"};
  }
  auto profile = profile_digest(options.profile, {});
  if (!profile) return std::move(profile).error();
  const UtcSeconds now = runtime.clock.now_seconds();
  TicketRequest request{.purpose = options.purpose,
                        .host_name = options.host,
                        .directed_by = options.directed_by,
                        .profile_name = options.profile,
                        .profile_sha256 = *profile,
                        .now = now,
                        .not_before = now - kClockSlack,
                        .not_after = now + options.validity,
                        .runs_max = static_cast<std::int64_t>(options.runs_max),
                        .standing = options.is_standing};
  std::vector<fs::path> collectors(options.collectors.begin(), options.collectors.end());
  if (collectors.empty()) {
    if (auto found = find_collector()) collectors.push_back(*found);
  }
  for (const fs::path& file : collectors) {
    auto digest = digest_of(file);
    if (!digest) return std::move(digest).error();
    request.collectors.push_back(*digest);
  }
  std::ranges::sort(request.collectors);
  auto signer = ring.signer("signing a ticket");
  if (!signer) return std::move(signer).error();
  return make_ticket(request, **signer, runtime.randomness);
}

}  // namespace casebook::cli
