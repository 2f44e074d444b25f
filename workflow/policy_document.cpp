#include "workflow/policy_document.h"

#include <algorithm>

#include "core/bytes.h"
#include "workflow/predicate_text.h"

namespace casebook::workflow {
namespace {

using Kind = DocumentLine::Kind;
using Words = std::vector<std::string>;

class Writer {
 public:
  Writer(const Policy& policy, Language language) : policy_(policy), language_(language) {}

  std::vector<DocumentLine> write();

 private:
  std::string say(const char* en, const char* nl) const {
    return language_ == Language::nl ? nl : en;
  }
  void section(const char* en, const char* nl) { lines_.push_back({Kind::section, say(en, nl)}); }
  void part(const Label& label, const std::string& id) {
    lines_.push_back({Kind::part, label.in(language_), id});
  }
  void row(const std::string& label, const std::string& text) {
    if (!text.empty()) lines_.push_back({Kind::row, label, text});
  }
  void item(const std::string& text, std::size_t depth = 0) {
    lines_.push_back({Kind::item, {}, text, depth});
  }
  void condition(const std::string& label, const Predicate& predicate);
  std::string roles(const Words& names, const std::string& otherwise) const;
  std::string attempts(const Words& names) const;
  std::string phase_names(const Words& ids) const;
  std::string clock_name(const std::string& id) const;
  std::string values(const Words& words, const std::vector<std::int64_t>& levels) const;

  void head();
  void kinds();
  void phases();
  void moves();
  void steps();
  void step(const Step& step);
  void gates();
  void gate(const Gate& gate);
  void waiver(const Gate& gate);
  void role_cards();
  void facts();
  void rule_out(const RuleOut& rule);
  void registers();
  void register_fields(const Register& made);
  void clocks();
  void clock(const ClockRule& clock);
  std::string starts(const ClockRule& clock) const;
  void severities();
  void lists();

