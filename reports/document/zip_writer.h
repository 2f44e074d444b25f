#pragma once
/// A ZIP file in memory, the same bytes for the same members: times are 1980-01-01, no extra
/// fields, no comments. APPNOTE 6.3, without ZIP64.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace casebook::documents {

class ZipWriter {
 public:
  /// @param name  ASCII, relative, once. @return `limit_exceeded` beyond 1 GiB or 60,000 members.
  Status add(std::string_view name, std::string_view content);
  [[nodiscard]] std::string finish() &&;

 private:
  struct Member {
    std::string name;
    std::uint32_t crc;
    std::uint32_t packed_bytes;
    std::uint32_t size_bytes;
    std::uint32_t offset;
  };
  std::string bytes_;
  std::vector<Member> members_;
};

}  // namespace casebook::documents
