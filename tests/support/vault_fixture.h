#pragma once
/// A vault folder, a data key and records to put into a compartment.

#include <string>
#include <vector>

#include "tests/support/seeded_randomness.h"
#include "tests/support/temporary_folder.h"
#include "vault/compartment.h"

namespace casebook::vault {

inline SecretBytes some_key(std::uint64_t seed = 1) {
  SeededRandomness randomness(seed);
  SecretBytes key(kDataKeyBytes);
  check(bool(randomness.fill(key.reveal_mutable())), "make a key");
  return key;
}

inline CompartmentName some_name(std::string compartment = "general") {
  return {*CaseId::parse("000102030405060708090a0b0c0d0e0f"), std::move(compartment), 1};
}

inline ItemId item_id(std::uint64_t number) {
  std::string text = std::to_string(number);
  return *ItemId::parse(std::string(32 - text.size(), '0') + text);
}

inline ItemVersion some_note(std::uint64_t number, std::string body) {
  ItemVersion note{
      .id = item_id(number),
      .kind = "note",
      .author = "ada",
      .received = UtcSeconds(std::chrono::seconds(1790000000 + static_cast<long>(number)))};
  note.text.body = std::move(body);
  return note;
}

/// A record as a caller makes it: bytes, salt and commitment.
struct SampleRecord {
  Digest256 commit{};
  Salt salt{};
  Bytes record;
};

inline SampleRecord some_record(std::string_view text, std::uint64_t seed = 7) {
  SeededRandomness randomness(seed);
  SampleRecord made{.record = to_bytes(text)};
  check(bool(randomness.fill(made.salt)), "make a salt");
  made.commit = *commit_to(made.salt, made.record);
  return made;
}

class VaultFolder {
 public:
  explicit VaultFolder(const std::filesystem::path& parent = folder_in_memory())
      : folder_(parent) {}
  [[nodiscard]] DatabaseOptions options(std::string compartment = "general") const {
    return {.path = folder_.path() / (compartment + ".db")};
  }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

  void create() const {
    check(bool(Compartment::create(options(), some_key(), some_name())), "create a compartment");
  }
  [[nodiscard]] Compartment open() const {
    auto opened = Compartment::open(options(), some_key(), some_name());
    check(bool(opened), opened ? "" : opened.error().message);
    return std::move(*opened);
  }

 private:
  TemporaryFolder folder_;
};

/// Puts one note and marks it as appended.
inline SampleRecord put_note(Compartment& compartment, std::uint64_t seq, const ItemVersion& note) {
  SampleRecord made = some_record("record of " + format_item(note), seq + 1);
  const std::vector<ItemVersion> items{note};
  auto put = compartment.put_pending(made.commit, made.salt, made.record, {.items = items});
  check(bool(put), put ? "" : put.error().message);
  auto marked = compartment.mark_appended(made.commit, seq);
  check(bool(marked), marked ? "" : marked.error().message);
  return made;
}

}  // namespace casebook::vault
