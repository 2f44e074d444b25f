#pragma once
/// The smallest case that has a ledger and a compartment, written and recovered in the order of the
/// specification (docs/spec/compartment.md, section "Records").

#include <map>
#include <optional>

#include "core/ledger_file.h"
#include "tests/support/vault_fixture.h"

namespace casebook::vault {

inline LedgerId small_ledger_id() { return *LedgerId::parse("000102030405060708090a0b0c0d0e0f"); }

class SmallCase {
 public:
  explicit SmallCase(std::filesystem::path folder) : folder_(std::move(folder)) {}
  [[nodiscard]] std::filesystem::path ledger_path() const { return folder_ / "ledger"; }
  [[nodiscard]] DatabaseOptions options() const { return {.path = folder_ / "general.db"}; }

  void create() const {
    check(bool(Compartment::create(options(), some_key(), some_name())), "create a compartment");
    check(bool(LedgerFile::create(ledger_path(), small_ledger_id())), "create a ledger");
  }
  /// Writes one note. @return whether it was acknowledged.
  static bool write(Compartment& compartment, LedgerFile& ledger, std::uint64_t number) {
    const ItemVersion note = some_note(number, "heron number " + std::to_string(number));
    const SampleRecord made = some_record("record " + std::to_string(number), number + 1);
    const std::vector<ItemVersion> items{note};
    if (!compartment.put_pending(made.commit, made.salt, made.record, {.items = items}))
      return false;
    auto entry = ledger.append(made.commit);
    if (!entry) return false;
    return bool(compartment.mark_appended(made.commit, entry->seq));
  }
  /// What every opening does. @return the ledger's size; nothing when something does not fit.
  std::optional<std::uint64_t> recover() const {
    auto compartment = Compartment::open(options(), some_key(), some_name());
    auto ledger = LedgerFile::open(ledger_path(), small_ledger_id());
    if (!compartment || !ledger) return std::nullopt;
    std::map<Digest256, std::uint64_t> places;
    const Bytes text = *read_file(ledger_path(), 1 << 26);
    MemorySource source(text);
    auto read = read_ledger(source, small_ledger_id(), [&](const LedgerEntry& entry) {
      places.emplace(entry.commit, entry.seq);
      return ok();
    });
    if (!read) return std::nullopt;
    const auto pending = compartment->pending();
    if (!pending) return std::nullopt;
    for (const StoredRecord& open : *pending) {
      const auto place = places.find(open.commit);
      const bool done = place == places.end()
                            ? bool(compartment->discard(open.commit))
                            : bool(compartment->mark_appended(open.commit, place->second));
      if (!done) return std::nullopt;
    }
    std::uint64_t next = 0;
    auto visited = compartment->each_record([&](const StoredRecord& record) -> Status {
      const auto place = places.find(record.commit);
      if (place == places.end() || place->second != *record.seq || *record.seq != next) {
        return Error{ErrorCode::corrupt, "a record is not where the ledger says"};
      }
      ++next;
      return ok();
    });
    if (!visited || next != places.size()) return std::nullopt;  // An entry without its record.
    if (!std::move(*compartment).close()) return std::nullopt;
    return next;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace casebook::vault
