#pragma once
/// One collection run: plan, take everything in order of volatility, seal. What could not be taken
/// is part of the result, never an error; an error means that there is no sealed bag.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collector/stop.h"
#include "core/bytes.h"
#include "core/clock.h"
#include "core/random.h"

namespace casebook {

/// Who seals and for whom. Made from a ticket, or on the spot when there is none.
struct Sealing {
  std::string seal_key;   ///< One-line OpenSSH public key.
  std::string recipient;  ///< age recipient; empty: the archive is not encrypted.
  /// Signs `message` in namespace casebook-seal@v1; returns the armored SSHSIG.
  std::function<Result<std::string>(std::span<const std::byte> message)> sign;
  std::string ticket;            ///< Exact bytes of ticket.json; empty: unratified.
  std::string ticket_signature;  ///< Exact bytes of ticket.json.sig.
};

struct CollectOptions {
  std::string profile = "triage";    ///< Empty: only `extra_globs`.
  std::filesystem::path root = "/";  ///< A mounted image or tree; "/" is this host, live.
  std::vector<std::string> extra_globs;
  std::vector<std::string> opt_in_rules;  ///< Rule ids taken only when asked for.
  std::filesystem::path output_folder = ".";
  /// When set, parts of the finished file go here instead of into `output_folder`.
  ByteSink* stream = nullptr;
  Sealing sealing;
  std::optional<std::uint64_t> bytes_max;        ///< Bytes read from the host.
  std::optional<std::chrono::seconds> time_max;  ///< Wall time of the whole run.
  std::optional<std::uint64_t> reserve_bytes;    ///< Free space to leave; default max(1 GiB, 5 %).
  std::optional<unsigned> cpu_limit_percent;     ///< Of one core.
  /// Facts the ticket states about the host, compared by the caller: code and text of each
  /// mismatch.
  std::vector<std::pair<std::string, std::string>> host_findings;
  std::string software;  ///< "casebook-collect 0.1.0".
};

enum class CollectionState { complete, partial };

struct SealedBag {
  std::string id;
  std::filesystem::path folder;  ///< Empty when streamed.
  std::string seal_signature;    ///< Bytes of seal.json.sig, from which the seal code is made.
  std::uint64_t file_bytes = 0;
  std::uint64_t entries = 0;
};

/// What a rule set could not do yet, by kind: counted and named, never a reason to be partial.
struct Unsupported {
  std::uint64_t rules = 0;
  std::vector<std::string> artifacts;  ///< Ids, sorted.
};

struct CollectionReport {
  CollectionState state = CollectionState::complete;
  std::vector<std::string> partial_because;  ///< Sentences: what was cut; empty when complete.
  StopReason stopped = StopReason::none;
  std::vector<SealedBag> bags;  ///< More than one when a bag had to close early.
  std::uint64_t entries = 0;
  std::uint64_t stored = 0;
  std::uint64_t redacted = 0;
  std::uint64_t left_alone = 0;  ///< Listed because their rule says that content is secret.
  std::uint64_t bytes_read = 0;
  std::map<std::string, std::uint64_t> exceptions;  ///< Finding code or errno name -> entries.
  std::uint64_t commands_run = 0;
  std::uint64_t commands_absent = 0;
  Unsupported unsupported;
  std::vector<std::string> rules_without_match;
  std::chrono::milliseconds duration{};
};

/// Told now and then, from the thread that collects.
struct Progress {
  int stage = 0;
  std::uint64_t entries = 0;
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_expected = 0;  ///< 0 while unknown.
};
using ProgressListener = std::function<void(const Progress&)>;

struct CollectServices {
  const Clock& clock;
  Randomness& randomness;
  StopRequest& stop;
  ProgressListener progress;  ///< May be empty.
};

/// Collects and seals. @return the report; an error (`io` mostly) when nothing could be sealed:
/// what was written until then is kept under its unsealed name and is readable.
Result<CollectionReport> collect(const CollectOptions& options, const CollectServices& services);

struct CollectEstimate {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< By the sizes of the matched objects; live readings are not counted.
  std::uint64_t kernel_readings = 0;
  std::uint64_t commands = 0;
  Unsupported unsupported;
};

/// Matches and counts; opens no file and runs nothing.
Result<CollectEstimate> estimate(const CollectOptions& options, const CollectServices& services);

}  // namespace casebook
