#include "core/seal_code.h"

namespace casebook {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kGroup = 5;

/// What the typed character stands for, or '\0'.
char meant_by(char typed) {
  const char upper = typed >= 'a' && typed <= 'z' ? static_cast<char>(typed - 'a' + 'A') : typed;
  if (upper == 'O') return '0';
  if (upper == 'I' || upper == 'L') return '1';
  return kAlphabet.find(upper) == std::string_view::npos ? '\0' : upper;
}

}  // namespace

SealCode SealCode::of(const Digest256& signature_digest) noexcept {
  SealCode code;
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  std::size_t next_byte = 0;
  for (char& character : code.characters_) {
    if (bit_count < 5) {
      bits = (bits << 8U) | static_cast<std::uint32_t>(signature_digest[next_byte++]);
      bit_count += 8;
    }
    bit_count -= 5;
    character = kAlphabet[(bits >> bit_count) & 31U];
  }
  return code;
}

Result<SealCode> SealCode::parse(std::string_view typed) {
  SealCode code;
  std::size_t filled = 0;
  for (const char c : typed) {
    if (c == ' ' || c == '-' || c == '\t' || c == '\n' || c == '\r') continue;
    const char character = meant_by(c);
    if (character == '\0') {
      return Error{ErrorCode::invalid_input, "not a seal code: a character that it never holds"};
    }
    if (filled < code.characters_.size()) code.characters_[filled] = character;
    ++filled;
  }
  if (filled != code.characters_.size()) {
    return Error{ErrorCode::invalid_input, "not a seal code: it has 25 characters"};
  }
  return code;
}

std::string SealCode::text() const {
  std::string text;
  for (std::size_t i = 0; i < characters_.size(); ++i) {
    if (i > 0 && i % kGroup == 0) text.push_back('-');
    text.push_back(characters_[i]);
  }
  return text;
}

}  // namespace casebook
