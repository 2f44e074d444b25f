#pragma once
/// The options that `casebook collect` and the static casebook-collect have in common.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "collector/collect.h"

namespace casebook::cli {

struct CollectFlags {
  std::string profile = "triage";
  std::filesystem::path root = "/";
  std::vector<std::string> globs;
  std::vector<std::string> opt_ins;
  std::filesystem::path output;  ///< "-" streams; empty: where bags lie.
  std::filesystem::path
      ticket;  ///< Folder with ticket.json, ticket.json.sig, ticket.key; "-": stdin.
  std::string recipient;
  bool is_unencrypted = false;
  std::optional<std::uint64_t> bytes_max;
  std::optional<std::chrono::seconds> time_max;
  std::optional<std::uint64_t> reserve_bytes;
  std::optional<unsigned> cpu_limit_percent;
  bool is_dry_run = false;
};

void add_collect_flags(Command& command, CollectFlags& flags);

/// What the flags say, without sealing and place of output.
CollectOptions to_options(const CollectFlags& flags, std::string software);

/// A fresh one-time key, for a run without a ticket. @param recipient  empty: not encrypted.
Result<Sealing> make_sealing(const std::string& recipient, Randomness& randomness);

}  // namespace casebook::cli
