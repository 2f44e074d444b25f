#pragma once
/// What an import yields: messages with the place they came from, and the records that could not be
/// read. Specification: docs/spec/imports.md section 1.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/digest.h"

namespace casebook::imports {

inline constexpr std::size_t kTextBytesMax = std::size_t{1} << 20U;
inline constexpr std::size_t kAttachmentsMax = 256;
inline constexpr std::size_t kShownNameBytesMax = 200;
inline constexpr std::size_t kIdBytesMax = 1024;

enum class SourceKind { slack, mail, transcript };
std::string_view to_string(SourceKind kind) noexcept;
/// What this kind of export does not hold, as one sentence for summaries and citations.
std::string_view left_out(SourceKind kind) noexcept;

/// Where the raw record lies in the source file.
struct Origin {
  std::string member;            ///< Path inside a zip; empty when the file is no archive.
  std::uint64_t offset = 0;      ///< Bytes, in the decompressed member or the file.
  std::uint64_t size_bytes = 0;  ///< Of the raw record.
  Digest256 digest{};            ///< SHA-256 of the raw record.
};

struct AttachmentReference {
  std::string name;        ///< Escaped.
  std::string media_type;  ///< As the exporter says.
  std::string place;       ///< A link, or the number of the MIME part ("2.1").
  std::optional<std::uint64_t> size_bytes;
  std::optional<Digest256> digest;  ///< Only when the export holds the bytes.
};

struct Message {
  Origin origin;
  SourceKind kind = SourceKind::slack;
  std::uint64_t copy = 0;         ///< How many equal records came before; transcripts only.
  std::string id;                 ///< The exporter's id of the message.
  std::string user;               ///< The exporter's stable id of the author.
  std::string shown_name;         ///< Escaped.
  std::string conversation;       ///< Stable id.
  std::string conversation_name;  ///< Escaped.
  std::string thread;
  std::string reply_to;
  std::string time_as_written;
  std::optional<UtcNanoseconds> claimed_at;  ///< Only when the export says which moment it was.
  std::string text;                          ///< UTF-8, as exported: escape it before showing.
  bool is_edited = false;
  bool is_deleted = false;
  bool is_bot = false;
  bool is_system = false;
  bool is_repaired = false;  ///< Bytes that were not UTF-8 became U+FFFD.
  bool is_cut = false;       ///< The text was longer than kTextBytesMax.
  std::optional<UtcNanoseconds> edited_at;
  std::vector<AttachmentReference> attachments;

  /// Back to an empty message; keeps the memory of its texts for the next one.
  void clear();
};

/// A record that could not be read.
struct BadRecord {
  std::string member;  ///< Escaped; empty when the file is no archive.
  std::uint64_t offset = 0;
  std::string reason;  ///< One line.
};

/// Takes what an import yields, in the order of the file. An error ends the import.
class MessageSink {
 public:
  virtual ~MessageSink() = default;
  /// `message` is good until the call returns.
  virtual Status take(const Message& message) = 0;
  virtual Status take(const BadRecord& bad) = 0;
  /// A member of an archive that no rule reads. `member` is escaped.
  virtual Status take_unread(std::string_view member) = 0;
};

/// What an import found, for its last lines and its record.
struct ImportSummary {
  SourceKind kind = SourceKind::slack;
  std::uint64_t messages = 0;
  std::uint64_t bad_records = 0;
  std::uint64_t unread_members = 0;
  std::uint64_t without_moment = 0;  ///< Messages whose time is only as written, or not there.
  std::string hint;                  ///< What would give them one; may be empty.
};

/// The key by which a message is taken once: docs/spec/imports.md section 1.
Result<Digest256> import_key(const Message& message);

/// `name` escaped, at most kShownNameBytesMax long; a cut never splits a character or an escape.
std::string shown(std::string_view name);

/// `id` as it is when it is UTF-8, else escaped; at most kIdBytesMax long, cut between characters.
std::string clean_id(std::string_view id);

/// Appends `text` as UTF-8, ill-formed bytes as U+FFFD, up to kTextBytesMax in all; sets the flags
/// of `message` that tell so.
void append_text(Message& message, std::string_view text);

}  // namespace casebook::imports
