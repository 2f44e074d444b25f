#include "vault/home_heads.h"

#include "core/printable.h"

namespace casebook::vault {
namespace {
constexpr std::size_t kHeadFileBytesMax = 8192;
}

Result<std::optional<SignedHead>> HomeHeads::last_seen(const LedgerId& ledger) const {
  auto text = read_file(file_of(ledger), kHeadFileBytesMax);
  if (!text && text.error().code == ErrorCode::not_found) return std::optional<SignedHead>();
  if (!text) return std::move(text).error();
  auto head = parse_signed_head(as_text(*text));
  if (!head || head->head.ledger != ledger) {
    return Error{ErrorCode::corrupt,
                 printable(file_of(ledger).string()) + ": not a head of this case",
                 "it says what was seen last; find out who changed it before you remove it"};
  }
  return std::optional(*std::move(head));
}

Status HomeHeads::keep(const SignedHead& head) const {
  std::error_code failure;
  std::filesystem::create_directories(folder_, failure);
  if (failure) return system_error("make " + printable(folder_.string()), failure.value());
  return write_file(file_of(head.head.ledger), as_bytes(format_signed_head(head)), 0600,
                    IfExists::replace, *calls_);
}

}  // namespace casebook::vault
