#include "vault/attachment.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include "core/printable.h"
#include "vault/folder.h"

namespace casebook::vault {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20U;

FileCalls& calls_of(const AttachmentOptions& options) {
  return options.calls == nullptr ? system_file_calls() : *options.calls;
}

/// SHA-256 on a thread of its own, over blocks that the caller keeps unchanged until wait().
class HashBeside {
 public:
  static Result<std::unique_ptr<HashBeside>> start() {
    auto hasher = Sha256::create();
    if (!hasher) return std::move(hasher).error();
    try {
      return std::unique_ptr<HashBeside>(new HashBeside(*std::move(hasher)));
    } catch (const std::system_error&) {
      return Error{ErrorCode::limit_exceeded, "no thread can be started"};
    }
  }
  ~HashBeside() {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  void give(std::span<const std::byte> block) {
    const std::scoped_lock lock(mutex_);
    block_ = block;
    busy_ = true;
    changed_.notify_all();
  }
  /// @return once the block given last is hashed.
  Status wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !busy_; });
    return status_;
  }
  Result<Digest256> finish() {
    if (auto waited = wait(); !waited) return std::move(waited).error();
    return std::move(hasher_).finish();
  }

 private:
  explicit HashBeside(Sha256 hasher) : hasher_(std::move(hasher)), thread_([this] { run(); }) {}
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return busy_ || ended_; });
      if (!busy_) return;
      lock.unlock();
      auto done = hasher_.update(block_);
      lock.lock();
      if (!done) status_ = std::move(done);
      busy_ = false;
      changed_.notify_all();
    }
  }

  Sha256 hasher_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::span<const std::byte> block_;
  bool busy_ = false;
  bool ended_ = false;
  Status status_ = ok();
  std::jthread thread_;  // Last: begins when all the rest is there, ends before any of it goes.
};

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

struct Passed {
  Digest256 digest{};
  std::uint64_t size_bytes = 0;
};

/// Moves everything from source to sink while its digest is made beside.
Result<Passed> pass(ByteSource& source, ByteSink& sink, std::uint64_t size_bytes_max) {
  auto hash = HashBeside::start();
  if (!hash) return std::move(hash).error();
  SecretBytes block(kBlockBytes);
  Passed passed;
  for (;;) {
    auto count = read_block(source, block.reveal_mutable());
    if (!count) return std::move(count).error();
    if (*count == 0) break;
    if (*count > size_bytes_max - passed.size_bytes) {
      return Error{ErrorCode::limit_exceeded, "the attachment is too large",
                   "receive it as evidence instead"};
    }
    passed.size_bytes += *count;
    const auto bytes = block.reveal().first(*count);
    (*hash)->give(bytes);
    auto written = sink.write(bytes);
    auto hashed = (*hash)->wait();
    if (!written) return std::move(written).error();
    if (!hashed) return std::move(hashed).error();
  }
  auto digest = (*hash)->finish();
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
  auto passed = pass(source, *writer, options.size_bytes_max);
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
  auto passed = pass(*reader, sink, row.size_bytes);
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
