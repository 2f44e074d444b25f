// `casebook collect`: a sealed bag of this host, of a mounted tree, or of a host over ssh.
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/bag_access.h"
#include "cli/collect_flags.h"
#include "cli/collect_summary.h"
#include "cli/commands.h"
#include "cli/custody_files.h"
#include "cli/kept_identity.h"
#include "cli/key_folder.h"
#include "cli/ratify.h"
#include "cli/remote_collect.h"
#include "cli/ticket_files.h"
#include "collector/self_test.h"
#include "collector/signals.h"
#include "core/durable_file.h"
#include "core/printable.h"
#include "core/version.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  CollectFlags flags;
  RemoteHost remote;
  fs::path collector;
};

class StandardOutput final : public ByteSink {
 public:
  Status write(std::span<const std::byte> bytes) override {
    return write_all(STDOUT_FILENO, bytes);
  }
};

/// One run of the command.
class Collecting {
 public:
  Collecting(Runtime& runtime, Options& options) : runtime_(runtime), options_(options) {}

  ExitStatus run() {
    if (options_.flags.is_dry_run) {
      if (!options_.remote.host.empty()) {
        return refuse_usage(runtime_,
                            {ErrorCode::invalid_input, "--dry-run does not go with --from",
                             "run casebook-collect --dry-run on that host"});
      }
      return dry_run();
    }
    is_stream_ = options_.flags.output == "-";
    folder_ = options_.flags.output.empty() ? runtime_.evidence_folder() : options_.flags.output;
    if (auto chosen = choose_recipient(); !chosen) return refuse_usage(runtime_, chosen.error());
    if (!is_stream_) {
      std::error_code failure;
      fs::create_directories(folder_, failure);
      if (failure)
        return fail(runtime_, system_error("make " + printable(folder_.string()), failure.value()));
    }
    auto report = options_.remote.host.empty() ? collect_here() : collect_there();
    if (!report) return fail(runtime_, report.error());
    return finish(*report);
  }

 private:
  /// Without a ticket the bag is for --to, else for the person at the keyboard.
  Status choose_recipient() {
    CollectFlags& flags = options_.flags;
    auto person = choose_person(runtime_);
    if (person) person_ = *std::move(person);
    if (!flags.ticket.empty() || !flags.recipient.empty() || flags.is_unencrypted) return ok();
    if (!person_) {
      Error error = std::move(person).error();
      if (error.code == ErrorCode::not_found) {
        error = {ErrorCode::not_found,
                 "for whom is the bag to be encrypted? You have no key here yet",
                 "casebook key new NAME, or --to RECIPIENT, or --unencrypted"};
      }
      return error;
    }
    if (flags.is_dry_run) return ok();
    auto recipient = make_kept_identity(runtime_, *person_);
    if (!recipient) return std::move(recipient).error();
    flags.recipient = recipient->text();
    return ok();
  }

  CollectServices services(ProgressLine* progress) {
    ProgressListener listener;
    if (progress != nullptr) listener = [progress](const Progress& at) { progress->show(at); };
    return {runtime_.clock, runtime_.randomness, stop_, listener};
  }

  ExitStatus dry_run() {
    CollectOptions options = to_options(options_.flags, software());
    const auto estimated = estimate(options, services(nullptr));
    if (!estimated) return fail(runtime_, estimated.error());
    if (runtime_.common.is_json) {
      print_json(runtime_, estimate_json(*estimated));
    } else {
      runtime_.out << estimate_text(*estimated, runtime_.terminal);
    }
    return ExitStatus::done;
  }

  static std::string software() { return std::string("casebook ") + kVersion; }

  Result<CollectionReport> collect_here() {
    if (auto tested = self_test(); !tested) return std::move(tested).error();
    install_stop_signals(stop_);
    CollectOptions options = to_options(options_.flags, software());
    if (options_.flags.ticket.empty()) {
      auto sealing = make_sealing(options_.flags.recipient, runtime_.randomness);
      if (!sealing) return std::move(sealing).error();
      options.sealing = *std::move(sealing);
    } else {
      auto ticket = read_ticket_folder(options_.flags.ticket);
      if (!ticket) return std::move(ticket).error();
      auto used = use_ticket(*std::move(ticket), options, runtime_.clock.now_seconds());
      if (!used) return std::move(used).error();
    }
    StandardOutput stream;
    if (is_stream_) options.stream = &stream;
    options.output_folder = folder_;
    ProgressLine progress(runtime_);
    return collect(options, services(&progress));
  }

