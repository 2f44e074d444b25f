// tests/fuzz/pii_fuzz.cpp: hits lie inside the text, in order, and are the same however the text is
// cut; what was redacted is gone.
#include <cstdint>

#include "core/result.h"
#include "vault/privacy/redaction.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  using namespace casebook::privacy;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto hits = find_pii(input, 0);
  std::uint64_t end = 0;
  for (const PiiHit& hit : hits) {
    check(hit.begin >= end && hit.size_bytes > 0, "hits are in order");
    end = hit.begin + hit.size_bytes;
    check(end <= input.size(), "a hit lies inside the text");
    check(hit.score >= 0 && hit.score <= 100, "a score is a percentage");
  }
  std::vector<PiiHit> cut;
  PiiScanner scanner([&](const PiiHit& hit) { cut.push_back(hit); }, 0);
  const std::size_t step = size == 0 ? 1 : data[0] + std::size_t{1};
  for (std::size_t at = 0; at < input.size(); at += step) scanner.feed(input.substr(at, step));
  scanner.finish();
  check(cut.size() == hits.size(), "cutting changes nothing");
  for (std::size_t i = 0; i < cut.size(); ++i) {
    check(cut[i].begin == hits[i].begin && cut[i].size_bytes == hits[i].size_bytes &&
              cut[i].kind == hits[i].kind,
          "cutting changes nothing");
  }
  static const SecretBytes key(kRedactionKeyBytes);
  const auto redacted = redact(input, hits, key);
  if (!redacted) return 0;
  for (const PiiHit& hit : hits) {
    const auto value = input.substr(hit.begin, hit.size_bytes);
    check(value.size() < 4 || redacted->text.find(value) == std::string::npos,
          "a redacted value is gone");
  }
  return 0;
}
