#pragma once
/// Contacts, customers, training and drills of an organisation, sealed to the persons of its
/// roster. Specification: docs/spec/org.md.

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/csv.h"
#include "core/age_file.h"
#include "core/roster.h"

namespace casebook::cli {

using Day = std::chrono::year_month_day;
/// "2026-11-21".
std::string format_day(Day day);
Result<Day> parse_day(std::string_view text);

struct Contact {
  std::string name, organisation, role, phone, email;
  Day checked_on;
};
struct Customer {
  std::string name, contact;
  std::optional<std::int64_t> notice_hours;  ///< By contract; nothing when nobody knows.
  Day checked_on;
};
struct Training {
  std::string name, topic;
  Day on;
};
struct Drill {
  std::string note;
  Day on;
};

struct Registers {
  std::vector<Contact> contacts;
  std::vector<Customer> customers;
  std::vector<Training> training;
  std::vector<Drill> drills;
};

std::string format_registers(const Registers& registers);
/// @return `invalid_input` for anything that format_registers() does not write.
Result<Registers> parse_registers(std::string_view text);

/// @return empty registers when there is no file yet; `locked` when none of the identities fits.
Result<Registers> load_registers(const std::filesystem::path& org,
                                 std::span<const AgeIdentity> identities);
/// Seals them to everybody of the roster. @return `invalid_input` when nobody could open them.
Status save_registers(const std::filesystem::path& org, const Registers& registers,
                      const Roster& roster, Randomness& randomness);

/// Plain text of a register; nothing when there is no file yet. @return `locked` when none of the
/// identities fits.
Result<std::optional<std::string>> open_register(const std::filesystem::path& file,
                                                 std::span<const AgeIdentity> identities);
/// Seals a register to everybody of the roster who has not left. @return `invalid_input` when
/// nobody could open it.
Status seal_register(const std::filesystem::path& file, const std::string& text,
                     const Roster& roster, Randomness& randomness);
inline constexpr std::size_t kRegisterBytesMax = std::size_t{8} << 20U;

/// How many lines came in new, and how many took the place of another.
struct Imported {
  std::size_t added = 0;
  std::size_t replaced = 0;
};
Result<Imported> import_contacts(Registers& registers, const std::vector<CsvRow>& rows, Day today);
Result<Imported> import_customers(Registers& registers, const std::vector<CsvRow>& rows, Day today);

}  // namespace casebook::cli
