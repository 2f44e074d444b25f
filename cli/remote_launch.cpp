#include "cli/remote_launch.h"

#include <string_view>

namespace casebook::cli {
namespace {

using namespace std::string_view_literals;

struct ShellText {
  std::string_view name;
  std::string_view text;
};
// cli/remote/*.sh, data for the other host: kept out of C++ so that no formatter touches them.
constexpr ShellText kShellTexts[] = {
#include "cli/remote_scripts.inc"
};
constexpr const ShellText& kChooser = kShellTexts[0];
constexpr const ShellText& kLauncher = kShellTexts[1];
static_assert(kChooser.name == "choose.sh" && kLauncher.name == "launch.sh");

std::string shell_quoted(std::string_view word) {
  std::string text = "'";
  for (const char character : word) {
    if (character == '\'') {
      text += R"~('\'')~";
    } else {
      text += character;
    }
  }
  return text + '\'';
}

Status check_host(std::string_view host) {
  if (host.empty() || host.front() == '-') {
    return Error{ErrorCode::invalid_input, "not a host name for ssh"};
  }
  return ok();
}

}  // namespace

Result<std::vector<std::string>> launch_words(const RemoteHost& remote, std::size_t collector_bytes,
                                              const std::vector<std::string>& collector_words) {
  if (auto checked = check_host(remote.host); !checked) return std::move(checked).error();
  std::vector<std::string> words = {"ssh", "-T"};
  for (const char* option : {"ForwardAgent=no", "ForwardX11=no", "ClearAllForwardings=yes",
                             "PermitLocalCommand=no", "Compression=no", "ServerAliveInterval=15"}) {
    words.insert(words.end(), {"-o", option});
  }
  if (!remote.jump.empty()) {
    if (auto checked = check_host(remote.jump); !checked) return std::move(checked).error();
    words.insert(words.end(), {"-J", remote.jump});
  }
  words.insert(words.end(), remote.ssh_options.begin(), remote.ssh_options.end());
  words.insert(words.end(), {"--", remote.host});
  const std::size_t blocks = (collector_bytes + kLaunchBlockBytes - 1) / kLaunchBlockBytes;
  std::string command = "exec sh -c " + shell_quoted(kChooser.text) + " casebook " +
                        shell_quoted(kLauncher.text) + ' ' + std::to_string(blocks);
  for (const std::string& word : collector_words) command += ' ' + shell_quoted(word);
  words.push_back(std::move(command));
  return words;
}

Result<LaunchNotice> parse_launch_notice(const std::string& line) {
  const Error other{ErrorCode::invalid_input, "not a notice of the launcher"};
  constexpr std::string_view kMark = "casebook-launch: ";
  if (!line.starts_with(kMark)) return other;
  const std::size_t first = line.find("; ");
  const std::size_t second = line.find("; uid ", first == std::string::npos ? first : first + 2);
  if (first == std::string::npos || second == std::string::npos) return other;
  return LaunchNotice{.way = line.substr(kMark.size(), first - kMark.size()),
                      .place = line.substr(first + 2, second - first - 2),
                      .is_root = line.substr(second + 6) == "0"};
}

}  // namespace casebook::cli
