#pragma once
/// What is said to the key agent and what it answers: model, bytes, bounded parser. A request may
/// hold secrets, so its bytes travel as SecretBytes. Specification: docs/spec/agent.md section 4.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/secret_bytes.h"

namespace casebook::key_agent {

inline constexpr std::size_t kMessageBytesMax = std::size_t{1} << 19U;
inline constexpr std::size_t kStatementTextBytesMax = std::size_t{256} << 10U;
inline constexpr std::size_t kPersonsMax = 8;
inline constexpr std::size_t kShareBytes = 32;
inline constexpr std::size_t kWrappedKeyBytes = 32;

struct ListRequest {};
struct UnwrapRequest {
  std::string name;
  std::array<std::byte, kShareBytes> share{};
  std::array<std::byte, kWrappedKeyBytes> wrapped{};
};
struct SignRequest {
  std::string name;
  std::string statement;
};
struct AddRequest {
  std::string name;
  std::string public_key;  ///< One line.
  SecretBytes identities;  ///< Lines of AGE-SECRET-KEY-1….
  SecretBytes seed;        ///< 32 bytes, or empty: it cannot sign.
  std::uint32_t idle_seconds = 0;
  std::uint32_t absolute_seconds = 0;
};
struct LockRequest {
  std::string name;  ///< Empty: everybody.
};
using Request = std::variant<ListRequest, UnwrapRequest, SignRequest, AddRequest, LockRequest>;

struct HeldPerson {
  std::string name;
  std::string public_key;
  std::string recipient;
  std::uint32_t idle_seconds_left = 0;
  std::uint32_t absolute_seconds_left = 0;
  bool can_sign = false;
};
struct HeldAnswer {
  std::vector<HeldPerson> persons;
};
struct FileKeyAnswer {
  SecretBytes key;  ///< 16 bytes.
};
struct SignatureAnswer {
  std::string armored;
};
struct DoneAnswer {};
struct NotForUsAnswer {};
enum class Refusal : std::uint8_t {
  not_held = 1,
  fresh_act = 2,
  malformed = 3,
  limit = 4,
  failed = 5
};
struct RefusedAnswer {
  Refusal why = Refusal::malformed;
  std::string text;  ///< One line.
};
using Answer = std::variant<HeldAnswer, FileKeyAnswer, SignatureAnswer, DoneAnswer, NotForUsAnswer,
                            RefusedAnswer>;

bool is_person_name(std::string_view name) noexcept;

/// The message without the length in front of it.
SecretBytes format_request(const Request& request);
SecretBytes format_answer(const Answer& answer);
/// @return `invalid_input` or `limit_exceeded` for what the page does not allow.
Result<Request> parse_request(std::span<const std::byte> message);
Result<Answer> parse_answer(std::span<const std::byte> message);

}  // namespace casebook::key_agent
