#pragma once
/// Files that are kept with a case: each is one age file under an identity of its own, which lies
/// in the compartment, so erasing that row makes the bytes unreadable wherever copies are.
/// Specification: docs/spec/attachment.md.

#include <filesystem>
#include <vector>

#include "core/age_file.h"
#include "vault/item.h"

namespace casebook::vault {

inline constexpr std::uint64_t kAttachmentBytesMax = std::uint64_t{1} << 40U;  ///< 1 TiB.

struct AttachmentOptions {
  std::filesystem::path folder;  ///< `vault/attachments`; made when missing.
  std::uint64_t size_bytes_max = kAttachmentBytesMax;
  FileCalls* calls = nullptr;
};

/// Seals a stream into the folder, in constant memory. The file is durable when this returns; it
/// means nothing until the row is in a compartment.
Result<AttachmentRow> seal_attachment(ByteSource& source, const AttachmentOptions& options,
                                      Randomness& randomness);
/// Streams the bytes to `sink`. They are as authentic as age makes them while they flow; only
/// success says that all of them came and that they are what was recorded. @return `corrupt`
/// otherwise.
Status open_attachment(const std::filesystem::path& folder, const AttachmentRow& row,
                       ByteSink& sink);
/// Into a file that has its name only when all of it proved right.
Status save_attachment(const std::filesystem::path& folder, const AttachmentRow& row,
                       const PlainFile& file, FileCalls& calls = system_file_calls());
/// Reads all of it and keeps nothing.
Status verify_attachment(const std::filesystem::path& folder, const AttachmentRow& row);
/// Removes the file. Fine when it is gone already.
Status remove_attachment(const std::filesystem::path& folder, const AttachmentId& id,
                         FileCalls& calls = system_file_calls());
/// Files that no row in `known` names: sealed, and the program ended before they were recorded.
/// @return their paths; also whatever else does not belong there.
Result<std::vector<std::filesystem::path>> stray_attachments(const std::filesystem::path& folder,
                                                             std::vector<AttachmentId> known);
std::filesystem::path attachment_path(const std::filesystem::path& folder, const AttachmentId& id);

}  // namespace casebook::vault
