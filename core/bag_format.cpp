// The catalog line as text. Lines are made without a JSON tree: a bag may hold millions.
#include "core/bag_format.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/json_text.h"
#include "core/printable.h"

namespace casebook {
namespace {

constexpr std::array<std::string_view, 11> kTypes = {
    "file",         "directory", "symlink", "fifo",    "socket", "char_device",
    "block_device", "unknown",   "reading", "command", "added"};
constexpr std::array<std::string_view, 5> kOutcomes = {"stored", "redacted", "listed", "linked",
                                                       "lost"};

/// Writes the members of one object; the caller gives the keys in their order.
class ObjectText {
 public:
  explicit ObjectText(std::string& out) : out_(out) { out_.push_back('{'); }
  void close() { out_.push_back('}'); }
  std::string& key(std::string_view name) {
    if (!first_) out_.push_back(',');
    first_ = false;
    out_.append("\"").append(name).append("\":");
    return out_;
  }
  /// For text that needs no escaping.
  void plain(std::string_view name, std::string_view text) {
    key(name).append("\"").append(text).append("\"");
  }
  void text(std::string_view name, std::string_view text) {
    append_json_string(key(name), is_utf8(text) ? text : std::string_view(printable(text)));
  }
  /// As `name`, or as `name_base64` when it is not UTF-8.
  void raw(std::string_view name, std::string_view bytes) {
    if (is_utf8(bytes)) {
      append_json_string(key(name), bytes);
    } else {
      plain(std::string(name) + "_base64", to_base64(as_bytes(bytes)));
    }
  }
  template <typename Integer>
  void integer(std::string_view name, Integer value) {
    append_integer(key(name), value);
  }
  void decimal(std::string_view name, std::uint64_t value) { append_decimal(key(name), value); }
  void time(std::string_view name, std::chrono::nanoseconds value) {
    append_time(key(name), value);
  }

  template <typename Integer>
  static void append_integer(std::string& out, Integer value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
  }
  static void append_decimal(std::string& out, std::uint64_t value) {
    out.push_back('"');
    append_integer(out, value);
    out.push_back('"');
  }
  static void append_time(std::string& out, std::chrono::nanoseconds value) {
    constexpr std::uint64_t kPerSecond = 1'000'000'000;
    const std::int64_t count = value.count();
    const std::uint64_t size =
        count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
    out.append(count < 0 ? "\"-" : "\"");
    append_integer(out, size / kPerSecond);
    std::array<char, 11> fraction{};
    fraction[0] = '.';
    std::uint64_t left = size % kPerSecond;
    for (std::size_t i = 9; i > 0; --i, left /= 10)
      fraction[i] = static_cast<char>('0' + left % 10);
    fraction[10] = '"';
    out.append(fraction.data(), fraction.size());
  }

 private:
  std::string& out_;
  bool first_ = true;
};

template <typename Range, typename Write>
void append_array(std::string& out, const Range& range, Write write) {
  out.push_back('[');
  bool first = true;
  for (const auto& item : range) {
    if (!first) out.push_back(',');
    first = false;
    write(item);
  }
  out.push_back(']');
}

void append_strings(std::string& out, const std::vector<std::string>& texts) {
  append_array(out, texts, [&](const std::string& text) {
    append_json_string(out, is_utf8(text) ? text : printable(text));
  });
}

void append_device(ObjectText& object, std::string_view name, std::uint32_t major,
                   std::uint32_t minor) {
  std::string& out = object.key(name);
  out.push_back('"');
  ObjectText::append_integer(out, major);
  out.push_back(':');
  ObjectText::append_integer(out, minor);
  out.push_back('"');
}

void append_stat(std::string& out, const ObjectStat& stat) {
  ObjectText object(out);
  object.time("atime", stat.atime);
  if (!stat.attributes.empty()) append_strings(object.key("attributes"), stat.attributes);
  object.decimal("blocks", stat.blocks);
  if (stat.btime) object.time("btime", *stat.btime);
  object.time("ctime", stat.ctime);
  append_device(object, "dev", stat.dev_major, stat.dev_minor);
  object.integer("gid", stat.gid);
  object.decimal("ino", stat.ino);
  std::array<char, 16> mode{};
  const auto end = std::to_chars(mode.data(), mode.data() + mode.size(), stat.mode, 8).ptr;
  std::string& text = object.key("mode");
  text.append("\"").append(mode.data(), end).append("\"");
  object.time("mtime", stat.mtime);
  object.integer("nlink", stat.nlink);
  if (stat.rdev) append_device(object, "rdev", stat.rdev->first, stat.rdev->second);
  object.decimal("size", stat.size_bytes);
  object.integer("uid", stat.uid);
  object.close();
}

void append_command(std::string& out, const CommandRun& run) {
  ObjectText object(out);
  append_strings(object.key("argv"), run.argv);
  object.integer("duration_ms", run.duration_ms);
  if (run.exit_code) object.integer("exit", *run.exit_code);
  if (!run.program_sha256.empty()) object.plain("program_sha256", run.program_sha256);
  if (run.signal) object.integer("signal", *run.signal);
  object.close();
}

void append_source(std::string& out, const AddedSource& source) {
  ObjectText object(out);
  object.text("directed_by", source.directed_by);
  object.text("method", source.method);
  object.text("original_name", source.original_name);
  object.text("person", source.person);
  object.close();
}

void append_xattrs(std::string& out, const std::vector<ExtendedAttribute>& xattrs) {
  append_array(out, xattrs, [&](const ExtendedAttribute& attribute) {
    ObjectText object(out);
    object.raw("name", attribute.name);
    object.plain("value_base64", to_base64(as_bytes(attribute.value)));
    object.close();
  });
}

void append_extents(std::string& out, const std::vector<DataRange>& extents) {
  append_array(out, extents, [&](const DataRange& range) {
    out.push_back('[');
    ObjectText::append_decimal(out, range.offset);
    out.push_back(',');
    ObjectText::append_decimal(out, range.length);
    out.push_back(']');
  });
}

void append_findings(std::string& out, std::vector<std::string> findings) {
  std::sort(findings.begin(), findings.end());
  findings.erase(std::unique(findings.begin(), findings.end()), findings.end());
  append_strings(out, findings);
}

void append_error(std::string& out, const EntryError& error) {
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
  ObjectText object(out);
  if (line.command) append_command(object.key("command"), *line.command);
  if (line.error) append_error(object.key("error"), *line.error);
  if (!line.extents.empty()) append_extents(object.key("extents"), line.extents);
  if (line.filled_from) object.decimal("filled_from", *line.filled_from);
  if (!line.findings.empty()) append_findings(object.key("findings"), line.findings);
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
  if (line.source) append_source(object.key("source"), *line.source);
  object.integer("stage", line.stage);
  if (line.stat) append_stat(object.key("stat"), *line.stat);
  if (!line.stored.empty()) object.plain("stored", line.stored);
  object.time("taken_at", line.taken_at);
  object.plain("type", to_string(line.type));
  if (!line.xattrs.empty()) append_xattrs(object.key("xattrs"), line.xattrs);
  object.close();
}

}  // namespace casebook
