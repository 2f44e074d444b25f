#include "cli/org_registers.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "core/json_members.h"

namespace casebook::cli {
namespace {

constexpr std::string_view kFormat = "casebook-org/1";
constexpr const char* kFile = "registers.age";
constexpr std::size_t kFileBytesMax = std::size_t{9} << 20U;
constexpr std::size_t kLinesMax = 20000;
constexpr std::size_t kTextBytesMax = 500;
constexpr std::size_t kRecipientsMax = 60;
constexpr std::int64_t kHoursMax = 8760;

Error invalid(std::string why) { return Error{ErrorCode::invalid_input, std::move(why)}; }

Json json_of(const Contact& c) {
  return {{"checked_on", format_day(c.checked_on)}, {"email", c.email}, {"name", c.name},
          {"organisation", c.organisation},         {"phone", c.phone}, {"role", c.role}};
}
Json json_of(const Customer& c) {
  return {{"checked_on", format_day(c.checked_on)},
          {"contact", c.contact},
          {"name", c.name},
          {"notice_hours", c.notice_hours ? Json(*c.notice_hours) : Json(nullptr)}};
}
Json json_of(const Training& t) {
  return {{"name", t.name}, {"on", format_day(t.on)}, {"topic", t.topic}};
}
Json json_of(const Drill& d) { return {{"note", d.note}, {"on", format_day(d.on)}}; }

template <typename Line>
Json list_of(const std::vector<Line>& lines) {
  Json list = Json::array();
  for (const Line& line : lines) list.push_back(json_of(line));
  return list;
}

std::string text_of(JsonMembers& members, std::string_view key) {
  return members.text(key, kTextBytesMax);
}
Day day_of(JsonMembers& members, std::string_view key) {
  auto day = parse_day(members.text(key));
  if (day) return *day;
  members.refuse("\"" + std::string(key) + "\" is no day");
  return {};
}

void read_line(JsonMembers& m, Contact& contact) {
  m.only({"checked_on", "email", "name", "organisation", "phone", "role"});
  contact = {text_of(m, "name"),  text_of(m, "organisation"), text_of(m, "role"),
             text_of(m, "phone"), text_of(m, "email"),        day_of(m, "checked_on")};
}
void read_line(JsonMembers& m, Customer& customer) {
  m.only({"checked_on", "contact", "name", "notice_hours"});
  customer = {text_of(m, "name"), text_of(m, "contact"), {}, day_of(m, "checked_on")};
  if (!m.is_null("notice_hours")) customer.notice_hours = m.integer("notice_hours", 1, kHoursMax);
}
void read_line(JsonMembers& m, Training& training) {
  m.only({"name", "on", "topic"});
  training = {text_of(m, "name"), text_of(m, "topic"), day_of(m, "on")};
}
void read_line(JsonMembers& m, Drill& drill) {
  m.only({"note", "on"});
  drill = {text_of(m, "note"), day_of(m, "on")};
}

template <typename Line>
Status read_list(JsonMembers& members, std::string_view key, std::vector<Line>& lines) {
  const Json* list = members.array(key, kLinesMax);
  if (members.failed()) return members.error();
  for (const Json& item : *list) {
    JsonMembers line(item);
    read_line(line, lines.emplace_back());
    if (line.failed()) return Error(line.error()).context(key);
  }
  return ok();
}

/// Cells by the name of their column.
class Columns {
 public:
  static Result<Columns> read(const CsvRow& head, const std::vector<std::string_view>& known) {
    Columns columns;
    for (std::size_t i = 0; i < head.size(); ++i) {
      std::string name = head[i];
      std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' ? '_' : c;
      });
      if (std::ranges::find(known, name) == known.end()) {
        std::string names;
        for (const std::string_view one : known)
          names += (names.empty() ? "" : ", ") + std::string(one);
        return Error{ErrorCode::invalid_input, "line 1: no column is called " + name,
                     "the columns are: " + names};
      }
      columns.index_.emplace(std::move(name), i);
    }
    if (!columns.index_.contains("name")) return invalid("line 1: there is no column \"name\"");
    return columns;
  }
  [[nodiscard]] std::string cell(const CsvRow& row, const std::string& name) const {
    const auto found = index_.find(name);
    return found == index_.end() ? std::string() : row[found->second];
  }

 private:
  std::map<std::string, std::size_t> index_;
};

Result<Day> checked_on(const Columns& columns, const CsvRow& row, Day today) {
  const std::string text = columns.cell(row, "checked_on");
  if (text.empty()) return today;
  return parse_day(text);
}

Status check_cells(const CsvRow& row) {
  for (const std::string& cell : row) {
    if (cell.size() > kTextBytesMax) return invalid("a cell of more than 500 bytes");
  }
  return ok();
}

/// Reads every line before anything is changed.
template <typename Line>
Result<Imported> merge(std::vector<Line>& into, std::vector<Line> lines,
                       const std::function<bool(const Line&, const Line&)>& same) {
  Imported imported;
  for (Line& line : lines) {
    const auto found = std::ranges::find_if(into, [&](const Line& old) { return same(old, line); });
    if (found != into.end()) {
      *found = std::move(line);
      ++imported.replaced;
    } else {
      into.push_back(std::move(line));
      ++imported.added;
    }
  }
  if (into.size() > kLinesMax) return Error{ErrorCode::limit_exceeded, "more than 20000 lines"};
  return imported;
}

Error at_row(std::size_t index, Error error) {
  return std::move(error).context("line " + std::to_string(index + 1));
}

}  // namespace

std::string format_day(Day day) {
  return format_utc(std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::sys_days(day)))
      .substr(0, 10);
}

