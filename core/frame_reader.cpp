#include "core/frame_reader.h"

#include <utility>

namespace casebook {
namespace {
constexpr std::size_t kSlots = 4;
}

FrameReader::FrameReader(ByteSource& in) : cutter_(in), slots_(kSlots) {
  for (Slot& slot : slots_) free_.push_back(&slot);
}

Result<std::unique_ptr<FrameReader>> FrameReader::create(ByteSource& in, unsigned workers) {
  check(workers >= 1, "a worker");
  std::unique_ptr<FrameReader> reader(new FrameReader(in));
  for (unsigned i = 0; i < workers; ++i) {
    auto decoder = FrameDecoder::create();
    if (!decoder) return std::move(decoder).error();
    reader->workers_.emplace_back([self = reader.get(), moved = std::move(*decoder)]() mutable {
      self->work(std::move(moved));
    });
  }
  return reader;
}

FrameReader::~FrameReader() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    queue_.clear();
  }
  work_or_stop_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void FrameReader::work(FrameDecoder decoder) {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_or_stop_.wait(lock, [&] { return stop_ || !queue_.empty(); });
    if (stop_) return;
    Slot& slot = *queue_.front();
    queue_.pop_front();
    lock.unlock();
    auto decoded = decoder.decode(slot.frame, {slot.content.get(), slot.size_bytes});
    if (!decoded) slot.error = std::move(decoded).error();
    lock.lock();
    slot.busy = false;
    done_.notify_one();
  }
}

/// Reads the next frame into the slot. @return false when there is none.
Result<bool> FrameReader::load(Slot& slot) {
  auto content = cutter_.next(slot.frame);
  if (!content) return std::move(content).error();
  if (!*content) return false;
  slot.size_bytes = **content;
  if (slot.capacity < slot.size_bytes) {
    slot.content = std::make_unique_for_overwrite<std::byte[]>(slot.size_bytes);  // NOLINT
    slot.capacity = slot.size_bytes;
  }
  slot.error.reset();
  return true;
}

void FrameReader::read_ahead() {
  while (!all_read_ && !free_.empty()) {
    Slot& slot = *free_.front();
    auto loaded = load(slot);
    if (!loaded) read_error_ = std::move(loaded).error();
    all_read_ = !loaded || !*loaded;
    if (all_read_) break;
    free_.pop_front();
    {
      const std::lock_guard lock(mutex_);
      slot.busy = true;
      queue_.push_back(&slot);
    }
    work_or_stop_.notify_one();
    in_order_.push_back(&slot);
  }
}

Result<std::span<const std::byte>> FrameReader::peek() {
  while (present_.empty()) {
    if (open_ != nullptr) free_.push_back(std::exchange(open_, nullptr));
    read_ahead();
    if (in_order_.empty()) {
      if (read_error_) return *read_error_;
      return std::span<const std::byte>();
    }
    Slot& slot = *in_order_.front();
    {
      std::unique_lock lock(mutex_);
      done_.wait(lock, [&] { return !slot.busy; });
    }
    if (slot.error) return *slot.error;
    in_order_.pop_front();
    open_ = &slot;
    present_ = {slot.content.get(), slot.size_bytes};
    given_.push_back({static_cast<std::uint32_t>(slot.frame.size()),
                      static_cast<std::uint32_t>(slot.size_bytes)});
    // An empty frame gives nothing and is not one that the writer's rule makes.
    if (slot.size_bytes == 0) return Error{ErrorCode::corrupt, "frame: is empty"};
  }
  return present_;
}

void FrameReader::consume(std::size_t count) {
  present_ = present_.subspan(count);
  offset_ += count;
}

Result<Bytes> FrameReader::rest() {
  check(all_read_ && in_order_.empty(), "the rest comes after the last frame");
  return cutter_.rest(seek_table_size(given_.size()));
}

}  // namespace casebook
