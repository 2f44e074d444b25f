#pragma once
/// 128-bit random ids. Each kind is its own type, so that none is taken for another.

#include <array>
#include <compare>
#include <string>

#include "core/bytes.h"
#include "core/random.h"

namespace casebook {

/// A random 128-bit id. Text: 32 lower-case hex digits.
template <typename Kind>
class Id {
 public:
  static Result<Id> make(Randomness& randomness) {
    Id id;
    if (auto filled = randomness.fill(id.bytes_); !filled) return std::move(filled).error();
    return id;
  }
  /// @return `invalid_input` unless `text` is exactly 32 lower-case hex digits.
  static Result<Id> parse(std::string_view text) {
    auto bytes = from_hex(text);
    if (!bytes || bytes->size() != 16) {
      return Error{ErrorCode::invalid_input, "not an id of 32 lower-case hex digits"};
    }
    Id id;
    std::copy(bytes->begin(), bytes->end(), id.bytes_.begin());
    return id;
  }
  [[nodiscard]] std::string text() const { return to_hex(bytes_); }
  auto operator<=>(const Id&) const = default;

 private:
  Id() = default;
  std::array<std::byte, 16> bytes_{};
};

using CaseId = Id<struct CaseIdKind>;
using BagId = Id<struct BagIdKind>;
using RunId = Id<struct RunIdKind>;
using TicketId = Id<struct TicketIdKind>;
using PersonId = Id<struct PersonIdKind>;
using StatementId = Id<struct StatementIdKind>;

}  // namespace casebook
