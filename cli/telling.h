#pragma once
/// Text on its way out of the case, as a mail that a person sends.

#include <string>

#include "core/clock.h"

namespace casebook::cli {

struct Mail {
  std::string subject;
  std::string text;  ///< UTF-8.
  UtcSeconds date;
};
/// A message of RFC 5322 without addresses: base64 body in UTF-8, encoded subject. No line of the
/// text can become a header.
std::string mail_text(const Mail& mail);

}  // namespace casebook::cli
