#pragma once
/// What `note`, `record` and `import` share: a text taken without ever standing
/// in an argument when it may not, an item made of it, written and shown; and
/// its files.

#include <filesystem>
#include <functional>

#include "cli/case_session.h"
#include "cli/command.h"

namespace casebook::cli {

struct NoteOptions {
  std::string text;
  std::string compartment = "general";
  std::vector<std::string> tags;
  std::optional<std::string> at;
  std::string on_behalf_of;
  std::optional<std::string> reply_to;
  std::vector<std::string> files;  ///< To be kept with it.
  std::string inbox;               ///< Leave it there instead, sealed.
};
void add_note_options(Command& command, NoteOptions& options);

/// RT-29: words for any compartment but `general` never stand on a command
/// line.
Status check_typed(const NoteOptions& options);

/// What was typed, else asked for on a terminal, else all of standard input.
/// @param what  for the prompt: "note".
Result<std::string> ask_text(Runtime& runtime, const std::string& typed, const std::string& what);

/// Says what personal data stand in a text that is not on its way to `pii`,
/// without repeating them.
/// @return where the text goes now: a person on a terminal who holds `pii` is
/// asked.
Result<std::string> warn_of_personal_data(CaseSession& session, const std::string& text,
                                          const std::string& compartment);

/// The item that an entry made. @param number  as it was shown: the entry's
/// number.
Result<vault::ItemId> item_numbered(vault::Compartment& compartment, const std::string& number);
/// A fresh salt, and the commitment under it.
Status give_leaf(vault::ItemVersion& item, Randomness& randomness);
/// Everything of a new item but its words.
Result<vault::ItemVersion> new_item(CaseSession& session, const NoteOptions& options,
                                    const std::string& kind);

/// Takes the text, warns, keeps the files, writes the item and shows it.
/// `fields` may be empty.
ExitStatus write_item(Runtime& runtime, const NoteOptions& options, const std::string& kind,
                      const std::function<Status(vault::ItemVersion&)>& finish);

/// A file kept in a compartment, beside the words about it.
struct KeptFile {
  vault::ItemId item;
  Digest256 digest{};
  std::uint64_t size_bytes = 0;
  std::uint64_t seq = 0;
};
/// Seals a stream into the case and records it. @param name  shown and found
/// like any text.
Result<KeptFile> keep_file(CaseSession& session, const std::string& compartment,
                           const std::string& name, ByteSource& source);
/// Where attachments of a case lie.
std::filesystem::path attachments_of(const vault::CasePaths& paths);

}  // namespace casebook::cli
