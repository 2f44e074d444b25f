#include "workflow/predicate_text.h"

#include <algorithm>
#include <array>

#include "core/clock.h"

namespace casebook::workflow {
namespace {

using Kind = Predicate::Kind;
using Words = std::vector<std::string>;

std::string joined(const Words& words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) text += i + 1 == words.size() ? " " + std::string(last) + " " : ", ";
    text += words[i];
  }
  return text;
}

std::string quoted(const std::string& text) { return "“" + text + "”"; }

class Printer {
 public:
  Printer(const Policy& policy, Language language) : policy_(policy), language_(language) {}

  std::string whole(const Predicate& predicate) const;
  void outline(const Predicate& predicate, std::size_t depth,
               std::vector<OutlineLine>& lines) const;
  std::string query(const Query& query) const;
  std::string exclusion(const Exclusion& exclusion) const;

 private:
  std::string say(const char* en, const char* nl) const {
    return language_ == Language::nl ? nl : en;
  }
  std::string any_of(const Words& words) const { return joined(words, say("or", "of")); }
  std::string all_of(const Words& words) const { return joined(words, say("and", "en")); }
  std::string number(std::uint32_t count) const { return std::to_string(count); }
  std::string role(const std::string& name) const { return role_text(name, policy_, language_); }
  std::string fact(const std::string& name) const;
  std::string register_label(const std::string& kind) const;
  std::string field(const std::string& kind, const std::string& name) const;
  std::string facets(const Words& names) const;
  std::string match(const std::string& kind, const FieldMatch& match) const;
  std::string operand(const Operand& operand) const;
  Words values(const std::vector<Value>& values) const;
  std::string exclusions(const std::vector<Exclusion>& list) const;
  std::string compare(const Predicate& predicate) const;
  std::string compare_level(const Predicate& predicate, const FactRule& level) const;
  std::string attempted(const Predicate& predicate) const;
  std::string attest(const AttestRule& rule) const;
  std::string elapsed(const ElapsedRule& rule) const;
  std::string phases(const Words& ids) const;
  std::string negation(const Predicate& inner) const;
  std::string inner(const Predicate& predicate) const;
  std::string join(const Predicate& predicate) const;

  const Policy& policy_;
  Language language_;
};

std::string Printer::fact(const std::string& name) const {
  const auto found = policy_.facts.find(name);
  return found == policy_.facts.end() ? plain_words(name) : found->second.label.in(language_);
}

std::string Printer::register_label(const std::string& kind) const {
  const auto found = policy_.registers.find(kind);
  return quoted(found == policy_.registers.end() ? plain_words(kind)
                                                 : found->second.label.in(language_));
}

std::string Printer::field(const std::string& kind, const std::string& name) const {
  const auto found = policy_.registers.find(kind);
  const FieldRule* rule = found == policy_.registers.end() ? nullptr : found->second.field(name);
  return rule == nullptr ? plain_words(name) : rule->label.in(language_);
}

std::string Printer::facets(const Words& names) const {
  Words words;
  std::ranges::transform(names, std::back_inserter(words), plain_words);
  return all_of(words);
}

Words Printer::values(const std::vector<Value>& values) const {
  Words words;
  for (const Value& value : values) words.push_back(value_text(value, language_));
  return words;
}

std::string Printer::exclusion(const Exclusion& exclusion) const {
  switch (exclusion.kind) {
    case Exclusion::Kind::author_of:
      return say("the author of ", "wie het maakte: ") + register_label(exclusion.name);
    case Exclusion::Kind::requester_of:
      return say("who last changed ", "wie het laatst wijzigde: ") + plain_words(exclusion.name);
    case Exclusion::Kind::holder:
      return say("the holder of ", "wie de rol heeft van ") + role(exclusion.name);
    case Exclusion::Kind::signer_of: {
      const Gate* gate = policy_.gate(exclusion.name);
      return say("who signed for ", "wie tekende voor ") +
             quoted(gate == nullptr ? plain_words(exclusion.name) : gate->label.in(language_));
    }
  }
  return {};
}

