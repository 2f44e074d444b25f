#include "vault/privacy/privilege_log.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/printable.h"

namespace casebook::privacy {
namespace {

constexpr std::size_t kTellingWordBytes = 4;

/// Words that every description is made of.
constexpr std::array<std::string_view, 40> kOrdinaryWords = {
    "about",         "advice",        "analysis",     "attachment", "attorney",   "call",
    "communication", "concerning",    "confidential", "counsel",    "date",       "discussion",
    "document",      "draft",         "email",        "from",       "giving",     "incident",
    "internal",      "investigation", "law",          "legal",      "litigation", "mail",
    "meeting",       "memorandum",    "note",         "notes",      "outside",    "prepared",
    "privileged",    "providing",     "purpose",      "reflecting", "regarding",  "report",
    "request",       "requesting",    "seeking",      "with"};

std::string lower(std::string_view word) {
  std::string out(word);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::set<std::string> words_of(std::string_view text) {
  std::set<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_word_byte(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_word_byte(text[end])) ++end;
    if (end - at >= kTellingWordBytes) words.insert(lower(text.substr(at, end - at)));
    at = end;
  }
  return words;
}

/// Words of the description that stand in the withheld text and nowhere else.
std::vector<std::string> telling_words(const PrivilegeLogRow& row, std::string_view withheld,
                                       const PrivilegeLogContext& context) {
  const auto secret = words_of(withheld);
  std::vector<std::string> telling;
  for (const std::string& word : words_of(row.description)) {
    if (secret.count(word) == 0) continue;
    if (std::ranges::find(kOrdinaryWords, word) != kOrdinaryWords.end()) continue;
    if (context.is_known_elsewhere && context.is_known_elsewhere(word)) continue;
    telling.push_back(word);
  }
  return telling;
}

bool has_counsel(const PrivilegeLogRow& row) {
  return std::ranges::any_of(
      std::array{&row.author, &row.to, &row.cc, &row.bcc},
      [](const auto* persons) { return std::ranges::any_of(*persons, &LogPerson::is_counsel); });
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool has_name(const std::vector<LogPerson>& persons) {
  return std::ranges::any_of(persons, [](const LogPerson& p) { return !is_blank(p.name); });
}

std::string names(const std::vector<LogPerson>& persons) {
  std::string out;
  for (const LogPerson& person : persons) {
    if (!out.empty()) out += "; ";
    out += person.name;
    if (person.is_counsel) out += "*";
  }
  return out;
}

}  // namespace

std::vector<LogFinding> check_privilege_log(const std::vector<PrivilegeLogRow>& rows,
                                            const PrivilegeLogContext& context) {
  std::vector<LogFinding> findings;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PrivilegeLogRow& row = rows[i];
    const auto refuse = [&](std::string message) {
      findings.push_back({i + 1, true, std::move(message)});
    };
    const auto warn = [&](std::string message) {
      findings.push_back({i + 1, false, std::move(message)});
    };
    if (is_blank(row.basis)) refuse("no basis is claimed");
    if (!has_name(row.author)) refuse("no author");
    if (is_blank(row.date)) refuse("no date");
    if (is_blank(row.description)) refuse("no description");
    if (!has_counsel(row)) warn("no counsel among author and recipients");
    if (row.treatment != "withheld" && row.treatment != "redacted")
      warn("neither withheld nor redacted");
    if (!context.privileged_text) continue;
    const auto telling = telling_words(row, context.privileged_text(i), context);
    if (telling.empty()) continue;
    std::string list;
    for (const std::string& word : telling) list += (list.empty() ? "" : ", ") + printable(word);
    warn("the description uses words of the withheld text alone: " + list);
  }
  return findings;
}

std::string csv_field(std::string_view text) {
  // A line feed in a field is legal and breaks half of the programs that read it.
  std::string field;
  for (const char c : text) field += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  std::string shown = printable(field);
  // Only what hides or moves is to be seen; a backslash in a name stays one.
  for (auto at = shown.find("\\\\"); at != std::string::npos; at = shown.find("\\\\", at + 1)) {
    shown.erase(at, 1);
  }
  const auto first = shown.find_first_not_of(' ');
  if (first != std::string::npos &&
      std::string_view("=+-@").find(shown[first]) != std::string_view::npos)
    shown.insert(0, "'");
  const bool is_plain = shown.find_first_of(",\";") == std::string::npos &&
                        !shown.starts_with(' ') && !shown.ends_with(' ');
  if (is_plain) return shown;
  std::string quoted = "\"";
  for (const char c : shown) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string privilege_log_csv(const std::vector<PrivilegeLogRow>& rows) {
  std::string csv = "\xEF\xBB\xBF";
  csv +=
      "No.,Control,Date,Type,Author,To,CC,BCC,Description,Privilege claimed,Treatment,Parent,"
      "Custodian,Reviewer,Reviewed,Second check\r\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PrivilegeLogRow& row = rows[i];
    csv += std::to_string(i + 1);
    for (const std::string& text :
         {row.control, row.date, row.type, names(row.author), names(row.to), names(row.cc),
          names(row.bcc), row.description, row.basis, row.treatment, row.parent, row.custodian,
          row.reviewer, row.review_date, row.second_check}) {
      csv += ',';
      csv += csv_field(text);
    }
    csv += "\r\n";
  }
  return csv;
}

}  // namespace casebook::privacy
