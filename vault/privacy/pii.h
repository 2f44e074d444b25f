#pragma once
/// Finds personal data and secrets in text: what, where, how sure and by which check. The values
/// themselves are never kept, returned or logged. Specification: docs/spec/privacy.md section 1.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace casebook::privacy {

enum class PiiKind {
  email,
  phone,
  iban,
  card,
  ssn,
  bsn,
  ipv4,
  ipv6,
  jwt,
  private_key,
  token,
  secret
};
inline constexpr std::size_t kPiiKinds = 12;
std::string_view to_string(PiiKind kind) noexcept;

/// How a hit was confirmed.
enum class PiiCheck { shape, context, entropy, check_digit };
std::string_view to_string(PiiCheck check) noexcept;

struct PiiHit {
  PiiKind kind;
  PiiCheck check;
  int score;            ///< 0 to 100.
  std::uint64_t begin;  ///< Bytes from the front of all that was fed.
  std::uint64_t size_bytes;
};

/// Hits below this are guesses: a bare number that passes an eleven-test by chance one time in
/// eleven. People are warned from here on.
inline constexpr int kPiiWarnScore = 50;

/// Scans text that comes in pieces. The hits do not depend on how it was cut: each depends on the
/// kPiiLookback bytes before and the kPiiLookahead bytes behind its first byte alone.
class PiiScanner {
 public:
  using OnHit = std::function<void(const PiiHit&)>;
  /// @param on_hit  called in order of place; hits never overlap. Only those of `score_min` or
  /// more.
  explicit PiiScanner(OnHit on_hit, int score_min = kPiiWarnScore);
  void feed(std::string_view piece);
  void finish();  ///< Once, behind the last piece.

 private:
  void scan(std::size_t limit);
  OnHit on_hit_;
  int score_min_;
  std::string window_;
  std::uint64_t base_ = 0;     // Place of window_[0] in all that was fed.
  std::size_t at_ = 0;         // In window_: the next byte to look at.
  std::uint64_t bsn_end_ = 0;  // Behind the last sure citizen number, 0 for none.
  bool is_in_long_run_ = false;
};

inline constexpr std::size_t kPiiLookback = 64;
inline constexpr std::size_t kPiiLookahead = std::size_t{32} << 10U;

/// All hits of a text in memory.
std::vector<PiiHit> find_pii(std::string_view text, int score_min = kPiiWarnScore);

/// "2 e-mail addresses, 1 card number": counts by kind, for warnings. Empty without hits.
std::string pii_summary(const std::vector<PiiHit>& hits);

}  // namespace casebook::privacy
