#!/bin/sh
# On the host to be collected: takes the collector from standard input into memory and runs it.
# usage: launch login|sudo BLOCKS WORDS...     BLOCKS of 64 KiB are the program, what follows is its input.
# First an anonymous file in memory, by Python without the user's settings and byte-code files or by
# Perl; else a tmpfs that may execute, its file unlinked before it runs. Says which on standard error.
way=$1
blocks=$2
shift 2
say() { echo "casebook-launch: $way; $1; uid $(id -u)" >&2; }
host=$(uname -sm)
if [ "$host" != "Linux x86_64" ]; then
  echo "casebook-launch: the collector is for Linux x86_64, the host is $host" >&2
  exit 69
fi
if python3 -IBc 'import os; os.memfd_create("t")' 2> /dev/null < /dev/null; then
  say "memfd by python3"
  exec python3 -IBc '
import os, sys
left = int(sys.argv[1]) * 65536
try:
    memory = os.memfd_create("casebook", 16)
except OSError:
    memory = os.memfd_create("casebook", 0)
while left > 0:
    block = os.read(0, min(left, 65536))
    if not block:
        sys.exit(70)
    left -= len(block)
    while block:
        block = block[os.write(memory, block):]
os.execv("/proc/self/fd/%d" % memory, ["casebook-collect"] + sys.argv[2:])
' "$blocks" "$@"
fi
if perl -e 'exit(syscall(319, my $t = "t", 0) < 0)' 2> /dev/null < /dev/null; then
  say "memfd by perl"
  exec perl -e '
$^F = 65536;
my $left = shift(@ARGV) * 65536;
my $name = "casebook";
my $memory = syscall(319, $name, 16);
$memory = syscall(319, $name, 0) if $memory < 0;
open(my $out, ">&=", $memory) or exit 70;
while ($left > 0) {
    my $got = sysread(STDIN, my $block, $left < 65536 ? $left : 65536) or exit 70;
    $left -= $got;
    for (my $at = 0; $at < $got;) {
        $at += syswrite($out, $block, $got - $at, $at) || exit 70;
    }
}
exec { "/proc/self/fd/$memory" } "casebook-collect", @ARGV;
exit 70;
' "$blocks" "$@"
fi
for folder in /dev/shm "/run/user/$(id -u)" /run; do
  mounted=$(grep " $folder tmpfs " /proc/mounts) || continue
  case $mounted in *noexec*) continue ;; esac
  umask 077
  file=$folder/.casebook-$$
  (set -C && : > "$file") 2> /dev/null || continue
  say "$folder, unlinked"
  dd bs=65536 count="$blocks" iflag=fullblock of="$file" 2> /dev/null && chmod 700 "$file" && exec 9< "$file"
  rm -f "$file"
  # shellcheck disable=SC2093
  exec /proc/self/fd/9 "$@"
done
echo "casebook-launch: no way to run from memory: no python3, no perl, no executable tmpfs" >&2
exit 69
