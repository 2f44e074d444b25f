#include "vault/imports/transcript.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

namespace casebook::imports {
namespace {

constexpr std::size_t kShapes = 6;

/// One line without its end, and where it stands.
struct Line {
  std::string_view text;
  std::size_t begin;
};

/// Calls `take` for each line; stops when it returns an error.
template <typename Take>
Status each_line(std::string_view text, const Take& take) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (auto taken = take(Line{line, at}); !taken) return taken;
    at = end + 1;
  }
  return ok();
}

/// The shape that most lines have, and what their dates say of their order.
struct Survey {
  TranscriptShape shape = TranscriptShape::none;
  std::optional<DayOrder> order;
};

Survey survey(std::string_view text) {
  std::array<std::size_t, kShapes> counts{};
  std::array<DayOrderEvidence, kShapes> evidence;
  (void)bool(each_line(text, [&](const Line& line) {
    for (std::size_t i = 0; i < kShapes; ++i) {
      const auto shape = static_cast<TranscriptShape>(i);
      const auto parsed = parse_transcript_line(line.text, shape);
      if (!parsed) continue;
      evidence[i].add(parsed->time);
      // A line without a name says little about the shape: a heading looks like one.
      if (!parsed->name.empty()) ++counts[i];
    }
    return ok();
  }));
  const auto most = std::ranges::max_element(counts);
  if (*most == 0) return {};
  const auto index = static_cast<std::size_t>(most - counts.begin());
  return {static_cast<TranscriptShape>(index), evidence[index].verdict()};
}

class Reader {
 public:
  Reader(std::string_view text, const TranscriptOptions& options, const Survey& found,
         MessageSink& sink)
      : text_(text),
        options_(options),
        shape_(found.shape),
        moments_(options.day_order ? options.day_order : found.order, options.zone, options.date),
        sink_(sink) {
    summary_.kind = SourceKind::transcript;
  }

  Status take_line(const Line& line);
  Status end_message();
  ImportSummary finish();

 private:
  void begin_message(const Line& line);
  void begin_message(const Line& line, const TranscriptLine& parsed);
  void note_missing(MomentResolver::Missing missing);

  std::string_view text_;
  const TranscriptOptions& options_;
  TranscriptShape shape_;
  MomentResolver moments_;
  MessageSink& sink_;
  ImportSummary summary_;
  Message message_;
  bool is_open_ = false;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;     // Behind the last line that is not empty.
  std::size_t blanks_ = 0;  // Empty lines since.
  bool is_text_begun_ = false;
  // By the front of the digest; only equal records count.
  std::unordered_map<std::uint64_t, std::uint64_t> copies_;
  std::array<std::size_t, 5> missing_{};
};

void Reader::begin_message(const Line& line) {
  message_.clear();
  message_.kind = SourceKind::transcript;
  message_.conversation = clean_id(options_.conversation);
  message_.conversation_name = shown(options_.conversation);
  is_open_ = true;
  is_text_begun_ = false;
  begin_ = line.begin;
  end_ = line.begin + line.text.size();
  blanks_ = 0;
}

void Reader::begin_message(const Line& line, const TranscriptLine& parsed) {
  begin_message(line);
  message_.user = clean_id(parsed.name);
  message_.shown_name = shown(parsed.name);
  message_.is_system = parsed.name.empty();
  message_.time_as_written = shown(parsed.time_text);
  if (const auto moment = moments_.resolve(parsed.time)) message_.claimed_at = *moment;
  note_missing(moments_.missing());
  append_text(message_, parsed.text);
  is_text_begun_ = !parsed.text.empty();
}

void Reader::note_missing(MomentResolver::Missing missing) {
  ++missing_[static_cast<std::size_t>(missing)];
}

Status Reader::end_message() {
  if (!is_open_) return ok();
  is_open_ = false;
  message_.origin.offset = begin_;
  message_.origin.size_bytes = end_ - begin_;
  const auto digest = sha256(as_bytes(text_.substr(begin_, end_ - begin_)));
  if (!digest) return digest.error();
  message_.origin.digest = *digest;
  std::uint64_t front = 0;
  std::memcpy(&front, digest->data(), sizeof front);
  message_.copy = copies_[front]++;
  ++summary_.messages;
  if (!message_.claimed_at) ++summary_.without_moment;
  return sink_.take(message_);
}

Status Reader::take_line(const Line& line) {
  if (const auto date = day_of_log_line(line.text)) {
    if (auto ended = end_message(); !ended) return ended;
    moments_.set_date(*date);
    begin_message(line);
    message_.is_system = true;
    append_text(message_, line.text);
    return end_message();
  }
  if (const auto parsed = parse_transcript_line(line.text, shape_)) {
    if (auto ended = end_message(); !ended) return ended;
    begin_message(line, *parsed);
    return ok();
  }
  const bool is_blank = line.text.find_first_not_of(" \t") == std::string_view::npos;
  if (is_blank) {
    ++blanks_;
    return shape_ == TranscriptShape::none ? end_message() : ok();
  }
  if (!is_open_) {
    begin_message(line);
  } else {
    // Empty lines inside a message are part of it, those behind it are not.
    if (is_text_begun_)
      append_text(message_, std::string(std::min<std::size_t>(blanks_, 10) + 1, '\n'));
    end_ = line.begin + line.text.size();
    blanks_ = 0;
  }
  append_text(message_, line.text);
  is_text_begun_ = true;
  return ok();
}

ImportSummary Reader::finish() {
  using Missing = MomentResolver::Missing;
  const auto count = [&](Missing missing) { return missing_[static_cast<std::size_t>(missing)]; };
  if (count(Missing::order) > 0) {
    summary_.hint = "whether 3/4 is 3 April: --day-order day or month";
  } else if (count(Missing::date) > 0) {
    summary_.hint = "the date of the first line: --date YYYY-MM-DD";
  } else if (count(Missing::zone) > 0) {
    summary_.hint = "the time zone of the exporter: --zone NAME";
  }
  return summary_;
}

}  // namespace

Result<ImportSummary> read_transcript(std::string_view text, const TranscriptOptions& options,
                                      MessageSink& sink) {
  if (text.size() > kTranscriptBytesMax)
    return Error{ErrorCode::limit_exceeded, "the text is longer than 64 MiB"};
  Reader reader(text, options, survey(text), sink);
  auto read = each_line(text, [&](const Line& line) { return reader.take_line(line); });
  if (!read) return std::move(read).error();
  if (auto ended = reader.end_message(); !ended) return std::move(ended).error();
  return reader.finish();
}

}  // namespace casebook::imports
