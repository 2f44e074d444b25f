#pragma once
/// Asking for passphrases: on the controlling terminal without echo, or from a descriptor. Never
/// from an argument or the environment.

#include <optional>
#include <string>

#include "core/c_handle.h"
#include "core/result.h"
#include "core/secret_bytes.h"

namespace casebook::cli {

struct PassphraseQuestion {
  std::string purpose;  ///< Names file and reason: "to open ada.age-identity, for reading B-7".
  bool is_new = false;  ///< A new passphrase is asked for twice and must not be empty.
};

class PassphraseSource {
 public:
  virtual ~PassphraseSource() = default;
  /// @return the passphrase without its line feed; `locked` when nobody can be asked or the person
  ///         gave up, `invalid_input` when two answers differ or a new one is empty.
  virtual Result<SecretBytes> ask(const PassphraseQuestion& question) = 0;
};

/// Asks on /dev/tty. With a descriptor (`--passphrase-fd`) each question takes its next line.
class TerminalPassphrases final : public PassphraseSource {
 public:
  void read_from(int fd) { fd_ = fd; }
  Result<SecretBytes> ask(const PassphraseQuestion& question) override;

 private:
  std::optional<int> fd_;
};

}  // namespace casebook::cli
