#include "vault/imports/mail_message.h"

#include <algorithm>
#include <array>

#include "core/digest.h"
#include "vault/imports/mail_tree.h"

namespace casebook::imports {
namespace {

/// Digest and size of what is written; keeps nothing.
class DigestSink final : public ByteSink {
 public:
  explicit DigestSink(Sha256 hasher) : hasher_(std::move(hasher)) {}
  Status write(std::span<const std::byte> bytes) override {
    size_bytes_ += bytes.size();
    return hasher_.update(bytes);
  }
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  Result<Digest256> finish() && { return std::move(hasher_).finish(); }

 private:
  Sha256 hasher_;
  std::uint64_t size_bytes_ = 0;
};

/// Keeps the front of what is written and lets the rest go.
class FrontSink final : public ByteSink {
 public:
  explicit FrontSink(std::size_t size_bytes_max) : left_(size_bytes_max) {}
  Status write(std::span<const std::byte> bytes) override {
    const auto taken = as_text(bytes).substr(0, left_);
    text_ += taken;
    left_ -= taken.size();
    is_cut_ = is_cut_ || taken.size() < bytes.size();
    return ok();
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool is_cut() const { return is_cut_; }

 private:
  std::size_t left_;
  std::string text_;
  bool is_cut_ = false;
};

/// Line feeds alone, and one `>` less before `>From ` where an mbox added it.
std::string plain_lines(std::string_view text, bool is_unquoting) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto first = line.find_first_not_of('>');
    if (is_unquoting && first != 0 && first != std::string_view::npos &&
        line.substr(first).starts_with("From ")) {
      line.remove_prefix(1);
    }
    out += line;
    if (end != std::string_view::npos) out += '\n';
  }
  return out;
}

bool is_utf8_charset(std::string_view charset) {
  return charset.empty() || charset == "utf-8" || charset == "utf8" || charset == "us-ascii";
}

std::optional<std::size_t> body_of(const std::vector<MailPart>& parts) {
  for (const std::string_view wanted : {"text/plain", "text/html"}) {
    const auto part = std::ranges::find_if(parts, [&](const MailPart& candidate) {
      return candidate.media_type == wanted && !candidate.is_attachment;
    });
    if (part != parts.end()) return static_cast<std::size_t>(part - parts.begin());
  }
  return std::nullopt;
}

void append_body(const MailTree& tree, std::size_t index, MailQuoting quoting, Message& message) {
  const MailPart& part = tree.parts()[index];
  FrontSink raw(4 * kTextBytesMax);  // HTML and wide charsets shrink.
  if (!tree.decode(index, raw)) message.is_repaired = true;
  message.is_cut = message.is_cut || raw.is_cut();
  std::string text = raw.text();
  if (!is_utf8_charset(part.charset)) {
    std::string converted;
    if (MailTree::to_utf8(text, part.charset, converted)) {
      text = std::move(converted);
    } else {
      message.is_repaired = true;
    }
  }
  text = plain_lines(text, quoting == MailQuoting::mboxrd && !part.is_encoded);
  if (part.media_type == "text/html") text = text_of_html(text);
  while (text.ends_with('\n')) text.pop_back();
  append_text(message, text);
}

Status list_attachment(const MailTree& tree, std::size_t index, Message& message) {
  auto hasher = Sha256::create();
  if (!hasher) return std::move(hasher).error();
  DigestSink sink(std::move(*hasher));
  AttachmentReference& attachment = message.attachments.emplace_back();
  const MailPart& part = tree.parts()[index];
  attachment.name = shown(part.file_name);
  attachment.media_type = shown(part.media_type);
  attachment.place = part.number;
  if (auto decoded = tree.decode(index, sink); !decoded) return ok();  // No digest tells so.
  attachment.size_bytes = sink.size_bytes();
  const auto digest = std::move(sink).finish();
  if (!digest) return digest.error();
  attachment.digest = *digest;
  return ok();
}

void fill_header(const MailHeader& header, Message& message) {
  message.id = clean_id(header.message_id);
  message.user = clean_id(header.from_address);
  message.shown_name = shown(header.from_name);
  message.reply_to = clean_id(header.in_reply_to);
  if (message.reply_to.empty() && !header.references.empty())
    message.reply_to = clean_id(header.references.back());
  message.thread =
      header.references.empty() ? message.reply_to : clean_id(header.references.front());
  message.time_as_written = shown(header.date_as_written);
  if (header.date) message.claimed_at = *header.date;
  append_text(message, header.subject);
  if (!header.subject.empty()) append_text(message, "\n\n");
}

}  // namespace

std::string_view read_mail(std::string_view mail, MailQuoting quoting, Message& message) {
  message.kind = SourceKind::mail;
  if (mail.size() > kMailBytesMax) return "the mail is longer than 64 MiB";
  const auto tree = MailTree::parse(mail);
  if (!tree || tree->header().is_empty()) return "has no From, Date, Subject or Message-ID";
  if (!tree->problem().empty()) return tree->problem();
  fill_header(tree->header(), message);
  const auto body = body_of(tree->parts());
  if (body) append_body(*tree, *body, quoting, message);
  for (std::size_t i = 0; i < tree->parts().size(); ++i) {
    if (i == body) continue;
    if (message.attachments.size() == kAttachmentsMax) return "has more than 256 attachments";
    if (!list_attachment(*tree, i, message)) return "an attachment cannot be hashed";
  }
  return {};
}

Status extract_mail_part(std::string_view mail, std::string_view number, ByteSink& sink) {
  const auto tree = MailTree::parse(mail);
  for (std::size_t i = 0; tree && i < tree->parts().size(); ++i) {
    if (tree->parts()[i].number == number) return tree->decode(i, sink);
  }
  return Error{ErrorCode::not_found, "the mail has no part " + shown(number)};
}

}  // namespace casebook::imports
