// The catalog line as text. Lines are made without a JSON tree: a bag may hold millions.
#include "core/bag_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "core/json_text.h"
#include "core/printable.h"

namespace casebook {
namespace {

constexpr std::array<std::string_view, 11> kTypes = {
    "file",         "directory", "symlink", "fifo",    "socket", "char_device",
    "block_device", "unknown",   "reading", "command", "added"};
constexpr std::array<std::string_view, 5> kOutcomes = {"stored", "redacted", "listed", "linked",
                                                       "lost"};

constexpr std::size_t kNumberBytesMax = 24;
constexpr std::size_t kLineBytesUsual = 1024;

/// Writes behind what a string holds, in place: a line has a hundred pieces, and a call of append
/// for each would cost more than the rest. What is written counts once commit() was called.
class TextCursor {
 public:
  explicit TextCursor(std::string& out) : out_(out), used_(out.size()) { room(kLineBytesUsual); }
  TextCursor(const TextCursor&) = delete;
  TextCursor& operator=(const TextCursor&) = delete;
  void commit() { out_.resize(used_); }

  void put(char c) {
    room(1);
    out_[used_++] = c;
  }
  [[gnu::always_inline]] void put(std::string_view text) {
    room(text.size());
    std::memcpy(out_.data() + used_, text.data(), text.size());
    used_ += text.size();
  }
  template <typename Integer>
  void number(Integer value, int base = 10) {
    room(kNumberBytesMax);
    char* const begin = out_.data() + used_;
    used_ += static_cast<std::size_t>(
        std::to_chars(begin, begin + kNumberBytesMax, value, base).ptr - begin);
  }
  /// Nine digits behind a point.
  void fraction(std::uint32_t nanoseconds) {
    room(10);
    char* const begin = out_.data() + used_;
    begin[0] = '.';
    for (std::size_t i = 9; i > 0; --i, nanoseconds /= 10)
      begin[i] = static_cast<char>('0' + nanoseconds % 10);
    used_ += 10;
  }
  /// As a JSON string.
  void quoted(std::string_view text) {
    if (std::ranges::all_of(
            text, [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; })) {
      put('"');
      put(text);
      return put('"');
    }
    scratch_.clear();
    append_json_string(scratch_, is_utf8(text) ? text : std::string_view(printable(text)));
    put(scratch_);
  }

 private:
  void room(std::size_t count) {
    if (out_.size() - used_ < count) grow(count);
  }
  [[gnu::noinline]] void grow(std::size_t count) {
    out_.resize(used_ + std::max(count, kLineBytesUsual));
  }
  std::string& out_;
  std::size_t used_;
  std::string scratch_;
};

/// Writes the members of one object; the caller gives the keys in their order.
class ObjectText {
 public:
  explicit ObjectText(TextCursor& out) : out_(out) { out_.put('{'); }
  void close() { out_.put('}'); }
  /// Inlined, so that a literal key is copied as the constant that it is.
  [[gnu::always_inline]] TextCursor& key(std::string_view name) {
    out_.put(first_ ? std::string_view("\"") : std::string_view(",\""));
    first_ = false;
    out_.put(name);
    out_.put("\":");
    return out_;
  }
  /// For text that needs no escaping.
  void plain(std::string_view name, std::string_view text) {
    key(name).put('"');
    out_.put(text);
    out_.put('"');
  }
  void text(std::string_view name, std::string_view text) { key(name).quoted(text); }
  /// As `name`, or as `name_base64` when it is not UTF-8.
  void raw(std::string_view name, std::string_view bytes) {
    if (is_utf8(bytes)) {
      key(name).quoted(bytes);
    } else {
      plain(std::string(name) + "_base64", to_base64(as_bytes(bytes)));
    }
  }
  template <typename Integer>
  [[gnu::always_inline]] void integer(std::string_view name, Integer value) {
    key(name).number(value);
  }
  [[gnu::always_inline]] void decimal(std::string_view name, std::uint64_t value) {
    put_decimal(key(name), value);
  }
  [[gnu::always_inline]] void time(std::string_view name, std::chrono::nanoseconds value) {
    put_time(key(name), value);
  }

  static void put_decimal(TextCursor& out, std::uint64_t value) {
    out.put('"');
    out.number(value);
    out.put('"');
  }
  static void put_time(TextCursor& out, std::chrono::nanoseconds value) {
    constexpr std::uint64_t kPerSecond = 1'000'000'000;
    const std::int64_t count = value.count();
    const std::uint64_t size =
        count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
    out.put(count < 0 ? std::string_view("\"-") : std::string_view("\""));
    out.number(size / kPerSecond);
    out.fraction(static_cast<std::uint32_t>(size % kPerSecond));
    out.put('"');
  }

