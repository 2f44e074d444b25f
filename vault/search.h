#pragma once
/// What a person types to find something, and what is found. Nothing typed is ever a query language
/// of the engine. Specification: docs/spec/compartment.md, section "Search".

#include "vault/item.h"

namespace casebook::vault {

inline constexpr std::size_t kSearchTermsMax = 32;
inline constexpr std::size_t kSearchBytesMax = 4096;
inline constexpr std::size_t kSearchHitsMax = 10000;

enum class SearchOrder { relevance, newest };

struct SearchQuery {
  /// Words that must all occur; "in quotes" as a phrase; a last * for any ending. Empty:
  /// everything.
  std::string words;
  std::vector<std::string> kinds = {};   ///< Empty: all.
  std::string tag = {};                  ///< Exactly this tag, or empty.
  std::optional<UtcSeconds> since = {};  ///< Received at or after.
  std::optional<UtcSeconds> until = {};  ///< Received before.
  SearchOrder order = SearchOrder::relevance;
  std::size_t count_max = 50;  ///< 1 to kSearchHitsMax.
  std::size_t skip = 0;
  bool snippets = true;
};

/// A stretch of a snippet that matched, in bytes.
struct MatchedSpan {
  std::size_t offset = 0;
  std::size_t size_bytes = 0;
  bool operator==(const MatchedSpan&) const = default;
};

struct SearchHit {
  ItemId id;
  std::uint64_t seq = 0;  ///< Entry of its current version.
  std::string kind;
  std::uint64_t version = 1;
  std::string author;
  std::optional<UtcSeconds> claimed;
  UtcSeconds received;
  std::string title;
  std::string snippet;  ///< A part of the title, body or tags around what matched; raw text.
  std::vector<MatchedSpan> matched;
  double score = 0;  ///< bm25: smaller is better. 0 in order `newest`.
};

/// The expression for the engine, or nothing when no word was typed that can be looked for.
/// @return `limit_exceeded` beyond kSearchTermsMax or kSearchBytesMax; `invalid_input` unless
/// UTF-8.
Result<std::optional<std::string>> match_expression(std::string_view words);

/// Takes the marks out of a snippet and says where they were. `mark` encloses what matched.
SearchHit& take_marks(SearchHit& hit, std::string_view mark);

}  // namespace casebook::vault
