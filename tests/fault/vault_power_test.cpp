/// Power cuts: writes and syncs of a run are written down, and states that a disk could be in at
/// any moment are built from them: what was synced is there, of the rest each sector may be or may
/// not.

#include <gtest/gtest.h>

#include "tests/support/fault_rounds.h"
#include "tests/support/faulty_layer.h"
#include "tests/support/vault_fixture.h"

namespace casebook::vault {
namespace {

constexpr std::size_t kSectorBytes = 512;

/// The files of a disk, by name.
using Disk = std::map<std::string, Bytes>;

void put_bytes(Bytes& file, std::uint64_t offset, std::span<const std::byte> bytes) {
  if (file.size() < offset + bytes.size()) file.resize(offset + bytes.size());
  std::ranges::copy(bytes, file.begin() + static_cast<std::ptrdiff_t>(offset));
}

/// A write that was not synced: there, not there, or there in some of its sectors.
void maybe_write(Bytes& file, const DiskOperation& write, SeededRandomness& randomness) {
  const std::uint64_t fate = randomness.below(3);
  if (fate == 0) return;
  if (fate == 1) return put_bytes(file, write.offset, write.bytes);
  for (std::size_t at = 0; at < write.bytes.size(); at += kSectorBytes) {
    if (randomness.below(2) == 0) continue;
    const auto sector =
        std::span(write.bytes).subspan(at).first(std::min(kSectorBytes, write.bytes.size() - at));
    put_bytes(file, write.offset + at, sector);
  }
}

/// What may be on the disk when the power goes before operation `end`.
Disk disk_at(Disk disk, std::span<const DiskOperation> recorded, std::size_t end,
             SeededRandomness& randomness) {
  std::map<std::string, std::size_t> last_sync;
  for (std::size_t i = 0; i < end; ++i) {
    if (recorded[i].kind == DiskOperation::Kind::sync) last_sync[recorded[i].file] = i;
  }
  for (std::size_t i = 0; i < end; ++i) {
    const DiskOperation& done = recorded[i];
    const auto synced = last_sync.find(done.file);
    const bool is_durable = synced != last_sync.end() && i < synced->second;
    switch (done.kind) {
      case DiskOperation::Kind::write:
        if (is_durable) {
          put_bytes(disk[done.file], done.offset, done.bytes);
        } else {
          maybe_write(disk[done.file], done, randomness);
        }
        break;
      case DiskOperation::Kind::truncate:
        if (is_durable || randomness.below(2) == 1) disk[done.file].resize(done.offset);
        break;
      case DiskOperation::Kind::remove:
        if (randomness.below(2) == 1) disk.erase(done.file);
        break;
      default:
        break;
    }
  }
  return disk;
}

std::uint64_t acknowledged_before(std::span<const DiskOperation> recorded, std::size_t end) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < end; ++i) {
    if (recorded[i].kind == DiskOperation::Kind::acknowledge) ++count;
  }
  return count;
}

TEST(VaultPower, NoStateLosesAnAcknowledgedNote) {
  const TemporaryFolder folder(folder_in_memory());
  DatabaseOptions options{.path = folder.path() / "general.db"};
  ASSERT_TRUE(Compartment::create(options, some_key(), some_name()));
  Disk start;
  start[options.path.native()] = *read_file(options.path, 1 << 26);
  FaultyLayer& layer = FaultyLayer::reset();
  options.layer = FaultyLayer::kName;
  layer.is_recording = true;
  {
    auto compartment = Compartment::open(options, some_key(), some_name());
    ASSERT_TRUE(compartment);
    for (std::uint64_t n = 0; n < 60; ++n) {
      const auto made = some_record("record " + std::to_string(n), n + 1);
      const std::vector<ItemVersion> items{some_note(n, "heron " + std::to_string(n))};
      ASSERT_TRUE(compartment->put_pending(made.commit, made.salt, made.record, {.items = items}));
      layer.recorded.push_back({DiskOperation::Kind::acknowledge, "", n, {}});
      ASSERT_TRUE(compartment->mark_appended(made.commit, n));
      if (n % 20 == 19) {
        ASSERT_TRUE(compartment->checkpoint());
      }
    }
    ASSERT_TRUE(std::move(*compartment).close());
  }
  const std::vector<DiskOperation> recorded = std::move(layer.recorded);
  FaultyLayer::reset();

  SeededRandomness randomness(31);
  const int states = fault_rounds(320);
  for (int state = 0; state < states; ++state) {
    const std::size_t end = randomness.below(recorded.size() + 1);
    const TemporaryFolder after(folder_in_memory());
    for (const auto& [name, bytes] : disk_at(start, recorded, end, randomness)) {
      const auto path = after.path() / std::filesystem::path(name).filename();
      ASSERT_TRUE(write_file(path, bytes, 0600));
    }
    const DatabaseOptions there{.path = after.path() / "general.db"};
    auto compartment = Compartment::open(there, some_key(), some_name());
    ASSERT_TRUE(compartment) << compartment.error().message << ", state " << state;
    const std::uint64_t acknowledged = acknowledged_before(recorded, end);
    for (std::uint64_t n = 0; n < acknowledged; ++n) {
      auto record =
          compartment->record_of(some_record("record " + std::to_string(n), n + 1).commit);
      ASSERT_TRUE(record && *record)
          << "note " << n << " of " << acknowledged << ", state " << state;
    }
    ASSERT_TRUE(std::move(*compartment).close());
    if (state % 8 == 0) {
      auto report = Compartment::verify(there, some_key(), some_name());
      ASSERT_TRUE(report);
      ASSERT_TRUE(report->findings.empty()) << report->findings[0].what;
    }
  }
  std::printf("%d states out of %zu operations\n", states, recorded.size());
}

}  // namespace
}  // namespace casebook::vault
