#pragma once
/// Turns a failed OpenSSL call into an Error. Decide by the call's return value, never by the
/// queue.

#include <string_view>

#include "core/result.h"

namespace casebook {

/// @return a `crypto` error with the newest text of OpenSSL's queue, which is emptied.
Error openssl_error(std::string_view call);

}  // namespace casebook
