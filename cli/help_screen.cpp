#include "cli/help_screen.h"

#include <algorithm>

#include "cli/text.h"

namespace casebook::cli {
namespace {
constexpr int kGroupColumns = 9;
constexpr int kSynopsisColumns = 22;

std::string filled(std::string text, int columns) {
  text.resize(std::max(text.size(), static_cast<std::size_t>(columns)), ' ');
  return text;
}
}  // namespace

const std::vector<HelpRow>& help_rows() {
  static const std::vector<HelpRow> kRows = {
      {"Start", "open TITLE", "make a case (and your key, if you have none)"},
      {"Start", "use CASE", "choose the case for your next commands"},
      {"Start", "status", "board: clocks, late, people, open, yours"},
      {"Start", "role ROLE PERSON", "give a role; the person accepts it"},
      {"Evidence", "collect [--from HOST]", "sealed bag of this host, or of one over ssh"},
      {"Evidence", "add FILE...", "seal any other file: image, export, photo"},
      {"Evidence", "verify [PATH]", "bag, proof, receipt, ticket, case: intact?"},
      {"Evidence", "ls, get [BAG] PATH", "look inside, take a file out (--proof)"},
      {"Evidence", "give [BAG]", "hand over; the other side signs for it"},
      {"Evidence", "receive PATH", "take over: verifies first, then signs"},
      {"Write", "note [add TEXT]", "private note; alone: one line is one note"},
      {"Write", "undo", "take back your last line (a tombstone)"},
      {"Write", "find WORDS", "search all that you may read"},
      {"Write", "record KIND ...", "decision, change, host, finding, bag, ..."},
      {"Write", "fact NAME=VALUE", "answer that gates and laws read"},
      {"Write", "import FILE", "chat or mail, with provenance"},
      {"Decide", "why ACTION", "what blocks it and who can unblock it"},
      {"Decide", "done N", "settle an open thing"},
      {"Decide", "ask GATE, sign N", "request an approval, give it"},
      {"Decide", "waive GATE", "do without: reason and second person"},
      {"Decide", "close, reopen, rule-out, archive, move", ""},
      {"Tell", "sitrep", "numbered, with changes; --chat, --eml"},
      {"Tell", "update, timeline, watch, postmortem, drill", ""},
      {"Tell", "deadlines", "who must be told, until when, and why"},
      {"Tell", "report KIND", "draft, check, release, submit; papers"},
      {"Set up", "key new NAME", "your keys: one signs, one opens"},
      {"Set up", "unlock, lock", "type your passphrase once; until you leave"},
      {"Set up",
       "person access privilege org policy artifact ticket kit timestamp facts regimes backup "
       "restore rotate erase hold retention doctor completion version",
       ""},
  };
  return kRows;
}

std::string help_screen(int width_columns) {
  const int width = std::min(width_columns, kTextColumnsMax);
  const bool is_narrow = width_columns < kTableColumnsMin;
  std::string text =
      wrap_behind("casebook: ", "evidence, private notes and runbook of one incident", width);
  std::string group;
  for (const HelpRow& row : help_rows()) {
    const bool is_new_group = row.group != group;
    group = row.group;
    if (is_new_group) text += '\n';
    if (is_narrow) {
      if (is_new_group) text += group + '\n';
      text += wrap_behind("  ", row.synopsis, width);
      if (!row.what.empty()) text += wrap_behind("    ", row.what, width);
      continue;
    }
    const std::string margin = filled(is_new_group ? group : "", kGroupColumns);
    if (row.what.empty()) {
      text += wrap_behind(margin, row.synopsis, width);
    } else {
      text += wrap_behind(margin + filled(row.synopsis, kSynopsisColumns) + ' ', row.what, width);
    }
  }
  text += '\n';
  text += wrap_behind("", "Every command takes --help (with examples), --json and --case.", width);
  text += wrap_behind("", "New here: casebook drill      Manual: man casebook", width);
  return text;
}

}  // namespace casebook::cli
