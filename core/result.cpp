#include "core/result.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace casebook {

void check(bool holds, std::string_view what, const char* file, int line) noexcept {
  if (holds) return;
  std::fprintf(stderr, "internal error: %.*s (%s:%d)\n", static_cast<int>(what.size()), what.data(),
               file, line);
  std::abort();
}

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_input:
      return "invalid_input";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::io:
      return "io";
    case ErrorCode::crypto:
      return "crypto";
    case ErrorCode::corrupt:
      return "corrupt";
    case ErrorCode::locked:
      return "locked";
    case ErrorCode::limit_exceeded:
      return "limit_exceeded";
  }
  return "unknown";
}

Error system_error(std::string_view call, int errno_value) {
  const bool absent = errno_value == ENOENT || errno_value == ENOTDIR;
  Error error{absent ? ErrorCode::not_found : ErrorCode::io,
              std::string(call) + ": " + std::generic_category().message(errno_value)};
  if (errno_value == EROFS) error.hint = "copy the folder to a disk that can be written";
  return error;
}

}  // namespace casebook
