#include "reports/document/drawing.h"

#include <algorithm>
#include <array>

#include "core/text_width.h"
#include "reports/document/document_messages.h"
#include "reports/document/visible_text.h"

namespace casebook::documents {
namespace {

using std::chrono::seconds;

constexpr Length kLabelWidth = 104'00;
constexpr Length kPlotLeft = 114'00;
constexpr Length kPlotRight = kDrawingWidth - 14'00;
constexpr Length kDiscRadius = 6'50;
constexpr Length kRowHeight = 16'00;
constexpr Length kAxisHeight = 26'00;
constexpr Length kLaneGap = 5'00;
constexpr int kRowsMax = 4;  ///< Of one lane; more events at one moment overlap in the last.

/// The front of `text` that fits `width`, by a generous width of letters; cut text ends with dots,
/// and stands whole in the table below.
std::string fitted(const std::string& text, Length width, Length size) {
  const std::string visible = visible_text(text);
  const int columns_max = std::max(4, width * 100 / (size * 61));
  if (display_width(visible) <= columns_max) return visible;
  std::size_t end = 0;
  for (std::size_t at = 0; at < visible.size();) {
    next_character(visible, at);
    if (display_width(std::string_view(visible).substr(0, at)) > columns_max - 1) break;
    end = at;
  }
  return visible.substr(0, end) + "…";
}

struct Scale {
  std::int64_t from;  ///< Seconds since 1970.
  std::int64_t to;
  [[nodiscard]] Length x(std::int64_t second) const {
    return kPlotLeft +
           static_cast<Length>((second - from) * (kPlotRight - kPlotLeft) / (to - from));
  }
};

/// Distance of the marks on the axis: the first of the usual ones that gives at most six.
std::int64_t tick_seconds(std::int64_t range) {
  constexpr std::int64_t kHour = 3600;
  constexpr std::int64_t kDay = 24 * kHour;
  constexpr std::array<std::int64_t, 26> kSteps{
      1,        2,        5,         10,        15,        30,         60,         120,        300,
      600,      900,      1800,      kHour,     2 * kHour, 3 * kHour,  6 * kHour,  12 * kHour, kDay,
      2 * kDay, 7 * kDay, 14 * kDay, 30 * kDay, 90 * kDay, 180 * kDay, 365 * kDay, 3650 * kDay};
  for (const std::int64_t step : kSteps) {
    if (range / step <= 5) return step;
  }
  return range / 4;
}

void draw_axis(Drawing& drawing, const Scale& scale, Length bottom) {
  const std::int64_t step = tick_seconds(scale.to - scale.from);
  std::string last_day;
  for (std::int64_t tick = (scale.from + step - 1) / step * step; tick <= scale.to; tick += step) {
    const Length x = scale.x(tick);
    const std::string time = format_utc(UtcSeconds(seconds(tick)));
    drawing.shapes.emplace_back(DrawnLine{x, kAxisHeight, x, bottom});
    const std::string day = time.substr(0, 10);
    if (step < 24 * 3600) {
      drawing.shapes.emplace_back(DrawnText{x, 10'00, 7'50, TextAnchor::middle, Ink::text, false,
                                            time.substr(11, step < 60 ? 8 : 5)});
    }
    if (day != last_day)
      drawing.shapes.emplace_back(
          DrawnText{x, 20'00, 7'00, TextAnchor::middle, Ink::faint, false, day});
    last_day = day;
  }
}

/// The row of each event in its lane, so that discs close to each other do not cover each other.
std::vector<int> rows_of(const Timeline& timeline, const Scale& scale) {
  std::vector<std::vector<Length>> ends(timeline.lanes.size());
  std::vector<int> rows;
  for (const TimelineEvent& event : timeline.events) {
    auto& lane = ends[static_cast<std::size_t>(event.lane)];
    const Length x = scale.x(event.time.time_since_epoch().count());
    std::size_t row = 0;
    while (row < lane.size() && lane[row] > x) ++row;
    row = std::min<std::size_t>(row, kRowsMax - 1);
    if (row == lane.size()) lane.push_back(0);
    lane[row] = x + 2 * kDiscRadius + 1'00;
    rows.push_back(static_cast<int>(row));
  }
  return rows;
}

Scale scale_of(const Timeline& timeline) {
  const std::int64_t first = timeline.events.front().time.time_since_epoch().count();
  const std::int64_t last = timeline.events.back().time.time_since_epoch().count();
  const std::int64_t margin = std::max<std::int64_t>(1, (last - first) / 24);
  return {first - margin, last + margin};
}

}  // namespace

Rgb color_of(Ink ink) noexcept {
  switch (ink) {
    case Ink::text:
      return {26, 29, 33};
    case Ink::faint:
      return {85, 91, 99};
    case Ink::grid:
      return {205, 210, 216};
    case Ink::lane:
      return {240, 243, 246};
    case Ink::accent:
      return {31, 78, 140};
    case Ink::anchor:
      return {138, 59, 0};
    case Ink::paper:
      return {255, 255, 255};
  }
  return {0, 0, 0};
}

Drawing draw_timeline(const Timeline& timeline) {
  Drawing drawing{kDrawingWidth, 0, {}};
  const Scale scale = scale_of(timeline);
  const std::vector<int> rows = rows_of(timeline, scale);
  std::vector<int> heights(timeline.lanes.size(), 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    int& height = heights[static_cast<std::size_t>(timeline.events[i].lane)];
    height = std::max(height, rows[i] + 1);
  }
  std::vector<Length> tops;
  Length bottom = kAxisHeight;
  for (std::size_t i = 0; i < heights.size(); ++i) {
    tops.push_back(bottom);
    const Length height = heights[i] * kRowHeight + kLaneGap;
    drawing.shapes.emplace_back(DrawnBox{0, bottom, kDrawingWidth, height - 2'00});
    drawing.shapes.emplace_back(DrawnText{6'00, bottom + height / 2 + 2'00, 8'00, TextAnchor::start,
                                          Ink::text, true,
                                          fitted(timeline.lanes[i], kLabelWidth - 8'00, 8'00)});
    bottom += height;
  }
  draw_axis(drawing, scale, bottom - 2'00);
  for (const TimelineEvent& event : timeline.events) {
    const Length x = scale.x(event.time.time_since_epoch().count());
    if (event.anchor)
      drawing.shapes.emplace_back(
          DrawnLine{x, kAxisHeight, x, bottom - 2'00, 1'00, Ink::anchor, true});
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TimelineEvent& event = timeline.events[i];
    const Length x = scale.x(event.time.time_since_epoch().count());
    const Length y = tops[static_cast<std::size_t>(event.lane)] + rows[i] * kRowHeight + 9'50;
    drawing.shapes.emplace_back(
        DrawnDisc{x, y, kDiscRadius, event.anchor ? Ink::anchor : Ink::accent});
    drawing.shapes.emplace_back(
        DrawnText{x, y + 2'40, 6'50, TextAnchor::middle, Ink::paper, true, std::to_string(i + 1)});
  }
  drawing.height = bottom;
  return drawing;
}

Drawing draw_bars(const Bars& bars) {
  Drawing drawing{kDrawingWidth, 0, {}};
  constexpr Length kBarsLeft = 170'00;
  constexpr Length kDigitWidth = 5'75;  // Bold, in this size.
  std::int64_t most = 1;
  for (const Bar& bar : bars.bars) most = std::max(most, bar.value);
  const auto digits = static_cast<Length>(std::to_string(most).size());
  const Length bars_right = kDrawingWidth - std::max(60'00, digits * kDigitWidth + 10'00);
  Length y = 2'00;
  for (const Bar& bar : bars.bars) {
    // Values reach 2^53: scaled by division first where the product would not fit.
    const std::int64_t length = bars_right - kBarsLeft;
    const std::int64_t drawn = most > (std::int64_t{1} << 40U)
                                   ? bar.value / std::max<std::int64_t>(1, most / length)
                                   : bar.value * length / most;
    const auto width = static_cast<Length>(std::min<std::int64_t>(drawn, length));
    drawing.shapes.emplace_back(DrawnText{0, y + 9'00, 8'00, TextAnchor::start, Ink::text, false,
                                          fitted(bar.label, kBarsLeft - 8'00, 8'00)});
    drawing.shapes.emplace_back(DrawnBox{kBarsLeft, y, bars_right - kBarsLeft, 12'00, Ink::lane});
    if (width > 0) drawing.shapes.emplace_back(DrawnBox{kBarsLeft, y, width, 12'00, Ink::accent});
    drawing.shapes.emplace_back(DrawnText{bars_right + 6'00, y + 9'00, 8'00, TextAnchor::start,
                                          Ink::text, true, std::to_string(bar.value)});
    y += kRowHeight;
  }
  drawing.height = y;
  return drawing;
}

Table table_of(const Timeline& timeline, Language language) {
  const Messages& words = document_messages(language);
  const bool anchors = std::ranges::any_of(timeline.events, &TimelineEvent::anchor);
  Table table;
  table.columns = {{words.text("number"), ColumnKind::number},
                   {words.text("time_utc"), ColumnKind::time},
                   {words.text("lane"), ColumnKind::text},
                   {words.text("event"), ColumnKind::text}};
  if (anchors) table.columns.push_back({words.text("anchor"), ColumnKind::text});
  for (const TimelineEvent& event : timeline.events) {
    Row row{plain(std::to_string(table.rows.size() + 1)), plain(format_utc(event.time)),
            plain(timeline.lanes[static_cast<std::size_t>(event.lane)]), plain(event.text)};
    if (anchors) row.push_back(event.anchor ? plain(words.text("anchor_mark")) : Spans{});
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table table_of(const Bars& bars, Language language) {
  const Messages& words = document_messages(language);
  Table table;
  table.columns = {
      {words.text("item"), ColumnKind::text},
      {bars.unit.empty() ? words.text("value") : words.text("value_in", {{"unit", bars.unit}}),
       ColumnKind::number}};
  for (const Bar& bar : bars.bars) {
    table.rows.push_back({plain(bar.label), plain(std::to_string(bar.value))});
  }
  return table;
}

}  // namespace casebook::documents
