#include "cli/collect_flags.h"

#include "cli/values.h"
#include "core/age_key.h"
#include "core/ssh_signature.h"

namespace casebook::cli {

void add_collect_flags(Command& command, CollectFlags& flags) {
  command.option("--profile", "NAME", flags.profile, "what to take: triage or logs");
  command.option("--root", "DIR", flags.root, "a mounted image or tree instead of this host");
  command.option("--path", "GLOB", flags.globs, "take this, too; may be repeated");
  command.option("--opt-in", "RULE", flags.opt_ins, "take what is only taken when asked for");
  command.option("--out", "DIR", flags.output, "folder for the bag; - streams it");
  command.option("--ticket", "DIR", flags.ticket, "seal under the ticket in DIR");
  command.option("--to", "RECIPIENT", flags.recipient, "no ticket: encrypt to this age1... key");
  command.flag("--unencrypted", flags.is_unencrypted, "no ticket: do not encrypt");
  command.option("--max-bytes", "SIZE", "stop after reading this much",
                 size_setter(flags.bytes_max));
  command.option("--max-time", "SPAN", "stop after 90s, 15m, 2h", time_span_setter(flags.time_max));
  command.option("--reserve", "SIZE", "leave this much disk free (1 GiB or 5 %)",
                 size_setter(flags.reserve_bytes));
  command.option("--cpu-limit", "PERCENT", "of one core",
                 [&flags](std::string_view value) -> Status {
                   auto percent = parse_number(value, 1, 6'400);
                   if (!percent) return std::move(percent).error();
                   flags.cpu_limit_percent = static_cast<unsigned>(*percent);
                   return ok();
                 });
  command.flag("--dry-run", flags.is_dry_run, "only say what would be taken");
}

CollectOptions to_options(const CollectFlags& flags, std::string software) {
  CollectOptions options;
  options.profile = flags.profile == "none" ? "" : flags.profile;
  options.root = flags.root;
  options.extra_globs = flags.globs;
  options.opt_in_rules = flags.opt_ins;
  options.bytes_max = flags.bytes_max;
  options.time_max = flags.time_max;
  options.reserve_bytes = flags.reserve_bytes;
  options.cpu_limit_percent = flags.cpu_limit_percent;
  options.software = std::move(software);
  return options;
}

Result<Sealing> make_sealing(const std::string& recipient, Randomness& randomness) {
  Sealing sealing;
  if (!recipient.empty()) {
    auto parsed = AgeRecipient::parse(recipient);
    if (!parsed) return std::move(parsed).error().context("--to");
    sealing.recipient = parsed->text();
  }
  auto key = Ed25519Signer::generate(randomness);
  if (!key) return std::move(key).error().context("make a one-time key");
  auto signer = std::make_shared<Ed25519Signer>(*std::move(key));
  sealing.seal_key = signer->public_key().line();
  sealing.sign = [signer](std::span<const std::byte> message) {
    return make_ssh_signature(*signer, kSealNamespace, message);
  };
  return sealing;
}

}  // namespace casebook::cli
