#include "cli/remote_launch.h"

#include <string_view>

namespace casebook::cli {
namespace {

// Chooses between the login's own rights and sudo without a password. No single quote in here, nor
// in the next text: each travels as one single-quoted word through the login shell.
constexpr std::string_view kChooser =
    R"~(s=$1; shift; if [ "$(id -u)" = 0 ] || ! sudo -n true 2>/dev/null; )~"
    R"~(then exec sh -c "$s" casebook login "$@"; else exec sudo -n sh -c "$s" casebook sudo "$@"; fi)~";

// $1 way, $2 number of blocks, then the collector's words. Tries an anonymous file in memory first
// (Python without user settings and byte-code files, then Perl), else a tmpfs that may execute.
constexpr std::string_view kLauncher = R"~(way=$1; n=$2; shift 2
say() { echo "casebook-launch: $way; $1; uid $(id -u)" > &2;
}  // namespace
host = $(uname - sm) if["$host" != "Linux x86_64"];
then echo "casebook-launch: the collector is for Linux x86_64, the host is $host" > &2;
exit 69 fi if python3 - IBc "import os; os.memfd_create(\"t\")" 2 > / dev / null;
then say "memfd by python3" exec python3 - IBc "
    import os,
    sys left = int(sys.argv[1]) * 65536 try : memory = os.memfd_create(\"casebook\", 16)
except OSError: memory = os.memfd_create(\"casebook\", 0)
while left > 0:
  block = os.read(0, min(left, 65536))
  if not block: sys.exit(70)
  left -= len(block)
  while block: block = block[os.write(memory, block):]
os.execv(\"/proc/self/fd/%d\" % memory, [\"casebook-collect\"] + sys.argv[2:])
" "$n" "$@"
fi
if perl -e "exit(syscall(319, my \$t = \"t\", 0) < 0)" 2>/dev/null; then
  say "memfd by perl"
  exec perl -e "
my \$left = shift(@ARGV) * 65536; my \$name = \"casebook\";
my \$memory = syscall(319, \$name, 16);
\$memory = syscall(319, \$name, 0) if \$memory < 0;
open(my \$out, \">&=\", \$memory) or exit 70;
while (\$left > 0) {
    my \$got = sysread(STDIN, my \$block, \$left < 65536 ? \$left : 65536) or exit 70;
    \$left -= \$got;
    for (my \$at = 0; \$at < \$got;) {
      \$at += syswrite(\$out, \$block, \$got - \$at, \$at) || exit 70;
    }
}
exec {
    \"/proc/self/fd/\$memory\" } \"casebook-collect\", @ARGV;
        exit 70;
" "$n" "$@"
fi
for folder in /dev/shm "/run/user/$(id -u)" /run;
do
  mounted=$(grep " $folder tmpfs " /proc/mounts) || continue
  case $mounted in *noexec*) continue ;; esac
  umask 077
  file=$folder/.casebook-$$
  (set -C; : > "$file") 2>/dev/null || continue
  dd bs=65536 count="$n" iflag=fullblock of="$file" 2>/dev/null && chmod 700 "$file" && exec 9< "$file"
  rm -f "$file"
  say "$folder, unlinked"
  exec /proc/self/fd/9 "$@"
done
echo "casebook-launch: no way to run from memory: no python3, no perl, no executable tmpfs" >&2
exit 69)~";

std::string quoted(std::string_view word) {
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
                             "PermitLocalCommand=no", "Compression=no"}) {
    words.insert(words.end(), {"-o", option});
  }
  if (!remote.jump.empty()) {
    if (auto checked = check_host(remote.jump); !checked) return std::move(checked).error();
    words.insert(words.end(), {"-J", remote.jump});
  }
  words.insert(words.end(), remote.ssh_options.begin(), remote.ssh_options.end());
  words.insert(words.end(), {"--", remote.host});
  const std::size_t blocks = (collector_bytes + kLaunchBlockBytes - 1) / kLaunchBlockBytes;
  std::string command = "exec sh -c " + quoted(kChooser) + " casebook " + quoted(kLauncher) + ' ' +
                        std::to_string(blocks);
  for (const std::string& word : collector_words) command += ' ' + quoted(word);
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
