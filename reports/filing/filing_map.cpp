#include "reports/filing/filing_map.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_members.h"

namespace casebook::filing {

using Json = nlohmann::json;

namespace {

using namespace std::string_view_literals;

struct MapFile {
  std::string_view name;
  std::string_view text;
};
constexpr MapFile kFiles[] = {
#include "reports/filing/filing_map.inc"
};
constexpr std::size_t kListMax = 200;
constexpr std::string_view kOtherwise = "otherwise";

Error invalid(std::string message) { return Error{ErrorCode::invalid_input, std::move(message)}; }

/// The most exact key first: "LAW STAGE FIELD", "LAW FIELD", "FIELD".
std::vector<std::string> feed_keys(std::string_view law, std::string_view stage,
                                   std::string_view field) {
  const std::string law_text(law);
  const std::string field_text(field);
  return {law_text + " " + std::string(stage) + " " + field_text, law_text + " " + field_text,
          field_text};
}

}  // namespace

std::string_view to_string(StageFields::Basis basis) noexcept {
  switch (basis) {
    case StageFields::Basis::own:
      return "own";
    case StageFields::Basis::inherited:
      return "inherited";
    case StageFields::Basis::house:
      return "house";
    case StageFields::Basis::none:
      return "none";
  }
  return "none";
}

/// Reads the parts of a map file.
class MapReader {
 public:
  Result<FilingMap> read(const Json& json) {
    JsonMembers members(json);
    members.only({"format", "profile", "answers", "audiences", "no_notice", "customer", "reasons",
                  "fields"});
    if (members.text("format") != "casebook-filing-map/1") members.refuse("not a filing map");
    const Json* profile = members.object("profile");
    const Json* answers = members.object("answers");
    const Json* audiences = members.object("audiences");
    const Json* no_notice = members.array("no_notice", kListMax);
    const Json* customer = members.array("customer", kListMax);
    map_.reasons_ = members.texts("reasons", kListMax);
    const Json* fields = members.object("fields");
    if (members.failed()) return members.error();
    if (auto read = read_answers(*profile, map_.profile_); !read) return std::move(read).error();
    if (auto read = read_answers(*answers, map_.answers_); !read) return std::move(read).error();
    if (auto read = read_audiences(*audiences); !read) return std::move(read).error();
    for (const auto& [key, value] : fields->items()) {
      auto feed = read_feed(value);
      if (!feed) return std::move(feed).error().context("field \"" + key + "\"");
      map_.feeds_.emplace(key, *std::move(feed));
    }
    if (auto read = read_own(*no_notice, map_.no_notice_); !read) return std::move(read).error();
    if (auto read = read_own(*customer, map_.customer_); !read) return std::move(read).error();
    return std::move(map_);
  }

 private:
  using Answers = std::map<std::string, Answer, std::less<>>;

  static Status read_answers(const Json& json, Answers& into) {
    for (const auto& [key, value] : json.items()) {
      JsonMembers members(value);
      members.only({"meaning", "decided_by"});
      Answer answer{members.text("meaning"), members.text("decided_by")};
      if (members.failed()) return Error(members.error()).context("\"" + key + "\"");
      into.emplace(key, std::move(answer));
    }
    return ok();
  }

  static Status read_own(const Json& json, FilingMap::OwnFields& into) {
    for (const Json& each : json) {
      JsonMembers field(each);
      field.only({"id", "feed"});
      const std::string id = field.text("id");
      const Json* fed = field.object("feed");
      if (field.failed()) return Error(field.error()).context("own field");
      auto feed = read_feed(*fed);
      if (!feed) return std::move(feed).error().context("own field \"" + id + "\"");
      into.emplace_back(id, *std::move(feed));
    }
    return ok();
  }

