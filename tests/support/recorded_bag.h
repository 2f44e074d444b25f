#pragma once
/// An EntrySink that keeps what it is given and treats sizes as a bag does: fills up, cuts, names.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "collector/entry_sink.h"

namespace casebook {

class RecordedBag final : public EntrySink {
 public:
  struct Recorded {
    CatalogLine line;
    std::string bytes;  ///< What was stored; of long entries only the first `keep_bytes`.
  };

  explicit RecordedBag(std::size_t keep_bytes = std::size_t{16} << 20U) : keep_bytes_(keep_bytes) {}

  Status list(CatalogLine&& line) override {
    entries.push_back({std::move(line), ""});
    return ok();
  }

  Status store(CatalogLine&& line, Content content) override {
    Recorded entry;
    std::vector<std::byte> chunk(65536);
    std::uint64_t taken = 0;
    const std::uint64_t most = content.size_bytes.value_or(content.size_bytes_max);
    while (taken < most) {
      const auto want = std::min<std::uint64_t>(chunk.size(), most - taken);
      auto count = content.bytes.read(std::span(chunk).first(static_cast<std::size_t>(want)));
      if (!count) {
        line.error = EntryError{"read", "unknown"};
        break;
      }
      if (*count == 0) break;
      taken += *count;
      keep(entry.bytes, as_text(std::span(chunk).first(*count)));
    }
    std::uint64_t stored = taken;
    if (content.size_bytes && taken < *content.size_bytes) {
      line.filled_from = taken;
      stored = *content.size_bytes;
      keep(entry.bytes, std::string(std::min<std::uint64_t>(stored - taken, keep_bytes_), '\0'));
    }
    if (!content.size_bytes && taken == most) {
      auto more = content.bytes.read(std::span(chunk).first(1));
      if (more && *more > 0) line.findings.emplace_back("cut_at_limit");
    }
    line.stored = "data/files" + line.path;
    line.stored_size_bytes = stored;
    if (content.amend) content.amend(line, taken);
    entry.line = std::move(line);
    entries.push_back(std::move(entry));
    return ok();
  }

  /// The one entry of that path; null when there is none.
  [[nodiscard]] const Recorded* find(std::string_view path) const {
    const auto found = std::ranges::find_if(
        entries, [&](const Recorded& entry) { return entry.line.path == path; });
    return found == entries.end() ? nullptr : &*found;
  }

  std::vector<Recorded> entries;

 private:
  void keep(std::string& into, std::string_view bytes) const {
    into += bytes.substr(0, keep_bytes_ - std::min(keep_bytes_, into.size()));
  }
  std::size_t keep_bytes_;
};

}  // namespace casebook
