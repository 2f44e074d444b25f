/// The file `ticket.key`. Its text has one length and one layout, so it is written and read in
/// place and no copy of a secret is left in a string.

#include <algorithm>
#include <array>

#include "core/durable_file.h"
#include "core/ticket.h"

namespace casebook {
namespace {

constexpr std::string_view kBeforeSalt = R"({"format":"casebook-ticket-key/1","salt":")";
constexpr std::string_view kBeforeSeed = R"(","seed":")";
constexpr std::string_view kBeforeId = R"(","ticket":")";
constexpr std::string_view kEnd = "\"}\n";
constexpr std::size_t kSeedBytes = 32;
constexpr std::size_t kIdLength = 32;
constexpr std::size_t kTextBytes = kBeforeSalt.size() + 2 * kFactSaltBytes + kBeforeSeed.size() +
                                   2 * kSeedBytes + kBeforeId.size() + kIdLength + kEnd.size();

class Writer {
 public:
  explicit Writer(std::span<std::byte> out) : out_(out) {}
  void text(std::string_view part) {
    std::ranges::copy(as_bytes(part), out_.begin());
    out_ = out_.subspan(part.size());
  }
  void hex(std::span<const std::byte> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (const std::byte b : bytes) {
      const auto value = static_cast<unsigned>(b);
      out_[0] = static_cast<std::byte>(kDigits[value >> 4U]);
      out_[1] = static_cast<std::byte>(kDigits[value & 15U]);
      out_ = out_.subspan(2);
    }
  }

 private:
  std::span<std::byte> out_;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  bool skip(std::string_view part) {
    if (!text_.starts_with(part)) return false;
    text_.remove_prefix(part.size());
    return true;
  }
  std::string_view take(std::size_t length) {
    const auto part = text_.substr(0, length);
    text_.remove_prefix(part.size());
    return part;
  }
  Result<SecretBytes> secret(std::size_t size_bytes) {
    auto bytes = from_hex(take(2 * size_bytes));
    if (!bytes) return std::move(bytes).error();
    return SecretBytes(*std::move(bytes));
  }

 private:
  std::string_view text_;
};

Error not_a_key() { return Error{ErrorCode::invalid_input, "not a ticket key"}; }

}  // namespace

SecretBytes format_ticket_key(const TicketKey& key) {
  SecretBytes text(kTextBytes);
  Writer writer(text.reveal_mutable());
  writer.text(kBeforeSalt);
  writer.hex(key.salt.reveal());
  writer.text(kBeforeSeed);
  writer.hex(key.seal_key.seed().reveal());
  writer.text(kBeforeId);
  writer.text(key.id.text());
  writer.text(kEnd);
  return text;
}

Result<TicketKey> parse_ticket_key(const SecretBytes& text) {
  if (text.size() != kTextBytes) return not_a_key();
  Reader reader(as_text(text.reveal()));
  if (!reader.skip(kBeforeSalt)) return not_a_key();
  auto salt = reader.secret(kFactSaltBytes);
  if (!salt || !reader.skip(kBeforeSeed)) return not_a_key();
  auto seed = reader.secret(kSeedBytes);
  if (!seed || !reader.skip(kBeforeId)) return not_a_key();
  auto id = TicketId::parse(reader.take(kIdLength));
  if (!id || !reader.skip(kEnd)) return not_a_key();
  auto seal_key = Ed25519Signer::from_seed(*std::move(seed));
  if (!seal_key) return std::move(seal_key).error().context("ticket key");
  return TicketKey{*id, *std::move(seal_key), *std::move(salt)};
}

Result<TicketKey> read_ticket_key(int fd) {
  SecretBytes text(kTextBytes + 1);
  FdSource source(fd);
  std::size_t filled = 0;
  while (filled < text.size()) {
    auto count = source.read(text.reveal_mutable().subspan(filled));
    if (!count) return std::move(count).error().context("ticket key");
    if (*count == 0) break;
    filled += *count;
  }
  if (filled != kTextBytes) return not_a_key();
  return parse_ticket_key(SecretBytes::copy_of(text.reveal().first(filled)));
}

}  // namespace casebook
