#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace casebook::cli {
namespace {

constexpr int kWidthMin = 20;
constexpr int kWidthMax = 1000;

int width_of(const Environment& environment, bool is_terminal) {
  if (const auto columns = environment("COLUMNS")) {
    int width = 0;
    const auto [end, failure] =
        std::from_chars(columns->data(), columns->data() + columns->size(), width);
    if (failure == std::errc() && end == columns->data() + columns->size() && width > 0) {
      return std::clamp(width, kWidthMin, kWidthMax);
    }
  }
  winsize size{};
  if (is_terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return std::clamp<int>(size.ws_col, kWidthMin, kWidthMax);
  }
  return 78;
}

bool is_set(const Environment& environment, const char* name) {
  const auto value = environment(name);
  return value && !value->empty();
}

}  // namespace

std::optional<std::string> from_environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread.
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

bool decide_colour(const Environment& environment, bool is_terminal, ColourChoice choice) {
  if (choice != ColourChoice::automatic) return choice == ColourChoice::always;
  if (is_set(environment, "NO_COLOR")) return false;
  const auto force = environment("CLICOLOR_FORCE");
  if (force && !force->empty() && *force != "0") return true;
  return is_terminal && environment("TERM").value_or("") != "dumb";
}

Terminal look_at_terminal(const Environment& environment) {
  Terminal terminal;
  terminal.is_out_terminal = ::isatty(STDOUT_FILENO) == 1;
  terminal.is_err_terminal = ::isatty(STDERR_FILENO) == 1;
  terminal.width_columns = width_of(environment, terminal.is_out_terminal);
  terminal.has_colour =
      decide_colour(environment, terminal.is_out_terminal, ColourChoice::automatic);
  return terminal;
}

std::string inked(const Terminal& terminal, Ink ink, std::string_view text) {
  if (!terminal.has_colour) return std::string(text);
  const char* code = "1";
  if (ink == Ink::good) code = "1;32";
  if (ink == Ink::bad) code = "1;31";
  if (ink == Ink::caution) code = "1;33";
  return "\x1b[" + std::string(code) + 'm' + std::string(text) + "\x1b[0m";
}

}  // namespace casebook::cli
