#pragma once
/// One mail, RFC 5322 and MIME, read by GMime. Specification: docs/spec/imports.md section 4.

#include <memory>
#include <string_view>

#include "core/bytes.h"
#include "vault/imports/message.h"

namespace casebook::imports {

inline constexpr std::size_t kMailBytesMax = std::size_t{64} << 20U;
inline constexpr std::size_t kMimeDepthMax = 32;
inline constexpr std::size_t kMimePartsMax = 1000;

/// Where a mail stood: in an mbox `>From ` of its unencoded text has to lose one `>`.
enum class MailQuoting { none, mboxrd };

/// Fills everything but origin and conversation. `message` is empty before.
/// @param mail  without the envelope line of an mbox, at most kMailBytesMax long.
/// @return why it cannot be read, or an empty text.
std::string_view read_mail(std::string_view mail, MailQuoting quoting, Message& message);

/// Writes the decoded bytes of one part, by the number that its AttachmentReference has as place.
/// @return `not_found` when the mail has no such part, or the error of `sink`.
Status extract_mail_part(std::string_view mail, std::string_view number, ByteSink& sink);

/// HTML as text: tags, scripts and styles taken out, paragraphs and breaks as line feeds, the named
/// characters that people type resolved. For searching, not for showing.
std::string text_of_html(std::string_view html);

}  // namespace casebook::imports
