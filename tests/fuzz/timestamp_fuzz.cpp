/// Bytes nobody's authority signed never give a time; what is kept of a reply is a fixed point.

#include <cstdint>

#include "core/timestamp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  // The root of tests/vectors/time_token.txt; its key was thrown away.
  static constexpr std::string_view kRoot =
      "-----BEGIN CERTIFICATE-----\n"
      "MIIBizCCATCgAwIBAgIUJG00fjWt7foOEiaoCf7oNePK90MwCgYIKoZIzj0EAwIw\n"
      "IzEhMB8GA1UEAwwYVGltZSByb290IHRoYXQgaGFzIGVuZGVkMB4XDTI2MTEyMTIz\n"
      "MTUxNloXDTI2MTEyMTIzMTkxNlowIzEhMB8GA1UEAwwYVGltZSByb290IHRoYXQg\n"
      "aGFzIGVuZGVkMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2BitLuoSu4ZguEbn\n"
      "yTy1dmyXRU/++1o2kdrvpUAX74LQ+a6n1n0a1kU/htFzzXlISbiwJ4AEwxunsclj\n"
      "jg/FkqNCMEAwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwHQYDVR0O\n"
      "BBYEFMG+cfAcOnQY2WUIe+0LNOIL9KpxMAoGCCqGSM49BAMCA0kAMEYCIQD09gB4\n"
      "zWAsxFEVFShHHkgmuJSWuyyfuXzzty1qQp5g5QIhALgKn+j0E7Ko0WQ2XqaX9XJy\n"
      "tmCz3a5JCgDL/g0OFpKA\n"
      "-----END CERTIFICATE-----\n";
  const auto input = std::as_bytes(std::span(data, size));
  const auto found = verify_timestamp(as_bytes("other bytes than were stamped"), input, kRoot);
  check(found && !found->time && !found->reason.empty(), "no time from bytes nobody signed");
  if (const auto query = parse_timestamp_query(input)) {
    check(query->nonce.empty() || query->nonce.front() != std::byte{0}, "nonce without zeros");
  }
  if (const auto kept =
          accept_timestamp_reply(input, as_bytes("the bytes of a signature file\n"))) {
    const auto again = accept_timestamp_reply(*kept, as_bytes("the bytes of a signature file\n"));
    check(again && *again == *kept, "what is kept stays as it is");
  }
  return 0;
}
