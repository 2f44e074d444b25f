#pragma once
/// Parsing what /proc says about one process, and the facts that several readings give.
/// Source: proc(5). Everything here comes from the kernel but names and arguments, which are
/// hostile.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/kernel_reading.h"

namespace casebook {

/// The fields of /proc/<pid>/stat that readings use. `state` is 0 when it could not be read.
struct ProcessStat {
  std::string comm;
  char state = 0;
  pid_t ppid = 0;
  pid_t pgrp = 0;
  pid_t session = 0;
  std::int64_t tty = 0;
  pid_t foreground_group = 0;
  std::uint64_t flags = 0;
  std::uint64_t user_ticks = 0;
  std::uint64_t system_ticks = 0;
  std::uint64_t threads = 0;
  std::uint64_t start_ticks = 0;  ///< Since boot, in clock ticks.
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_pages = 0;
  CallFailure failure;
};

/// Parses a stat line: the name stands between the first "(" and the last ")" and may hold both.
std::optional<ProcessStat> parse_process_stat(std::string_view text);
/// Reads it below the folder of a process.
ProcessStat read_process_stat(int folder);

/// Value of "Name:\t<value>" in a status file.
std::optional<std::string_view> status_field(std::string_view status, std::string_view name);

struct AddressRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};

/// One line of a maps file.
struct Mapping {
  AddressRange range;
  std::string perms;  ///< "rwxp".
  std::uint64_t offset = 0;
  std::string device;  ///< "fd:01".
  std::uint64_t inode = 0;
  std::string path;  ///< As shown: newlines are "\012"; may end with " (deleted)".
};
std::vector<Mapping> parse_maps(std::string_view text);
std::optional<AddressRange> find_mapping(std::string_view maps, std::string_view path);

/// Splits text at each `separator`; the end of the text ends the last piece.
std::vector<std::string_view> split_text(std::string_view text, char separator);
std::vector<std::string_view> split_text(std::string&& text,
                                         char separator) = delete;  // The views would dangle.
/// Parses an unsigned number that is the whole text.
std::optional<std::uint64_t> parse_unsigned(std::string_view text, int base = 10);

/// mountinfo writes blank, tab, newline and backslash as octal: the bytes they stand for.
std::string unescape_octal(std::string_view text);

/// Sets "argv" to the arguments of the process, or "argv_error".
void put_command_line(Json& line, int folder);
/// Link count, type, device, inode, size, owner and times of an open file.
Json describe_open_file(int fd);
/// SHA-256 (hex) of an open file from its beginning; empty when it cannot be read or is longer.
std::string file_sha256(int fd, std::uint64_t size_bytes_max);
/// Sets "sha256" and "hashed_bytes" of an open file from its beginning, or "digest_error".
void put_digest(Json& line, int fd);

/// The wall-clock time of boot in nanoseconds since 1970, from both clocks read now.
std::chrono::nanoseconds boot_time();
/// When a process with these start ticks began, as text; empty when the clock rate is unknown.
std::string start_time_text(std::uint64_t start_ticks, std::chrono::nanoseconds boot);

/// True for the name of a variable or field whose value is probably a secret.
bool names_secret(std::string_view name);
/// Stores an environment with the values of secret-looking names masked.
Status store_environment(ReadingRun& run, std::string_view instance, std::string_view environment);

}  // namespace casebook
