#pragma once
/// A request for a person's word, as they read it: in a chat, and on one page. Specification:
/// docs/spec/papers.md 10.

#include <string>
#include <vector>

#include "reports/paper/paper.h"

namespace casebook::papers {

/// Characters of the sheet for a chat.
inline constexpr std::size_t kSignOffCharactersMax = 1200;
/// Characters of what the asking person adds, each.
inline constexpr std::size_t kSignOffWordsMax = 240;

struct SignOffCover {
  std::string facet;   ///< "impact"
  std::string values;  ///< "Severity 2, Personal data suspected"
  std::string digest;  ///< First digits.
};

struct SignOffInput {
  PaperHead head;
  bool is_drill = false;
  std::string number;  ///< "40"
  std::string question;
  std::string asked_of;  ///< Empty: whoever may.
  std::string asked_by;
  UtcSeconds asked_at;
  std::vector<SignOffCover> covers;
  std::string exits;       ///< What it stands in the way of.
  std::string waiting;     ///< What waiting costs; may be empty.
  std::string first_duty;  ///< The next duty to tell and its date; may be empty.
  std::string recommends;  ///< What the asking person recommends, and why; may be empty.
  std::string consulted;   ///< Who was asked before; may be empty.
  std::string looked;      ///< Who gave a word over the same; may be empty.
  std::string code;        ///< Read back by telephone.
};

/// At most kSignOffCharactersMax characters: long texts are cut, the question and the way to answer
/// never.
std::string sign_off_text(const SignOffInput& input);
/// One page.
Document sign_off_page(const SignOffInput& input);

}  // namespace casebook::papers
