#pragma once
/// An EntrySink that remembers what it was given, for tests of sources.

#include <algorithm>
#include <string>
#include <vector>

#include "collector/entry_sink.h"

namespace casebook {

class RecordingSink final : public EntrySink {
 public:
  struct Entry {
    CatalogLine line;
    std::string bytes;
  };

  Status list(CatalogLine&& line) override {
    entries.push_back({std::move(line), {}});
    return ok();
  }

  Status store(CatalogLine&& line, Content content) override {
    Entry entry{std::move(line), {}};
    std::vector<std::byte> chunk(65536);
    for (;;) {
      auto count = content.bytes.read(chunk);
      if (!count || *count == 0) break;
      const std::size_t room = content.size_bytes_max - entry.bytes.size();
      entry.bytes.append(as_text(std::span(chunk).first(std::min(room, *count))));
      if (*count > room) {
        entry.line.findings.emplace_back("cut_at_limit");
        break;
      }
    }
    if (content.amend) content.amend(entry.line, entry.bytes.size());
    entries.push_back(std::move(entry));
    return ok();
  }

  /// The only entry with this instance, or null.
  [[nodiscard]] const Entry* find(std::string_view instance) const {
    const auto found = std::ranges::find_if(
        entries, [&](const Entry& entry) { return entry.line.instance == instance; });
    return found == entries.end() ? nullptr : &*found;
  }

  std::vector<Entry> entries;
};

inline bool has_finding(const CatalogLine& line, std::string_view finding) {
  return std::ranges::find(line.findings, finding) != line.findings.end();
}

}  // namespace casebook