  Status read_audiences(const Json& json) {
    for (const auto& [word, stages] : json.items()) {
      if (word == kOtherwise) {
        auto audience = parse_audience(stages.is_string() ? stages.get<std::string>() : "");
        if (!audience) return std::move(audience).error();
        map_.audiences_.emplace(kOtherwise, *audience);
        continue;
      }
      auto audience = parse_audience(word);
      if (!audience) return std::move(audience).error();
      if (!stages.is_array()) return invalid("stages of \"" + word + "\" are no list");
      for (const Json& stage : stages) {
        if (!stage.is_string()) return invalid("a stage of \"" + word + "\" is no text");
        if (!map_.audiences_.emplace(stage.get<std::string>(), *audience).second)
          return invalid("two audiences have the stage " + stage.get<std::string>());
      }
    }
    if (!map_.audiences_.contains(kOtherwise)) return invalid("\"otherwise\" is missing");
    return ok();
  }

  static Result<Feed> read_feed(const Json& json) {
    JsonMembers members(json);
    members.only(
        {"facts", "org", "answers", "made", "when", "keeps_out", "about", "write", "names_people"});
    Feed feed;
    const auto texts = [&](const char* name, std::vector<std::string>& into) {
      if (json.is_object() && json.contains(name)) into = members.texts(name, kListMax);
    };
    const auto word = [&](const char* name, std::string& into) {
      if (json.is_object() && json.contains(name)) into = members.text(name);
    };
    const auto flag = [&](const char* name, bool& into) {
      if (json.is_object() && json.contains(name)) into = members.boolean(name);
    };
    texts("facts", feed.facts);
    texts("org", feed.org);
    texts("answers", feed.answers);
    texts("keeps_out", feed.keeps_out);
    word("made", feed.made);
    word("when", feed.when);
    flag("about", feed.about);
    flag("names_people", feed.names_people);
    bool write = false;
    flag("write", write);
    if (!feed.made.empty() && feed.made != "stage" && feed.made != "reference" &&
        feed.made != "receipt")
      members.refuse("\"made\" is not stage, reference or receipt");
    if (!feed.when.empty() && feed.when != "late") members.refuse("\"when\" is not late");
    const bool fed =
        !feed.facts.empty() || !feed.org.empty() || !feed.answers.empty() || !feed.made.empty();
    if (int(fed) + int(feed.about) + int(write) != 1)
      members.refuse("is not one of fed, about, write");
    if (members.failed()) return members.error();
    return feed;
  }

  FilingMap map_;
};

Result<FilingMap> FilingMap::parse(std::string_view json_text) {
  auto json = parse_json(json_text);
  if (!json) return std::move(json).error();
  return MapReader().read(*json);
}

std::string_view FilingMap::built_in_text() { return kFiles[0].text; }

const FilingMap& FilingMap::built_in() {
  static const FilingMap map = [] {
    auto parsed = parse(built_in_text());
    check(bool(parsed), "the built-in filing map is sound");
    return *std::move(parsed);
  }();
  return map;
}

Audience FilingMap::audience(const reports::Regime& regime, std::string_view stage) const {
  if (const auto exact = audiences_.find(regime.id + " " + std::string(stage));
      exact != audiences_.end())
    return exact->second;
  if (const auto named = audiences_.find(stage); named != audiences_.end() && stage != kOtherwise)
    return named->second;
  if (regime.status == reports::RegimeStatus::contractual) return Audience::customer;
  return audiences_.find(kOtherwise)->second;
}

bool FilingMap::asks_reasons(const reports::Regime& regime, std::string_view stage) const {
  return std::find(reasons_.begin(), reasons_.end(), regime.id + " " + std::string(stage)) !=
         reasons_.end();
}

bool FilingMap::maps(std::string_view regime, std::string_view stage,
                     std::string_view field) const {
  const auto keys = feed_keys(regime, stage, field);
  return std::any_of(keys.begin(), keys.end(),
                     [&](const std::string& key) { return feeds_.contains(key); });
}

const Feed& FilingMap::feed(const reports::Regime& regime, std::string_view stage,
                            std::string_view field) const {
  static const Feed written_by_hand;
  for (const std::string& key : feed_keys(regime.id, stage, field)) {
    if (const auto found = feeds_.find(key); found != feeds_.end()) return found->second;
  }
  return written_by_hand;
}

}  // namespace casebook::filing
