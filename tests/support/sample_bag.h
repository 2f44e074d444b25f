#pragma once
/// Small bags for tests: one that holds every type of entry, and one with chosen content.

#include <memory>
#include <vector>

#include "collector/bag_writer.h"
#include "core/durable_file.h"
#include "core/json_text.h"
#include "core/ssh_signature.h"
#include "tests/support/seeded_randomness.h"

namespace casebook {

/// What a bag of a test is made with; the same every time.
struct BagTestKit {
  SeededRandomness randomness{7};
  FixedClock clock{UtcSeconds(std::chrono::seconds(1'795'226'400))};  // 2026-11-21
  BagId bag = *BagId::parse("00112233445566778899aabbccddeeff");
  RunId run = *RunId::parse("ffeeddccbbaa99887766554433221100");
  Ed25519Signer signer =
      *Ed25519Signer::from_seed(SecretBytes::copy_of("a key that only tests use, 32 by"));

  [[nodiscard]] BagWriterOptions options() const {
    return {
        .bag = bag, .run = run, .software = "casebook-test 1.0", .started_at = clock.now_seconds()};
  }
  [[nodiscard]] BagWriterServices services(BagOutput& output,
                                           FileCalls& calls = system_file_calls()) {
    return {output, clock, randomness, calls};
  }
  [[nodiscard]] SealRequest seal_request() {
    return {.context_json = R"({"host":"sample"})",
            .seal_key = signer.public_key().line(),
            .sign = [this](std::span<const std::byte> message) {
              return make_ssh_signature(signer, kSealNamespace, message);
            }};
  }
};

inline ObjectStat sample_stat(std::uint32_t mode, std::uint64_t size_bytes) {
  ObjectStat stat;
  stat.mode = mode;
  stat.uid = 1000;
  stat.gid = 100;
  stat.nlink = 1;
  stat.ino = 9007199254740995U;  // Beyond 2^53: RT-22.
  stat.dev_major = 8;
  stat.dev_minor = 1;
  stat.size_bytes = size_bytes;
  stat.blocks = size_bytes / 512;
  stat.atime = stat.mtime = stat.ctime = std::chrono::nanoseconds(1'700'000'000'123'456'789);
  stat.btime = std::chrono::nanoseconds(-500'000'000);
  return stat;
}

inline CatalogLine sample_line(EntryType type, std::string path, std::uint32_t mode = 0100644) {
  CatalogLine line;
  line.rule = "sample/rule";
  line.stage = 12;
  line.type = type;
  line.path = std::move(path);
  line.stat = sample_stat(mode, 0);
  line.taken_at = std::chrono::nanoseconds(1'795'226'400'000'000'001);
  line.monotonic = std::chrono::nanoseconds(1'000'000'000);
  return line;
}

inline CatalogLine live_line(EntryType type, std::string rule, std::string instance) {
  CatalogLine line = sample_line(type, "");
  line.stat.reset();
  line.rule = std::move(rule);
  line.stage = 2;
  line.instance = std::move(instance);
  return line;
}

/// Stores text under the path, its size known beforehand.
inline Status store_text(EntrySink& sink, CatalogLine line, std::string_view text,
                         AmendLine amend = {}) {
  MemorySource source(as_bytes(text));
  if (line.stat) line.stat->size_bytes = text.size();
  return sink.store(std::move(line), {.bytes = source, .size_bytes = text.size(), .amend = amend});
}

/// One entry of every type and outcome.
inline Status add_every_type(EntrySink& sink) {
  std::vector<CatalogLine> listed;
  listed.push_back(sample_line(EntryType::directory, "/etc", 040755));
  listed.push_back(sample_line(EntryType::symlink, "/etc/mtab", 0120777));
  listed.back().link_target = "../proc/\xff/mounts";
  listed.push_back(sample_line(EntryType::fifo, "/run/pipe", 010600));
  listed.push_back(sample_line(EntryType::socket, "/run/socket", 0140600));
  listed.push_back(sample_line(EntryType::char_device, "/dev/null", 020666));
  listed.back().stat->rdev = {1, 3};
  listed.push_back(sample_line(EntryType::block_device, "/dev/sda", 060600));
  listed.back().stat->rdev = {8, 0};
  listed.push_back(sample_line(EntryType::unknown, "/gone"));
  listed.back().outcome = Outcome::lost;
  listed.back().stat.reset();
  listed.back().error = EntryError{"open", "ENOENT"};
  listed.back().findings = {"vanished"};
  listed.push_back(sample_line(EntryType::file, "/etc/hosts-too"));
  listed.back().outcome = Outcome::linked;
  listed.back().link_of = "data/files/etc/hosts";
  for (CatalogLine& line : listed) {
    if (auto done = sink.list(std::move(line)); !done) return done;
  }
  CatalogLine file = sample_line(EntryType::file, "/etc/hosts");
  file.xattrs = {{"security.selinux", std::string("system_u\0", 9)}, {"user.\xfe", "v"}};
  file.extents = {{0, 9}, {std::uint64_t{1} << 40U, 3}};
  file.stat->attributes = {"immutable", "verity"};
  file.size_closed = 13;
  if (auto done = store_text(sink, std::move(file), "127.0.0.1 me\n"); !done) return done;
  CatalogLine masked = sample_line(EntryType::file, "/etc/app\nname \x1b[31m/\xc3\xa9.conf");
  masked.outcome = Outcome::redacted;
  masked.redactions = 2;
  masked.findings = {"masked"};
  if (auto done = store_text(sink, std::move(masked), "password=****\n"); !done) return done;
  CatalogLine reading = live_line(EntryType::reading, "process/status", "1");
  reading.reading = "proc_status";
  if (auto done = store_text(sink, std::move(reading), "Name: init\n"); !done) return done;
  CatalogLine command = live_line(EntryType::command, "network/ss", "");
  command.command = CommandRun{.argv = {"/bin/ss", "-tan", "\xff"},
                               .duration_ms = 12,
                               .exit_code = 0,
                               .signal = {},
                               .program_sha256 = std::string(64, 'a')};
  command.findings = {"untrusted_output"};
  if (auto done = store_text(sink, std::move(command), "State\n"); !done) return done;
  CatalogLine added = live_line(EntryType::added, "add/1", "");
  added.source = AddedSource{"photo", "person-1", "counsel", "screen shot.png"};
  return store_text(sink, std::move(added), "PNG");
}

/// Makes and seals a bag with every type of entry. @return its folder.
inline Result<std::filesystem::path> make_sample_bag(const std::filesystem::path& parent,
                                                     std::optional<AgeRecipient> recipient = {},
                                                     FileCalls& calls = system_file_calls()) {
  BagTestKit kit;
  FolderOutput output(parent, calls);
  BagWriterOptions options = kit.options();
  options.recipient = recipient;
  auto writer = BagWriter::create(options, kit.services(output, calls));
  if (!writer) return std::move(writer).error();
  if (auto added = add_every_type(*writer); !added) return std::move(added).error();
  auto sealed = std::move(*writer).seal(kit.seal_request());
  if (!sealed) return std::move(sealed).error();
  return output.folder();
}

}  // namespace casebook
