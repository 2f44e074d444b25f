#include "core/part_stream_reader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "core/part_name.h"
#include "core/printable.h"
#include "core/tar_header.h"

namespace casebook {
namespace {

constexpr std::size_t kSmallFileBytesMax = std::size_t{1} << 20U;
constexpr std::array<std::string_view, 4> kSmallFiles = {"ticket.json", "ticket.json.sig",
                                                         "seal.json.sig", "seal.json"};

Error path_error(std::string_view call, const std::filesystem::path& path, int errno_value) {
  return system_error(call, errno_value).context(printable(path.native()));
}

class Receiver {
 public:
  Receiver(ByteSource& in, const ReceiveOptions& options, FileCalls& calls)
      : in_(in), options_(options), calls_(calls) {}
  Status run();
  ReceivedStream take() && { return std::move(stream_); }

 private:
  Status broken(std::string because) {
    stream_.cut_because = std::move(because);
    return Error{ErrorCode::corrupt, stream_.cut_because};
  }
  Status read_exactly(std::span<std::byte> out);
  Result<std::optional<TarMember>> next_member();
  Status take_member(const TarMember& member);
  Status begin_bag(const TarMember& member);
  Status take_part(const TarMember& member, std::span<const std::byte> bytes);
  Status open_archive(std::span<const std::byte> front);
  Status finish_archive();
  Status take_small_file(const TarMember& member, std::span<const std::byte> bytes);
  Status check_end();

  ByteSource& in_;
  const ReceiveOptions& options_;
  FileCalls& calls_;
  ReceivedStream stream_;
  UniqueFd archive_;
  std::filesystem::path archive_path_;  // Without ".part".
  std::size_t parts_ = 0;
  std::size_t small_files_ = 0;  // How many of kSmallFiles may not come any more.
  std::uint64_t received_ = 0;
};

Status Receiver::read_exactly(std::span<std::byte> out) {
  while (!out.empty()) {
    auto count = in_.read(out);
    if (!count) return broken(count.error().message);
    if (*count == 0) return broken("the stream ends too early");
    out = out.subspan(*count);
  }
  return ok();
}

bool all_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

Status Receiver::check_end() {
  std::array<std::byte, kTarBlockBytes> block{};
  if (auto got = read_exactly(block); !got) return got;
  std::byte more{};
  auto count = in_.read(std::span(&more, 1));
  if (!all_zero(block) || !count || *count != 0) return broken("the stream does not end as a tar");
  stream_.whole = true;
  return ok();
}

Result<std::optional<TarMember>> Receiver::next_member() {
  Bytes header(kTarBlockBytes);
  if (auto got = read_exactly(header); !got) return std::move(got).error();
  if (all_zero(header)) {
    if (auto ended = check_end(); !ended) return std::move(ended).error();
    return std::optional<TarMember>();
  }
  // Parts and small files have short names, so no extended header is ever needed.
  auto member = parse_tar_header(header);
  if (!member) return broken(member.error().message).error();
  return std::optional(std::move(*member));
}

Status Receiver::begin_bag(const TarMember& member) {
  if (stream_.bags.size() == options_.bags_max) return broken("too many bags");
  if (!std::all_of(member.bag.begin(), member.bag.end(),
                   [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); })) {
    return broken("a bag has a name that is no id");
  }
  const auto folder = options_.parent / member.bag;
  if (::mkdir(folder.c_str(), 0700) != 0) return path_error("mkdir", folder, errno);
  stream_.bags.push_back({member.bag, folder});
  archive_.reset();
  parts_ = 0;
  small_files_ = 0;
  return sync_folder(options_.parent.empty() ? "." : options_.parent, calls_);
}

/// The archive says by its first bytes whether it is encrypted.
Status Receiver::open_archive(std::span<const std::byte> front) {
  const bool encrypted = as_text(front).starts_with("age-encryption.org/");
  archive_path_ = stream_.bags.back().folder / (encrypted ? "bag.tar.zst.age" : "bag.tar.zst");
  const std::string part = archive_path_.native() + ".part";
  archive_.reset(
      calls_.open(part.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600));
  return archive_ ? ok() : Status(path_error("open", part, errno));
}

Status Receiver::take_part(const TarMember& member, std::span<const std::byte> bytes) {
  if (member.name != part_name(parts_) || parts_ == kPartsMax || small_files_ > 0) {
    return broken("a part is not the next one");
  }
  if (parts_++ == 0) {
    if (auto opened = open_archive(bytes); !opened) return opened;
  }
  if (auto written = write_all(archive_.get(), bytes, calls_); !written) return written;
  stream_.bags.back().archive_bytes += bytes.size();
  received_ += bytes.size();
  if (options_.progress) options_.progress(received_);
  return ok();
}

Status Receiver::finish_archive() {
  if (!archive_) return broken("a bag without parts");
  if (calls_.fsync(archive_.get()) != 0) return path_error("fsync", archive_path_, errno);
  const std::string part = archive_path_.native() + ".part";
  if (calls_.rename(part.c_str(), archive_path_.c_str()) != 0) {
    return path_error("rename", archive_path_, errno);
  }
  return sync_folder(stream_.bags.back().folder, calls_);
}

Status Receiver::take_small_file(const TarMember& member, std::span<const std::byte> bytes) {
  const auto* const found =
      std::find(kSmallFiles.begin() + small_files_, kSmallFiles.end(), member.name);
  if (found == kSmallFiles.end())
    return broken("a file has a name or a place that is not of the rule");
  if (small_files_ == 0) {
    if (auto finished = finish_archive(); !finished) return finished;
  }
  small_files_ = static_cast<std::size_t>(found - kSmallFiles.begin()) + 1;
  ReceivedBag& bag = stream_.bags.back();
  if (auto written = write_file(bag.folder / member.name, bytes, 0600, IfExists::refuse, calls_);
      !written) {
    return written;
  }
  bag.sealed = small_files_ == kSmallFiles.size();
  return ok();
}

Status Receiver::take_member(const TarMember& member) {
  const bool is_part = member.name.starts_with("part-");
  if (member.size_bytes == 0 ||
      member.size_bytes > (is_part ? kPartBytesMax : kSmallFileBytesMax)) {
    return broken("a member has a size that is not of the rule");
  }
  if (stream_.bags.empty() || stream_.bags.back().id != member.bag) {
    if (auto begun = begin_bag(member); !begun) return begun;
  }
  Bytes bytes(static_cast<std::size_t>(member.size_bytes) + tar_padding(member.size_bytes));
  if (auto got = read_exactly(bytes); !got) return got;
  const auto content = std::span(bytes).first(static_cast<std::size_t>(member.size_bytes));
  if (!all_zero(std::span(bytes).subspan(content.size()))) return broken("padding is not zero");
  return is_part ? take_part(member, content) : take_small_file(member, content);
}

Status Receiver::run() {
  for (;;) {
    auto member = next_member();
    if (!member) return std::move(member).error();
    if (!*member) return ok();
    if (auto taken = take_member(**member); !taken) return taken;
  }
}

}  // namespace

Result<ReceivedStream> receive_parts(ByteSource& in, const ReceiveOptions& options,
                                     FileCalls& calls) {
  Receiver receiver(in, options, calls);
  auto run = receiver.run();
  ReceivedStream stream = std::move(receiver).take();
  if (!run && stream.cut_because.empty()) return std::move(run).error();
  return stream;
}

}  // namespace casebook