  const Policy& policy_;
  Language language_;
  std::vector<DocumentLine> lines_;
};

/// One line when it is short of joins, else a list below its label.
void Writer::condition(const std::string& label, const Predicate& predicate) {
  const std::vector<OutlineLine> lines = outline(predicate, policy_, language_);
  if (lines.size() == 1) return row(label, lines.front().text);
  row(label, lines.front().text);
  for (std::size_t i = 1; i < lines.size(); ++i) item(lines[i].text, lines[i].depth);
}

std::string Writer::roles(const Words& names, const std::string& otherwise) const {
  if (names.empty()) return otherwise;
  Words words;
  for (const std::string& name : names) words.push_back(role_text(name, policy_, language_));
  return one_of_text(words, language_);
}

std::string Writer::attempts(const Words& names) const {
  Words words;
  for (const std::string& name : names) words.push_back(attempt_text(name, policy_, language_));
  return all_of_text(words, language_);
}

std::string Writer::phase_names(const Words& ids) const {
  Words words;
  for (const std::string& id : ids) {
    const Phase* phase = policy_.phase(id);
    words.push_back(phase == nullptr ? plain_words(id) : phase->label.in(language_));
  }
  return one_of_text(words, language_);
}

std::string Writer::clock_name(const std::string& id) const {
  const ClockRule* clock = policy_.clock(id);
  return clock == nullptr ? std::string() : clock->label.in(language_);
}

std::string Writer::values(const Words& words, const std::vector<std::int64_t>& levels) const {
  Words all;
  std::ranges::transform(words, std::back_inserter(all), plain_words);
  for (const std::int64_t level : levels) all.push_back(std::to_string(level));
  return one_of_text(all, language_);
}

void Writer::head() {
  lines_.push_back({Kind::title, policy_.title.in(language_)});
  row(say("policy", "beleid"),
      policy_.id + say(", version ", ", versie ") + std::to_string(policy_.version));
  row(say("owner", "eigenaar"), role_text(policy_.owner, policy_, language_));
  row(say("review by", "herzien voor"), policy_.review_by);
  if (policy_.extends) row(say("extends", "breidt uit"), policy_.extends->id);
  // In two halves, each of which fits on a line.
  const std::string digest = to_hex(policy_.digest);
  row(say("identity", "identiteit"), digest.substr(0, 32) + " " + digest.substr(32));
}

void Writer::kinds() {
  section("Kinds of incident", "Soorten incidenten");
  for (const auto& [id, kind] : policy_.kinds) {
    part(kind.label, id);
    row(say("who may see", "wie meekijkt"),
        kind.restricted ? say("only who is let in", "alleen wie is toegelaten")
                        : say("everybody in the organisation", "iedereen in de organisatie"));
    row(say("room", "kanaal"), kind.room);
    row(say("severities", "ernst"), kind.severities);
  }
}

void Writer::phases() {
  section("Phases", "Fasen");
  for (const Phase& phase : policy_.phases)
    item(phase.label.in(language_) + (phase.open ? "" : say(" (ended)", " (afgelopen)")));
}

void Writer::moves() {
  section("Ways on", "Overgangen");
  for (const auto& [name, move] : policy_.moves) {
    part(move.label, name);
    row(say("from", "van"), phase_names(move.from));
    row(say("to", "naar"), phase_names({move.to}));
    row(say("signed by", "getekend door"),
        roles(move.roles, say("anybody", "iedereen")) +
            (move.persons > 1 ? say(", two persons", ", twee personen") : ""));
    Words gates;
    for (const Gate& gate : policy_.gates) {
      if (std::ranges::find(gate.on, name) != gate.on.end())
        gates.push_back(gate.label.in(language_));
    }
    row(say("gates", "poorten"), all_of_text(gates, language_));
  }
}

void Writer::step(const Step& step) {
  const std::string number = step.number == 0 ? "" : std::to_string(step.number) + ". ";
  lines_.push_back({Kind::part, number + step.label.in(language_), step.id});
  row(say("what", "wat"), step.text.in(language_));
  if (!step.role.empty()) row(say("who", "wie"), role_text(step.role, policy_, language_));
  condition(say("opens", "begint"), step.opens);
  if (step.done) condition(say("done", "klaar"), *step.done);
  if (step.attest)
    row(step.done ? say("or", "of") : say("done", "klaar"),
        say("their signed word", "op hun getekende woord"));
  row(say("blocks", "houdt tegen"), attempts(step.blocks));
  row(say("clock", "klok"), clock_name(step.clock));
}

void Writer::steps() {
  section("Steps", "Stappen");
  std::vector<const Step*> order;
  for (const Step& each : policy_.steps) {
    if (each.number != 0) order.push_back(&each);
  }
  std::ranges::stable_sort(order, {}, &Step::number);
  for (const Step* each : order) step(*each);
  section("Duties, triggers and reminders", "Plichten, aanleidingen en herinneringen");
  for (const Step& each : policy_.steps) {
    if (each.number == 0) step(each);
  }
}

void Writer::waiver(const Gate& gate) {
  const std::string label = say("without it", "zonder");
  if (!gate.waive) return row(label, say("never", "nooit"));
  const WaiveRule& rule = *gate.waive;
  std::string text = role_text(rule.ask, policy_, language_) + say(" asks, ", " vraagt, ") +
                     role_text(rule.grant, policy_, language_) + say(" grants", " staat toe") +
                     say(", reason of at least ", ", reden van minstens ") +
                     std::to_string(rule.reason_chars) + say(" characters", " tekens");
  if (!rule.only_on.empty()) text += say("; only on ", "; alleen bij ") + attempts(rule.only_on);
  if (!rule.except_on.empty())
    text += say("; never on ", "; nooit bij ") + attempts(rule.except_on);
  if (rule.sign_within)
    text += say("; to be signed within ", "; te tekenen binnen ") +
            duration_text(*rule.sign_within, language_);
  row(label, text);
}

void Writer::gate(const Gate& gate) {
  part(gate.label, gate.id);
  row(say("stands before", "staat voor"), attempts(gate.on));
  condition(say("when", "wanneer"), gate.when);
  condition(say("needs", "vraagt"), gate.need);
  waiver(gate);
}

void Writer::gates() {
  section("Gates", "Poorten");
  for (const Gate& each : policy_.gates) gate(each);
}

void Writer::role_cards() {
  section("Roles", "Rollen");
  for (const auto& [name, role] : policy_.roles) {
    part(role.label, name);
    row(say("does", "doet"), role.card.in(language_));
    row(say("department", "afdeling"), plain_words(role.function));
    if (role.single) row(say("holders", "bezetting"), say("one at most", "hoogstens één"));
    if (!role.excludes.empty()) row(say("never also", "nooit ook"), roles(role.excludes, {}));
    condition(say("needed", "nodig"), role.needed);
  }
}

void Writer::rule_out(const RuleOut& rule) {
  Words to;
  std::ranges::transform(rule.to, std::back_inserter(to), plain_words);
  const std::string what =
      rule.milder ? say("anything milder", "alles wat milder is") : one_of_text(to, language_);
  row(say("to say ", "om te zeggen ") + what,
      std::to_string(rule.persons) + say(" persons and ", " personen en ") +
          std::to_string(rule.evidence) + say(" pieces of evidence", " × bewijs"));
}

void Writer::facts() {
  section("Facts", "Feiten");
  for (const auto& [name, fact] : policy_.facts) {
    part(fact.label, name);
    row(say("question", "vraag"), fact.question.in(language_));
    row(say("answers", "antwoorden"), values(fact.values, fact.levels));
    row(say("said by", "gezegd door"), roles(fact.roles, {}));
    if (!std::holds_alternative<std::monostate>(fact.worst_unknown))
      row(say("while unknown", "zolang onbekend"), value_text(fact.worst_unknown, language_));
    if (fact.rule_out) rule_out(*fact.rule_out);
  }
}

void Writer::register_fields(const Register& made) {
  Words fields;
  for (const FieldRule& field : made.fields) {
    std::string text = field.label.in(language_);
    const std::string among = values(field.values, field.levels);
    if (!among.empty()) text += " (" + among + ")";
    if (field.at_settle) text += say(", when settled", ", bij afhandelen");
    if (!field.required) text += say(", if known", ", indien bekend");
    fields.push_back(std::move(text));
  }
  if (fields.empty()) return;
  row(say("fields", "velden"), fields.front());
  for (std::size_t i = 1; i < fields.size(); ++i) row("", fields[i]);
}

void Writer::registers() {
  section("Registers", "Registers");
  for (const auto& [kind, made] : policy_.registers) {
    part(made.label, kind);
    row(say("what", "wat"), made.help.in(language_));
    register_fields(made);
    Words not_by;
    for (const Exclusion& exclusion : made.add_exclusions)
      not_by.push_back(exclusion_text(exclusion, policy_, language_));
    std::string adds = roles(made.add_roles, say("anybody", "iedereen"));
    if (!not_by.empty()) adds += say(", not ", ", niet ") + one_of_text(not_by, language_);
    row(say("added by", "door"), adds);
    if (made.settle) {
      Words not_settled_by;
      for (const Exclusion& exclusion : made.settle->exclusions)
        not_settled_by.push_back(exclusion_text(exclusion, policy_, language_));
      std::string settles = roles(made.settle->roles, say("anybody", "iedereen"));
      if (!not_settled_by.empty())
        settles += say(", not ", ", niet ") + one_of_text(not_settled_by, language_);
      row(made.settle->verb.in(language_) + say(" by", " door"), settles);
    }
    row(say("open, it blocks", "open houdt het tegen"), attempts(made.blocks));
    row(say("clock", "klok"), clock_name(made.clock));
    if (made.compartment != "general") row(say("kept in", "bewaard in"), made.compartment);
  }
}

std::string Writer::starts(const ClockRule& clock) const {
  const std::size_t colon = clock.start.find(':');
  if (colon == std::string::npos) return say("when the case is opened", "bij het openen");
  const std::string name = clock.start.substr(colon + 1);
  const std::string source = clock.start.substr(0, colon);
  if (source == "fact")
    return say("when known: ", "zodra bekend: ") + policy_.facts.at(name).label.in(language_);
  if (source == "record")
    return say("with each: ", "bij elke: ") + policy_.registers.at(name).label.in(language_);
  if (source == "step")
    return say("with the step: ", "met de stap: ") + policy_.step(name)->label.in(language_);
  if (source == "move") return policy_.moves.at(name).label.in(language_);
  return say("in the phase: ", "in de fase: ") + policy_.phase(name)->label.in(language_);
}

void Writer::clock(const ClockRule& clock) {
  part(clock.label, clock.id);
  row(say("starts", "begint"), starts(clock));
  for (const auto& [value, limit] : clock.within) {
    const std::string time =
        limit ? duration_text(*limit, language_) : say("no limit", "geen grens");
    if (value.empty()) {
      row(clock.cadence ? say("every", "elke") : say("within", "binnen"), time);
    } else {
      row(policy_.facts.at(clock.by).label.in(language_) + " " + plain_words(value), time);
    }
  }
  if (!clock.until.empty())
    row(say("until", "tot"), say("the time in it", "de tijd die erin staat"));
  if (clock.stop) condition(say("stops", "stopt"), *clock.stop);
  if (clock.cadence) row(say("then", "daarna"), say("starts again", "begint opnieuw"));
  for (const Escalation& rung : clock.escalate) {
    std::string text =
        roles(rung.roles, {}) + say(" at ", " bij ") + std::to_string(rung.after_percent) + " %";
    if (rung.repeat)
      text += say(", then every ", ", daarna elke ") + duration_text(*rung.repeat, language_);
    row(say("calls", "roept"), text);
  }
}

void Writer::clocks() {
  section("Clocks", "Klokken");
  for (const ClockRule& each : policy_.clocks) clock(each);
}

void Writer::severities() {
  section("Severities", "Ernst");
  for (const auto& [id, rows] : policy_.matrices) {
    lines_.push_back({Kind::part, plain_words(id), id});
    for (const MatrixRow& each : rows) {
      row(std::to_string(each.level), each.label.in(language_));
      condition(say("when", "wanneer"), each.when);
    }
  }
  section("Afterwards", "Naderhand");
  for (const FollowUp& each : policy_.follow_up)
    row(each.label.in(language_), sentence(each.when, policy_, language_));
}

void Writer::lists() {
  section("Checklists", "Controlelijsten");
  for (const auto& [id, list] : policy_.checklists) {
    part(list.label, id);
    for (const ChecklistItem& each : list.items) item(each.label.in(language_));
  }
  section("Texts", "Teksten");
  for (const auto& [id, text] : policy_.templates) {
    lines_.push_back({Kind::part, plain_words(id), id});
    item(text.in(language_));
  }
  section("Practices served", "Gevolgde praktijken");
  for (const auto& [practice, pointers] : policy_.practices)
    row(practice, all_of_text(pointers, language_));
}

std::vector<DocumentLine> Writer::write() {
  head();
  steps();
  gates();
  moves();
  role_cards();
  clocks();
  registers();
  facts();
  kinds();
  phases();
  severities();
  lists();
  // A section with nothing in it says nothing.
  std::vector<DocumentLine> kept;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const bool is_empty = lines_[i].kind == Kind::section &&
                          (i + 1 == lines_.size() || lines_[i + 1].kind == Kind::section);
    if (!is_empty) kept.push_back(std::move(lines_[i]));
  }
  return kept;
}

/// Punctuation with a meaning in Markdown loses it.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += ' ';
      continue;
    }
    if (std::string_view("\\`*_[]<>#|&!").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::vector<DocumentLine> policy_document(const Policy& policy, Language language) {
  return Writer(policy, language).write();
}

std::string markdown(const std::vector<DocumentLine>& lines) {
  std::string out;
  bool in_list = false;
  for (const DocumentLine& line : lines) {
    const bool is_list = line.kind == Kind::row || line.kind == Kind::item;
    if (!out.empty() && (!is_list || !in_list)) out += '\n';
    in_list = is_list;
    switch (line.kind) {
      case Kind::title:
        out += "# " + escaped(line.label) + "\n";
        break;
      case Kind::section:
        out += "## " + escaped(line.label) + "\n";
        break;
      case Kind::part:
        out += "### " + escaped(line.label) + " (" + escaped(line.text) + ")\n";
        break;
      case Kind::row:
        out += line.label.empty()
                   ? "  - " + escaped(line.text) + "\n"
                   : "- **" + escaped(line.label) + "**: " + escaped(line.text) + "\n";
        break;
      case Kind::item:
        out += std::string(line.depth * 2, ' ') + "- " + escaped(line.text) + "\n";
        break;
    }
  }
  return out;
}

}  // namespace casebook::workflow
