#pragma once
/// The measures of a page, in points.

#include "reports/document/pdf_canvas.h"

namespace casebook::documents {

inline constexpr double kLeft = 57;
inline constexpr double kTextWidth = 481;
inline constexpr double kRight = kLeft + kTextWidth;
inline constexpr double kBodyTop = 66;
inline constexpr double kBodyBottom = 778;

inline constexpr TextStyle kBodyStyle{9.5, 13.4};
inline constexpr TextStyle kTableStyle{8.0, 10.8};
inline constexpr TextStyle kSmallStyle{7.8, 10.6};

}  // namespace casebook::documents