std::string Printer::exclusions(const std::vector<Exclusion>& list) const {
  Words words;
  for (const Exclusion& item : list) words.push_back(exclusion(item));
  return say("not by ", "niet door ") + any_of(words);
}

std::string Printer::match(const std::string& kind, const FieldMatch& match) const {
  Words words;
  for (const Operand& value : match.values) {
    if (value.kind == Operand::Kind::self) {
      words.push_back(say("that entry's ", "die van dat gegeven: ") + plain_words(value.name));
    } else if (value.kind == Operand::Kind::attempt) {
      words.push_back(say("the one attempted: ", "die van wat men wil: ") +
                      plain_words(value.name));
    } else {
      words.push_back(value_text(value.literal, language_));
    }
  }
  return field(kind, match.field) + " " + any_of(words);
}

std::string Printer::query(const Query& query) const {
  Words details;
  for (const FieldMatch& item : query.where) details.push_back(match(query.kind, item));
  if (query.settled)
    details.push_back(*query.settled ? say("settled", "afgehandeld") : say("open", "open"));
  if (!query.covers.empty())
    details.push_back(say("made over the present ", "over de huidige stand van ") +
                      facets(query.covers));
  if (!query.exclusions.empty()) details.push_back(exclusions(query.exclusions));
  Words roles;
  for (const std::string& name : query.roles) roles.push_back(role(name));
  if (!roles.empty()) details.push_back(say("by ", "door ") + any_of(roles));
  if (!query.among.empty())
    details.push_back(say("counting ", "geteld worden ") + all_of(query.among));
  if (query.attested)
    details.push_back(*query.attested
                          ? say("confirmed by a second person", "bevestigd door een tweede persoon")
                          : say("not confirmed yet", "nog niet bevestigd"));
  if (query.told)
    details.push_back(*query.told ? say("delivered", "aangekomen")
                                  : say("not delivered", "niet aangekomen"));
  std::string text = register_label(query.kind);
  if (details.empty()) return text;
  text += " (" + details.front();
  for (std::size_t i = 1; i < details.size(); ++i) text += "; " + details[i];
  return text + ")";
}

std::string Printer::operand(const Operand& operand) const {
  switch (operand.kind) {
    case Operand::Kind::literal:
      return value_text(operand.literal, language_);
    case Operand::Kind::fact:
      return fact(operand.name);
    case Operand::Kind::max_ever:
      return say("the worst ever of ", "de ergste stand ooit van ") + fact(operand.name);
    case Operand::Kind::attempt:
      if (operand.name == "verb") return say("what is attempted", "wat men wil");
      if (operand.name == "class") return say("the class of the action", "de klasse van de actie");
      return say("the attempted ", "van wat men wil: ") + plain_words(operand.name);
    case Operand::Kind::self:
      return say("its ", "zijn ") + plain_words(operand.name);
    case Operand::Kind::count:
      return say("the number of ", "het aantal ") + query(*operand.query);
    case Operand::Kind::functions:
      return say("the number of departments behind ", "het aantal afdelingen achter ") +
             query(*operand.query);
  }
  return {};
}

std::string Printer::compare_level(const Predicate& predicate, const FactRule& level) const {
  const bool is_ever = predicate.left.kind == Operand::Kind::max_ever;
  const bool least_is_worst = level.worst == std::ranges::min(level.levels);
  const std::string bound = operand(predicate.right);
  const auto side = [&](bool is_less) {
    return is_less == least_is_worst ? say("worse", "erger") : say("milder", "milder");
  };
  std::string limit = bound;
  switch (predicate.compare) {
    case Compare::eq:
      break;
    case Compare::ne:
      limit = say("not ", "niet ") + bound;
      break;
    case Compare::le:
    case Compare::ge:
      limit = bound + say(" or ", " of ") + side(predicate.compare == Compare::le);
      break;
    case Compare::lt:
    case Compare::gt:
      limit = side(predicate.compare == Compare::lt) + say(" than ", " dan ") + bound;
      break;
  }
  return level.label.in(language_) +
         (is_ever ? say(" was ever ", " was ooit ") : say(" is ", " is ")) + limit;
}

