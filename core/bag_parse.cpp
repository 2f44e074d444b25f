// Strict reading of catalog lines: read what must be there, write it again, compare.
#include <algorithm>
#include <charconv>
#include <tuple>

#include "core/bag_format.h"
#include "core/canonical_reader.h"
#include "core/stored_name.h"

namespace casebook {
namespace {

using Nanoseconds = std::chrono::nanoseconds;

Nanoseconds take_time(CanonicalReader& in) { return Nanoseconds(in.nanoseconds()); }

std::uint32_t take_u32(CanonicalReader& in) {
  const std::int64_t value = in.integer();
  if (value < 0 || value > 0xffffffffLL) in.fail();
  return static_cast<std::uint32_t>(value);
}

int take_int(CanonicalReader& in) {
  const std::int64_t value = in.integer();
  if (value < -0x7fffffffLL || value > 0x7fffffffLL) in.fail();
  return static_cast<int>(value);
}

std::string take_base64(CanonicalReader& in) {
  auto bytes = from_base64(in.text());
  if (!bytes) {
    in.fail();
    return {};
  }
  return std::string(as_text(*bytes));
}

/// `name` or `name_base64`.
std::optional<std::string> take_raw(CanonicalReader& in, std::string_view name) {
  if (in.key(name)) return in.text();
  if (in.key(std::string(name) + "_base64")) return take_base64(in);
  return std::nullopt;
}

template <typename Take>
void take_array(CanonicalReader& in, Take take) {
  in.expect('[');
  if (in.accept(']')) return;
  do {
    take();
  } while (!in.failed() && in.accept(','));
  in.expect(']');
}

std::vector<std::string> take_texts(CanonicalReader& in) {
  std::vector<std::string> texts;
  take_array(in, [&] { texts.push_back(in.text()); });
  return texts;
}

std::pair<std::uint32_t, std::uint32_t> take_device(CanonicalReader& in) {
  const std::string text = in.text();
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, major);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ':') {
    in.fail();
    return {};
  }
  const auto second = std::from_chars(first.ptr + 1, end, minor);
  if (second.ec != std::errc() || second.ptr != end) in.fail();
  return {major, minor};
}

std::uint32_t take_mode(CanonicalReader& in) {
  const std::string text = in.text();
  std::uint32_t mode = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) in.fail();
  return mode;
}

void must(CanonicalReader& in, std::string_view name) {
  if (!in.key(name)) in.fail();
}

ObjectStat take_stat(CanonicalReader& in) {
  ObjectStat stat;
  in.begin_object();
  must(in, "atime");
  stat.atime = take_time(in);
  if (in.key("attributes")) stat.attributes = take_texts(in);
  must(in, "blocks");
  stat.blocks = in.decimal();
  if (in.key("btime")) stat.btime = take_time(in);
  must(in, "ctime");
  stat.ctime = take_time(in);
  must(in, "dev");
  std::tie(stat.dev_major, stat.dev_minor) = take_device(in);
  must(in, "gid");
  stat.gid = take_u32(in);
  must(in, "ino");
  stat.ino = in.decimal();
  must(in, "mode");
  stat.mode = take_mode(in);
  must(in, "mtime");
  stat.mtime = take_time(in);
  must(in, "nlink");
  stat.nlink = take_u32(in);
  if (in.key("rdev")) stat.rdev = take_device(in);
  must(in, "size");
  stat.size_bytes = in.decimal();
  must(in, "uid");
  stat.uid = take_u32(in);
  in.end_object();
  return stat;
}

CommandRun take_command(CanonicalReader& in) {
  CommandRun run;
  in.begin_object();
  must(in, "argv");
  run.argv = take_texts(in);
  must(in, "duration_ms");
  run.duration_ms = in.integer();
  if (in.key("exit")) run.exit_code = take_int(in);
  if (in.key("program_sha256")) run.program_sha256 = in.text();
  if (in.key("signal")) run.signal = take_int(in);
  in.end_object();
  return run;
}

AddedSource take_source(CanonicalReader& in) {
  AddedSource source;
  in.begin_object();
  must(in, "directed_by");
  source.directed_by = in.text();
  must(in, "method");
  source.method = in.text();
  must(in, "original_name");
  source.original_name = in.text();
  must(in, "person");
  source.person = in.text();
  in.end_object();
  return source;
}

EntryError take_error(CanonicalReader& in) {
  EntryError error;
  in.begin_object();
  must(in, "call");
  error.call = in.text();
  must(in, "errno");
  error.errno_name = in.text();
  in.end_object();
  return error;
}

std::vector<DataRange> take_extents(CanonicalReader& in) {
  std::vector<DataRange> extents;
  take_array(in, [&] {
    in.expect('[');
    const std::uint64_t offset = in.decimal();
    in.expect(',');
    extents.push_back({offset, in.decimal()});
    in.expect(']');
  });
  return extents;
}

