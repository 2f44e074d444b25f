#include "vault/imports/import_pipeline.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace casebook::imports {
namespace {

/// One thing that the reader gave, kept until the caller takes it.
struct Item {
  enum class Kind { message, prepared, bad, unread };
  Kind kind = Kind::message;
  Message message;
  std::unique_ptr<PreparingSink::Prepared> prepared;
  BadRecord bad;
  std::string unread;
};

/// Items in order. Used again and again, so that their texts keep their memory.
struct Batch {
  std::vector<Item> items;
  std::size_t used = 0;
};

/// Full batches one way, empty ones back. Every member is called under the lock by both threads.
class Channel {
 public:
  explicit Channel(std::size_t batches_max) : spare_(batches_max) {}

  /// An empty batch to fill; nothing when the caller has stopped.
  std::optional<Batch> take_spare() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_stopped_ || !spare_.empty(); });
    if (is_stopped_) return std::nullopt;
    return take_front(spare_);
  }
  void put_full(Batch batch) {
    const std::lock_guard lock(mutex_);
    full_.push_back(std::move(batch));
    changed_.notify_all();
  }
  /// The next batch; nothing when the reader has finished and all are taken.
  std::optional<Batch> take_full() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_finished_ || !full_.empty(); });
    if (full_.empty()) return std::nullopt;
    return take_front(full_);
  }
  void put_spare(Batch batch) {
    batch.used = 0;
    const std::lock_guard lock(mutex_);
    spare_.push_back(std::move(batch));
    changed_.notify_all();
  }
  void finish() {
    const std::lock_guard lock(mutex_);
    is_finished_ = true;
    changed_.notify_all();
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    changed_.notify_all();
  }

 private:
  static Batch take_front(std::deque<Batch>& batches) {
    Batch batch = std::move(batches.front());
    batches.pop_front();
    return batch;
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> full_;
  std::deque<Batch> spare_;
  bool is_finished_ = false;
  bool is_stopped_ = false;
};

/// The sink of the reading thread: fills batches.
class Filler final : public MessageSink {
 public:
  /// @param preparing  may be null.
  Filler(Channel& channel, std::size_t batch_messages, PreparingSink* preparing)
      : channel_(channel), batch_messages_(batch_messages), preparing_(preparing) {}
  Status take(const Message& message) override {
    if (preparing_ != nullptr) {
      auto prepared = preparing_->prepare(message);
      if (!prepared) return std::move(prepared).error();
      return add([&](Item& item) {
        item.kind = Item::Kind::prepared;
        item.prepared = *std::move(prepared);
      });
    }
    return add([&](Item& item) {
      item.kind = Item::Kind::message;
      item.message = message;
    });
  }
  Status take(const BadRecord& bad) override {
    return add([&](Item& item) {
      item.kind = Item::Kind::bad;
      item.bad = bad;
    });
  }
  Status take_unread(std::string_view member) override {
    return add([&](Item& item) {
      item.kind = Item::Kind::unread;
      item.unread = member;
    });
  }
  void flush() {
    if (batch_ && batch_->used > 0) channel_.put_full(*std::move(batch_));
    batch_.reset();
  }

 private:
  template <typename Fill>
  Status add(const Fill& fill) {
    if (!batch_) batch_ = channel_.take_spare();
    // Nobody reads this error: the caller who stopped has one of its own.
    if (!batch_) return Error{ErrorCode::io, "the import was stopped"};
    if (batch_->used == batch_->items.size()) batch_->items.emplace_back();
    fill(batch_->items[batch_->used++]);
    if (batch_->used == batch_messages_) flush();
    return ok();
  }
  Channel& channel_;
  std::size_t batch_messages_;
  PreparingSink* preparing_;
  std::optional<Batch> batch_;
};

Status give(Item& item, MessageSink& sink, PreparingSink* preparing) {
  if (item.kind == Item::Kind::prepared) return preparing->take_prepared(std::move(item.prepared));
  if (item.kind == Item::Kind::message) return sink.take(item.message);
  if (item.kind == Item::Kind::bad) return sink.take(item.bad);
  return sink.take_unread(item.unread);
}

Status drain(Channel& channel, MessageSink& sink, PreparingSink* preparing) {
  while (auto batch = channel.take_full()) {
    for (std::size_t i = 0; i < batch->used; ++i) {
      if (auto given = give(batch->items[i], sink, preparing); !given) return given;
    }
    channel.put_spare(*std::move(batch));
  }
  return ok();
}

Result<ImportSummary> import_with(RandomAccess& file, const ImportOptions& options,
                                  MessageSink& sink, PreparingSink* preparing,
                                  const PipelineOptions& pipeline) {
  Channel channel(pipeline.batches_max);
  std::optional<Result<ImportSummary>> outcome;  // Written by the reader, read after the join.
  std::thread reader([&] {
    Filler filler(channel, pipeline.batch_messages, preparing);
    outcome.emplace(import_file(file, options, filler));
    filler.flush();
    channel.finish();
  });
  auto stored = drain(channel, sink, preparing);
  channel.stop();
  reader.join();
  if (!stored) return std::move(stored).error();
  check(outcome.has_value(), "the reader leaves an outcome");
  return *std::move(outcome);
}

}  // namespace

Result<ImportSummary> import_on_two_threads(RandomAccess& file, const ImportOptions& options,
                                            MessageSink& sink, const PipelineOptions& pipeline) {
  return import_with(file, options, sink, nullptr, pipeline);
}

Result<ImportSummary> import_on_two_threads(RandomAccess& file, const ImportOptions& options,
                                            PreparingSink& sink, const PipelineOptions& pipeline) {
  return import_with(file, options, sink, &sink, pipeline);
}

}  // namespace casebook::imports