std::string Printer::attempted(const Predicate& predicate) const {
  const auto* const verb = std::get_if<std::string>(&predicate.right.literal);
  const std::string what =
      quoted(verb == nullptr ? operand(predicate.right) : attempt_text(*verb, policy_, language_));
  return predicate.compare == Compare::ne ? say("anything but ", "iets anders dan ") + what +
                                                say(" is attempted", " wordt gewild")
                                          : what + say(" is attempted", " wordt gewild");
}

std::string Printer::compare(const Predicate& predicate) const {
  const Operand& left = predicate.left;
  const bool is_literal = predicate.right.kind == Operand::Kind::literal;
  const bool is_equality = predicate.compare == Compare::eq || predicate.compare == Compare::ne;
  if (left.kind == Operand::Kind::attempt && left.name == "verb" && is_equality && is_literal)
    return attempted(predicate);
  if (left.kind == Operand::Kind::fact || left.kind == Operand::Kind::max_ever) {
    const auto rule = policy_.facts.find(left.name);
    if (rule != policy_.facts.end() && rule->second.type == ValueType::level)
      return compare_level(predicate, rule->second);
  }
  const std::string right = operand(predicate.right);
  if (left.kind == Operand::Kind::count && predicate.compare == Compare::ge)
    return say("there are at least ", "er zijn minstens ") + right + " × " + query(*left.query);
  constexpr std::array<std::pair<const char*, const char*>, 6> kWords = {{
      {" is ", " is "},
      {" is not ", " is niet "},
      {" is less than ", " is minder dan "},
      {" is at most ", " is hoogstens "},
      {" is more than ", " is meer dan "},
      {" is at least ", " is minstens "},
  }};
  const auto& [en, nl] = kWords.at(static_cast<std::size_t>(predicate.compare));
  return operand(left) + say(en, nl) + right;
}

std::string Printer::attest(const AttestRule& rule) const {
  std::string text = rule.count > 1 ? number(rule.count) + " × " : std::string();
  text += role(rule.role) +
          say(rule.count > 1 ? " sign " : " signs ", rule.count > 1 ? " tekenen " : " tekent ");
  text += quoted(plain_words(rule.verb));
  if (!rule.covers.empty()) text += say(" over ", " over ") + facets(rule.covers);
  if (rule.of) text += say(", for every ", ", voor elke ") + query(*rule.of);
  if (!rule.exclusions.empty()) text += ", " + exclusions(rule.exclusions);
  if (rule.distinct_functions > 1)
    text += say(", from ", ", uit ") + number(rule.distinct_functions) +
            say(" departments", " afdelingen");
  if (rule.valid)
    text += say(", no older than ", ", niet ouder dan ") + duration_text(*rule.valid, language_);
  return text;
}

std::string Printer::elapsed(const ElapsedRule& rule) const {
  std::string since;
  if (const auto* move = std::get_if<std::string>(&rule.since)) {
    since = quoted(attempt_text(*move, policy_, language_));
  } else {
    since = query(**std::get_if<std::shared_ptr<const Query>>(&rule.since));
  }
  std::string text = duration_text(rule.at_least, language_) +
                     say(" have passed since ", " verstreken sinds ") + since +
                     say(" by trusted time", " volgens betrouwbare tijd");
  if (rule.without) text += say(", without ", ", zonder ") + query(*rule.without);
  return text;
}

std::string Printer::phases(const Words& ids) const {
  Words words;
  for (const std::string& id : ids) {
    const Phase* phase = policy_.phase(id);
    words.push_back(quoted(phase == nullptr ? plain_words(id) : phase->label.in(language_)));
  }
  return any_of(words);
}

