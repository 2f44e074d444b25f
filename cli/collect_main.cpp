// casebook-collect: the collector as one static file that needs nothing of the host it looks at.
// It loads no configuration and no library, and answers on standard error when the bag is streamed.
#include <openssl/crypto.h>
#include <sys/resource.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/collect_flags.h"
#include "cli/collect_summary.h"
#include "cli/runtime.h"
#include "cli/ticket_files.h"
#include "collector/self_test.h"
#include "collector/signals.h"
#include "core/durable_file.h"
#include "core/version.h"

namespace casebook::cli {
namespace {

class StandardOutput final : public ByteSink {
 public:
  Status write(std::span<const std::byte> bytes) override { return write_all(1, bytes); }
};

/// Asks the run to end when standard input does: over ssh, that is when the other side went away or
/// wants no more. Lives as long as the process.
void stop_when_input_ends(std::shared_ptr<StopRequest> stop) {
  std::thread([stop = std::move(stop)] {
    FdSource input(0);
    std::byte ignored[256];
    for (auto count = input.read(ignored); count && *count > 0;) count = input.read(ignored);
    stop->stop(StopReason::input_ended);
  }).detach();
}

/// The one command of this program.
class CollectorProgram {
 public:
  CollectorProgram(Runtime& runtime, CollectFlags& flags, std::shared_ptr<StopRequest> stop)
      : runtime_(runtime), flags_(flags), stop_(std::move(stop)) {}

  bool ends_with_input = false;

  ExitStatus run() {
    if (auto tested = self_test(); !tested) return fail(runtime_, tested.error());
    CollectOptions options = to_options(flags_, std::string("casebook-collect ") + kVersion);
    if (flags_.is_dry_run) return dry_run(options);
    if (auto chosen = choose_sealing(options); !chosen)
      return refuse_usage(runtime_, chosen.error());
    if (ends_with_input) stop_when_input_ends(stop_);
    const bool is_stream = flags_.output == "-";
    StandardOutput stream;
    if (is_stream) options.stream = &stream;
    options.output_folder = flags_.output.empty() ? "." : flags_.output;
    auto report = collect(options, services());
    if (!report) return fail(runtime_, report.error());
    show(*report, options, is_stream);
    return status_of(*report);
  }

 private:
  CollectServices services() { return {runtime_.clock, runtime_.randomness, *stop_, {}}; }

  ExitStatus dry_run(const CollectOptions& options) {
    const auto estimate = casebook::estimate(options, services());
    if (!estimate) return fail(runtime_, estimate.error());
    if (runtime_.common.is_json) {
      print_json(runtime_, estimate_json(*estimate));
    } else {
      runtime_.out << estimate_text(*estimate, runtime_.terminal);
    }
    return ExitStatus::done;
  }

  Status choose_sealing(CollectOptions& options) {
    if (!flags_.ticket.empty()) {
      auto ticket =
          flags_.ticket == "-" ? read_ticket_bundle(0) : read_ticket_folder(flags_.ticket);
      if (!ticket) return std::move(ticket).error();
      return use_ticket(*std::move(ticket), options, runtime_.clock.now_seconds());
    }
    if (flags_.recipient.empty() && !flags_.is_unencrypted) {
      return Error{ErrorCode::invalid_input, "for whom is the bag to be encrypted?",
                   "--ticket DIR, or --to RECIPIENT, or --unencrypted"};
    }
    auto sealing = make_sealing(flags_.recipient, runtime_.randomness);
    if (!sealing) return std::move(sealing).error();
    options.sealing = *std::move(sealing);
    return ok();
  }

  void show(const CollectionReport& report, const CollectOptions& options, bool is_stream) {
    std::ostream& out = is_stream ? runtime_.err : runtime_.out;
    if (runtime_.common.is_json) {
      out << canonical_json(collection_json(report)) << '\n';
      return;
    }
    CollectionPlace place{.bag_names = {},
                          .has_ticket = !options.sealing.ticket.empty(),
                          .is_live = options.root == "/"};
    for (const SealedBag& bag : report.bags) place.bag_names.push_back(bag.id);
    out << collection_text(report, place, runtime_.terminal);
  }

  Runtime& runtime_;
  CollectFlags& flags_;
  std::shared_ptr<StopRequest> stop_;
};

ExitStatus run(const std::vector<std::string>& words) {
  const SystemClock clock;
  SystemRandomness randomness;
  TerminalPassphrases passphrases;
  const auto stop = std::make_shared<StopRequest>();
  install_stop_signals(*stop);
  Runtime runtime{.clock = clock,
                  .randomness = randomness,
                  .in = std::cin,
                  .out = std::cout,
                  .err = std::cerr,
                  .environment = from_environment,
                  .terminal = look_at_terminal(from_environment),
                  .passphrases = passphrases,
                  .program = "casebook-collect"};
  CollectFlags flags;
  bool is_version_asked = false;
  bool ends_with_input = false;
  Command root("casebook-collect", "Take a sealed bag of this host, or of a mounted tree");
  root.flag("--json", runtime.common.is_json, "report as JSON");
  root.flag("--version", is_version_asked, "print the version");
  root.flag("--until-input-ends", ends_with_input, "seal what is there when input ends");
  add_collect_flags(root, flags);
  root.example("casebook-collect --ticket . --out /mnt/usb", "under the ticket beside it");
  root.example("casebook-collect --to age1... --out -  | ssh me cat '>' bag.parts", "streamed");

  const ParsedCommandLine parsed = parse_command_line(root, words);
  if (!parsed.problem.empty()) {
    return refuse_usage(runtime, {ErrorCode::invalid_input, parsed.problem, "try: " + parsed.hint});
  }
  if (parsed.is_help_asked) {
    runtime.out << help_text(parsed, runtime.terminal.width_columns) << std::flush;
    return ExitStatus::done;
  }
  if (is_version_asked) {
    runtime.out << "casebook-collect " << kVersion << std::endl;
    return ExitStatus::done;
  }
  CollectorProgram program(runtime, flags, stop);
  program.ends_with_input = ends_with_input;
  return program.run();
}

}  // namespace
}  // namespace casebook::cli

int main(int count, char** words) {
  // Before anything else touches OpenSSL: no configuration of the host is read (OPENSSL_CONF).
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &no_core);
  try {
    return static_cast<int>(casebook::cli::run({words + (count > 0 ? 1 : 0), words + count}));
  } catch (const std::exception& failure) {
    std::cerr << "casebook-collect: internal error: " << failure.what() << '\n';
  } catch (...) {
    std::cerr << "casebook-collect: internal error\n";
  }
  return static_cast<int>(casebook::cli::ExitStatus::internal_error);
}
