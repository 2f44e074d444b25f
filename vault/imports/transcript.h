#pragma once
/// Chats that were copied or exported as text. Specification: docs/spec/imports.md section 5.

#include "vault/imports/message.h"
#include "vault/imports/transcript_time.h"

namespace casebook::imports {

inline constexpr std::size_t kTranscriptBytesMax = std::size_t{64} << 20U;

struct TranscriptOptions {
  std::string conversation;
  std::optional<DayOrder> day_order;
  const TimeZone* zone = nullptr;  ///< Of times that say none; outlives the call.
  std::optional<LocalDate> date;   ///< Of the first time that says none.
};

/// The shapes of a line that begins a message; `none` cuts at empty lines.
enum class TranscriptShape { bracket, dash, irc, tab, colon, heading, none };
std::string_view to_string(TranscriptShape shape) noexcept;

/// The front of a message, as one line in one shape says it. Views into the line.
struct TranscriptLine {
  WrittenTime time;
  std::string_view time_text;
  std::string_view name;  ///< Empty for a system line.
  std::string_view text;
};
std::optional<TranscriptLine> parse_transcript_line(std::string_view line, TranscriptShape shape);

/// Gives every message of `text` to `sink`.
/// @return what was found; its hint names the option that would turn times into moments.
///         `limit_exceeded` beyond kTranscriptBytesMax; the error of `sink`.
Result<ImportSummary> read_transcript(std::string_view text, const TranscriptOptions& options,
                                      MessageSink& sink);

}  // namespace casebook::imports