 private:
  TextCursor& out_;
  bool first_ = true;
};

template <typename Range, typename Write>
void put_array(TextCursor& out, const Range& range, Write write) {
  out.put('[');
  bool first = true;
  for (const auto& item : range) {
    if (!first) out.put(',');
    first = false;
    write(item);
  }
  out.put(']');
}

void put_strings(TextCursor& out, const std::vector<std::string>& texts) {
  put_array(out, texts, [&](const std::string& text) { out.quoted(text); });
}

void put_device(TextCursor& out, std::uint32_t major, std::uint32_t minor) {
  out.put('"');
  out.number(major);
  out.put(':');
  out.number(minor);
  out.put('"');
}

void put_stat(TextCursor& out, const ObjectStat& stat) {
  ObjectText object(out);
  object.time("atime", stat.atime);
  if (!stat.attributes.empty()) put_strings(object.key("attributes"), stat.attributes);
  object.decimal("blocks", stat.blocks);
  if (stat.btime) object.time("btime", *stat.btime);
  object.time("ctime", stat.ctime);
  put_device(object.key("dev"), stat.dev_major, stat.dev_minor);
  object.integer("gid", stat.gid);
  object.decimal("ino", stat.ino);
  object.key("mode").put('"');
  out.number(stat.mode, 8);
  out.put('"');
  object.time("mtime", stat.mtime);
  object.integer("nlink", stat.nlink);
  if (stat.rdev) put_device(object.key("rdev"), stat.rdev->first, stat.rdev->second);
  object.decimal("size", stat.size_bytes);
  object.integer("uid", stat.uid);
  object.close();
}

void put_command(TextCursor& out, const CommandRun& run) {
  ObjectText object(out);
  put_strings(object.key("argv"), run.argv);
  object.integer("duration_ms", run.duration_ms);
  if (run.exit_code) object.integer("exit", *run.exit_code);
  if (!run.program_sha256.empty()) object.plain("program_sha256", run.program_sha256);
  if (run.signal) object.integer("signal", *run.signal);
  object.close();
}

void put_source(TextCursor& out, const AddedSource& source) {
  ObjectText object(out);
  object.text("directed_by", source.directed_by);
  object.text("method", source.method);
  object.text("original_name", source.original_name);
  object.text("person", source.person);
  object.close();
}

void put_xattrs(TextCursor& out, const std::vector<ExtendedAttribute>& xattrs) {
  put_array(out, xattrs, [&](const ExtendedAttribute& attribute) {
    ObjectText object(out);
    object.raw("name", attribute.name);
    object.plain("value_base64", to_base64(as_bytes(attribute.value)));
    object.close();
  });
}

void put_extents(TextCursor& out, const std::vector<DataRange>& extents) {
  put_array(out, extents, [&](const DataRange& range) {
    out.put('[');
    ObjectText::put_decimal(out, range.offset);
    out.put(',');
    ObjectText::put_decimal(out, range.length);
    out.put(']');
  });
}

void put_findings(TextCursor& out, std::vector<std::string> findings) {
  std::sort(findings.begin(), findings.end());
  findings.erase(std::unique(findings.begin(), findings.end()), findings.end());
  put_strings(out, findings);
}

void put_error(TextCursor& out, const EntryError& error) {
  ObjectText object(out);
  object.text("call", error.call);
  object.text("errno", error.errno_name);
  object.close();
}

}  // namespace

std::string_view to_string(EntryType type) noexcept {
  return kTypes[static_cast<std::size_t>(type)];
}

std::string_view to_string(Outcome outcome) noexcept {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}

void append_catalog_line(std::string& out, const CatalogLine& line) {
  TextCursor cursor(out);
  ObjectText object(cursor);
  if (line.command) put_command(object.key("command"), *line.command);
  if (line.error) put_error(object.key("error"), *line.error);
  if (!line.extents.empty()) put_extents(object.key("extents"), line.extents);
  if (line.filled_from) object.decimal("filled_from", *line.filled_from);
  if (!line.findings.empty()) put_findings(object.key("findings"), line.findings);
  if (!line.instance.empty()) object.text("instance", line.instance);
  if (!line.link_of.empty()) object.text("link_of", line.link_of);
  if (line.link_target) object.raw("link_target", *line.link_target);
  object.time("mono", line.monotonic);
  object.plain("outcome", to_string(line.outcome));
  if (!line.path.empty()) object.raw("path", line.path);
  if (!line.reading.empty()) object.text("reading", line.reading);
  if (line.outcome == Outcome::redacted) object.integer("redactions", line.redactions);
  object.text("rule", line.rule);
  object.plain("salt", line.salt);
  if (!line.sha256.empty()) object.plain("sha256", line.sha256);
  if (!line.stored.empty()) object.decimal("size", line.stored_size_bytes);
  if (line.size_closed) object.decimal("size_closed", *line.size_closed);
  if (line.source) put_source(object.key("source"), *line.source);
  object.integer("stage", line.stage);
  if (line.stat) put_stat(object.key("stat"), *line.stat);
  if (!line.stored.empty()) object.plain("stored", line.stored);
  object.time("taken_at", line.taken_at);
  object.plain("type", to_string(line.type));
  if (!line.xattrs.empty()) put_xattrs(object.key("xattrs"), line.xattrs);
  object.close();
  cursor.commit();
}

}  // namespace casebook
