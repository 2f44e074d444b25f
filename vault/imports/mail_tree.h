#pragma once
/// GMime behind a wall: the parts of a mail in order, as plain values. Used by mail_message.cpp.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/clock.h"

namespace casebook::imports {

/// The header fields that are read, decoded; addresses in lower case.
struct MailHeader {
  std::string from_address;
  std::string from_name;
  std::string subject;
  std::string message_id;
  std::string in_reply_to;
  std::vector<std::string> references;
  std::string date_as_written;
  std::optional<UtcSeconds> date;  ///< None when it has no zone or is no date.
  [[nodiscard]] bool is_empty() const;
};

/// One part that is no multipart.
struct MailPart {
  std::string number;      ///< "1", "2.1".
  std::string media_type;  ///< Lower case, "text/plain".
  std::string charset;     ///< Lower case; empty when not given.
  std::string file_name;
  bool is_attachment = false;  ///< By its disposition.
  bool is_encoded = false;     ///< Base64, quoted-printable or uuencode.
};

/// A parsed mail. Not for several threads.
class MailTree {
 public:
  /// @return nothing when GMime makes no mail of it.
  static std::optional<MailTree> parse(std::string_view mail);
  MailTree(MailTree&&) noexcept;
  ~MailTree();

  [[nodiscard]] const MailHeader& header() const { return header_; }
  [[nodiscard]] const std::vector<MailPart>& parts() const { return parts_; }
  /// Empty, or which limit the structure breaks.
  [[nodiscard]] std::string_view problem() const { return problem_; }
  /// The decoded bytes of parts()[index]; of an attached mail its raw bytes.
  Status decode(std::size_t index, ByteSink& sink) const;
  /// Converts text to UTF-8. @return false when the charset is not known.
  static bool to_utf8(std::string_view text, const std::string& charset, std::string& out);

 private:
  struct Handles;
  MailTree();
  std::unique_ptr<Handles> handles_;
  MailHeader header_;
  std::vector<MailPart> parts_;
  std::string_view problem_;
};

}  // namespace casebook::imports
