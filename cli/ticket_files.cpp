#include "cli/ticket_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "cli/profile_choice.h"
#include "collector/host_context.h"
#include "core/durable_file.h"
#include "core/json_text.h"
#include "core/printable.h"
#include "core/ssh_signature.h"
#include "core/ticket_check.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBundleBytesMax = std::size_t{64} << 10U;
constexpr std::string_view kBundleFormat = "casebook-ticket-bundle/1";

Result<TicketForRun> put_together(std::string text, std::string signature, TicketKey key) {
  auto ticket = parse_ticket(text);
  if (!ticket) return std::move(ticket).error().context("ticket.json");
  if (!(key.id == ticket->id) || !(key.seal_key.public_key() == ticket->seal_key)) {
    return Error{ErrorCode::invalid_input, "ticket.key belongs to another ticket",
                 "take both files from the same folder"};
  }
  return TicketForRun{std::move(text), std::move(signature), *std::move(ticket), std::move(key)};
}

Result<std::string> read_text(const fs::path& path) {
  auto bytes = read_file(path, kTicketBytesMax);
  if (!bytes) return std::move(bytes).error();
  return std::string(as_text(*bytes));
}

/// Up to the end of a line or of the input; byte by byte, since what follows is for others.
Result<SecretBytes> read_secret_line(int fd, std::size_t size_bytes_max) {
  SecretBytes room(size_bytes_max);
  std::size_t size = 0;
  while (size < room.size()) {
    const auto next = room.reveal_mutable().subspan(size, 1);
    const ssize_t count = ::read(fd, next.data(), next.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("read the ticket", errno);
    if (count == 0 || next.front() == std::byte{'\n'}) {
      return SecretBytes::copy_of(room.reveal().first(size));
    }
    ++size;
  }
  return Error{ErrorCode::limit_exceeded, "a ticket is not that long"};
}

RunFacts facts_of(const fs::path& root, const Digest256& profile_sha256, UtcSeconds now) {
  RunFacts facts{.profile_sha256 = profile_sha256, .now = now};
  const Json host = read_host_identity(root);
  facts.host_name = host.value("name", "");
  facts.machine_id = host.value("machine_id", "");
  if (const auto keys = host.find("ssh_host_keys"); keys != host.end()) {
    for (const Json& item : *keys) {
      if (!item.is_string()) continue;
      const std::string line = item.get<std::string>();  // "ssh-ed25519 SHA256:…"
      facts.host_keys.push_back(line.substr(line.find(' ') + 1));
    }
  }
  const Json process = read_own_process();
  if (auto digest = digest_from_hex(process.value("program_sha256", ""))) {
    facts.collector_sha256 = *digest;
  }
  return facts;
}

/// Seals with the ticket's key, to the ticket's recipient.
Sealing sealing_under(TicketForRun ticket) {
  Sealing sealing;
  sealing.seal_key = ticket.ticket.seal_key.line();
  sealing.recipient = ticket.ticket.recipient.text();
  sealing.ticket = std::move(ticket.text);
  sealing.ticket_signature = std::move(ticket.signature);
  auto signer = std::make_shared<Ed25519Signer>(std::move(ticket.key.seal_key));
  sealing.sign = [signer](std::span<const std::byte> message) {
    return make_ssh_signature(*signer, kSealNamespace, message);
  };
  return sealing;
}

}  // namespace

Result<TicketForRun> read_ticket_folder(const fs::path& folder) {
  auto text = read_text(folder / "ticket.json");
  if (!text) return std::move(text).error();
  auto signature = read_text(folder / "ticket.json.sig");
  if (!signature) return std::move(signature).error();
  const fs::path key_file = folder / "ticket.key";
  const UniqueFd fd(::open(key_file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return system_error("open " + printable(key_file.string()), errno);
  auto key = read_ticket_key(fd.get());
  if (!key) return std::move(key).error().context("ticket.key");
  return put_together(*std::move(text), *std::move(signature), *std::move(key));
}

Result<SecretBytes> format_ticket_bundle(const fs::path& folder) {
  auto ticket = read_ticket_folder(folder);
  if (!ticket) return std::move(ticket).error();
  const SecretBytes key = format_ticket_key(ticket->key);
  Json bundle = {{"format", kBundleFormat},
                 {"key", std::string(as_text(key.reveal()))},
                 {"signature", ticket->signature},
                 {"ticket", ticket->text}};
  std::string line = canonical_json(bundle) + '\n';
  SecretBytes secret = SecretBytes::copy_of(line);
  std::ranges::fill(line, '\0');
  std::ranges::fill(bundle["key"].get_ref<std::string&>(), '\0');
  return secret;
}

Result<TicketForRun> read_ticket_bundle(int fd) {
  auto secret = read_secret_line(fd, kBundleBytesMax);
  if (!secret) return std::move(secret).error();
  const Error refused{ErrorCode::invalid_input, "no ticket came on standard input"};
  auto bundle = parse_canonical_json(as_text(secret->reveal()));
  if (!bundle || !bundle->is_object()) return refused;
  auto format = json_text_member(*bundle, "format");
  auto text = json_text_member(*bundle, "ticket");
  auto signature = json_text_member(*bundle, "signature");
  auto key_text = json_text_member(*bundle, "key");
  if (!format || *format != kBundleFormat || !text || !signature || !key_text) return refused;
  auto key = parse_ticket_key(SecretBytes::copy_of(*key_text));
  std::ranges::fill(*key_text, '\0');
  std::ranges::fill((*bundle)["key"].get_ref<std::string&>(), '\0');
  if (!key) return std::move(key).error();
  return put_together(*std::move(text), *std::move(signature), *std::move(key));
}

Status use_ticket(TicketForRun ticket, CollectOptions& options, UtcSeconds now) {
  auto profile = profile_digest(options.profile, options.opt_in_rules);
  if (!profile) return std::move(profile).error();
  auto found = match_ticket(ticket.ticket, ticket.key.salt, facts_of(options.root, *profile, now));
  if (!found) return std::move(found).error();
  for (const TicketFinding& finding : *found) {
    options.host_findings.emplace_back(to_string(finding.kind), finding.text);
  }
  options.sealing = sealing_under(std::move(ticket));
  return ok();
}

}  // namespace casebook::cli
