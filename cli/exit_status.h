#pragma once
/// What the process tells its caller. The numbers are in the man page and are tested.

namespace casebook::cli {

enum class ExitStatus : int {
  done = 0,
  failed = 1,
  usage = 2,
  incomplete = 3,  ///< Done, but something is missing or could not be checked.
  tampered = 4,
  gate_closed = 5,
  locked = 6,  ///< A passphrase or key is needed, or was wrong.
  internal_error = 70
};

}  // namespace casebook::cli
