/// Any bytes as an age file: the reader in order and the one for any place agree, and a header that
/// is accepted has a bounded number of stanzas.

#include <algorithm>
#include <cstdint>

#include "core/age_file.h"
#include "core/age_header.h"

namespace {

/// The identity of tests/vectors/age, to which the corpus is sealed; it guards nothing.
constexpr std::string_view kIdentity =
    "AGE-SECRET-KEY-1M5WSPMRH4J8N6CKTQMSC76PR7J6KZ2RWLTST3NZZLD6X2GMF2GRQ6Z6FAF";

const std::vector<casebook::AgeIdentity>& identities() {
  static const auto kept = [] {
    auto identity = casebook::AgeIdentity::parse(kIdentity);
    casebook::check(bool(identity), "fuzz identity");
    std::vector<casebook::AgeIdentity> list;
    list.push_back(*std::move(identity));
    return list;
  }();
  return kept;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  constexpr std::uint64_t kPlainMax = std::uint64_t{1} << 20U;
  const auto input = std::as_bytes(std::span(data, size));
  if (auto header = age::parse_header(as_text(input)); header && *header) {
    check((*header)->stanzas.size() <= age::kStanzasMax, "stanzas are bounded");
    check((*header)->size_bytes <= size, "a header ends within the file");
  }
  const AgeUnlock unlock{.identities = identities(), .passphrase = nullptr};
  const auto at_any_place = age_decrypt(input, unlock, kPlainMax);
  MemorySource source(input);
  auto reader = AgeReader::open(source, unlock);
  auto in_order = reader ? read_all(*reader, kPlainMax) : std::move(reader).error();
  check(bool(at_any_place) == bool(in_order), "both readers accept the same files");
  if (in_order) {
    check(std::ranges::equal(*in_order, at_any_place->reveal()), "both readers say the same");
  }
  return 0;
}