std::string Printer::negation(const Predicate& inner) const {
  switch (inner.kind) {
    case Kind::always:
      return say("never", "nooit");
    case Kind::exists:
      return say("there is no ", "er is geen ") + query(*inner.query);
    case Kind::held:
      return say("nobody is ", "niemand is ") + role(inner.names.front());
    case Kind::phase:
      return say("the case is not ", "de zaak is niet ") + phases(inner.names);
    case Kind::step:
      return say("not ", "niet ") + whole(inner);
    case Kind::ever_in:
      return fact(inner.names.front()) + say(" was never ", " was nooit ") +
             any_of(values(inner.values));
    case Kind::in:
      return operand(inner.left) + say(" is none of ", " is geen van ") +
             all_of(values(inner.values));
    default:
      return say("not so: ", "niet zo: ") + this->inner(inner);
  }
}

/// A part of a join: joins within it stand in parentheses.
std::string Printer::inner(const Predicate& predicate) const {
  const bool is_join =
      (predicate.kind == Kind::all || predicate.kind == Kind::any) && predicate.children.size() > 1;
  return is_join ? "(" + whole(predicate) + ")" : whole(predicate);
}

std::string Printer::join(const Predicate& predicate) const {
  Words parts;
  for (const Predicate& child : predicate.children) parts.push_back(inner(child));
  const std::string last = predicate.kind == Kind::all ? say("and", "en") : say("or", "of");
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) text += i + 1 == parts.size() ? ", " + last + " " : ", ";
    text += parts[i];
  }
  return text;
}

std::string Printer::whole(const Predicate& predicate) const {
  switch (predicate.kind) {
    case Kind::always:
      return say("always", "altijd");
    case Kind::all:
    case Kind::any:
      return join(predicate);
    case Kind::negation:
      return negation(predicate.children.front());
    case Kind::compare:
      return compare(predicate);
    case Kind::in:
      return operand(predicate.left) + say(" is ", " is ") + any_of(values(predicate.values));
    case Kind::ever_in:
      return fact(predicate.names.front()) + say(" was ever ", " was ooit ") +
             any_of(values(predicate.values));
    case Kind::exists:
      return say("there is a ", "er is een ") + query(*predicate.query);
    case Kind::each:
      return say("for every ", "voor elke ") + query(*predicate.query) + ": " +
             inner(predicate.children.front());
    case Kind::attest:
      return attest(*predicate.attest);
    case Kind::held:
      return say("somebody is ", "iemand is ") + role(predicate.names.front());
    case Kind::distinct:
      return role(predicate.names.front()) + say(" and ", " en ") + role(predicate.names.back()) +
             say(" are two persons", " zijn twee personen");
    case Kind::elapsed:
      return elapsed(*predicate.elapsed);
    case Kind::phase:
      return say("the case is ", "de zaak is ") + phases(predicate.names);
    case Kind::step: {
      const Step* step = policy_.step(predicate.names.front());
      return say("done: ", "gedaan: ") + quoted(step == nullptr
                                                    ? plain_words(predicate.names.front())
                                                    : step->label.in(language_));
    }
    case Kind::unique:
      return say("no two ", "geen twee ") + query(*predicate.query) + say(" share ", " delen ") +
             field(predicate.query->kind, predicate.names.front());
  }
  return {};
}

void Printer::outline(const Predicate& predicate, std::size_t depth,
                      std::vector<OutlineLine>& lines) const {
  const bool is_join = predicate.kind == Kind::all || predicate.kind == Kind::any;
  if (is_join && predicate.children.size() > 1) {
    lines.push_back({depth, predicate.kind == Kind::all ? say("all of these:", "dit alles:")
                                                        : say("one of these:", "een hiervan:")});
    for (const Predicate& child : predicate.children) outline(child, depth + 1, lines);
  } else if (is_join) {
    outline(predicate.children.front(), depth, lines);
  } else if (predicate.kind == Kind::each) {
    lines.push_back({depth, say("for every ", "voor elke ") + query(*predicate.query) + ":"});
    outline(predicate.children.front(), depth + 1, lines);
  } else {
    lines.push_back({depth, whole(predicate)});
  }
}

}  // namespace

