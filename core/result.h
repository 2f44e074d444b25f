#pragma once
/// Errors as values: the closed list of ways to fail, and a T or the reason there is none.
/// Names follow std::expected, so that it can replace Result once the compiler has it.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace casebook {

/// Ends the process when `holds` is false. For our own mistakes only, never for input.
void check(bool holds, std::string_view what, const char* file = __builtin_FILE(),
           int line = __builtin_LINE()) noexcept;

/// The closed list of ways to fail. Enumerator names appear verbatim in `--json` output.
enum class ErrorCode { invalid_input, not_found, io, crypto, corrupt, locked, limit_exceeded };

/// The enumerator's own name, for example "invalid_input".
std::string_view to_string(ErrorCode code) noexcept;

struct Error {
  ErrorCode code;
  std::string message;  ///< One line, no secrets, no full stop.
  /// What the user can do about it: one line, may be empty. Kept apart so that it is printed last.
  std::string hint = {};

  /// Says what was being attempted; the outermost caller reads first.
  [[nodiscard]] Error context(std::string_view doing) && {
    message.insert(0, std::string(doing) + ": ");
    return std::move(*this);
  }
};

/// An `io` error (`not_found` for ENOENT and ENOTDIR) for a failed system call: "open: Permission
/// denied".
/// @param errno_value  the errno of the call; taken as a value so that nothing can overwrite it.
Error system_error(std::string_view call, int errno_value);

/// A T or the reason there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit
  explicit operator bool() const noexcept { return state_.index() == 0; }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & { return failure(); }
  const Error& error() const& { return failure(); }
  Error&& error() && { return std::move(failure()); }

 private:
  T& value() {
    check(state_.index() == 0, "value of an error");
    return *std::get_if<0>(&state_);
  }
  const T& value() const {
    check(state_.index() == 0, "value of an error");
    return *std::get_if<0>(&state_);
  }
  Error& failure() {
    check(state_.index() == 1, "error of a value");
    return *std::get_if<1>(&state_);
  }
  const Error& failure() const {
    check(state_.index() == 1, "error of a value");
    return *std::get_if<1>(&state_);
  }

  std::variant<T, Error> state_;
};

using Status = Result<std::monostate>;
inline Status ok() { return std::monostate{}; }

}  // namespace casebook