std::vector<ExtendedAttribute> take_xattrs(CanonicalReader& in) {
  std::vector<ExtendedAttribute> xattrs;
  take_array(in, [&] {
    in.begin_object();
    ExtendedAttribute attribute;
    const auto name = take_raw(in, "name");
    if (!name) in.fail();
    attribute.name = name.value_or("");
    must(in, "value_base64");
    attribute.value = take_base64(in);
    in.end_object();
    xattrs.push_back(std::move(attribute));
  });
  return xattrs;
}

template <typename Enum, std::size_t count>
Enum take_enum(CanonicalReader& in) {
  const std::string text = in.text();
  for (std::size_t i = 0; i < count; ++i) {
    if (text == to_string(static_cast<Enum>(i))) return static_cast<Enum>(i);
  }
  in.fail();
  return Enum{};
}

CatalogLine take_line(CanonicalReader& in) {
  CatalogLine line;
  in.begin_object();
  if (in.key("command")) line.command = take_command(in);
  if (in.key("error")) line.error = take_error(in);
  if (in.key("extents")) line.extents = take_extents(in);
  if (in.key("filled_from")) line.filled_from = in.decimal();
  if (in.key("findings")) line.findings = take_texts(in);
  if (in.key("instance")) line.instance = in.text();
  if (in.key("link_of")) line.link_of = in.text();
  line.link_target = take_raw(in, "link_target");
  must(in, "mono");
  line.monotonic = take_time(in);
  must(in, "outcome");
  line.outcome = take_enum<Outcome, 5>(in);
  line.path = take_raw(in, "path").value_or("");
  if (in.key("reading")) line.reading = in.text();
  if (in.key("redactions")) line.redactions = in.integer();
  must(in, "rule");
  line.rule = in.text();
  must(in, "salt");
  line.salt = in.text();
  if (in.key("sha256")) line.sha256 = in.text();
  if (in.key("size")) line.stored_size_bytes = in.decimal();
  if (in.key("size_closed")) line.size_closed = in.decimal();
  if (in.key("source")) line.source = take_source(in);
  must(in, "stage");
  line.stage = take_int(in);
  if (in.key("stat")) line.stat = take_stat(in);
  if (in.key("stored")) line.stored = in.text();
  must(in, "taken_at");
  line.taken_at = take_time(in);
  must(in, "type");
  line.type = take_enum<EntryType, 11>(in);
  if (in.key("xattrs")) line.xattrs = take_xattrs(in);
  in.end_object();
  return line;
}

bool is_lower_hex(std::string_view text, std::size_t digits) {
  // Without an early end: nearly every text is one, and this is asked twice for every line.
  bool good = text.size() == digits;
  for (const char c : text) {
    const auto value = static_cast<unsigned char>(c);
    good &= (value - unsigned{'0'} < 10U) | (value - unsigned{'a'} < 6U);
  }
  return good;
}

}  // namespace

std::string_view contradiction_in(const CatalogLine& line) noexcept {
  const bool of_host = line.type < EntryType::reading;
  const bool has_bytes = line.outcome == Outcome::stored || line.outcome == Outcome::redacted;
  if (!is_lower_hex(line.salt, 32)) return "salt";
  if (line.stage < 0 || line.stage > 16) return "stage";
  if (line.rule.empty()) return "rule";
  if (of_host == line.path.empty()) return "path";
  if (has_bytes == line.stored.empty()) return "stored";
  if (has_bytes ? !is_lower_hex(line.sha256, 64) : !line.sha256.empty()) return "sha256";
  if ((line.outcome == Outcome::linked) == line.link_of.empty()) return "link_of";
  if (line.redactions < 0 || (line.outcome != Outcome::redacted && line.redactions != 0)) {
    return "redactions";
  }
  if (line.filled_from && (!has_bytes || *line.filled_from > line.stored_size_bytes)) {
    return "filled_from";
  }
  if ((line.type == EntryType::added) != line.source.has_value()) return "source";
  return {};
}

Result<CatalogLine> parse_catalog_line(std::string_view text) {
  CanonicalReader in(text);
  CatalogLine line = take_line(in);
  if (!in.finished()) return Error{ErrorCode::invalid_input, "not a catalog line"};
  std::string again;
  again.reserve(text.size());
  append_catalog_line(again, line);
  if (again != text) return Error{ErrorCode::invalid_input, "catalog line is not canonical"};
  const bool named = line.stored.empty() || is_stored_name_of(line);
  if (const auto wrong = named ? contradiction_in(line) : "stored"; !wrong.empty()) {
    return Error{ErrorCode::invalid_input,
                 "catalog line contradicts itself in '" + std::string(wrong) + "'"};
  }
  return line;
}

}  // namespace casebook
