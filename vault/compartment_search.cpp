/// Searching a compartment, and keeping its full-text index tidy.

#include "core/json_text.h"
#include "vault/compartment_state.h"

namespace casebook::vault {
namespace {

/// What every statement below is given, kept alive while it is bound.
struct Filters {
  std::string kinds;  // A JSON array, or empty.
  std::string tag;
  std::int64_t since;
  std::int64_t until;
  std::int64_t count_max;
  std::int64_t skip;
};

Result<Filters> filters_of(const SearchQuery& query) {
  if (query.count_max == 0 || query.count_max > kSearchHitsMax ||
      query.skip > kSearchHitsMax * 100) {
    return Error{ErrorCode::limit_exceeded, "a search shows 1 to 10000 hits at a time"};
  }
  Filters filters{.kinds = {},
                  .tag = query.tag,
                  .since = query.since ? query.since->time_since_epoch().count() : INT64_MIN,
                  .until = query.until ? query.until->time_since_epoch().count() : INT64_MAX,
                  .count_max = static_cast<std::int64_t>(query.count_max),
                  .skip = static_cast<std::int64_t>(query.skip)};
  for (const std::string& kind : query.kinds) {
    if (!is_utf8(kind)) return Error{ErrorCode::invalid_input, "a kind is not UTF-8"};
    filters.kinds += filters.kinds.empty() ? "[" : ",";
    append_json_string(filters.kinds, kind);
  }
  if (!filters.kinds.empty()) filters.kinds += ']';
  return filters;
}

// The engine evaluates the lists in parentheses once; with no filter they cost nothing.
constexpr std::string_view kByRelevance =
    "SELECT i.id, i.kind, i.version, i.author, i.claimed, i.received, i.title, "
    "CASE WHEN ?8 THEN snippet(search, -1, ?9, ?9, '…', 24) ELSE '' END, search.rank, "
    "(SELECT r.seq FROM records r WHERE r.number=i.record) "
    "FROM search CROSS JOIN items i ON i.number=search.rowid WHERE search MATCH ?1 "
    "AND (?2='' OR i.kind IN (SELECT value FROM json_each(?2))) "
    "AND (?3='' OR EXISTS(SELECT 1 FROM tags t WHERE t.tag=?3 AND t.item=i.number)) "
    "AND i.received>=?4 AND i.received<?5 "
    "AND i.record NOT IN (SELECT number FROM records WHERE state='pending') "
    "AND i.state='live' ORDER BY search.rank LIMIT ?6 OFFSET ?7";
// Without a filter only what is shown is fetched: a common word may stand in every tenth item.
constexpr std::string_view kByRelevanceAlone =
    "SELECT i.id, i.kind, i.version, i.author, i.claimed, i.received, i.title, "
    "CASE WHEN ?8 THEN (SELECT snippet(search, -1, ?9, ?9, '…', 24) FROM search "
    "WHERE search MATCH ?1 AND search.rowid=best.number) ELSE '' END, best.score, "
    "(SELECT r.seq FROM records r WHERE r.number=i.record) "
    "FROM (SELECT rowid AS number, rank AS score FROM search WHERE search MATCH ?1 "
    "AND ?2='' AND ?3='' AND ?4<?5 AND rowid NOT IN (SELECT number FROM items WHERE record IN "
    "(SELECT number FROM records WHERE state='pending')) "
    "ORDER BY rank LIMIT ?6 OFFSET ?7) best CROSS JOIN items i ON i.number=best.number "
    "WHERE i.state='live' "
    "ORDER BY best.score, best.number";
constexpr std::string_view kByAge =
    "SELECT i.id, i.kind, i.version, i.author, i.claimed, i.received, i.title, "
    "CASE WHEN ?8 THEN snippet(search, -1, ?9, ?9, '…', 24) ELSE '' END, 0.0, "
    "(SELECT r.seq FROM records r WHERE r.number=i.record) "
    "FROM search CROSS JOIN items i ON i.number=search.rowid WHERE search MATCH ?1 "
    "AND (?2='' OR i.kind IN (SELECT value FROM json_each(?2))) "
    "AND (?3='' OR EXISTS(SELECT 1 FROM tags t WHERE t.tag=?3 AND t.item=i.number)) "
    "AND i.received>=?4 AND i.received<?5 "
    "AND i.record NOT IN (SELECT number FROM records WHERE state='pending') "
    "AND i.state='live' ORDER BY search.rowid DESC LIMIT ?6 OFFSET ?7";
constexpr std::string_view kEverything =
    "SELECT i.id, i.kind, i.version, i.author, i.claimed, i.received, i.title, "
    "CASE WHEN ?8 THEN substr(i.body, 1, 160) ELSE substr(?9, 1, 0) END, 0.0, "
    "(SELECT r.seq FROM records r WHERE r.number=i.record) "
    "FROM items i WHERE ?1='' AND i.state='live' "
    "AND (?2='' OR i.kind IN (SELECT value FROM json_each(?2))) "
    "AND (?3='' OR EXISTS(SELECT 1 FROM tags t WHERE t.tag=?3 AND t.item=i.number)) "
    "AND i.received>=?4 AND i.received<?5 "
    "AND i.record NOT IN (SELECT number FROM records WHERE state='pending') "
    "ORDER BY i.number DESC LIMIT ?6 OFFSET ?7";
constexpr std::string_view kCountMatches =
    "SELECT count(*) FROM search CROSS JOIN items i ON i.number=search.rowid WHERE search MATCH ?1 "
    "AND (?2='' OR i.kind IN (SELECT value FROM json_each(?2))) "
    "AND (?3='' OR EXISTS(SELECT 1 FROM tags t WHERE t.tag=?3 AND t.item=i.number)) "
    "AND i.received>=?4 AND i.received<?5 "
    "AND i.state='live' "
    "AND i.record NOT IN (SELECT number FROM records WHERE state='pending')";
constexpr std::string_view kCountEverything =
    "SELECT count(*) FROM items i WHERE ?1='' AND i.state='live' "
    "AND (?2='' OR i.kind IN (SELECT value FROM json_each(?2))) "
    "AND (?3='' OR EXISTS(SELECT 1 FROM tags t WHERE t.tag=?3 AND t.item=i.number)) "
    "AND i.received>=?4 AND i.received<?5 "
    "AND i.record NOT IN (SELECT number FROM records WHERE state='pending')";

/// Marks around what matched: random, so that no text can hold them by intent.
Result<std::string> make_mark() {
  SystemRandomness randomness;
  std::array<std::byte, 8> bytes{};
  if (auto filled = randomness.fill(bytes); !filled) return std::move(filled).error();
  return "\x02" + to_hex(bytes) + "\x03";
}

Result<SearchHit> read_hit(const Statement& row, std::string_view mark) {
  auto id = read_id(row, 0);
  if (!id) return std::move(id).error();
  SearchHit hit{.id = *id,
                .seq = 0,
                .kind = std::string(row.text(1)),
                .version = static_cast<std::uint64_t>(row.integer(2)),
                .author = std::string(row.text(3)),
                .claimed = {},
                .received = UtcSeconds(std::chrono::seconds(row.integer(5))),
                .title = std::string(row.text(6)),
                .snippet = std::string(row.text(7)),
                .matched = {},
                .score = row.real(8)};
  hit.seq = static_cast<std::uint64_t>(row.integer(9));
  if (!row.is_null(4)) hit.claimed = UtcSeconds(std::chrono::seconds(row.integer(4)));
  take_marks(hit, mark);
  return hit;
}

}  // namespace

Result<std::vector<SearchHit>> Compartment::search(const SearchQuery& query) {
  auto filters = filters_of(query);
  if (!filters) return std::move(filters).error();
  auto expression = match_expression(query.words);
  if (!expression) return std::move(expression).error();
  std::vector<SearchHit> hits;
  if (!*expression && !query.words.empty()) return hits;  // Nothing in it that could be found.
  auto mark = make_mark();
  if (!mark) return std::move(mark).error();
  const bool is_alone = query.kinds.empty() && query.tag.empty() && !query.since && !query.until;
  const std::string_view ranked = is_alone ? kByRelevanceAlone : kByRelevance;
  const std::string_view sql = !*expression                            ? kEverything
                               : query.order == SearchOrder::relevance ? ranked
                                                                       : kByAge;
  auto rows = state_->database.query(
      sql, {expression->value_or(""), filters->kinds, filters->tag, filters->since, filters->until,
            filters->count_max, filters->skip, std::int64_t{query.snippets ? 1 : 0}, *mark});
  if (!rows) return std::move(rows).error().context("search");
  for (;;) {
    auto row = rows->next();
    if (!row) return std::move(row).error().context("search");
    if (!*row) return hits;
    auto hit = read_hit(*rows, *mark);
    if (!hit) return std::move(hit).error();
    hits.push_back(std::move(*hit));
  }
}

Result<std::uint64_t> Compartment::count(const SearchQuery& query) {
  auto filters = filters_of(query);
  if (!filters) return std::move(filters).error();
  auto expression = match_expression(query.words);
  if (!expression) return std::move(expression).error();
  if (!*expression && !query.words.empty()) return std::uint64_t{0};
  auto rows = state_->database.query(
      *expression ? kCountMatches : kCountEverything,
      {expression->value_or(""), filters->kinds, filters->tag, filters->since, filters->until});
  if (!rows) return std::move(rows).error().context("count");
  auto row = rows->next();
  if (!row) return std::move(row).error().context("count");
  return static_cast<std::uint64_t>(rows->integer(0));
}

Status Compartment::optimize() {
  auto transaction = state_->database.begin();
  if (!transaction) return std::move(transaction).error();
  auto merged = state_->database.execute("INSERT INTO search(search) VALUES('optimize')");
  if (!merged) return merged;
  return std::move(*transaction).commit();
}

}  // namespace casebook::vault
