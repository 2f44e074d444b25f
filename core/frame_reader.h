#pragma once
/// Gives the content of a row of frames in order, opened on worker threads in fixed memory.

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "core/zstd_frames.h"

namespace casebook {

/// Pull-based; used by one thread. Frames are taken as they lie, whatever a seek table says.
class FrameReader {
 public:
  /// @param in  must outlive the reader.
  static Result<std::unique_ptr<FrameReader>> create(ByteSource& in, unsigned workers = 2);
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;
  ~FrameReader();

  /// Content that was not consumed yet, up to the end of its frame; empty after the last frame.
  /// Errors: `corrupt` for what is no frame of ours, or the error of `in`.
  Result<std::span<const std::byte>> peek();
  /// The first `count` bytes of the last peek() are done with.
  void consume(std::size_t count);
  [[nodiscard]] std::uint64_t offset() const { return offset_; }  ///< Of the next byte of content.

  /// All frames whose content was given so far.
  [[nodiscard]] const std::vector<FrameSize>& frames() const { return given_; }
  /// After the last frame: what follows it, to the end of the stream.
  Result<Bytes> rest();

 private:
  struct Slot {
    Bytes frame;
    std::unique_ptr<std::byte[]> content;  // NOLINT: left uninitialised
    std::size_t capacity = 0;
    std::size_t size_bytes = 0;
    bool busy = false;  // With the workers; guarded by mutex_.
    std::optional<Error> error;
  };
  explicit FrameReader(ByteSource& in);
  void work(FrameDecoder decoder);
  void read_ahead();
  Result<bool> load(Slot& slot);

  FrameCutter cutter_;
  std::vector<Slot> slots_;
  std::deque<Slot*> in_order_;  // Submitted; the front one is being consumed once it is done.
  std::deque<Slot*> free_;
  bool all_read_ = false;
  std::optional<Error> read_error_;  // Given after the frames before it.
  std::span<const std::byte> present_;
  Slot* open_ = nullptr;
  std::uint64_t offset_ = 0;
  std::vector<FrameSize> given_;

  std::mutex mutex_;
  std::condition_variable work_or_stop_;
  std::condition_variable done_;
  std::deque<Slot*> queue_;  // Guarded by mutex_.
  bool stop_ = false;        // Guarded by mutex_.
  std::vector<std::thread> workers_;
};

}  // namespace casebook
