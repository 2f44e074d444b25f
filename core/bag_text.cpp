// The small texts of a bag: index, seal, tag files.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/bag_format.h"
#include "core/ids.h"
#include "core/json_text.h"

namespace casebook {
namespace {

constexpr std::string_view kIndexFormat = "casebook-catalog-index/1";
constexpr std::string_view kSealFormat = "casebook-seal/1";
constexpr std::size_t kTextBytesMax = 1024;

/// Takes members of one object one after the other and keeps the first error.
class Members {
 public:
  explicit Members(const Json& object) : object_(object) {}

  std::string text(std::string_view key) { return take(json_text_member(object_, key)); }
  std::uint64_t decimal(std::string_view key) { return take(json_decimal_member(object_, key)); }
  std::int64_t integer(std::string_view key, std::int64_t min = 0) {
    const auto value = take(json_integer_member(object_, key));
    if (value < min) refuse(key);
    return value;
  }
  Digest256 digest(std::string_view key) { return take(digest_from_hex(text(key))); }
  UtcSeconds time(std::string_view key) { return take(parse_utc(text(key))); }
  std::string id(std::string_view key) {
    std::string value = text(key);
    if (!BagId::parse(value)) refuse(key);
    return value;
  }
  /// One line of printable ASCII.
  std::string short_text(std::string_view key) {
    std::string value = text(key);
    if (value.empty() || value.size() > kTextBytesMax ||
        !std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; })) {
      refuse(key);
    }
    return value;
  }
  const Json& any(std::string_view key) {
    static const Json none;
    auto found = json_member(object_, key);
    if (!found) {
      keep(std::move(found).error());
      return none;
    }
    return **found;
  }
  void only(std::initializer_list<std::string_view> known) {
    if (auto checked = json_only_members(object_, known); !checked)
      keep(std::move(checked).error());
  }
  void refuse(std::string_view key) {
    keep({ErrorCode::invalid_input, "'" + std::string(key) + "' is not as the format asks"});
  }
  void keep(Error error) {
    if (!error_) error_ = std::move(error);
  }
  [[nodiscard]] std::optional<Error> error() const { return error_; }

 private:
  template <typename T>
  T take(Result<T> value) {
    if (value) return *std::move(value);
    keep(std::move(value).error());
    return T{};
  }
  const Json& object_;
  std::optional<Error> error_;
};

Result<CatalogSegment> parse_segment(const Json& value, std::size_t number) {
  Members in(value);
  in.only({"lines", "name", "offset", "sha256", "size"});
  CatalogSegment segment;
  segment.lines = static_cast<std::uint64_t>(in.integer("lines", 1));
  if (in.text("name") != segment_name(number)) in.refuse("name");
  segment.offset = in.decimal("offset");
  segment.sha256 = in.digest("sha256");
  segment.size_bytes = in.decimal("size");
  if (in.error()) return *in.error();
  return segment;
}

}  // namespace

std::string segment_name(std::size_t number) {
  const std::string digits = std::to_string(number);
  return "catalog/" + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits +
         ".jsonl";
}

std::string catalog_index_text(const CatalogIndex& index) {
  Json segments = Json::array();
  for (std::size_t i = 0; i < index.segments.size(); ++i) {
    const CatalogSegment& segment = index.segments[i];
    segments.push_back({{"lines", segment.lines},
                        {"name", segment_name(i)},
                        {"offset", std::to_string(segment.offset)},
                        {"sha256", to_hex(segment.sha256)},
                        {"size", std::to_string(segment.size_bytes)}});
  }
  return canonical_json({{"bag", index.bag},
                         {"date", index.date},
                         {"entries", index.entries},
                         {"format", kIndexFormat},
                         {"frame_bytes", index.frame_bytes},
                         {"root", to_hex(index.root)},
                         {"run", index.run},
                         {"segments", std::move(segments)},
                         {"software", index.software}});
}

