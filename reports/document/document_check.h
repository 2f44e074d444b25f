#pragma once
/// The rules and limits of a document. Specification: docs/spec/document.md 2 and 3.

#include "reports/document/document.h"

namespace casebook::documents {

struct DocumentLimits {
  std::size_t blocks_max = 20'000;
  std::size_t text_bytes_max = std::size_t{8} << 20U;  ///< Of all texts together.
  std::size_t one_text_bytes_max = std::size_t{64} << 10U;
  std::size_t columns_max = 12;
  std::size_t rows_max = 50'000;
  std::size_t cells_max = 300'000;  ///< Of all tables together.
  std::size_t lanes_max = 8;
  std::size_t events_max = 60;
  std::size_t bars_max = 40;
  std::size_t pages_max = 5'000;
};

inline constexpr std::size_t kHashCharactersMax = 160;

/// Every writer calls this first.
/// @return `limit_exceeded` or `invalid_input`, naming the block by its place, counted from 1.
Status check_document(const Document& document, const DocumentLimits& limits = {});

}  // namespace casebook::documents