  Result<CollectionReport> collect_there() {
    if (is_stream_) {
      return Error{ErrorCode::invalid_input, "--out - does not go with --from", "name a folder"};
    }
    install_stop_signals(stop_);
    return collect_remotely(runtime_, options_.flags, options_.remote,
                            {options_.collector, folder_, stop_});
  }

  ExitStatus finish(CollectionReport& report) {
    CollectionPlace place{.bag_names = {},
                          .has_ticket = !options_.flags.ticket.empty(),
                          .is_live = options_.flags.root == "/",
                          .sealed_on = options_.remote.host};
    for (const SealedBag& bag : report.bags) {
      auto name =
          is_stream_ ? Result<std::string>(bag.id.substr(0, 8)) : give_short_name(folder_, bag.id);
      place.bag_names.push_back(name ? *name : bag.id.substr(0, 8));
      if (is_stream_ || !person_) continue;
      const KnownBag known{
          .id = bag.id, .short_name = place.bag_names.back(), .folder = folder_ / bag.id};
      if (auto kept = begin_custody(known, place); !kept) {
        runtime_.err << "casebook: " << printable(kept.error().message) << '\n';
      }
    }
    std::ostream& out = is_stream_ ? runtime_.err : runtime_.out;
    if (runtime_.common.is_json) {
      out << canonical_json(collection_json(report)) << '\n';
    } else {
      out << collection_text(report, place, runtime_.terminal);
      if (!is_stream_ && !place.bag_names.empty())
        out << "Next: casebook verify " << place.bag_names.front() << '\n';
    }
    return cli::status_of(report);
  }

  /// Starts the custody log. A person who asked to sign (--as), or whose key needs no passphrase,
  /// stands up for the bag at once.
  Status begin_custody(const KnownBag& bag, CollectionPlace& place) {
    auto papers = read_bag_papers(bag.folder);
    if (!papers) return std::move(papers).error();
    auto log = open_custody(bag, *papers, {}, runtime_.randomness);
    if (!log) return std::move(log).error();
    if (auto kept = keep_custody(bag, *log, person_->recipient, runtime_.randomness); !kept)
      return kept;
    const bool signs = !runtime_.common.person.empty() || !person_->is_protected;
    if (place.has_ticket || !signs) return ok();
    KeyRing ring(runtime_, *person_);
    auto ratified = ratify_bag(runtime_, bag, ring,
                               {.reason = "collected by the person who signs", .directed_by = {}});
    if (ratified) place.has_ticket = true;
    return ratified;
  }

  Runtime& runtime_;
  Options& options_;
  StopRequest stop_;
  std::optional<Person> person_;
  fs::path folder_;
  bool is_stream_ = false;
};

}  // namespace

void add_collect_command(Command& root) {
  auto options = std::make_shared<Options>();
  Command& command = root.add("collect", "Seal what this host holds, or one over ssh, into a bag");
  command.option("--from", "HOST", options->remote.host, "over your ssh, from memory");
  command.option("--jump", "HOST", options->remote.jump, "through this host");
  command.option("--ssh-option", "WORD", options->remote.ssh_options, "a further word for ssh");
  command.option("--collector", "FILE", options->collector, "the casebook-collect to send");
  add_collect_flags(command, options->flags);
  command.example("casebook collect", "this host, profile triage, for your key")
      .example("casebook collect --from web-03 --jump gate", "writes nothing to its disk")
      .example("casebook collect --root /mnt/image --profile logs", "a mounted image")
      .example("casebook collect --ticket DIR --max-time 10m", "seals what it has by then")
      .run([options](Runtime& runtime) { return Collecting(runtime, *options).run(); });
}

}  // namespace casebook::cli
