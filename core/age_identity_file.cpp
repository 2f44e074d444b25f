#include "core/age_identity_file.h"

#include <algorithm>

namespace casebook {
namespace {

std::string_view without_carriage_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

Result<std::vector<AgeIdentity>> parse_identities(const SecretBytes& text) {
  std::vector<AgeIdentity> identities;
  std::string_view left = as_text(text.reveal());
  for (std::size_t number = 1; !left.empty(); ++number) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    const auto line = without_carriage_return(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
    if (line.empty() || line.starts_with('#')) continue;
    if (identities.size() == kIdentitiesMax) {
      return Error{ErrorCode::limit_exceeded, "more than 64 identities in one file"};
    }
    auto identity = AgeIdentity::parse(line);
    if (!identity) return std::move(identity).error().context("line " + std::to_string(number));
    identities.push_back(*std::move(identity));
  }
  if (identities.empty()) return Error{ErrorCode::invalid_input, "no age identity in it"};
  return identities;
}

SecretBytes format_identities(std::span<const AgeIdentity> identities) {
  std::vector<SecretBytes> lines;
  std::size_t size_bytes = 0;
  for (const AgeIdentity& identity : identities) {
    lines.push_back(identity.text());
    size_bytes += lines.back().size() + 1;
  }
  SecretBytes text(size_bytes);  // Filled in place, so that no copy of a secret is left behind.
  auto out = text.reveal_mutable().begin();
  for (const SecretBytes& line : lines) {
    out = std::ranges::copy(line.reveal(), out).out;
    *out++ = std::byte{'\n'};
  }
  return text;
}

Result<Bytes> seal_identities(std::span<const AgeIdentity> identities,
                              const SecretBytes& passphrase, int work_factor,
                              Randomness& randomness) {
  MemorySink sink(2 * kIdentityFileBytesMax);
  auto writer = AgeWriter::create(sink, passphrase, work_factor, randomness);
  if (!writer) return std::move(writer).error();
  const SecretBytes text = format_identities(identities);
  if (auto written = writer->write(text.reveal()); !written) return std::move(written).error();
  if (auto closed = std::move(*writer).close(); !closed) return std::move(closed).error();
  return std::move(sink).take();
}

Result<std::vector<AgeIdentity>> open_identities(std::span<const std::byte> sealed,
                                                 const AgeUnlock& unlock) {
  auto text = age_decrypt(sealed, unlock, kIdentityFileBytesMax);
  if (!text) return std::move(text).error();
  return parse_identities(*text);
}

}  // namespace casebook