std::string sentence(const Predicate& predicate, const Policy& policy, Language language) {
  return Printer(policy, language).whole(predicate);
}

std::vector<OutlineLine> outline(const Predicate& predicate, const Policy& policy,
                                 Language language) {
  std::vector<OutlineLine> lines;
  Printer(policy, language).outline(predicate, 0, lines);
  return lines;
}

std::string query_text(const Query& query, const Policy& policy, Language language) {
  return Printer(policy, language).query(query);
}

std::string exclusion_text(const Exclusion& exclusion, const Policy& policy, Language language) {
  return Printer(policy, language).exclusion(exclusion);
}

std::string duration_text(std::chrono::seconds duration, Language language) {
  struct Unit {
    std::int64_t length;
    const char* en;
    const char* en_many;
    const char* nl;
    const char* nl_many;
  };
  constexpr std::array<Unit, 4> kUnits = {{{86'400, "day", "days", "dag", "dagen"},
                                           {3'600, "hour", "hours", "uur", "uur"},
                                           {60, "minute", "minutes", "minuut", "minuten"},
                                           {1, "second", "seconds", "seconde", "seconden"}}};
  Words parts;
  std::int64_t rest = duration.count();
  // Up to three days are said in hours: "72 hours" is how people and laws say it.
  for (const Unit& unit : kUnits) {
    if (unit.length == 86'400 && rest <= 3 * 86'400 && rest % 86'400 != 0) continue;
    const std::int64_t number = rest / unit.length;
    if (number == 0) continue;
    rest -= number * unit.length;
    const bool is_one = number == 1;
    parts.push_back(std::to_string(number) + " " +
                    (language == Language::nl ? (is_one ? unit.nl : unit.nl_many)
                                              : (is_one ? unit.en : unit.en_many)));
  }
  if (parts.empty()) return language == Language::nl ? "geen tijd" : "no time";
  return joined(parts, language == Language::nl ? "en" : "and");
}

std::string attempt_text(std::string_view attempt, const Policy& policy, Language language) {
  constexpr std::string_view kAction = "action:";
  if (const auto move = policy.moves.find(attempt); move != policy.moves.end())
    return move->second.label.in(language);
  if (attempt.starts_with(kAction)) return plain_words(attempt.substr(kAction.size()));
  if (attempt == "downgrade") return language == Language::nl ? "afwaarderen" : "downgrade";
  if (attempt == "policy") return language == Language::nl ? "andere regels" : "change of rules";
  return plain_words(attempt);
}

std::string value_text(const Value& value, Language language) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    if (language == Language::nl) return *flag ? "ja" : "nee";
    return *flag ? "yes" : "no";
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return plain_words(*text);
  if (const auto* set = std::get_if<Words>(&value)) return all_of_text(*set, language);
  if (const auto* time = std::get_if<Moment>(&value))
    return format_utc(UtcSeconds(std::chrono::seconds(time->seconds)));
  return language == Language::nl ? "niet gezegd" : "not said";
}

std::string role_text(const std::string& role, const Policy& policy, Language language) {
  const auto found = policy.roles.find(role);
  return found == policy.roles.end() ? plain_words(role) : found->second.label.in(language);
}

std::string one_of_text(const Words& words, Language language) {
  return joined(words, language == Language::nl ? "of" : "or");
}

std::string all_of_text(const Words& words, Language language) {
  return joined(words, language == Language::nl ? "en" : "and");
}

std::string plain_words(std::string_view id) {
  std::string words(id);
  std::ranges::replace(words, '_', ' ');
  return words;
}

}  // namespace casebook::workflow
