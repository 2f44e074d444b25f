#pragma once
/// Lets the thread that reads go on while another one names, hashes and packs what was read. Small
/// entries only: what is large, or of unknown size, passes through at once and in its place.

#include <functional>

#include "collector/entry_sink.h"
#include "collector/side_thread.h"

namespace casebook {

/// Used by one thread beside its own. Order is kept. `next` is called by either thread, never by
/// both at once, and by the caller's alone while `is_alone` says so.
class ReadAheadSink final : public EntrySink {
 public:
  /// The most entries that may be given on without `is_alone` having been asked.
  static constexpr std::size_t kEntriesAheadMax = 32;

  /// @param next      must outlive the sink.
  /// @param is_alone  asked while `next` is at rest: true where it is about to do what only the
  ///                  caller's thread may see (closing a bag).
  ReadAheadSink(EntrySink& next, std::function<bool()> is_alone);
  ReadAheadSink(const ReadAheadSink&) = delete;
  ReadAheadSink& operator=(const ReadAheadSink&) = delete;
  ~ReadAheadSink() override = default;  ///< Drops what was not given on yet: drain() comes first.

  Status list(CatalogLine&& line) override;
  /// `content.amend` is called before the line has a stored name and a digest, except for an object
  /// with several names, whose further names need them.
  Status store(CatalogLine&& line, Content content) override;
  /// Waits until everything was given on. @return what failed, then and ever after.
  Status drain();

 private:
  struct Entry {
    CatalogLine line;
    std::optional<std::size_t> size_bytes;  // None: listed.
  };
  struct Batch {
    std::vector<Entry> entries;
    Bytes bytes;  // Of all entries, joined.
  };
  Status give_on(Batch& batch);
  Status submit();
  Status submit_if_full();

  EntrySink& next_;
  std::function<bool()> is_alone_;
  Batch waiting_;
  Batch at_work_;
  SideThread side_{[this] { return give_on(at_work_); }};  // at_work_ and next_ are its own.
};

}  // namespace casebook