Result<CatalogIndex> parse_catalog_index(std::string_view text) {
  auto value = parse_canonical_json(text, {.size_bytes_max = kCatalogIndexBytesMax});
  if (!value) return std::move(value).error().context("catalog index");
  Members in(*value);
  in.only(
      {"bag", "date", "entries", "format", "frame_bytes", "root", "run", "segments", "software"});
  if (in.text("format") != kIndexFormat) in.refuse("format");
  CatalogIndex index;
  index.bag = in.id("bag");
  index.date = in.text("date");
  if (index.date.size() != 10 || !parse_utc(index.date + "T00:00:00Z")) in.refuse("date");
  index.entries = static_cast<std::uint64_t>(in.integer("entries"));
  index.frame_bytes = static_cast<std::uint64_t>(in.integer("frame_bytes"));
  index.root = in.digest("root");
  index.run = in.id("run");
  index.software = in.short_text("software");
  const Json& segments = in.any("segments");
  if (!segments.is_array() || segments.size() > kCatalogSegmentsMax) in.refuse("segments");
  if (in.error()) return Error(*in.error()).context("catalog index");
  for (std::size_t i = 0; i < segments.size(); ++i) {
    auto segment = parse_segment(segments[i], i);
    if (!segment) return std::move(segment).error().context("catalog index");
    index.segments.push_back(*segment);
  }
  return index;
}

std::string seal_text(const Seal& seal) {
  return canonical_json(
      {{"bag", seal.bag},
       {"catalog", {{"entries", seal.entries}, {"root", to_hex(seal.root)}}},
       {"file",
        {{"name", seal.file_name},
         {"sha256", to_hex(seal.file_sha256)},
         {"size", std::to_string(seal.file_size_bytes)}}},
       {"format", kSealFormat},
       {"recipient", seal.recipient ? Json(*seal.recipient) : Json()},
       {"run", seal.run},
       {"seal_key", seal.seal_key},
       {"sealed_at", format_utc(seal.sealed_at)},
       {"sequence", seal.sequence},
       {"started_at", format_utc(seal.started_at)},
       {"tagmanifest_sha256", to_hex(seal.tagmanifest_sha256)},
       {"ticket_sha256", seal.ticket_sha256 ? Json(to_hex(*seal.ticket_sha256)) : Json()}});
}

Result<Seal> parse_seal(std::string_view text) {
  auto value = parse_canonical_json(text, {.size_bytes_max = 65536});
  if (!value) return std::move(value).error().context("seal");
  Members in(*value);
  in.only({"bag", "catalog", "file", "format", "recipient", "run", "seal_key", "sealed_at",
           "sequence", "started_at", "tagmanifest_sha256", "ticket_sha256"});
  if (in.text("format") != kSealFormat) in.refuse("format");
  Seal seal;
  seal.bag = in.id("bag");
  seal.run = in.id("run");
  seal.sequence = in.integer("sequence", 1);
  Members catalog(in.any("catalog"));
  catalog.only({"entries", "root"});
  seal.entries = static_cast<std::uint64_t>(catalog.integer("entries"));
  seal.root = catalog.digest("root");
  Members file(in.any("file"));
  file.only({"name", "sha256", "size"});
  seal.file_name = file.text("name");
  seal.file_sha256 = file.digest("sha256");
  seal.file_size_bytes = file.decimal("size");
  if (!in.any("recipient").is_null()) seal.recipient = in.short_text("recipient");
  if (seal.file_name != (seal.recipient ? "bag.tar.zst.age" : "bag.tar.zst")) file.refuse("name");
  seal.seal_key = in.short_text("seal_key");
  seal.sealed_at = in.time("sealed_at");
  seal.started_at = in.time("started_at");
  seal.tagmanifest_sha256 = in.digest("tagmanifest_sha256");
  if (!in.any("ticket_sha256").is_null()) seal.ticket_sha256 = in.digest("ticket_sha256");
  for (const auto& error : {in.error(), catalog.error(), file.error()}) {
    if (error) return Error(*error).context("seal");
  }
  return seal;
}

std::string bagit_text() { return "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"; }

std::string bag_info_text(const CatalogIndex& index) {
  return "Bag-Software-Agent: " + index.software + "\nBagging-Date: " + index.date +
         "\nExternal-Identifier: " + index.bag + "\n";
}

void append_manifest_line(std::string& out, const Digest256& digest, std::string_view name) {
  append_hex(out, digest);
  out.append("  ").append(name).append("\n");
}

}  // namespace casebook
