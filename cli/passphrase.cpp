#include "cli/passphrase.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

#include "core/bytes.h"
#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kPassphraseBytesMax = 1024;
constexpr std::byte kControlC{0x03};
constexpr std::byte kControlD{0x04};

/// Switches echo and signal keys off while it lives, so that an interrupted prompt cannot leave
/// the terminal mute.
class QuietTerminal {
 public:
  explicit QuietTerminal(int fd) : fd_(fd) {
    if (::tcgetattr(fd, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    is_quiet_ = ::tcsetattr(fd, TCSAFLUSH, &quiet) == 0;
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;
  ~QuietTerminal() {
    if (is_quiet_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  [[nodiscard]] bool is_quiet() const { return is_quiet_; }

 private:
  int fd_;
  termios before_{};
  bool is_quiet_ = false;
};

/// Reads up to a line feed, one byte at a time, so that what follows stays for the next reader.
Result<SecretBytes> read_line(int fd) {
  SecretBytes line(kPassphraseBytesMax);
  std::size_t size = 0;
  for (;;) {
    std::byte byte{};
    const ssize_t count = ::read(fd, &byte, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("read passphrase", errno);
    if (count == 0 && size == 0) {
      return Error{ErrorCode::locked, "no passphrase was given", "one line for each passphrase"};
    }
    if (count == 0 || byte == std::byte{'\n'}) break;
    if (byte == kControlC || (byte == kControlD && size == 0)) {
      return Error{ErrorCode::locked, "no passphrase was given"};
    }
    if (size == kPassphraseBytesMax) {
      return Error{ErrorCode::limit_exceeded, "a passphrase has at most 1024 bytes"};
    }
    line.reveal_mutable()[size++] = byte;
  }
  return SecretBytes::copy_of(line.reveal().first(size));
}

Result<SecretBytes> prompt(int terminal, const std::string& text) {
  const QuietTerminal quiet(terminal);
  if (!quiet.is_quiet()) {
    return Error{ErrorCode::locked, "the terminal's echo cannot be switched off",
                 "give the passphrase by --passphrase-fd N"};
  }
  if (auto shown = write_all(terminal, as_bytes(text)); !shown) return std::move(shown).error();
  auto line = read_line(terminal);
  if (auto ended = write_all(terminal, as_bytes("\n")); !ended) return std::move(ended).error();
  return line;
}

Result<SecretBytes> ask_on_terminal(const PassphraseQuestion& question) {
  const UniqueFd terminal(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!terminal) {
    return Error{ErrorCode::locked, "a passphrase is needed " + question.purpose,
                 "there is no terminal to ask on; give it by --passphrase-fd N"};
  }
  const std::string what = question.is_new ? "New passphrase " : "Passphrase ";
  auto first = prompt(terminal.get(), what + printable(question.purpose) + ": ");
  if (!first || !question.is_new) return first;
  auto second = prompt(terminal.get(), "The same again: ");
  if (!second) return second;
  if (!equal_in_constant_time(first->reveal(), second->reveal())) {
    return Error{ErrorCode::invalid_input, "the two passphrases differ", "nothing was made"};
  }
  return first;
}

}  // namespace

Result<SecretBytes> TerminalPassphrases::ask(const PassphraseQuestion& question) {
  auto answer = fd_ ? read_line(*fd_) : ask_on_terminal(question);
  if (answer && question.is_new && answer->empty()) {
    return Error{ErrorCode::invalid_input, "an empty passphrase protects nothing",
                 "choose a sentence that you will remember"};
  }
  return answer;
}

}  // namespace casebook::cli
