#include "vault/inbox.h"

#include <sys/stat.h>

#include <algorithm>
#include <system_error>

#include "core/ids.h"
#include "core/printable.h"
#include "vault/folder.h"

namespace casebook::vault {
namespace {

constexpr std::string_view kStart = "casebook-inbox/1 ";
// What age adds to the plain text, generously.
constexpr std::size_t kSealedBytesMax = kInboxItemBytesMax + (std::size_t{64} << 10U);

std::filesystem::path item_path(const InboxFolders& folders, const Digest256& commit) {
  return folders.inbox / (to_hex(commit) + ".age");
}

Error not_an_item(std::string_view why) {
  return Error{ErrorCode::corrupt, "an item of the inbox " + std::string(why)};
}

Result<InboxItem> parse_item(std::span<const std::byte> plain) {
  const std::string_view text = as_text(plain);
  constexpr std::size_t line_bytes = kStart.size() + 32 + 1;
  if (text.size() < line_bytes || !text.starts_with(kStart) || text[line_bytes - 1] != '\n') {
    return not_an_item("is of an unknown format");
  }
  auto salt = from_hex(text.substr(kStart.size(), 32));
  if (!salt) return not_an_item("has no salt");
  InboxItem item;
  std::ranges::copy(*salt, item.salt.begin());
  const auto record = plain.subspan(line_bytes);
  item.record.assign(record.begin(), record.end());
  return item;
}

}  // namespace

InboxFolders inbox_of(const std::filesystem::path& vault, std::string_view compartment) {
  return {vault / "inbox" / compartment, vault / "quarantine" / compartment};
}

Result<Digest256> put_inbox_item(const InboxFolders& folders, const AgeRecipient& public_key,
                                 const InboxItem& item, Randomness& randomness, FileCalls& calls) {
  if (item.record.size() > kInboxItemBytesMax) {
    return Error{ErrorCode::limit_exceeded, "too long for the sealed inbox",
                 "attach the text as a file"};
  }
  auto commit = commit_to(item.salt, item.record);
  if (!commit) return commit;
  if (auto made = make_folders(folders.inbox); !made) return std::move(made).error();
  Bytes plain = to_bytes(std::string(kStart) + to_hex(item.salt) + "\n");
  plain.insert(plain.end(), item.record.begin(), item.record.end());
  const SecretBytes wiped(std::move(plain));
  auto sealed = age_encrypt(wiped.reveal(), std::span(&public_key, 1), randomness);
  if (!sealed) return std::move(sealed).error();
  auto put = write_file(item_path(folders, *commit), *sealed, 0600, IfExists::replace, calls);
  if (!put) return std::move(put).error();
  return commit;
}

Result<InboxItem> open_inbox_item(const InboxFolders& folders, const Digest256& commit,
                                  const AgeUnlock& unlock) {
  auto sealed = read_file(item_path(folders, commit), kSealedBytesMax);
  if (!sealed) return std::move(sealed).error();
  auto plain = age_decrypt(*sealed, unlock, kInboxItemBytesMax + 256);
  if (!plain) return std::move(plain).error().context("an item of the inbox");
  auto item = parse_item(plain->reveal());
  if (!item) return item;
  auto is = commit_to(item->salt, item->record);
  if (!is) return std::move(is).error();
  if (*is != commit) return not_an_item("is not what its commitment says");
  return item;
}

Status remove_inbox_item(const InboxFolders& folders, const Digest256& commit, FileCalls& calls) {
  const auto path = item_path(folders, commit);
  if (calls.unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return ok();
    return system_error("remove " + printable(path.native()), errno);
  }
  return sync_folder(folders.inbox, calls);
}

Result<InboxReport> check_inbox(const InboxFolders& folders, std::span<const Digest256> expected,
                                const std::function<Result<bool>(const Digest256&)>& is_taken_in) {
  auto files = list_folder(folders.inbox);
  if (!files) return std::move(files).error();
  InboxReport report;
  std::vector<std::filesystem::path> of_expected;
  for (const Digest256& commit : expected) {
    const auto path = item_path(folders, commit);
    of_expected.push_back(path);
    if (std::ranges::binary_search(*files, path)) {
      report.waiting.push_back(commit);
      continue;
    }
    auto taken = is_taken_in(commit);
    if (!taken) return std::move(taken).error();
    if (!*taken) report.missing.push_back(commit);
  }
  std::ranges::sort(of_expected);
  std::ranges::set_difference(*files, of_expected, std::back_inserter(report.unexpected));
  return report;
}

Result<Quarantined> quarantine(const InboxFolders& folders, const std::filesystem::path& file,
                               Randomness& randomness, FileCalls& calls) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) return system_error("quarantine", errno);
  if (!S_ISREG(status.st_mode)) return Quarantined::refused_full;
  auto held = list_folder(folders.quarantine);
  if (!held) return std::move(held).error();
  std::uint64_t bytes = static_cast<std::uint64_t>(status.st_size);
  for (const auto& other : *held) {
    struct stat there {};
    if (::lstat(other.c_str(), &there) == 0) bytes += static_cast<std::uint64_t>(there.st_size);
  }
  if (held->size() >= kQuarantineCountMax || bytes > kQuarantineBytesMax ||
      static_cast<std::uint64_t>(status.st_size) > kSealedBytesMax) {
    return Quarantined::refused_full;
  }
  if (auto made = make_folders(folders.quarantine); !made) return std::move(made).error();
  auto name = Id<struct QuarantineKind>::make(randomness);
  if (!name) return std::move(name).error();
  const auto target = folders.quarantine / (name->text() + ".age");
  if (calls.rename(file.c_str(), target.c_str()) != 0) {
    return system_error("quarantine " + printable(file.native()), errno);
  }
  if (auto synced = sync_folder(folders.quarantine, calls); !synced)
    return std::move(synced).error();
  return Quarantined::moved;
}

}  // namespace casebook::vault
