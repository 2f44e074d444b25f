#include "reports/filing/draft_check.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "reports/filing/filing_messages.h"
#include "reports/filing/law_words.h"
#include "reports/filing/typed_value.h"

namespace casebook::filing {
namespace {

constexpr std::chrono::hours kSoon{12};  // Reasons take a while to write.

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// "[commander?]": a value that a template could not fill.
std::string unresolved_mark(std::string_view text) {
  for (std::size_t from = text.find('['); from != text.npos; from = text.find('[', from + 1)) {
    const std::size_t end = text.find_first_of("[]\n", from + 1);
    if (end == text.npos || text[end] != ']' || end < from + 3 || text[end - 1] != '?') continue;
    return std::string(text.substr(from, end - from + 1));
  }
  return {};
}

/// Whether `digits` stands in `text` as a whole number, however its thousands are set apart.
bool holds_number(std::string_view text, const std::string& digits) {
  std::string run;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : '\0';
    const bool digit = c >= '0' && c <= '9';
    if (digit) {
      run += c;
      continue;
    }
    const bool separator = (c == ',' || c == '.' || c == ' ' || c == '\'') && !run.empty() &&
                           i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9';
    if (separator) {
      if (run == digits) return true;
      continue;
    }
    if (run == digits) return true;
    run.clear();
  }
  return false;
}

bool is_count(std::string_view fact) {
  return fact == "affected_individuals_total" || fact.starts_with("residents.");
}

class Checker {
 public:
  Checker(const Draft& draft, const CheckInput& input)
      : draft_(draft),
        input_(input),
        words_(filing_messages(draft.language)),
        words_of_law_(LawWords::of(draft.language)) {}

  std::vector<DraftFinding> run() {
    law();
    deadline();
    for (const DraftField& field : draft_.fields) {
      needs(field);
      texts(field);
    }
    if (draft_.withheld > 0) {
      warns("withheld", draft_.law.regime + " " + draft_.law.stage,
            words_.text("check.withheld_count", {{"count", std::to_string(draft_.withheld)}}),
            words_.text("todo.withheld_count"));
    }
    forbidden();
    contradictions();
    personal_data();
    std::stable_sort(findings_.begin(), findings_.end(),
                     [](const auto& a, const auto& b) { return a.level < b.level; });
    return std::move(findings_);
  }

 private:
  using Value = Messages::Value;

  void add(FindingLevel level, std::string what, std::string where, std::string say,
           std::string todo) {
    findings_.push_back(
        {level, std::move(what), std::move(where), std::move(say), std::move(todo)});
  }
  void blocks(const std::string& what, const std::string& where, std::string say,
              std::string todo) {
    add(FindingLevel::blocks, what, where, std::move(say), std::move(todo));
  }
  void warns(const std::string& what, const std::string& where, std::string say, std::string todo) {
    add(FindingLevel::warns, what, where, std::move(say), std::move(todo));
  }

  void law() {
    const std::string where = draft_.law.regime + " " + draft_.law.stage;
    if (!draft_.draftable()) {
      blocks("not_draftable", where,
             words_.text("check.not_draftable", {{"law", draft_.law.regime},
                                                 {"stage", draft_.law.name},
                                                 {"recipient", draft_.law.recipient},
                                                 {"clause", draft_.law.clause}}),
             words_.text("todo.not_draftable"));
    }
    if (draft_.basis == StageFields::Basis::inherited) {
      warns("inherited", where, words_.text("check.inherited", {{"stage", draft_.inherited_from}}),
            words_.text("todo.read_law", {{"clause", draft_.law.clause}}));
    }
    if (draft_.basis == StageFields::Basis::house)
      warns("unmodelled", where, words_.text("check.house"), words_.text("todo.house"));
    if (!draft_.law.binds)
      warns("not_binding", where, words_.text("check.not_binding"), words_.text("todo.decide"));
    const bool fields_verified =
        std::all_of(draft_.fields.begin(), draft_.fields.end(),
                    [](const DraftField& field) { return field.verified; });
    if (!draft_.law.verified || !draft_.law.unverified_points.empty() || !fields_verified) {
      warns("not_verified", where,
            words_.text("check.not_verified",
                        {{"verification", words_of_law_.phrase(draft_.law.verification)},
                         {"as_of", draft_.law.as_of}}),
            words_.text("todo.read_law", {{"clause", draft_.law.clause}}));
    }
  }

  void deadline() {
    const DeadlineSnapshot& deadline = draft_.deadline;
    if (!deadline.problem.empty() || !deadline.missing.empty() || deadline.start_assumed) {
      std::string about = words_of_law_.phrase(deadline.problem);
      for (const std::string& name : deadline.missing) about += (about.empty() ? "" : ", ") + name;
      if (about.empty()) about = words_.text("check.start_assumed");
      warns("deadline", "", words_.text("check.deadline", {{"about", about}}),
            words_.text("todo.deadline"));
    }
    if (draft_.kind == DraftKind::no_notice) return;  // Nothing is sent.
    if (deadline.kind != "limit" || !deadline.by()) return;
    const bool asked =
        std::any_of(draft_.fields.begin(), draft_.fields.end(), [](const DraftField& field) {
          return field.topic == "delay_reasons" && field.state == FieldState::filled;
        });
    if (asked) return;
    const std::string by = format_utc(*deadline.by());
    if (!draft_.late && input_.now > *deadline.by()) {
      blocks("late_reasons", "", words_.text("check.late_now", {{"by", by}}),
             words_.text("todo.draft_again"));
    } else if (!draft_.late && *deadline.by() - input_.now < kSoon) {
      warns("late_reasons", "", words_.text("check.late_soon", {{"by", by}}),
            words_.text("todo.late"));
    }
  }

