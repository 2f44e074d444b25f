#include "cli/release_files.h"

#include <algorithm>

#include "cli/note_writing.h"
#include "core/printable.h"
#include "vault/attachment.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

/// Where an attachment lies.
struct Place {
  std::string compartment;
  vault::AttachmentId id;
};
/// What this person can take out, by what is in it.
std::map<std::string, Place> attachments_by_digest(CaseSession& session) {
  std::map<std::string, Place> places;
  for (const std::string& name : session.held()) {
    auto compartment = session.compartment(name);
    if (!compartment) continue;
    const auto listed = (*compartment)->each_attachment([&](const vault::AttachmentEntry& entry) {
      if (entry.state == vault::ItemState::live) {
        places.emplace(to_hex(entry.row.digest), Place{name, entry.row.id});
      }
      return ok();
    });
    if (!listed) continue;
  }
  return places;
}

Status save_one(CaseSession& session, const Place& place, const fs::path& file) {
  auto compartment = session.compartment(place.compartment);
  if (!compartment) return std::move(compartment).error();
  auto entry = (*compartment)->attachment(place.id);
  if (!entry) return std::move(entry).error();
  if (!*entry) return Error{ErrorCode::not_found, "it was erased"};
  return vault::save_attachment(attachments_of(session.paths()), (*entry)->row, {.path = file});
}

Status make_folder(const fs::path& folder, const std::vector<filing::ReleaseFileDigest>& files) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) return system_error("make " + printable(folder.string()), failure.value());
  for (const filing::ReleaseFileDigest& file : files) {
    if (!fs::exists(folder / file.name, failure)) continue;
    return Error{ErrorCode::invalid_input,
                 printable((folder / file.name).string()) + " is there already",
                 "choose another folder: nothing that was handed out is replaced"};
  }
  return ok();
}

}  // namespace

Result<Digest256> keep_words_in(CaseSession& session, const std::string& compartment,
                                const std::string& title, const std::string& words) {
  if (auto open = session.compartment(compartment); !open) return std::move(open).error();
  auto item = new_item(session, {}, "record");
  if (!item) return std::move(item).error();
  item->text.title = title;
  item->text.body = words;
  if (auto given = give_leaf(*item, session.runtime().randomness); !given) {
    return std::move(given).error();
  }
  const Digest256 leaf = item->leaf->commit;
  if (auto written = session.write(compartment, "words", *item); !written) {
    return std::move(written).error();
  }
  return leaf;
}

Result<std::string> compartment_of_words(CaseSession& session, const Digest256& leaf) {
  for (const std::string& name : session.held()) {
    auto compartment = session.compartment(name);
    if (!compartment) continue;
    bool is_here = false;
    for (const std::string_view kind : {"record", "text"}) {
      const auto listed = (*compartment)->each_item(kind, [&](const vault::ItemVersion& item) {
        is_here = is_here || (item.leaf && item.leaf->commit == leaf);
        return ok();
      });
      if (listed && is_here) return name;
    }
  }
  return Error{ErrorCode::locked, "its words lie in a compartment that you cannot open"};
}

Status keep_release_files(CaseSession& session, const std::string& compartment,
                          const std::string& stem, const filing::Release& made) {
  for (const filing::ReleaseFile& file : made.files) {
    MemorySource source(as_bytes(file.bytes));
    auto kept = keep_file(session, compartment, stem + "-" + file.name, source);
    if (!kept) return std::move(kept).error();
  }
  return ok();
}

Status copy_release_files(CaseSession& session, const std::string& manifest_text,
                          const fs::path& folder) {
  auto manifest = filing::parse_manifest(manifest_text);
  if (!manifest) return std::move(manifest).error();
  const auto places = attachments_by_digest(session);
  for (const filing::ReleaseFileDigest& file : manifest->files) {
    if (places.contains(file.sha256)) continue;
    return Error{ErrorCode::locked, file.name + " is not among what you can open in this case",
                 "it was sealed to another compartment, or erased"};
  }
  if (auto free = make_folder(folder, manifest->files); !free) return free;
  for (const filing::ReleaseFileDigest& file : manifest->files) {
    auto saved = save_one(session, places.find(file.sha256)->second, folder / file.name);
    if (!saved) return Error(saved.error()).context(file.name);
  }
  return ok();
}

}  // namespace casebook::cli
