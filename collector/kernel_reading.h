#pragma once
/// What a native reading works with: the request, the host, and the ways to hand in a result.
/// What each reading writes: docs/spec/readings.md.

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/entry_sink.h"
#include "collector/host_view.h"
#include "collector/stop.h"
#include "core/json_text.h"

namespace casebook {

/// How much of a reading may be kept (docs/spec/artifacts.md section 2).
enum class ReadingTake { content, metadata, redacted };

struct ReadingRequest {
  std::string rule;  ///< "<artifact>/<entry>".
  int stage = 0;
  std::string reading;  ///< "proc.pid.maps".
  std::string path;     ///< The pattern it reads, where the definition names one.
  ReadingTake take = ReadingTake::content;
  std::uint64_t size_bytes_max = std::uint64_t{64} << 20U;  ///< Of each entry.
};

/// What became of one or more requests.
struct SourceCount {
  std::uint64_t stored = 0;    ///< Entries with bytes.
  std::uint64_t lost = 0;      ///< Entries that could not be had; each is a catalog line.
  std::uint64_t vanished = 0;  ///< Of those, because the object ended while it was looked at.
  std::uint64_t absent = 0;    ///< What the host does not have: no loss, no line.
};

/// One request while it is being answered.
class ReadingRun {
 public:
  ReadingRun(const ReadingRequest& request, HostView& host, EntrySink& sink,
             const StopRequest& stop, SourceCount& count)
      : request_(request), host_(host), sink_(sink), stop_(stop), count_(count) {}

  [[nodiscard]] const ReadingRequest& request() const { return request_; }
  [[nodiscard]] HostView& host() { return host_; }
  [[nodiscard]] bool stopped() const { return stop_.requested(); }

  /// A line of this reading, with both clocks read now.
  [[nodiscard]] CatalogLine line(std::string_view instance) const;
  Status store_text(std::string_view instance, std::string_view text,
                    std::vector<std::string> findings = {});
  /// Stores what `fd` gives until its end; what was read already comes first.
  Status store_fd(CatalogLine line, std::string_view head, int fd);
  Status store_source(CatalogLine line, ByteSource& source);
  Status store_line(CatalogLine line, std::string_view text);
  /// Records a loss; ESRCH and ENOENT of something that was there before count as vanished.
  Status lose(std::string_view instance, CallFailure failure);
  Status lose_vanished(std::string_view instance, CallFailure failure);
  Status list(CatalogLine line);
  /// The host has no such thing.
  Status absent() {
    ++count_.absent;
    return ok();
  }

 private:
  const ReadingRequest& request_;
  HostView& host_;
  EntrySink& sink_;
  const StopRequest& stop_;
  SourceCount& count_;
};

/// Text of JSON lines, with a limit on its size.
class JsonLines {
 public:
  explicit JsonLines(std::uint64_t size_bytes_max) : size_bytes_max_(size_bytes_max) {}
  /// Adds one canonical line; what would pass the limit is left out and `cut` is set.
  void add(const Json& value);
  [[nodiscard]] bool cut() const { return cut_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  /// Hands the text in as one entry.
  Status store(ReadingRun& run, std::string_view instance = {}) const;

 private:
  std::uint64_t size_bytes_max_;
  std::string text_;
  bool cut_ = false;
};

/// Sets object[key] to `bytes`, or object[key + "_base64"] where they are not UTF-8.
void put_bytes(Json& object, const std::string& key, std::string_view bytes);
/// Sets object[key] to the texts; to object[key + "_base64"] where one is not UTF-8.
void put_list(Json& object, const std::string& key, const std::vector<std::string>& texts);
/// Sets object[key] to a number, or to a decimal string from 2^53 on.
void put_number(Json& object, const std::string& key, std::uint64_t number);
/// Sets object["error"] to {"call","errno"}.
void put_failure(Json& object, CallFailure failure);

/// CLOCK_MONOTONIC now, for the `mono` of a line.
std::chrono::nanoseconds monotonic_now();

/// True for errors that mean "this kernel or host has no such thing".
bool means_absent(int errno_value);

}  // namespace casebook
