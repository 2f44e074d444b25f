#pragma once
/// The privilege log: what is withheld, described so that the claim can be judged and the content
/// is not given away (FRCP 26(b)(5)(A)). Specification: docs/spec/privacy.md section 4.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace casebook::privacy {

struct LogPerson {
  std::string name;
  bool is_counsel = false;  ///< Marked with `*`.
};

struct PrivilegeLogRow {
  std::string control;  ///< Control number or range.
  std::string date;     ///< Date and time with zone.
  std::string type;     ///< "note", "mail", "finding".
  std::vector<LogPerson> author;
  std::vector<LogPerson> to;
  std::vector<LogPerson> cc;
  std::vector<LogPerson> bcc;
  std::string description;  ///< Written for the log, never the title of the thing itself.
  std::string basis;
  std::string treatment;  ///< "withheld" or "redacted".
  std::string parent;     ///< Control number of the family's parent.
  std::string custodian;
  std::string reviewer;
  std::string review_date;
  std::string second_check;  ///< Who looked again.
};

struct LogFinding {
  std::size_t row;  ///< From 1, as in the log.
  bool is_refusal;  ///< False for a warning.
  std::string message;
};

/// What the check may look at besides the row.
struct PrivilegeLogContext {
  /// Text that is withheld, by row.
  std::function<std::string_view(std::size_t row)> privileged_text;
  /// True for a lower-case word that stands in text which is not withheld.
  std::function<bool(std::string_view word)> is_known_elsewhere;
};

/// Refuses rows without basis, author, date or description; warns when no counsel appears, when the
/// treatment is neither withheld nor redacted, and when a description holds words that stand in the
/// withheld text and nowhere else.
std::vector<LogFinding> check_privilege_log(const std::vector<PrivilegeLogRow>& rows,
                                            const PrivilegeLogContext& context);

/// RFC 4180 with a header line, CRLF, UTF-8 with byte order mark (spreadsheets need it). A field
/// that a spreadsheet would run as a formula gets an apostrophe in front; control and bidirectional
/// characters are shown escaped.
std::string privilege_log_csv(const std::vector<PrivilegeLogRow>& rows);

/// One field of it.
std::string csv_field(std::string_view text);

}  // namespace casebook::privacy