  void needs(const DraftField& field) {
    if (field.state != FieldState::missing && field.state != FieldState::open) return;
    const bool late = field.topic == "delay_reasons" || field.id == "late_reasons";
    for (const Missing& each : field.missing) {
      const std::string& name = each.meaning.empty() ? each.name : each.meaning;
      const std::string todo = todo_for(each);
      if (field.state == FieldState::open) {
        warns("conditional", field.id,
              words_.text("check.conditional", {{"requirement", field.requirement}}), todo);
      } else if (each.withheld) {
        blocks("withheld", field.id, words_.text("check.withheld", {{"name", name}}),
               words_.text("todo.withheld"));
      } else {
        blocks(late ? "late_reasons" : "missing", field.id,
               words_.text(late ? "check.late" : "check.missing", {{"name", name}}), todo);
      }
    }
  }

  std::string todo_for(const Missing& missing) {
    const std::string key = "todo.missing_" + std::string(to_string(missing.kind));
    if (missing.kind == Missing::Kind::answer) {
      return words_.text(
          key, {{"name", missing.name}, {"audience", std::string(to_string(draft_.audience))}});
    }
    return words_.text(key,
                       {{"name", missing.name}, {"who", words_of_law_.phrase(missing.decided_by)}});
  }

  void texts(const DraftField& field) {
    for (const Part& part : field.parts) {
      if (const std::string mark = unresolved_mark(part.text); !mark.empty()) {
        blocks("unresolved", field.id, words_.text("check.unresolved", {{"mark", mark}}),
               words_.text("todo.unresolved"));
      }
      if (part.confidence != Confidence::known) {
        warns("estimated", field.id,
              words_.text("check.confidence." + std::string(to_string(part.confidence))),
              words_.text("todo.estimated"));
      }
    }
    if (field.type.empty() || field.state != FieldState::filled) return;
    const std::string expected = typed_misfit(field.text(), field.type, field.choices);
    if (!expected.empty()) {
      blocks(
          "type", field.id,
          words_.text("check.type", {{"text", field.text().substr(0, 60)}, {"type", field.type}}),
          words_.text("todo.type", {{"expected", expected}}));
    }
  }

  /// What the law keeps out of this paper.
  void forbidden() {
    for (const DraftField& rule : draft_.fields) {
      if (rule.keeps_out.empty()) continue;
      const bool counts = contains(rule.keeps_out, "record_count");
      for (const DraftField& field : draft_.fields) {
        for (const Part& part : field.parts) {
          const bool given = std::any_of(
              part.answers.begin(), part.answers.end(),
              [&](const std::string& answer) { return contains(rule.keeps_out, answer); });
          if (given || (counts && tells_count(part))) {
            blocks("forbidden", field.id,
                   words_.text("check.forbidden", {{"requirement", rule.requirement}}),
                   words_.text("todo.forbidden"));
          }
        }
      }
      warns("forbidden", rule.id,
            words_.text("check.forbidden_rule", {{"requirement", rule.requirement}}),
            words_.text("todo.forbidden_rule"));
    }
  }

  bool tells_count(const Part& part) {
    if (std::any_of(part.facts.begin(), part.facts.end(), is_count)) return true;
    if (input_.facts == nullptr) return false;
    return std::any_of(input_.facts->begin(), input_.facts->end(), [&](const auto& entry) {
      const auto* number = std::get_if<reports::Number>(&entry.second.fact.value);
      return number != nullptr && is_count(entry.first) && number->thousandths >= 10'000 &&
             holds_number(part.text, reports::number_text(*number));
    });
  }

  void contradictions() {
    for (const Change& change : draft_.changes) {
      if (change.kind == Change::Kind::added || !change.reason.empty()) continue;
      if (change.of == Change::Of::statement && inside_changed_field(change)) continue;
      blocks("contradiction", change.id,
             words_.text("check.contradiction." + std::string(to_string(change.kind)),
                         {{"before", change.before.substr(0, 80)}}),
             words_.text("todo.contradiction", {{"id", change.id}}));
    }
  }

  bool inside_changed_field(const Change& statement) {
    return std::any_of(draft_.changes.begin(), draft_.changes.end(), [&](const Change& change) {
      return change.of == Change::Of::field &&
             change.before.find(statement.before) != std::string::npos;
    });
  }

  void personal_data() {
    for (const PersonalDataHit& hit : input_.personal_data) {
      const DraftField* field = draft_.find(hit.field);
      if (field != nullptr && (field->names_people || is_contact(*field))) continue;
      warns("personal_data", hit.field,
            words_.text("check.personal_data",
                        {{"kind", hit.kind}, {"count", std::to_string(hit.count)}}),
            words_.text("todo.personal_data"));
    }
  }

  /// Contacts are personal data that the law asks for.
  static bool is_contact(const DraftField& field) {
    return field.topic.find("contact") != std::string::npos || field.topic == "reporter" ||
           field.topic == "name";
  }

  const Draft& draft_;
  const CheckInput& input_;
  const Messages& words_;
  const LawWords& words_of_law_;
  std::vector<DraftFinding> findings_;
};

}  // namespace

std::string_view to_string(FindingLevel level) noexcept {
  return level == FindingLevel::blocks ? "blocks" : "warns";
}

std::vector<DraftFinding> check_draft(const Draft& draft, const CheckInput& input) {
  return Checker(draft, input).run();
}

bool any_blocks(const std::vector<DraftFinding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const DraftFinding& finding) {
    return finding.level == FindingLevel::blocks;
  });
}

}  // namespace casebook::filing
