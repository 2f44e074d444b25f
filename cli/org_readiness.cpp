#include "cli/org_readiness.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/org_folder.h"
#include "cli/org_registers.h"
#include "cli/text.h"
#include "core/printable.h"
#include "core/ssh_challenge.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> kRolesNeeded = {"commander",    "legal",   "executive",
                                                          "communicator", "privacy", "security"};
constexpr std::chrono::days kStaleAfter{180};
constexpr std::chrono::days kYear{365};

Day today(const Runtime& runtime) {
  return Day(std::chrono::floor<std::chrono::days>(runtime.clock.now_seconds()));
}
std::chrono::days age_of(Day day, Day now) {
  return std::chrono::sys_days(now) - std::chrono::sys_days(day);
}

/// The organisation with its registers open, for one command.
struct OpenOrg {
  fs::path folder;
  SignedRoster roster;
  Registers registers;
};
Result<OpenOrg> open_org(Runtime& runtime, const std::string& purpose) {
  auto folder = require_org(runtime);
  if (!folder) return std::move(folder).error();
  auto roster = load_roster(*folder);
  if (!roster) return std::move(roster).error();
  std::error_code ignored;
  if (!fs::exists(*folder / "registers.age", ignored)) return OpenOrg{*folder, *roster, {}};
  auto person = choose_person(runtime);
  if (!person) return std::move(person).error();
  KeyRing ring(runtime, *std::move(person));
  auto identities = ring.identities(purpose);
  if (!identities) return std::move(identities).error();
  auto registers = load_registers(*folder, *identities);
  if (!registers) return std::move(registers).error();
  return OpenOrg{*std::move(folder), *std::move(roster), *std::move(registers)};
}

void check_roster(const Roster& roster, std::vector<std::string>& missing) {
  for (const std::string_view role : kRolesNeeded) {
    const auto count = std::ranges::count_if(roster.persons, [&](const RosterPerson& person) {
      return !person.has_left && person.current_key() != nullptr &&
             std::ranges::find(person.roles, role) != person.roles.end();
    });
    if (count == 0) missing.push_back("nobody is " + std::string(role));
    if (count == 1) missing.push_back("nobody stands in for the only " + std::string(role));
  }
}

void check_registers(const Registers& registers, Day now, std::vector<std::string>& missing) {
  if (registers.contacts.empty()) missing.emplace_back("no contacts: org contacts import FILE");
  const auto stale = [&](const auto& line) { return age_of(line.checked_on, now) > kStaleAfter; };
  for (const Contact& contact : registers.contacts) {
    if (stale(contact)) {
      missing.push_back("contact " + printable(contact.name) + " not checked since " +
                        format_day(contact.checked_on));
    }
  }
  for (const Customer& customer : registers.customers) {
    if (!customer.notice_hours) {
      missing.push_back("customer " + printable(customer.name) + ": hours of notice not known");
    }
    if (stale(customer)) {
      missing.push_back("customer " + printable(customer.name) + " not checked since " +
                        format_day(customer.checked_on));
    }
  }
  const auto recent = [&](const auto& line) { return age_of(line.on, now) <= kYear; };
  if (std::ranges::none_of(registers.training, recent)) {
    missing.emplace_back("nobody was trained within a year: org training add");
  }
  if (std::ranges::none_of(registers.drills, recent)) {
    missing.emplace_back("no drill within a year: org drill add");
  }
}

using Importer = Result<Imported> (*)(Registers&, const std::vector<CsvRow>&, Day);

ExitStatus import_lines(Runtime& runtime, const std::string& file, Importer importer) {
  auto org = open_org(runtime, "changing the registers");
  if (!org) return fail(runtime, org.error());
  auto text = read_file(file, kCsvBytesMax);
  if (!text) return fail(runtime, text.error());
  auto rows = parse_csv(as_text(*text));
  if (!rows) return fail(runtime, std::move(rows).error().context(printable(file)));
  auto imported = importer(org->registers, *rows, today(runtime));
  if (!imported) return fail(runtime, std::move(imported).error().context(printable(file)));
  auto saved = save_registers(org->folder, org->registers, org->roster.roster, runtime.randomness);
  if (!saved) return fail(runtime, saved.error());
  runtime.out << counted(imported->added, "line", "lines") << " added, " << imported->replaced
              << " replaced\n";
  return ExitStatus::done;
}

ExitStatus list_contacts(Runtime& runtime) {
  auto org = open_org(runtime, "reading the contacts");
  if (!org) return fail(runtime, org.error());
  Json list = Json::array();
  Table table({{""}, {"role"}, {"phone"}, {"email"}, {"checked"}});
  for (const Contact& contact : org->registers.contacts) {
    const bool is_stale = age_of(contact.checked_on, today(runtime)) > kStaleAfter;
    list.push_back({{"checked_on", format_day(contact.checked_on)},
                    {"email", contact.email},
                    {"name", contact.name},
                    {"organisation", contact.organisation},
                    {"phone", contact.phone},
                    {"role", contact.role},
                    {"stale", is_stale}});
    table.row({printable(contact.name), printable(contact.role), printable(contact.phone),
               printable(contact.email),
               format_day(contact.checked_on) + (is_stale ? " STALE" : "")});
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"contacts", std::move(list)}, {"format", "casebook-contacts/1"}});
  } else {
    runtime.out << table.text(runtime.terminal.width_columns);
  }
  return ExitStatus::done;
}

