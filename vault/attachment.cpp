#include "vault/attachment.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include "core/printable.h"
#include "vault/folder.h"

namespace casebook::vault {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{512} << 10U;
constexpr std::size_t kBlocks = 4;

FileCalls& calls_of(const AttachmentOptions& options) {
  return options.calls == nullptr ? system_file_calls() : *options.calls;
}

/// Fills the block as far as the source goes.
Result<std::size_t> read_block(ByteSource& source, std::span<std::byte> block) {
  std::size_t filled = 0;
  while (filled < block.size()) {
    auto count = source.read(block.subspan(filled));
    if (!count) return count;
    if (*count == 0) break;
    filled += *count;
  }
  return filled;
}

/// Reads ahead on a thread of its own, a few blocks at most.
class ReadAhead {
 public:
  /// @param hasher  takes what is read, on that thread; may be null. Both must outlive this.
  static Result<std::unique_ptr<ReadAhead>> start(ByteSource& source, Sha256* hasher) {
    try {
      return std::unique_ptr<ReadAhead>(new ReadAhead(source, hasher));
    } catch (const std::system_error&) {
      return Error{ErrorCode::limit_exceeded, "no thread can be started"};
    }
  }
  ~ReadAhead() {
    const std::scoped_lock lock(mutex_);
    is_ended_ = true;
    changed_.notify_all();
  }
  /// @return the next block, empty at the end; it is kept until the next call.
  Result<std::span<const std::byte>> next() {
    std::unique_lock lock(mutex_);
    if (is_taken_) ++first_;  // The one given before is free again.
    is_taken_ = false;
    changed_.notify_all();
    changed_.wait(lock, [&] { return first_ < last_ || is_read_; });
    if (first_ == last_) {
      if (!status_) return Error(status_.error());
      return std::span<const std::byte>();
    }
    is_taken_ = true;
    const Block& block = blocks_[first_ % kBlocks];
    return block.bytes.reveal().first(block.filled);
  }

 private:
  struct Block {
    SecretBytes bytes = SecretBytes(kBlockBytes);
    std::size_t filled = 0;
  };
  ReadAhead(ByteSource& source, Sha256* hasher)
      : source_(source), hasher_(hasher), thread_([this] { run(); }) {}
  void run() {
    for (bool goes_on = true; goes_on;) {
      Block* block = nullptr;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return last_ - first_ < kBlocks || is_ended_; });
        if (is_ended_) return;
        block = &blocks_[last_ % kBlocks];
      }
      auto read = fill(*block);
      const std::scoped_lock lock(mutex_);
      if (read) ++last_;
      goes_on = read && block->filled == kBlockBytes;
      is_read_ = !goes_on;
      if (!read) status_ = std::move(read);
      changed_.notify_all();
    }
  }
  Status fill(Block& block) {
    auto count = read_block(source_, block.bytes.reveal_mutable());
    if (!count) return std::move(count).error();
    block.filled = *count;
    if (hasher_ == nullptr) return ok();
    return hasher_->update(block.bytes.reveal().first(*count));
  }

  ByteSource& source_;
  Sha256* hasher_;
  std::array<Block, kBlocks> blocks_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t first_ = 0;  // Number of the first block that is not used up.
  std::uint64_t last_ = 0;   // And of the one being read.
  bool is_taken_ = false;    // The first one is being used.
  bool is_read_ = false;     // Nothing more comes.
  bool is_ended_ = false;    // Nothing more is wanted.
  Status status_ = ok();
  std::jthread thread_;  // Last: begins when all the rest is there, ends before any of it goes.
};

struct Passed {
  Digest256 digest{};
  std::uint64_t size_bytes = 0;
};

/// On which side of the blocks the digest is made: the one that has less to do.
enum class Digesting { with_reading, with_writing };

/// Moves everything from source to sink; reading and writing run side by side.
Result<Passed> pass(ByteSource& source, ByteSink& sink, std::uint64_t size_bytes_max,
                    Digesting digesting) {
  auto hasher = Sha256::create();
  if (!hasher) return std::move(hasher).error();
  Passed passed;
  {
    const bool hashes_here = digesting == Digesting::with_writing;
    auto ahead = ReadAhead::start(source, hashes_here ? nullptr : &*hasher);
    if (!ahead) return std::move(ahead).error();
    for (;;) {
      auto block = (*ahead)->next();
      if (!block) return std::move(block).error();
      if (block->empty()) break;
      if (block->size() > size_bytes_max - passed.size_bytes) {
        return Error{ErrorCode::limit_exceeded, "the attachment is too large",
                     "receive it as evidence instead"};
      }
      passed.size_bytes += block->size();
      if (hashes_here) {
        if (auto hashed = hasher->update(*block); !hashed) return std::move(hashed).error();
      }
      if (auto written = sink.write(*block); !written) return std::move(written).error();
    }
  }
  auto digest = (*std::move(hasher)).finish();
  if (!digest) return std::move(digest).error();
  passed.digest = *digest;
  return passed;
}

