#include "cli/org_folder.h"

#include "cli/key_folder.h"
#include "core/openssh_key.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kChosenOrg = "chosen-org";
constexpr const char* kRoster = "roster.json";
constexpr const char* kSignature = "roster.json.sig";
constexpr const char* kNextSignature = "roster.json.sig.next";

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

}  // namespace

std::optional<fs::path> chosen_org(const Runtime& runtime) {
  std::error_code failure;
  for (fs::path folder = fs::current_path(failure); !failure && !folder.empty();
       folder = folder.parent_path()) {
    if (is_there(folder / kRoster)) return folder;
    if (folder == folder.root_path()) break;
  }
  const auto state = runtime.state_folder();
  if (!state) return std::nullopt;
  auto chosen = read_file(*state / kChosenOrg, 4096);
  if (!chosen) return std::nullopt;
  std::string path(as_text(*chosen));
  if (path.ends_with('\n')) path.pop_back();
  if (!path.starts_with('/') || !is_there(fs::path(path) / kRoster)) return std::nullopt;
  return fs::path(path);
}

Result<fs::path> require_org(const Runtime& runtime) {
  if (auto folder = chosen_org(runtime)) return *folder;
  return Error{ErrorCode::not_found, "no organisation is set up here",
               "casebook org init NAME makes one"};
}

Status choose_org(const Runtime& runtime, const fs::path& folder) {
  auto state = runtime.state_folder();
  if (!state) return std::move(state).error();
  std::error_code failure;
  fs::create_directories(*state, failure);
  if (failure) return system_error("make " + printable(state->string()), failure.value());
  return write_file(*state / kChosenOrg, as_bytes(fs::absolute(folder).string() + "\n"), 0600,
                    IfExists::replace);
}

Result<SignedRoster> load_roster(const fs::path& path) {
  std::error_code ignored;
  const fs::path file = fs::is_directory(path, ignored) ? path / kRoster : path;
  auto text = read_file(file, kRosterBytesMax);
  if (!text) return std::move(text).error();
  // A crash while saving may have left the signature of the new text under its other name.
  Result<SignedRoster> read = Error{ErrorCode::not_found, "roster: no signature beside it"};
  for (const char* suffix : {".sig", ".sig.next"}) {
    fs::path name = file;
    name += suffix;
    auto signature = read_file(name, kArmoredBytesMax);
    if (!signature) continue;
    read = read_roster(as_text(*text), as_text(*signature));
    if (read) return read;
  }
  return std::move(read).error().context(printable(file.string()));
}

Result<std::optional<SignedRoster>> known_roster(const Runtime& runtime) {
  const auto folder = chosen_org(runtime);
  if (!folder) return std::optional<SignedRoster>();
  auto roster = load_roster(*folder);
  if (!roster) return std::move(roster).error();
  return std::optional(*std::move(roster));
}

Status save_roster(const fs::path& folder, const SignedRoster& roster) {
  const auto write = [&](const char* name, const std::string& text) {
    return write_file(folder / name, as_bytes(text), 0644, IfExists::replace);
  };
  if (auto written = write(kNextSignature, roster.signature); !written) return written;
  if (auto written = write(kRoster, roster.text); !written) return written;
  if (auto written = write(kSignature, roster.signature); !written) return written;
  std::error_code ignored;
  fs::remove(folder / kNextSignature, ignored);
  return ok();
}

Result<fs::path> root_key_file(const Runtime& runtime, const SshPublicKey& key) {
  auto folder = key_folder(runtime);
  if (!folder) return std::move(folder).error();
  auto digest = sha256(key.blob());
  if (!digest) return std::move(digest).error();
  return *folder / ("root-" + to_hex(*digest).substr(0, 16) + ".ssh");
}

Result<SshPublicKey> make_root_key(Runtime& runtime, const std::string& organisation) {
  auto passphrase =
      runtime.passphrases.ask({"for the root key of " + printable(organisation), true});
  if (!passphrase) return std::move(passphrase).error();
  auto root = Ed25519Signer::generate(runtime.randomness);
  if (!root) return std::move(root).error();
  auto text = write_openssh_key(*root, "casebook root key", *passphrase, runtime.randomness);
  if (!text) return std::move(text).error();
  auto file = root_key_file(runtime, root->public_key());
  if (!file) return std::move(file).error();
  std::error_code failure;
  fs::create_directories(file->parent_path(), failure);
  if (failure) return system_error("make " + printable(file->string()), failure.value());
  fs::permissions(file->parent_path(), fs::perms::owner_all, failure);
  if (auto written = write_file(*file, text->reveal(), 0600); !written) {
    return std::move(written).error();
  }
  return root->public_key();
}

Result<std::unique_ptr<Signer>> open_root_key(Runtime& runtime, const SshPublicKey& key,
                                              const std::string& purpose) {
  auto file = root_key_file(runtime, key);
  if (!file) return std::move(file).error();
  auto text = read_file(*file, kOpensshKeyBytesMax);
  if (!text && text.error().code == ErrorCode::not_found) {
    return Error{ErrorCode::locked, "the root key of this organisation is not here",
                 "bring " + printable(file->filename().string()) + " to " +
                     printable(file->parent_path().string())};
  }
  if (!text) return std::move(text).error();
  auto passphrase =
      runtime.passphrases.ask({"of " + printable(file->filename().string()) + ", for " + purpose});
  if (!passphrase) return std::move(passphrase).error();
  return open_openssh_key(SecretBytes(*std::move(text)), *passphrase);
}

}  // namespace casebook::cli
