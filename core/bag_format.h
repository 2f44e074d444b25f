#pragma once
/// The catalog line, the index and the seal of a bag: model, canonical text, strict parser.
/// Specification: docs/spec/bag.md section 6, docs/spec/seal.md.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  std::vector<std::string> argv;  ///< Raw bytes; written with invalid UTF-8 escaped as printable() does.
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
  std::string path;  ///< Raw bytes of the host's path, absolute; empty for readings, commands, added.
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

  std::string salt;         ///< 32 hex digits.
  std::string stored;       ///< Name in the bag; empty when no bytes are stored.
  std::string sha256;       ///< Hex.
  std::uint64_t stored_size_bytes = 0;
  std::string link_of;
};

}  // namespace casebook
