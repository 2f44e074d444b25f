#include "core/ledger_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/printable.h"

namespace casebook {
namespace {

constexpr mode_t kMode = 0600;

/// Removes an unfinished append, durably, so that the next one begins a line.
Status cut_tail(int fd, std::uint64_t whole_bytes, FileCalls& calls) {
  if (calls.ftruncate(fd, static_cast<off_t>(whole_bytes)) != 0) {
    return system_error("truncate", errno);
  }
  if (calls.fsync(fd) != 0) return system_error("fsync", errno);
  return ok();
}

}  // namespace

Result<LedgerFile> LedgerFile::create(const std::filesystem::path& path, const LedgerId& id,
                                      FileCalls& calls) {
  auto written = write_file(path, {}, kMode, IfExists::refuse, calls);
  if (!written) return std::move(written).error();
  return open(path, id, calls);
}

Result<LedgerFile> LedgerFile::open(const std::filesystem::path& path, const LedgerId& id,
                                    FileCalls& calls) {
  return open(path, id, {}, calls);
}

Result<LedgerFile> LedgerFile::open(const std::filesystem::path& path, const LedgerId& id,
                                    const Reading& reading, FileCalls& calls) {
  const std::string name = printable(path.native());
  UniqueFd fd(calls.open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0));
  if (!fd) return system_error("open", errno).context(name);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return system_error("stat", errno).context(name);
  if (!S_ISREG(status.st_mode))
    return Error{ErrorCode::invalid_input, name + ": not a regular file"};
  FdSource source(fd.get());
  auto replayed = replay_ledger(source, id, reading.visit);
  if (!replayed) return std::move(replayed).error().context(name);
  const LedgerReport& report = replayed->report;
  if (reading.accept) {
    if (auto accepted = reading.accept(report); !accepted) return std::move(accepted).error();
  }
  if (report.torn_bytes > 0) {
    auto cut = cut_tail(fd.get(), report.whole_bytes, calls);
    if (!cut) return std::move(cut).error().context(name);
  }
  return LedgerFile(std::move(fd), std::move(replayed->chain), report.torn_bytes, calls);
}

Result<LedgerEntry> LedgerFile::append(const Digest256& commit) {
  if (failed_) return Error{ErrorCode::io, "ledger: an earlier append failed; open it again"};
  failed_ = true;  // Until the entry is known to be durable.
  const LedgerEntry entry = chain_.next(commit);
  const std::string line = format_entry(entry) + "\n";
  auto written = write_all(fd_.get(), as_bytes(line), *calls_);
  if (!written) return std::move(written).error().context("ledger");
  if (calls_->fsync(fd_.get()) != 0) return system_error("fsync", errno).context("ledger");
  if (auto accepted = chain_.accept(entry); !accepted) return std::move(accepted).error();
  failed_ = false;
  return entry;
}

}  // namespace casebook
