#pragma once
/// Compresses a stream into independent zstd frames on worker threads, in fixed memory and in
/// order, and writes the seek table behind them. Specification: docs/spec/bag.md section 5.

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "core/zstd_frames.h"

namespace casebook {

/// The caller fills the frame in place (space, advance) and does all the writing to `out`; worker
/// threads only compress. Used by one thread.
class FrameCompressor final : public ByteSink {
 public:
  struct Options {
    std::size_t frame_bytes = kFrameBytesMin;
    unsigned workers = 2;
    unsigned buffers = 5;  ///< Frames in memory at once; at least 2. More than are being filled
                           ///< and compressed, so that a slow frame makes nobody wait.
    int level = 3;
  };
  /// @param out  must outlive the compressor.
  static Result<std::unique_ptr<FrameCompressor>> create(ByteSink& out, Options options);
  FrameCompressor(const FrameCompressor&) = delete;
  FrameCompressor& operator=(const FrameCompressor&) = delete;
  ~FrameCompressor() override;  ///< Abandons what is not written yet.

  /// The unused rest of the present frame; never empty.
  [[nodiscard]] std::span<std::byte> space();
  /// The first `count` bytes of space() now hold content. May write frames that are ready.
  Status advance(std::size_t count);
  Status write(std::span<const std::byte> bytes) override;

  /// The next `count` bytes of content are of a kind that the fastest way compresses as well: lines
  /// full of random digits, many small members. A frame of mostly such bytes is compressed by it.
  void expect_easy(std::uint64_t count) { easy_until_ = content_bytes_ + count; }

  /// Ends the present frame, however short, unless it is empty.
  Status end_frame();
  /// Writes everything and the seek table. Nothing may be written afterwards.
  Status finish();

  [[nodiscard]] std::uint64_t content_bytes() const { return content_bytes_; }
  [[nodiscard]] std::size_t frame_bytes() const { return options_.frame_bytes; }
  /// For the frames to come: 3 as a rule, lower when the host must be spared.
  void set_level(int level) { level_ = level; }

 private:
  struct Frame {
    std::unique_ptr<std::byte[]> bytes;  // Content, then its frame.  NOLINT: left uninitialised
    std::size_t content = 0;
    std::size_t compressed = 0;
    int level = 0;
    bool busy = false;  // With the workers; guarded by mutex_.
    std::optional<Error> error;
  };
  FrameCompressor(ByteSink& out, Options options);
  void work(FrameEncoder encoder);
  void compress(Frame& frame, FrameEncoder& encoder, std::span<std::byte> scratch) const;
  Status submit();
  Status write_oldest();
  Status write_ready(std::size_t left_max);
  bool oldest_is_ready();

  ByteSink& out_;
  Options options_;
  int level_;
  std::vector<Frame> frames_;
  std::size_t present_ = 0;  // Index of the frame that is being filled.
  std::size_t filled_ = 0;
  std::deque<Frame*> in_order_;  // Submitted and not yet written.
  std::vector<FrameSize> table_;
  std::uint64_t content_bytes_ = 0;
  std::uint64_t easy_until_ = 0;  // Of content_bytes_.
  std::size_t easy_bytes_ = 0;    // Of the present frame.

  std::mutex mutex_;
  std::condition_variable work_or_stop_;
  std::condition_variable done_;
  std::deque<Frame*> queue_;  // Guarded by mutex_.
  bool stop_ = false;         // Guarded by mutex_.
  std::vector<std::thread> workers_;
};

}  // namespace casebook
