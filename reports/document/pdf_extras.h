#pragma once
/// What cairo's PDF files lack for people who do not see them: the language, alternative texts of
/// figures, the scope of heading cells. Added to the file that cairo wrote, in its one plain
/// cross-reference table (ISO 32000-1, 7.5.4, 14.8 and 14.9).

#include <string>
#include <vector>

#include "core/result.h"

namespace casebook::documents {

enum class HeadScope { column, row };

struct PdfExtras {
  std::string language;
  std::vector<std::string> figures;  ///< Alternative text of each Figure, in their order.
  std::vector<HeadScope> heads;      ///< Of each TH, in their order.
};

/// @return the file with all offsets corrected; `corrupt` when it is not of the form that cairo
///         writes, or does not have as many figures and heading cells.
Result<std::string> with_extras(std::string pdf, const PdfExtras& extras);

}  // namespace casebook::documents
