#include "cli/runtime.h"

#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/command.h"
#include "cli/text.h"
#include "core/durable_file.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPathBytesMax = 4096;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

Result<fs::path> home_folder(const Environment& environment) {
  if (const auto home = environment("HOME"); home && !home->empty()) return fs::path(*home);
  if (const passwd* entry = ::getpwuid(::geteuid()); entry != nullptr && entry->pw_dir != nullptr) {
    return fs::path(entry->pw_dir);
  }
  return Error{ErrorCode::not_found, "this user has no home folder", "set HOME"};
}

void print_refusal(Runtime& runtime, const Error& error) {
  if (runtime.common.is_json) {
    Json object = {{"code", std::string(to_string(error.code))},
                   {"format", "casebook-error/1"},
                   {"message", error.message}};
    if (!error.hint.empty()) object["hint"] = error.hint;
    runtime.err << canonical_json(object) << '\n';
    return;
  }
  runtime.err << wrap_behind(runtime.program + ": ", error.message, runtime.terminal.width_columns);
  if (!error.hint.empty()) {
    runtime.err << wrap_behind("  ", error.hint, runtime.terminal.width_columns);
  }
}

}  // namespace

Result<fs::path> Runtime::config_folder() const {
  if (const auto config = environment("XDG_CONFIG_HOME"); config && config->starts_with('/')) {
    return fs::path(*config) / "casebook";
  }
  auto home = home_folder(environment);
  if (!home) return std::move(home).error();
  return *home / ".config" / "casebook";
}

Result<fs::path> Runtime::state_folder() const {
  if (const auto state = environment("XDG_STATE_HOME"); state && state->starts_with('/')) {
    return fs::path(*state) / "casebook";
  }
  auto home = home_folder(environment);
  if (!home) return std::move(home).error();
  return *home / ".local" / "state" / "casebook";
}

std::optional<fs::path> Runtime::chosen_case() const {
  if (!common.case_folder.empty()) return common.case_folder;
  std::error_code failure;
  for (fs::path folder = fs::current_path(failure); !failure && !folder.empty();
       folder = folder.parent_path()) {
    if (is_there(folder / "case.json")) return folder;
    if (folder == folder.root_path()) break;
  }
  const auto state = state_folder();
  if (!state) return std::nullopt;
  auto chosen = read_file(*state / kChosenCase, kPathBytesMax);
  if (!chosen) return std::nullopt;
  std::string path(as_text(*chosen));
  if (path.ends_with('\n')) path.pop_back();
  if (!path.starts_with('/') || !is_there(fs::path(path) / "case.json")) return std::nullopt;
  return fs::path(path);
}

fs::path Runtime::evidence_folder() const {
  if (const auto chosen = chosen_case()) return *chosen / "evidence";
  return is_there("evidence") ? fs::path("evidence") : fs::path(".");
}

void add_common_options(Command& root, Runtime& runtime, TerminalPassphrases& passphrases) {
  root.flag("--json", runtime.common.is_json, "answer as one JSON object");
  root.option("--case", "DIR", runtime.common.case_folder, "folder of the case");
  root.option("--as", "NAME", runtime.common.person, "whose key signs and opens");
  root.option("--sign-with", "WAY", "file, or agent: your ssh-agent has the key",
              [&runtime](std::string_view value) {
                if (value != "file" && value != "agent") {
                  return Status(Error{ErrorCode::invalid_input, "file or agent"});
                }
                runtime.common.signs_with_agent = value == "agent";
                return ok();
              });
  root.option("--color", "WHEN", "auto, always or never", [&runtime](std::string_view value) {
    const bool is_known = value == "auto" || value == "always" || value == "never";
    if (!is_known) return Status(Error{ErrorCode::invalid_input, "auto, always or never"});
    const auto choice = value == "auto"     ? ColourChoice::automatic
                        : value == "always" ? ColourChoice::always
                                            : ColourChoice::never;
    runtime.terminal.has_colour =
        decide_colour(runtime.environment, runtime.terminal.is_out_terminal, choice);
    return ok();
  });
  root.option("--passphrase-fd", "N", "read passphrases from descriptor N, one a line",
              [&passphrases](std::string_view value) {
                int fd = -1;
                const auto [end, failure] =
                    std::from_chars(value.data(), value.data() + value.size(), fd);
                if (failure != std::errc() || end != value.data() + value.size() || fd < 0) {
                  return Status(Error{ErrorCode::invalid_input, "not the number of a descriptor"});
                }
                passphrases.read_from(fd);
                return ok();
              });
}

ExitStatus fail(Runtime& runtime, const Error& error) {
  print_refusal(runtime, error);
  return error.code == ErrorCode::locked ? ExitStatus::locked : ExitStatus::failed;
}

ExitStatus refuse_usage(Runtime& runtime, const Error& error) {
  print_refusal(runtime, error);
  return ExitStatus::usage;
}

void print_json(Runtime& runtime, const Json& value) {
  runtime.out << canonical_json(value) << '\n';
}

}  // namespace casebook::cli
