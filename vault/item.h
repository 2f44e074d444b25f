#pragma once
/// What a compartment shows of its records: notes, findings, imported messages, names of
/// attachments and items of registers, each in numbered versions, and the secrets that records hand
/// over. Specification: docs/spec/compartment.md, section "Items".

#include <optional>
#include <string>
#include <vector>

#include "core/age_key.h"
#include "core/clock.h"
#include "core/digest.h"
#include "core/ids.h"
#include "core/ledger.h"

namespace casebook::vault {

using ItemId = Id<struct ItemIdKind>;
using AttachmentId = Id<struct AttachmentIdKind>;

inline constexpr std::size_t kTitleBytesMax = 1024;
inline constexpr std::size_t kBodyBytesMax = std::size_t{16} << 20U;
inline constexpr std::size_t kFieldsBytesMax = std::size_t{1} << 20U;
inline constexpr std::size_t kTagsMax = 64;
inline constexpr std::size_t kTagBytesMax = 64;
inline constexpr std::size_t kNameBytesMax = 256;

/// Recognises a message that was imported before: a digest of whatever identifies it, cut to 16.
using SourceKey = std::array<std::byte, 16>;

/// An item of a batch has a commitment of its own within the batch's record (item_leaf()), so that
/// its text can be erased while the record stays provable.
struct ItemLeaf {
  Salt salt{};
  Digest256 commit{};
  bool operator==(const ItemLeaf&) const = default;
};

/// Words that are found by search, and fields that are not.
struct ItemText {
  std::string title;
  std::string body;
  std::vector<std::string> tags;  ///< Each without blanks and control characters.
  std::string fields;             ///< Canonical JSON, or empty.
  bool operator==(const ItemText&) const = default;
};

enum class ItemState { live, tombstone, erased };
std::string_view to_string(ItemState state) noexcept;

/// One version of one item. Versions count from 1 without gaps.
struct ItemVersion {
  ItemId id;
  std::string kind;  ///< "note", "finding", "message", "attachment" or the name of a register.
  std::uint64_t version = 1;
  /// A tombstone takes the item out of search; what was said before stays among the versions.
  ItemState state = ItemState::live;
  std::string author;  ///< A person's id, or who an import says it was.
  std::string on_behalf_of = {};
  std::optional<UtcSeconds> claimed = {};  ///< When it happened, as the author says.
  UtcSeconds received{};                   ///< When the writer took it.
  std::optional<ItemId> reply_to = {};
  ItemText text = {};
  std::optional<SourceKey> source = {};
  std::optional<ItemLeaf> leaf = {};
};

/// Refuses (`invalid_input`, `limit_exceeded`) what no compartment takes: a text that is too long
/// or not UTF-8, a kind or tag with other characters than allowed.
Status check_item(const ItemVersion& item);
/// The item as canonical JSON, format casebook-item/1: what its commitment is made of.
std::string format_item(const ItemVersion& item);
/// commit_to(salt, format_item(item)): goes into the record of a batch and into
/// `ItemVersion::leaf`.
Result<Digest256> item_leaf(const Salt& salt, const ItemVersion& item);

/// Where the bytes of an attachment lie and what opens them.
struct AttachmentRow {
  AttachmentId id;  ///< Names the file in `attachments/`; random, so it tells nothing.
  SecretBytes identity;
  Digest256 digest{};            ///< Of the plain bytes.
  std::uint64_t size_bytes = 0;  ///< Of the plain bytes.
};

/// An age identity kept for something outside: the recipient of a ticket or of one bag.
struct KeptIdentity {
  std::string purpose;  ///< "ticket" or "bag".
  std::string subject;  ///< Its id in hex.
  SecretBytes identity;
};

/// What one record adds to a compartment. The vectors are only read.
struct Projections {
  std::span<const ItemVersion> items = {};
  std::span<const AttachmentRow> attachments = {};
  std::span<const KeptIdentity> identities = {};
};

}  // namespace casebook::vault
