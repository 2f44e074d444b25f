#include "vault/imports/mbox.h"

#include <algorithm>

#include "vault/imports/mail_message.h"

namespace casebook::imports {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10U;
/// The front of a line that tells whether it is an envelope; no envelope is longer.
constexpr std::size_t kEnvelopeBytesMax = 1000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "From ada@example.org Sat Nov 21 02:11:26 2026": a sender and something with a time.
bool is_envelope(std::string_view line) {
  if (!line.starts_with("From ") || line.size() > kEnvelopeBytesMax) return false;
  const auto sender = line.substr(5);
  const auto blank = sender.find(' ');
  if (blank == std::string_view::npos || blank == 0) return false;
  const auto rest = sender.substr(blank);
  for (std::size_t i = 1; i + 2 < rest.size(); ++i) {
    if (rest[i] == ':' && is_digit(rest[i - 1]) && is_digit(rest[i + 1])) return true;
  }
  return false;
}

class Splitter {
 public:
  Splitter(const MailboxOptions& options, MessageSink& sink) : options_(options), sink_(sink) {
    summary_.kind = SourceKind::mail;
  }

  /// Takes one line with its line feed (the last one of a file may have none).
  Status take_line(std::string_view line);
  Status finish();
  Status emit(std::string_view record, std::uint64_t offset, MailQuoting quoting);
  [[nodiscard]] const ImportSummary& summary() const { return summary_; }

 private:
  Status end_record();

  const MailboxOptions& options_;
  MessageSink& sink_;
  ImportSummary summary_;
  Message message_;
  std::string record_;            // From the envelope on.
  std::uint64_t offset_ = 0;      // Of record_.
  std::uint64_t place_ = 0;       // Behind the last line taken.
  std::uint64_t size_bytes_ = 0;  // Of the record, also when it is too long to keep.
  bool is_behind_blank_ = true;
  bool is_mid_line_ = false;  // The last piece had no line feed.
  bool is_open_ = false;
};

Status Splitter::emit(std::string_view record, std::uint64_t offset, MailQuoting quoting) {
  const auto bad = [&](std::string_view reason) {
    ++summary_.bad_records;
    return sink_.take(BadRecord{.offset = offset, .reason = std::string(reason)});
  };
  if (size_bytes_ > kMailBytesMax) return bad("the mail is longer than 64 MiB");
  message_.clear();
  const auto digest = sha256(as_bytes(record));
  if (!digest) return digest.error();
  const auto body = record.starts_with("From ") ? record.substr(record.find('\n') + 1) : record;
  const auto reason = read_mail(body, quoting, message_);
  if (!reason.empty()) return bad(reason);
  message_.origin.offset = offset;
  message_.origin.size_bytes = record.size();
  message_.origin.digest = *digest;
  message_.conversation = clean_id(options_.conversation);
  message_.conversation_name = shown(options_.conversation);
  ++summary_.messages;
  if (!message_.claimed_at) ++summary_.without_moment;
  return sink_.take(message_);
}

Status Splitter::end_record() {
  if (!is_open_) return ok();
  // The empty line before the next envelope belongs to neither.
  if (record_.ends_with("\n\r\n")) {
    record_.resize(record_.size() - 2);
  } else if (record_.ends_with("\n\n")) {
    record_.resize(record_.size() - 1);
  }
  auto done = emit(record_, offset_, MailQuoting::mboxrd);
  record_.clear();
  size_bytes_ = 0;
  return done;
}

Status Splitter::take_line(std::string_view line) {
  const bool is_line_start = !is_mid_line_;
  is_mid_line_ = !line.ends_with('\n');
  if (is_behind_blank_ && is_envelope(line)) {
    if (auto done = end_record(); !done) return done;
    is_open_ = true;
    offset_ = place_;
  }
  place_ += line.size();
  is_behind_blank_ = is_line_start && (line == "\n" || line == "\r\n");
  if (!is_open_) {
    if (is_behind_blank_) return ok();
    return Error{ErrorCode::invalid_input, "not an mbox: it does not begin with a From line",
                 "a single mail is imported as .eml"};
  }
  size_bytes_ += line.size();
  if (size_bytes_ <= kMailBytesMax) record_ += line;
  return ok();
}

Status Splitter::finish() { return end_record(); }

/// Cuts a stream into lines of at most kMailBytesMax; longer ones come in pieces.
Status each_line(ByteSource& source, Splitter& splitter) {
  std::string buffer;
  std::vector<std::byte> chunk(kReadBytes);
  while (true) {
    const auto count = source.read(chunk);
    if (!count) return count.error();
    std::size_t from = buffer.size();
    buffer += as_text(std::span<const std::byte>(chunk).first(*count));
    std::size_t at = 0;
    for (auto end = buffer.find('\n', from); end != std::string::npos;
         end = buffer.find('\n', at)) {
      if (auto taken = splitter.take_line(std::string_view(buffer).substr(at, end + 1 - at));
          !taken)
        return taken;
      at = end + 1;
    }
    buffer.erase(0, at);
    const bool is_end = *count == 0;
    // A piece of a long line is never taken for an envelope: those are short.
    if (!buffer.empty() && (is_end || buffer.size() > kReadBytes)) {
      if (auto taken = splitter.take_line(buffer); !taken) return taken;
      buffer.clear();
    }
    if (is_end) return ok();
  }
}

}  // namespace

bool looks_like_mbox(std::string_view front) {
  const auto begin = front.find_first_not_of("\r\n");
  if (begin == std::string_view::npos) return false;
  const auto line = front.substr(begin, front.find('\n', begin) - begin);
  return is_envelope(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
}

Result<ImportSummary> read_mbox(ByteSource& source, const MailboxOptions& options,
                                MessageSink& sink) {
  Splitter splitter(options, sink);
  if (auto read = each_line(source, splitter); !read) return std::move(read).error();
  if (auto done = splitter.finish(); !done) return std::move(done).error();
  return splitter.summary();
}

Result<ImportSummary> read_eml(ByteSource& source, const MailboxOptions& options,
                               MessageSink& sink) {
  const auto bytes = read_all(source, kMailBytesMax);
  if (!bytes) return Error(bytes.error()).context("read the mail");
  Splitter splitter(options, sink);
  if (auto done = splitter.emit(as_text(*bytes), 0, MailQuoting::none); !done)
    return std::move(done).error();
  return splitter.summary();
}

}  // namespace casebook::imports