Result<Day> parse_day(std::string_view text) {
  auto time = parse_utc(std::string(text) + "T00:00:00Z");
  if (!time) return invalid("not a day like 2026-11-21");
  return Day(std::chrono::floor<std::chrono::days>(*time));
}

std::string format_registers(const Registers& registers) {
  return canonical_json(Json{{"contacts", list_of(registers.contacts)},
                             {"customers", list_of(registers.customers)},
                             {"drills", list_of(registers.drills)},
                             {"format", kFormat},
                             {"training", list_of(registers.training)}});
}

Result<Registers> parse_registers(std::string_view text) {
  auto object = parse_canonical_json(text, {.size_bytes_max = kRegisterBytesMax, .depth_max = 4});
  if (!object) return std::move(object).error().context("registers");
  JsonMembers members(*object);
  members.only({"contacts", "customers", "drills", "format", "training"});
  if (members.text("format") != kFormat) members.refuse("another format or version");
  Registers registers;
  for (auto read : {read_list(members, "contacts", registers.contacts),
                    read_list(members, "customers", registers.customers),
                    read_list(members, "training", registers.training),
                    read_list(members, "drills", registers.drills)}) {
    if (!read) return std::move(read).error().context("registers");
  }
  return registers;
}

Result<std::optional<std::string>> open_register(const std::filesystem::path& file,
                                                 std::span<const AgeIdentity> identities) {
  auto sealed = read_file(file, kFileBytesMax);
  if (!sealed && sealed.error().code == ErrorCode::not_found) return std::optional<std::string>();
  if (!sealed) return std::move(sealed).error();
  auto plain = age_decrypt(*sealed, {.identities = identities}, kRegisterBytesMax);
  if (!plain) return std::move(plain).error().context(file.filename().string());
  return std::optional<std::string>(as_text(plain->reveal()));
}

Status seal_register(const std::filesystem::path& file, const std::string& text,
                     const Roster& roster, Randomness& randomness) {
  std::vector<AgeRecipient> recipients;
  for (const RosterPerson& person : roster.persons) {
    const RosterKey* key = person.current_key();
    if (key != nullptr && !person.has_left) recipients.push_back(key->card.card.recipient);
  }
  if (recipients.empty()) {
    return Error{ErrorCode::invalid_input, "nobody of the roster could open the registers",
                 "casebook org person add NAME"};
  }
  if (recipients.size() > kRecipientsMax) {
    return Error{ErrorCode::limit_exceeded, "more than 60 persons for one file"};
  }
  if (text.size() > kRegisterBytesMax) {
    return Error{ErrorCode::limit_exceeded, "more than 8 MiB"};
  }
  auto sealed = age_encrypt(as_bytes(text), recipients, randomness);
  if (!sealed) return std::move(sealed).error();
  return write_file(file, *sealed, 0600, IfExists::replace);
}

Result<Registers> load_registers(const std::filesystem::path& org,
                                 std::span<const AgeIdentity> identities) {
  auto plain = open_register(org / kFile, identities);
  if (!plain) return std::move(plain).error();
  if (!*plain) return Registers();
  return parse_registers(**plain);
}

Status save_registers(const std::filesystem::path& org, const Registers& registers,
                      const Roster& roster, Randomness& randomness) {
  return seal_register(org / kFile, format_registers(registers), roster, randomness);
}

Result<Imported> import_contacts(Registers& registers, const std::vector<CsvRow>& rows, Day today) {
  if (rows.empty()) return invalid("there is no line in it");
  auto columns =
      Columns::read(rows.front(), {"name", "organisation", "role", "phone", "email", "checked_on"});
  if (!columns) return std::move(columns).error();
  std::vector<Contact> lines;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const CsvRow& row = rows[i];
    if (auto fits = check_cells(row); !fits) return at_row(i, std::move(fits).error());
    auto day = checked_on(*columns, row, today);
    if (!day) return at_row(i, std::move(day).error());
    lines.push_back({columns->cell(row, "name"), columns->cell(row, "organisation"),
                     columns->cell(row, "role"), columns->cell(row, "phone"),
                     columns->cell(row, "email"), *day});
    if (lines.back().name.empty()) return at_row(i, invalid("no name"));
  }
  return merge<Contact>(
      registers.contacts, std::move(lines),
      [](const Contact& a, const Contact& b) { return a.name == b.name && a.role == b.role; });
}

Result<Imported> import_customers(Registers& registers, const std::vector<CsvRow>& rows,
                                  Day today) {
  if (rows.empty()) return invalid("there is no line in it");
  auto columns = Columns::read(rows.front(), {"name", "contact", "notice_hours", "checked_on"});
  if (!columns) return std::move(columns).error();
  std::vector<Customer> lines;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const CsvRow& row = rows[i];
    if (auto fits = check_cells(row); !fits) return at_row(i, std::move(fits).error());
    auto day = checked_on(*columns, row, today);
    if (!day) return at_row(i, std::move(day).error());
    Customer customer{columns->cell(row, "name"), columns->cell(row, "contact"), {}, *day};
    if (customer.name.empty()) return at_row(i, invalid("no name"));
    const std::string hours = columns->cell(row, "notice_hours");
    if (!hours.empty()) {
      std::int64_t value = 0;
      const auto read = std::from_chars(hours.data(), hours.data() + hours.size(), value);
      if (read.ec != std::errc() || read.ptr != hours.data() + hours.size() || value < 1 ||
          value > kHoursMax) {
        return at_row(i, invalid("notice_hours is a number from 1 to 8760"));
      }
      customer.notice_hours = value;
    }
    lines.push_back(std::move(customer));
  }
  return merge<Customer>(registers.customers, std::move(lines),
                         [](const Customer& a, const Customer& b) { return a.name == b.name; });
}

}  // namespace casebook::cli
