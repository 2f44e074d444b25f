#include "core/tar_header.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace casebook {
namespace {

constexpr std::size_t kNameBytes = 100;
constexpr std::uint64_t kOctalSizeEnd = std::uint64_t{1} << 33U;  // 8^11
constexpr std::size_t kBagIdBytes = 32;
constexpr std::size_t kRecordsBytesMax = 2048;
constexpr std::size_t kSizeOffset = 124;
constexpr std::size_t kSizeDigits = 11;
constexpr std::size_t kChecksumOffset = 148;
using Block = std::array<char, kTarBlockBytes>;

constexpr void put(Block& block, std::size_t offset, std::string_view text) {
  std::copy(text.begin(), text.end(), block.begin() + static_cast<std::ptrdiff_t>(offset));
}

void put_octal(Block& block, std::size_t offset, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i-- > 0; value >>= 3U) {
    block[offset + i] = static_cast<char>('0' + (value & 7U));
  }
}

/// What all headers have in common.
constexpr Block fixed_fields() {
  Block block{};
  put(block, 100, "0000400");
  put(block, 108, "0000000");
  put(block, 116, "0000000");
  put(block, 136, "00000000000");
  put(block, kChecksumOffset, "        ");
  put(block, 257, std::string_view("ustar\00000", 8));
  put(block, 329, "0000000");
  put(block, 337, "0000000");
  return block;
}
constexpr Block kFixed = fixed_fields();

constexpr unsigned sum_of(std::string_view text) {
  unsigned sum = 0;
  for (const char c : text) sum += static_cast<unsigned char>(c);
  return sum;
}
constexpr unsigned kFixedSum = sum_of({kFixed.data(), kFixed.size()});

void append_block(std::string& out, std::string_view name, std::uint64_t size_bytes, char type) {
  Block block = kFixed;
  name = name.substr(0, kNameBytes);
  put(block, 0, name);
  put_octal(block, kSizeOffset, kSizeDigits, size_bytes < kOctalSizeEnd ? size_bytes : 0);
  block[156] = type;
  const unsigned sum = kFixedSum + sum_of(name) + sum_of({&block[kSizeOffset], kSizeDigits}) +
                       static_cast<unsigned char>(type);
  put_octal(block, kChecksumOffset, 6, sum);
  block[kChecksumOffset + 6] = '\0';
  out.append(block.data(), block.size());
}

/// "<length> <key>=<value>\n", where the length counts itself.
std::string record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (std::to_string(length).size() + rest != length) ++length;
  return std::to_string(length).append(" ").append(key).append("=").append(value).append("\n");
}

Error not_ours(std::string what) { return {ErrorCode::corrupt, "tar header: " + std::move(what)}; }

/// Digits followed by a NUL, as the rule writes them.
Result<std::uint64_t> octal(std::string_view digits) {
  std::uint64_t value = 0;
  const auto end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value, 8);
  if (read.ec != std::errc() || read.ptr != end) return not_ours("a number is not octal");
  return value;
}

/// Takes the value of a record with this key from the front of `records`, if it is there.
std::string_view take_record(std::string_view& records, std::string_view key) {
  const std::size_t blank = records.find(' ');
  if (blank == std::string_view::npos) return {};
  std::size_t length = 0;
  const auto read = std::from_chars(records.data(), records.data() + blank, length);
  if (read.ec != std::errc() || read.ptr != records.data() + blank) return {};
  if (length > records.size() || length < blank + key.size() + 3) return {};
  const std::string_view body = records.substr(blank + 1, length - blank - 2);
  if (!body.starts_with(key) || body[key.size()] != '=') return {};
  records.remove_prefix(length);
  return body.substr(key.size() + 1);
}

}  // namespace

void append_tar_header(std::string& out, std::string_view bag, std::string_view name,
                       std::uint64_t size_bytes) {
  check(bag.size() == kBagIdBytes && !name.empty() && name.size() <= kStoredNameBytesMax,
        "a bag id and a stored name");
  std::string whole;
  whole.reserve(bag.size() + 1 + name.size());
  whole.append(bag).append("/").append(name);
  if (whole.size() > kNameBytes || size_bytes >= kOctalSizeEnd) {
    std::string records;
    if (whole.size() > kNameBytes) records += record("path", whole);
    if (size_bytes >= kOctalSizeEnd) records += record("size", std::to_string(size_bytes));
    append_block(out, std::string(bag) + "/pax", records.size(), 'x');
    out.append(records).append(tar_padding(records.size()), '\0');
  }
  append_block(out, whole, size_bytes, '0');
}

Result<std::size_t> tar_header_bytes(std::span<const std::byte> block) {
  check(block.size() == kTarBlockBytes, "one tar block");
  const std::string_view text = as_text(block);
  if (text[156] == '0') return kTarBlockBytes;
  if (text[156] != 'x') return not_ours("neither a regular file nor an extended header");
  auto size_bytes = octal(text.substr(124, 11));
  if (!size_bytes) return std::move(size_bytes).error();
  if (*size_bytes == 0 || *size_bytes > kRecordsBytesMax) return not_ours("records too long");
  const auto records = static_cast<std::size_t>(*size_bytes);
  return kTarBlockBytes + records + tar_padding(records) + kTarBlockBytes;
}

Result<TarMember> parse_tar_header(std::span<const std::byte> header) {
  check(header.size() >= kTarBlockBytes, "a whole tar header");
  std::string_view text = as_text(header);
  std::string whole;
  std::uint64_t size_bytes = 0;
  const std::string_view last = text.substr(text.size() - kTarBlockBytes);
  auto stated = octal(last.substr(124, 11));
  if (!stated) return std::move(stated).error();
  size_bytes = *stated;
  whole = last.substr(0, kNameBytes);
  whole.resize(std::min(whole.find('\0'), whole.size()));
  if (text.size() > kTarBlockBytes) {
    auto records_bytes = octal(text.substr(124, 11));
    if (!records_bytes) return std::move(records_bytes).error();
    if (*records_bytes > text.size() - 2 * kTarBlockBytes) return not_ours("records too long");
    std::string_view records =
        text.substr(kTarBlockBytes, static_cast<std::size_t>(*records_bytes));
    if (const auto path = take_record(records, "path"); !path.empty()) whole = path;
    if (const auto size = take_record(records, "size"); !size.empty()) {
      const auto read = std::from_chars(size.data(), size.data() + size.size(), size_bytes);
      if (read.ec != std::errc()) return not_ours("size out of range");
    }
  }
  if (whole.size() < kBagIdBytes + 2 || whole.size() > kBagIdBytes + 1 + kStoredNameBytesMax) {
    return not_ours("name too short or too long");
  }
  TarMember member{whole.substr(0, kBagIdBytes), whole.substr(kBagIdBytes + 1), size_bytes,
                   text.size()};
  // The only check that counts: everything above merely guesses what to compare with.
  std::string rebuilt;
  append_tar_header(rebuilt, member.bag, member.name, size_bytes);
  if (rebuilt != text) return not_ours("not as the writer's rule makes it");
  return member;
}

}  // namespace casebook
