#pragma once
/// Bags by someone who holds the seal key and means ill: everything agrees with everything, except
/// what a test bends on purpose.

#include <array>

#include "core/merkle.h"
#include "core/tar_header.h"
#include "core/zstd_frames.h"
#include "tests/support/sample_bag.h"

namespace casebook {

struct ForgedMember {
  CatalogLine line;
  std::string bytes;
};

/// What is bent. Every hook may be empty.
struct ForgeryPlan {
  std::vector<ForgedMember> members;
  std::function<void(std::string& header, std::string_view name)> bend_header = {};
  std::function<void(std::string& padding, std::string_view name)> bend_padding = {};
  std::function<void(std::string& lines)> bend_catalog = {};
  std::function<void(std::string& lines)> bend_manifest = {};
  std::string before_context = {};  ///< Raw tar bytes.
  std::string after_end = {};       ///< The same, behind the two zero blocks.
};

struct Forgery {
  std::string tar;
  std::size_t closing_at = 0;  ///< Where the header of the index begins.
  Seal seal;                   ///< All but the file's digest and size.
};

/// A stored line for a test, named by the rule unless `stored` says otherwise.
inline ForgedMember forged_member(std::string path, std::string bytes, std::string stored = {}) {
  ForgedMember member{sample_line(EntryType::file, std::move(path)), std::move(bytes)};
  member.line.outcome = Outcome::stored;
  member.line.salt = std::string(32, '5');
  member.line.stored = stored.empty() ? "data/files" + member.line.path : std::move(stored);
  member.line.sha256 = to_hex(*sha256(as_bytes(member.bytes)));
  member.line.stored_size_bytes = member.bytes.size();
  return member;
}

namespace forged_detail {

class Writer {
 public:
  explicit Writer(const ForgeryPlan& plan) : plan_(plan) {}
  void add(std::string_view name, std::string_view text) {
    std::string header;
    append_tar_header(header, bag_, name, text.size());
    if (plan_.bend_header) plan_.bend_header(header, name);
    std::string padding(tar_padding(text.size()), '\0');
    if (plan_.bend_padding) plan_.bend_padding(padding, name);
    out_.tar.append(header).append(text).append(padding);
  }
  void add_tag(std::string_view name, std::string_view text) {
    append_manifest_line(tags_, *sha256(as_bytes(text)), name);
    add(name, text);
  }
  Forgery finish();

 private:
  const ForgeryPlan& plan_;
  std::string bag_ = BagTestKit().bag.text();
  std::string tags_;
  Forgery out_;
};

inline Forgery Writer::finish() {
  const BagTestKit kit;
  CatalogIndex index;
  index.bag = bag_;
  index.run = kit.run.text();
  index.date = "2026-11-21";
  index.software = "forger 1.0";
  index.frame_bytes = kFrameBytesMin;
  add_tag(kBagItName, bagit_text());
  add_tag(kBagInfoName, bag_info_text(index));
  std::string lines;
  std::string manifest;
  auto tree = MerkleTree::create();
  for (const ForgedMember& member : plan_.members) {
    add(member.line.stored, member.bytes);
    append_manifest_line(manifest, *sha256(as_bytes(member.bytes)), member.line.stored);
    append_catalog_line(lines, member.line);
    lines.push_back('\n');
  }
  if (plan_.bend_catalog) plan_.bend_catalog(lines);
  std::uint64_t count = 0;
  for (std::size_t begin = 0; begin < lines.size(); ++count) {
    const std::size_t end = lines.find('\n', begin);
    check(bool(tree->add_line(kCatalogLeaf, as_bytes(lines).subspan(begin, end - begin))), "leaf");
    begin = end + 1;
  }
  std::string segment_header;
  append_tar_header(segment_header, bag_, segment_name(0), lines.size());
  index.segments = {
      {out_.tar.size() + segment_header.size(), lines.size(), count, *sha256(as_bytes(lines))}};
  add_tag(segment_name(0), lines);
  out_.tar += plan_.before_context;
  add_tag(kContextName, "{}");
  if (plan_.bend_manifest) plan_.bend_manifest(manifest);
  add_tag(kManifestName, manifest);
  out_.closing_at = out_.tar.size();
  index.entries = count;
  index.root = tree->head()->root;
  add_tag(kCatalogIndexName, catalog_index_text(index));
  const std::string tags = tags_;
  add(kTagManifestName, tags);
  out_.tar.append(1024, '\0').append(plan_.after_end);
  out_.seal.bag = bag_;
  out_.seal.run = index.run;
  out_.seal.entries = count;
  out_.seal.root = index.root;
  out_.seal.tagmanifest_sha256 = *sha256(as_bytes(tags));
  out_.seal.file_name = "bag.tar.zst";
  return std::move(out_);
}

}  // namespace forged_detail

inline Forgery forge(const ForgeryPlan& plan) { return forged_detail::Writer(plan).finish(); }

inline Bytes forged_frame(std::string_view content) {
  auto encoder = FrameEncoder::create();
  Bytes frame(frame_size_max(content.size()));
  frame.resize(*encoder->encode(as_bytes(content), frame, 3));
  return frame;
}

inline void append(Bytes& out, std::span<const std::byte> more) {
  out.insert(out.end(), more.begin(), more.end());
}

/// Frames the tar as the rule asks (it must be short) and appends the table.
inline Bytes framed(const Forgery& forgery) {
  const std::string_view tar = forgery.tar;
  const Bytes first = forged_frame(tar.substr(0, forgery.closing_at));
  const Bytes second = forged_frame(tar.substr(forgery.closing_at));
  Bytes archive = first;
  append(archive, second);
  const std::array<FrameSize, 2> sizes = {
      FrameSize{static_cast<std::uint32_t>(first.size()),
                static_cast<std::uint32_t>(forgery.closing_at)},
      FrameSize{static_cast<std::uint32_t>(second.size()),
                static_cast<std::uint32_t>(tar.size() - forgery.closing_at)}};
  append(archive, seek_table(sizes));
  return archive;
}

/// Seals the archive with the ticket's own key into a fresh folder. @return the folder.
inline std::filesystem::path seal_forgery(const std::filesystem::path& parent, Seal seal,
                                          std::span<const std::byte> archive) {
  BagTestKit kit;
  const auto folder = parent / seal.bag;
  std::filesystem::create_directories(folder);
  seal.file_sha256 = *sha256(archive);
  seal.file_size_bytes = archive.size();
  seal.seal_key = kit.signer.public_key().line();
  const std::string text = seal_text(seal);
  auto signature = make_ssh_signature(kit.signer, kSealNamespace, as_bytes(text));
  const auto put = [&](std::string_view name, std::span<const std::byte> bytes) {
    check(bool(write_file(folder / name, bytes, 0600, IfExists::replace)), "write a forgery");
  };
  put(seal.file_name, archive);
  put("seal.json.sig", as_bytes(*signature));
  put("seal.json", as_bytes(text));
  return folder;
}

}  // namespace casebook