ExitStatus list_customers(Runtime& runtime) {
  auto org = open_org(runtime, "reading the customers");
  if (!org) return fail(runtime, org.error());
  Json list = Json::array();
  Table table({{""}, {"notice"}, {"contact"}, {"checked"}});
  for (const Customer& customer : org->registers.customers) {
    list.push_back(
        {{"checked_on", format_day(customer.checked_on)},
         {"contact", customer.contact},
         {"name", customer.name},
         {"notice_hours", customer.notice_hours ? Json(*customer.notice_hours) : Json(nullptr)}});
    table.row({printable(customer.name),
               customer.notice_hours ? std::to_string(*customer.notice_hours) + " h" : "not known",
               printable(customer.contact), format_day(customer.checked_on)});
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"customers", std::move(list)}, {"format", "casebook-customers/1"}});
  } else {
    runtime.out << table.text(runtime.terminal.width_columns);
  }
  return ExitStatus::done;
}

/// Adds one line to the registers.
ExitStatus add_line(Runtime& runtime, const std::string& day_text,
                    const std::function<void(Registers&, Day)>& add) {
  auto org = open_org(runtime, "changing the registers");
  if (!org) return fail(runtime, org.error());
  const auto day = day_text.empty() ? Result<Day>(today(runtime)) : parse_day(day_text);
  if (!day) return fail(runtime, day.error());
  add(org->registers, *day);
  auto saved = save_registers(org->folder, org->registers, org->roster.roster, runtime.randomness);
  if (!saved) return fail(runtime, saved.error());
  runtime.out << "noted for " << format_day(*day) << '\n';
  return ExitStatus::done;
}

void add_register(Command& org, const std::string& name, const std::string& what, Importer importer,
                  ExitStatus (*list)(Runtime&)) {
  auto file = std::make_shared<std::string>();
  Command& group = org.add(name, what);
  group.add("import", "Take lines of a CSV file; a line of the same name is replaced")
      .argument("FILE", *file, "CSV with column names in its first line")
      .example("casebook org " + name + " import " + name + ".csv", "")
      .run([file, importer](Runtime& runtime) { return import_lines(runtime, *file, importer); });
  group.add("list", "List them").example("casebook org " + name + " list", "").run(list);
}

}  // namespace

fs::path challenge_file(const fs::path& org, const std::string& fingerprint) {
  const auto digest = sha256(as_bytes(fingerprint));
  return org / "challenges" / (digest ? to_hex(*digest).substr(0, 32) : "none");
}

Result<SignedCard> make_own_card(Runtime& runtime, const Person& person, const std::string& name,
                                 const std::string& challenge) {
  std::string asked = challenge;
  if (asked.empty()) {
    auto made = make_key_challenge(person.key, runtime.clock.now_seconds() + std::chrono::hours(1),
                                   runtime.randomness);
    if (!made) return std::move(made).error();
    asked = *std::move(made);
  }
  KeyRing ring(runtime, person);
  auto signer = ring.signer("making a card");
  if (!signer) return std::move(signer).error();
  return make_person_card({name, person.key, person.recipient, asked}, **signer);
}

void add_org_registers(Command& org) {
  add_register(org, "contacts", "Whom to call", import_contacts, list_contacts);
  add_register(org, "customers", "Who must be told by contract, and how fast", import_customers,
               list_customers);
  struct Line {
    std::string name, text, day;
  };
  auto trained = std::make_shared<Line>();
  org.add("training", "Who was trained")
      .add("add", "Note a training")
      .argument("NAME", trained->name, "who")
      .argument("TOPIC", trained->text, "in what")
      .option("--on", "DAY", trained->day, "2026-11-21; else today")
      .example("casebook org training add ada 'collecting evidence'", "")
      .run([trained](Runtime& runtime) {
        return add_line(runtime, trained->day, [&](Registers& registers, Day day) {
          registers.training.push_back({trained->name, trained->text, day});
        });
      });
  auto drilled = std::make_shared<Line>();
  org.add("drill", "When it was last rehearsed")
      .add("add", "Note a drill")
      .argument("NOTE", drilled->text, "what was rehearsed")
      .option("--on", "DAY", drilled->day, "2026-11-21; else today")
      .example("casebook org drill add 'stolen laptop, on paper'", "")
      .run([drilled](Runtime& runtime) {
        return add_line(runtime, drilled->day, [&](Registers& registers, Day day) {
          registers.drills.push_back({drilled->text, day});
        });
      });
}

ExitStatus check_readiness(Runtime& runtime) {
  auto org = open_org(runtime, "checking the registers");
  if (!org) return fail(runtime, org.error());
  std::vector<std::string> missing;
  check_roster(org->roster.roster, missing);
  check_registers(org->registers, today(runtime), missing);
  std::error_code ignored;
  if (!fs::exists(org->folder / "profile.json", ignored)) {
    missing.emplace_back("no profile.json: casebook org profile --out profile.json");
  }
  if (runtime.common.is_json) {
    print_json(
        runtime,
        {{"format", "casebook-readiness/1"}, {"missing", missing}, {"ready", missing.empty()}});
  } else {
    for (const std::string& line : missing) {
      runtime.out << wrap_behind("  ", line, runtime.terminal.width_columns);
    }
    runtime.out << (missing.empty() ? "READY\n"
                                    : "NOT READY: " + counted(missing.size(), "thing", "things") +
                                          " missing\n");
  }
  return missing.empty() ? ExitStatus::done : ExitStatus::incomplete;
}

}  // namespace casebook::cli
