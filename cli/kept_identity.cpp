#include "cli/kept_identity.h"

#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

Result<fs::path> place_of(const Runtime& runtime, const std::string& recipient) {
  auto config = runtime.config_folder();
  if (!config) return std::move(config).error();
  return *config / "identities" / (recipient + ".age");
}

}  // namespace

Result<AgeRecipient> make_kept_identity(const Runtime& runtime, const Person& person) {
  auto identity = AgeIdentity::make(runtime.randomness);
  if (!identity) return std::move(identity).error();
  auto place = place_of(runtime, identity->recipient().text());
  if (!place) return std::move(place).error();
  std::error_code failure;
  fs::create_directories(place->parent_path(), failure);
  if (!failure) fs::permissions(place->parent_path(), fs::perms::owner_all, failure);
  if (failure)
    return system_error("make " + printable(place->parent_path().string()), failure.value());
  const SecretBytes text = format_identities(std::span(&*identity, 1));
  auto sealed = age_encrypt(text.reveal(), std::span(&person.recipient, 1), runtime.randomness);
  if (!sealed) return std::move(sealed).error();
  if (auto written = write_file(*place, *sealed, 0600); !written) return std::move(written).error();
  return identity->recipient();
}

Result<std::optional<AgeIdentity>> find_kept_identity(const Runtime& runtime,
                                                      const std::string& recipient,
                                                      const fs::path& bag, KeyRing& ring,
                                                      const std::string& purpose) {
  auto parsed = AgeRecipient::parse(recipient);  // Becomes part of a path: never as it came.
  if (!parsed) return std::optional<AgeIdentity>();
  auto place = place_of(runtime, parsed->text());
  if (!place) return std::move(place).error();
  for (const fs::path& file : {*place, bag / kBagIdentityName}) {
    auto sealed = read_file(file, kIdentityFileBytesMax);
    if (!sealed && sealed.error().code == ErrorCode::not_found) continue;
    if (!sealed) return std::move(sealed).error();
    auto own = ring.unlock(purpose);
    if (!own) return std::move(own).error();
    auto text = age_decrypt(*sealed, *own, kIdentityFileBytesMax);
    if (!text) return std::move(text).error().context(printable(file.filename().string()));
    auto identities = parse_identities(*text);
    if (!identities) return std::move(identities).error();
    return std::optional<AgeIdentity>(std::move(identities->front()));
  }
  return std::optional<AgeIdentity>();
}

}  // namespace casebook::cli
