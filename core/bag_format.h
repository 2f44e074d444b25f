#pragma once
/// The catalog line, the index and the seal of a bag: model, canonical text, strict parser.
/// Specification: docs/spec/bag.md section 6, docs/spec/seal.md.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/digest.h"
#include "core/result.h"

namespace casebook {

/// What an entry is. Enumerators equal their text in the catalog.
enum class EntryType {
  file,
  directory,
  symlink,
  fifo,
  socket,
  char_device,
  block_device,
  unknown,
  reading,
  command,
  added
};

/// What became of an entry.
enum class Outcome { stored, redacted, listed, linked, lost };

/// Metadata of an object of the host, as statx gives it. Times are since 1970.
struct ObjectStat {
  std::uint32_t mode = 0;  ///< Type and permission bits.
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t nlink = 0;
  std::uint64_t ino = 0;
  std::uint32_t dev_major = 0;
  std::uint32_t dev_minor = 0;
  std::uint64_t size_bytes = 0;
  std::uint64_t blocks = 0;  ///< Of 512 bytes.
  std::chrono::nanoseconds atime{};
  std::chrono::nanoseconds mtime{};
  std::chrono::nanoseconds ctime{};
  std::optional<std::chrono::nanoseconds> btime;
  std::optional<std::pair<std::uint32_t, std::uint32_t>> rdev;  ///< Devices only: major, minor.
  std::vector<std::string> attributes;                          ///< Names of statx flags, sorted.
};

struct ExtendedAttribute {
  std::string name;   ///< Raw bytes.
  std::string value;  ///< Raw bytes.
};

/// A range of a sparse file that held data.
struct DataRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

struct EntryError {
  std::string call;        ///< "open", "read", …
  std::string errno_name;  ///< "EACCES", …
};

struct CommandRun {
  std::vector<std::string>
      argv;  ///< Raw bytes; written with invalid UTF-8 escaped as printable() does.
  std::int64_t duration_ms = 0;
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::string program_sha256;  ///< Hex, empty when the program could not be read.
};

/// Where evidence sealed by `add` came from, as the person states it.
struct AddedSource {
  std::string method;
  std::string person;
  std::string directed_by;
  std::string original_name;
};

/// One line of the catalog. The writer fills in `salt`, `stored`, `sha256` and `stored_size_bytes`.
struct CatalogLine {
  std::string rule;
  int stage = 0;
  EntryType type = EntryType::unknown;
  Outcome outcome = Outcome::listed;
  std::string
      path;  ///< Raw bytes of the host's path, absolute; empty for readings, commands, added.
  std::optional<std::string> link_target;  ///< Raw bytes.
  std::optional<ObjectStat> stat;
  std::vector<ExtendedAttribute> xattrs;
  std::vector<DataRange> extents;
  std::optional<std::uint64_t> size_closed;
  std::optional<std::uint64_t> filled_from;
  std::vector<std::string> findings;  ///< Codes of docs/spec/bag.md; sorted when written.
  std::optional<EntryError> error;
  std::int64_t redactions = 0;
  std::string reading;
  std::string instance;
  std::optional<CommandRun> command;
  std::optional<AddedSource> source;
  std::chrono::nanoseconds taken_at{};   ///< Wall clock, since 1970.
  std::chrono::nanoseconds monotonic{};  ///< CLOCK_MONOTONIC.

  std::string salt;    ///< 32 hex digits.
  std::string stored;  ///< Name in the bag; empty when no bytes are stored.
  std::string sha256;  ///< Hex.
  std::uint64_t stored_size_bytes = 0;
  std::string link_of;
};

std::string_view to_string(EntryType type) noexcept;
std::string_view to_string(Outcome outcome) noexcept;

inline constexpr std::size_t kCatalogLineBytesMax = std::size_t{1} << 20U;
inline constexpr std::size_t kCatalogSegmentBytesMax = std::size_t{9} << 20U;
inline constexpr std::uint64_t kCatalogLinesMax = std::uint64_t{1} << 32U;
inline constexpr std::size_t kCatalogSegmentsMax = std::size_t{1} << 16U;
inline constexpr std::size_t kContextBytesMax = std::size_t{16} << 20U;
inline constexpr std::size_t kCatalogIndexBytesMax = std::size_t{16} << 20U;

/// Appends the canonical text of a line, without its line feed. Text that is not UTF-8 where the
/// format has no base64 form (argv, instance, source) is written as printable() makes it.
void append_catalog_line(std::string& out, const CatalogLine& line);

/// Reads one line (without LF). @return `invalid_input` unless it is canonical and holds what its
/// type and outcome ask for.
Result<CatalogLine> parse_catalog_line(std::string_view text);

/// Which key does not go with the line's type and outcome; empty when all do.
std::string_view contradiction_in(const CatalogLine& line) noexcept;

/// A segment as the index names it.
struct CatalogSegment {
  std::uint64_t offset = 0;  ///< Of its content in the tar stream.
  std::uint64_t size_bytes = 0;
  std::uint64_t lines = 0;
  Digest256 sha256{};
};

/// `catalog/000012.jsonl`.
std::string segment_name(std::size_t number);

struct CatalogIndex {
  std::string bag;  ///< 32 hex digits, as is run.
  std::string run;
  std::string date;  ///< YYYY-MM-DD.
  std::string software;
  std::uint64_t entries = 0;
  std::uint64_t frame_bytes = 0;
  Digest256 root{};
  std::vector<CatalogSegment> segments;
};

std::string catalog_index_text(const CatalogIndex& index);
Result<CatalogIndex> parse_catalog_index(std::string_view text);

/// What is signed. Specification: docs/spec/seal.md.
struct Seal {
  std::string bag;
  std::string run;
  std::int64_t sequence = 1;
  std::uint64_t entries = 0;
  Digest256 root{};
  std::string file_name;  ///< `bag.tar.zst` or `bag.tar.zst.age`.
  Digest256 file_sha256{};
  std::uint64_t file_size_bytes = 0;
  UtcSeconds started_at{};
  UtcSeconds sealed_at{};
  std::string seal_key;
  std::optional<std::string> recipient;  ///< None: not encrypted.
  Digest256 tagmanifest_sha256{};
  std::optional<Digest256> ticket_sha256;  ///< None: unratified.
};

std::string seal_text(const Seal& seal);
Result<Seal> parse_seal(std::string_view text);

/// The fixed texts of a bag.
std::string bagit_text();
std::string bag_info_text(const CatalogIndex& index);
/// `<hex>  <name>` LF.
void append_manifest_line(std::string& out, const Digest256& digest, std::string_view name);

inline constexpr std::string_view kBagItName = "bagit.txt";
inline constexpr std::string_view kBagInfoName = "bag-info.txt";
inline constexpr std::string_view kContextName = "context.json";
inline constexpr std::string_view kManifestName = "manifest-sha256.txt";
inline constexpr std::string_view kCatalogIndexName = "catalog/index.json";
inline constexpr std::string_view kTagManifestName = "tagmanifest-sha256.txt";

}  // namespace casebook
