// tests/fuzz/zip_fuzz.cpp: a zip is refused, or its members lie inside the file, one behind the
// other, under names that stay inside a folder, and each reads to its stated length or an error.
#include <algorithm>
#include <cstdint>

#include "vault/imports/slack_export.h"
#include "vault/imports/zip_archive.h"

namespace {
struct Ignore final : casebook::imports::MessageSink {
  casebook::Status take(const casebook::imports::Message& message) override {
    casebook::check(!message.origin.member.empty(), "a message names its member");
    return casebook::ok();
  }
  casebook::Status take(const casebook::imports::BadRecord&) override { return casebook::ok(); }
  casebook::Status take_unread(std::string_view) override { return casebook::ok(); }
};
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  using namespace casebook::imports;
  MemoryAccess file(std::as_bytes(std::span(data, size)));
  const ZipLimits limits{.member_bytes_max = 1U << 20U, .total_bytes_max = 4U << 20U};
  const auto archive = ZipArchive::open(file, limits);
  if (!archive) return 0;
  for (const ZipMember& member : archive->members()) {
    const auto name = archive->name(member);
    check(name.front() != '/' && name.find("..") != 0, "a name stays inside");
    check(member.data_offset + member.packed_bytes <= size, "a member lies inside the file");
    auto source = archive->source(member);
    const auto all = read_all(source, 1U << 20U);
    check(!all || all->size() == member.size_bytes, "a member has the length of the directory");
  }
  Ignore sink;
  if (is_slack_export(*archive)) (void)bool(read_slack_export(*archive, sink));
  return 0;
}
