#pragma once
/// The state of a case in a few lines, for people who lead, join or look on. Pure: texts and names
/// come from the caller. Specification: docs/spec/workflow.md, section "Sitreps".

#include "workflow/board.h"

namespace casebook::workflow {

/// Who reads it. Observers get no names and nothing that only responders need.
enum class Audience { responders, newcomers, observers, executives };
std::string_view to_string(Audience audience) noexcept;

struct SitrepRequest {
  const CaseState& state;
  UtcSeconds now;
  Audience audience = Audience::responders;
  Language language = Language::en;
  std::uint64_t number = 1;
  /// Entries of the ledger when the last one was made; 0: it is the first.
  std::uint64_t since = 0;
  std::function<std::string(const PersonId&)> name_of;
  /// First words of an entry, or nothing.
  std::function<std::string(const Record&)> words_of;
};

struct SitrepSection {
  std::string title;
  std::vector<std::string> lines;
  std::string_view id = {};  ///< The placeholder that it stands for; empty: none.
};
struct Sitrep {
  std::string headline;  ///< "Sev-2 amber-heron, 2 h 08 min, containing".
  std::vector<SitrepSection> sections;
};
Sitrep make_sitrep(const SitrepRequest& request);

/// For a chat: at most `characters_max`, cut at a line with a mark that says so.
std::string sitrep_text(const Sitrep& sitrep, std::size_t characters_max);

}  // namespace casebook::workflow
