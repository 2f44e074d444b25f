#include "core/openssl_error.h"

#include <openssl/err.h>

#include <array>

namespace casebook {

Error openssl_error(std::string_view call) {
  std::array<char, 256> text{};
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  std::string message(call);
  if (code != 0) {
    ERR_error_string_n(code, text.data(), text.size());
    message.append(": ").append(text.data());
  }
  return Error{ErrorCode::crypto, std::move(message)};
}

}  // namespace casebook