class NoSink final : public ByteSink {
 public:
  Status write(std::span<const std::byte> /*bytes*/) override { return ok(); }
};

}  // namespace

std::filesystem::path attachment_path(const std::filesystem::path& folder, const AttachmentId& id) {
  return folder / (id.text() + ".age");
}

Result<AttachmentRow> seal_attachment(ByteSource& source, const AttachmentOptions& options,
                                      Randomness& randomness) {
  auto id = AttachmentId::make(randomness);
  if (!id) return std::move(id).error();
  auto identity = AgeIdentity::make(randomness);
  if (!identity) return std::move(identity).error();
  if (auto made = make_folders(options.folder); !made) return std::move(made).error();
  auto file = DurableFile::create(attachment_path(options.folder, *id), 0600, IfExists::refuse,
                                  calls_of(options));
  if (!file) return std::move(file).error();
  const AgeRecipient recipients[] = {identity->recipient()};
  auto writer = AgeWriter::create(*file, recipients, randomness);
  if (!writer) return std::move(writer).error();
  auto passed = pass(source, *writer, options.size_bytes_max, Digesting::with_reading);
  if (!passed) return std::move(passed).error().context("seal the attachment");
  if (auto closed = (*std::move(writer)).close(); !closed) return std::move(closed).error();
  if (auto done = (*std::move(file)).commit(); !done) return std::move(done).error();
  return AttachmentRow{.id = *id,
                       .identity = identity->text(),
                       .digest = passed->digest,
                       .size_bytes = passed->size_bytes};
}

Status open_attachment(const std::filesystem::path& folder, const AttachmentRow& row,
                       ByteSink& sink) {
  const auto path = attachment_path(folder, row.id);
  const std::string doing = "attachment " + row.id.text();
  auto identity = AgeIdentity::parse(as_text(row.identity.reveal()));
  if (!identity) return std::move(identity).error().context(doing);
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return system_error(doing, errno);
  FdSource source(fd.get());
  auto reader = AgeReader::open(source, {.identities = std::span(&*identity, 1)});
  if (!reader) return std::move(reader).error().context(doing);
  auto passed = pass(*reader, sink, row.size_bytes, Digesting::with_writing);
  const bool is_longer = !passed && passed.error().code == ErrorCode::limit_exceeded;
  if (!passed && !is_longer) return std::move(passed).error().context(doing);
  if (!is_longer && passed->size_bytes == row.size_bytes && passed->digest == row.digest) {
    return ok();
  }
  return Error{ErrorCode::corrupt, doing + ": these are not the bytes that were recorded",
               "restore the file from a backup"};
}

Status save_attachment(const std::filesystem::path& folder, const AttachmentRow& row,
                       const PlainFile& file, FileCalls& calls) {
  auto out = DurableFile::create(file.path, file.mode, file.if_exists, calls);
  if (!out) return std::move(out).error();
  if (auto opened = open_attachment(folder, row, *out); !opened) return opened;
  return (*std::move(out)).commit();
}

Status verify_attachment(const std::filesystem::path& folder, const AttachmentRow& row) {
  NoSink nothing;
  return open_attachment(folder, row, nothing);
}

Status remove_attachment(const std::filesystem::path& folder, const AttachmentId& id,
                         FileCalls& calls) {
  const auto path = attachment_path(folder, id);
  if (calls.unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return ok();
    return system_error("remove " + printable(path.native()), errno);
  }
  return sync_folder(folder, calls);
}

Result<std::vector<std::filesystem::path>> stray_attachments(const std::filesystem::path& folder,
                                                             std::vector<AttachmentId> known) {
  auto paths = list_folder(folder);
  if (!paths) return paths;
  std::ranges::sort(known);
  std::erase_if(*paths, [&](const std::filesystem::path& path) {
    auto id = AttachmentId::parse(path.stem().native());
    return id && path.extension() == ".age" && std::ranges::binary_search(known, *id);
  });
  return paths;
}

}  // namespace casebook::vault
