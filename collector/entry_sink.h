#pragma once
/// What sources of evidence write to: the bag, a dry-run estimate, or a test's recorder.

#include <cstdint>
#include <functional>
#include <optional>

#include "core/bag_format.h"
#include "core/bytes.h"

namespace casebook {

/// Called once, after the last byte was read and before the line is written: the place to compare
/// the object with what it was at opening and to add findings. What the sink itself found
/// (`error`, `filled_from`, `cut_at_limit`) is in the line already, and so are `stored`, `sha256`
/// and `stored_size_bytes`, for further names of the same inode (`link_of`).
/// @param stored_bytes  how many bytes came from the source.
using AmendLine = std::function<void(CatalogLine& line, std::uint64_t stored_bytes)>;

/// Takes entries in the order in which they are collected. Not shared between threads. Lines go
/// through by reference, as moving one costs as much as writing it; afterwards the caller's line is
/// spent.
class EntrySink {
 public:
  virtual ~EntrySink() = default;

  /// Takes an entry without bytes: a folder, a link, a device, a loss.
  virtual Status list(CatalogLine&& line) = 0;

  /// Takes an entry with bytes, read straight from `content`, once.
  /// With `size_bytes` exactly that many bytes are stored: a source that ends or fails earlier is
  /// filled up with zeros, and the line says from where (`filled_from`) and why (`error`). Without
  /// it `content` is read to its end (at most `size_bytes_max`, then `cut_at_limit`).
  /// A failing *source* is recorded in the line and is no error here; an error means that the sink
  /// itself cannot go on.
  struct Content {
    ByteSource& bytes;
    std::optional<std::uint64_t> size_bytes;
    std::uint64_t size_bytes_max = std::uint64_t{64} << 20U;
    AmendLine amend;  ///< May be empty.
  };
  virtual Status store(CatalogLine&& line, Content content) = 0;
};

}  // namespace casebook
